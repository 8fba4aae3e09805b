//! Bearer tokens from a static token file of Kubernetes.

use std::fmt;
use std::path::Path;

use imagestream::User;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::identity::AUTHENTICATED;
use crate::failure::{Failure, Result};

/// The users with their tokens, in the order of the file.
#[derive(Default)]
pub(super) struct Tokens {
    entries: Vec<Entry>,
}

struct Entry {
    token: String,
    /// A digest: comparing digests does not reveal the length of the token.
    digest: [u8; 32],
    user: User,
}

impl fmt::Debug for Tokens {
    /// Omits the tokens.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} tokens", self.entries.len())
    }
}

impl Tokens {
    /// Reads a file with lines of `token,user,uid` and optionally `"group1,group2"`.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read(path).map_err(|error| Failure::file("reading", path, error))?;
        Self::parse(&text).map_err(|error| Failure::file("reading", path, error))
    }

    fn parse(text: &[u8]) -> Result<Self, String> {
        let mut tokens = Self::default();
        let mut lines = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
        for record in lines.records() {
            let record = record.map_err(|error| error.to_string())?;
            let line = record.position().map_or(0, csv::Position::line);
            let mut fields = record.iter();
            let (Some(token), Some(name), Some(uid)) = (fields.next(), fields.next(), fields.next()) else {
                return Err(format!("line {line}: expected token,user,uid and optionally \"group1,group2\""));
            };
            if token.is_empty() || name.is_empty() {
                return Err(format!("line {line}: token and user can't be empty"));
            }
            if tokens.user(token).is_some() {
                return Err(format!("line {line}: duplicate token"));
            }
            let groups = fields.next().unwrap_or_default().split(',').filter(|group| !group.is_empty());
            let groups = groups.chain([AUTHENTICATED]).map(str::to_owned).collect();
            let user = User { name: name.to_owned(), uid: uid.to_owned(), groups, ..User::default() };
            tokens.entries.push(Entry { token: token.to_owned(), digest: Sha256::digest(token).into(), user });
        }
        Ok(tokens)
    }

    /// The user of a token. The time taken does not depend on how much of the token matches.
    pub(super) fn user(&self, token: &str) -> Option<&User> {
        let digest: [u8; 32] = Sha256::digest(token).into();
        let mut found = None;
        for entry in &self.entries {
            if bool::from(entry.digest.ct_eq(&digest)) {
                found = Some(&entry.user);
            }
        }
        found
    }

    /// The token in the first line.
    pub(super) fn first(&self) -> Option<&str> {
        self.entries.first().map(|entry| entry.token.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_its_user_and_groups() {
        let tokens = Tokens::parse(b"t1,alice,1\nt2,bob,2,\"dev,ops\"\n").unwrap();
        assert_eq!(tokens.user("t1").map(|user| user.name.as_str()), Some("alice"));
        let bob = tokens.user("t2").unwrap();
        assert_eq!((bob.name.as_str(), bob.uid.as_str()), ("bob", "2"));
        assert_eq!(bob.groups, ["dev", "ops", AUTHENTICATED]);
        for unknown in ["t3", "", "t", "t11", "T1"] {
            assert_eq!(tokens.user(unknown), None, "{unknown:?}");
        }
        assert_eq!(tokens.first(), Some("t1"));
    }

    #[test]
    fn an_invalid_line_is_reported_with_its_number() {
        for text in ["a,b\n", "x,y,1\n,b,2\n", "x,,1\n", "t,a,1\nt,b,2\n"] {
            assert!(Tokens::parse(text.as_bytes()).unwrap_err().contains("line "), "{text:?}");
        }
    }

    #[test]
    fn tokens_are_not_shown_in_debug_output() {
        assert_eq!(format!("{:?}", Tokens::parse(b"secret,alice,1\n").unwrap()), "1 tokens");
    }
}
