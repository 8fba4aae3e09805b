//! Bearer tokens, as the static token file of Kubernetes lists them.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use imagestream::User;

use crate::failure::{Failure, Result};

/// The group of everybody with a token.
const AUTHENTICATED: &str = "system:authenticated";

/// The users by their tokens.
#[derive(Clone, Default)]
pub(crate) struct Tokens(BTreeMap<String, User>);

impl fmt::Debug for Tokens {
    /// Without the tokens.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} tokens", self.0.len())
    }
}

impl Tokens {
    /// Reads a file with lines of `token,user,uid` and, if wanted, `"group1,group2"`.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read(path).map_err(|error| Failure::file("reading", path, error))?;
        Self::parse(&text).map_err(|error| Failure::file("reading", path, error))
    }

    fn parse(text: &[u8]) -> Result<Self, String> {
        let mut tokens = BTreeMap::new();
        let mut lines = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
        for record in lines.records() {
            let record = record.map_err(|error| error.to_string())?;
            let line = record.position().map_or(0, csv::Position::line);
            let mut fields = record.iter();
            let (Some(token), Some(name), Some(uid)) = (fields.next(), fields.next(), fields.next()) else {
                return Err(format!("line {line}: expected token,user,uid and maybe \"group1,group2\""));
            };
            if token.is_empty() || name.is_empty() {
                return Err(format!("line {line}: token and user can't be empty"));
            }
            let groups = fields.next().unwrap_or_default().split(',').filter(|group| !group.is_empty());
            let groups = groups.chain([AUTHENTICATED]).map(str::to_owned).collect();
            let user = User { name: name.to_owned(), uid: uid.to_owned(), groups };
            if tokens.insert(token.to_owned(), user).is_some() {
                return Err(format!("line {line}: the token is there twice"));
            }
        }
        Ok(Self(tokens))
    }

    /// The user whose token the request bears.
    pub(crate) fn user(&self, headers: &HeaderMap) -> Option<User> {
        let mut parts = headers.get(AUTHORIZATION)?.to_str().ok()?.trim().split(' ');
        let is_bearer = parts.next()?.eq_ignore_ascii_case("bearer");
        let token = parts.next()?;
        if is_bearer { self.0.get(token).cloned() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(tokens: &Tokens, authorization: &str) -> Option<String> {
        let headers = HeaderMap::from_iter([(AUTHORIZATION, authorization.parse().unwrap())]);
        tokens.user(&headers).map(|user| user.name)
    }

    #[test]
    fn a_token_names_its_user_and_groups() {
        let tokens = Tokens::parse(b"t1,alice,1\nt2,bob,2,\"dev,ops\"\n").unwrap();
        assert_eq!(user(&tokens, "Bearer t1").as_deref(), Some("alice"));
        assert_eq!(user(&tokens, "bearer t2").as_deref(), Some("bob"));
        assert_eq!(tokens.0["t2"].groups, ["dev", "ops", AUTHENTICATED]);
        for unknown in ["Bearer t3", "Bearer ", "Bearer", "Basic t1", "t1", ""] {
            assert_eq!(user(&tokens, unknown), None, "{unknown:?}");
        }
    }

    #[test]
    fn a_bad_line_is_named() {
        for text in ["a,b\n", "x,y,1\n,b,2\n", "x,,1\n", "t,a,1\nt,b,2\n"] {
            assert!(Tokens::parse(text.as_bytes()).unwrap_err().contains("line "), "{text:?}");
        }
    }

    #[test]
    fn tokens_are_not_shown_in_debug_output() {
        assert_eq!(format!("{:?}", Tokens::parse(b"secret,alice,1\n").unwrap()), "1 tokens");
    }
}
