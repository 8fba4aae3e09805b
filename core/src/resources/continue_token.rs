//! Continue tokens: where a list continues.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Serialize;

use crate::error::{Error, Result};
use crate::json::{self, Names, members};

/// Go's `RawURLEncoding`: no padding, and unused trailing bits are ignored.
const ENCODING: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);
const VERSION: &str = "meta.k8s.io/v1";
/// The version in a token that continues with the current rows.
const NEWEST: i64 = -1;

/// Where a list continues, and as of which version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ContinueToken {
    /// The version of the first page; `None` for the current one.
    pub(super) resource_version: Option<u64>,
    /// The first possible name, relative to the list: a name, or `namespace/name` over all namespaces.
    pub(super) start: String,
    /// The number of remaining objects, if counted.
    pub(super) remaining: Option<u64>,
}

/// The encoded token: base64url of JSON, with one member more than the real server's.
#[derive(Default, Serialize)]
struct Fields {
    v: String,
    rv: i64,
    start: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    remaining: Option<u64>,
}

members!(Fields as "continueToken" {
    "v" => v,
    "rv" => rv,
    "start" => start,
    "remaining" => remaining,
});

impl ContinueToken {
    /// The token for what follows a name.
    pub(super) fn behind(key: &str, resource_version: u64, remaining: Option<u64>) -> Self {
        Self { resource_version: Some(resource_version), start: format!("{key}\0"), remaining }
    }

    pub(super) fn encode(&self) -> String {
        let fields = Fields {
            v: VERSION.to_owned(),
            rv: self.resource_version.map_or(NEWEST, |version| i64::try_from(version).unwrap_or(i64::MAX)),
            start: self.start.clone(),
            remaining: self.remaining,
        };
        // Strings and numbers can always be serialized.
        ENCODING.encode(serde_json::to_vec(&fields).unwrap_or_default())
    }

    /// Decodes a token.
    ///
    /// # Errors
    ///
    /// [`BadRequest`](crate::ErrorKind::BadRequest) if it is invalid.
    pub(super) fn decode(token: &str) -> Result<Self> {
        let invalid = |reason: &dyn std::fmt::Display| {
            Error::bad_request(format!("invalid continue token: continue key is not valid: {reason}"))
        };
        let token = token.replace(['\r', '\n'], "");
        let text = ENCODING.decode(&token).map_err(|_| invalid(&corrupt_input(&token)))?;
        let fields: Fields = json::decode(&text, Names::Folded).map_err(|error| invalid(&error))?;
        if fields.v != VERSION {
            return Err(invalid(&format_args!("server does not recognize this encoded version {}", fields.v)));
        }
        if fields.rv == 0 {
            return Err(invalid(&format_args!("incorrect encoded start resourceVersion (version {VERSION})")));
        }
        if fields.start.is_empty() {
            return Err(invalid(&format_args!("encoded start key empty (version {VERSION})")));
        }
        let start = fields.start.strip_prefix('/').unwrap_or(&fields.start);
        if start.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return Err(invalid(&fields.start));
        }
        Ok(Self {
            resource_version: u64::try_from(fields.rv).ok(),
            start: start.to_owned(),
            remaining: fields.remaining,
        })
    }
}

/// Go's error for invalid base64.
fn corrupt_input(token: &str) -> String {
    let wrong = token.bytes().position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')));
    let at = wrong.unwrap_or(token.len().saturating_sub(1));
    format!("illegal base64 data at input byte {at}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode(token: &str) -> Result<ContinueToken, String> {
        ContinueToken::decode(token).map_err(|error| error.to_string())
    }

    #[test]
    fn a_token_of_the_real_server_is_decoded() {
        let token = "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6OTk5OTk5LCJzdGFydCI6InMxXHUwMDAwIn0";
        assert_eq!(decode(token), Ok(ContinueToken::behind("s1", 999_999, None)));
        let newest = "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6LTEsInN0YXJ0IjoiczFcdTAwMDAifQ";
        assert_eq!(decode(newest).unwrap().resource_version, None);
        assert_eq!(
            ContinueToken { resource_version: None, start: "s1\0".to_owned(), remaining: None }.encode(),
            newest
        );
    }

    #[test]
    fn invalid_tokens_have_the_errors_of_the_real_server() {
        let encode = |text: &str| ENCODING.encode(text);
        for (token, error) in [
            ("nope".to_owned(), "invalid character '\\u009e' looking for beginning of value"),
            ("no!e".to_owned(), "illegal base64 data at input byte 2"),
            ("abcde".to_owned(), "illegal base64 data at input byte 4"),
            ("ab==".to_owned(), "illegal base64 data at input byte 2"),
            ("eyJ2IjoidjIiLCJydiI6NSwic3RhcnQiOiJ4In0".to_owned(), "server does not recognize this encoded version v2"),
            (
                encode(r#"{"v":"meta.k8s.io/v1","start":"a"}"#),
                "incorrect encoded start resourceVersion (version meta.k8s.io/v1)",
            ),
            (encode(r#"{"v":"meta.k8s.io/v1","rv":1}"#), "encoded start key empty (version meta.k8s.io/v1)"),
            (encode(r#"{"v":"meta.k8s.io/v1","rv":1,"start":"../a"}"#), "../a"),
            (encode(r#"{"v":"meta.k8s.io/v1","rv":1,"start":"a//b"}"#), "a//b"),
            (
                encode(r#"{"v":"meta.k8s.io/v1","rv":"1"}"#),
                "json: cannot unmarshal string into Go struct field continueToken.rv of type int64",
            ),
        ] {
            let expected = format!("invalid continue token: continue key is not valid: {error}");
            assert_eq!(decode(&token), Err(expected));
        }
    }

    proptest! {
        #[test]
        fn tokens_come_back(start in "[a-z]{1,8}(/[a-z]{1,8})?", version in 1..u64::MAX >> 1, remaining: Option<u32>) {
            let token = ContinueToken::behind(&start, version, remaining.map(u64::from));
            prop_assert_eq!(ContinueToken::decode(&token.encode()).unwrap(), token);
        }

        #[test]
        fn any_text_is_a_token_or_an_error(token: String, json: String) {
            let _ = decode(&token);
            let _ = decode(&ENCODING.encode(json));
        }
    }
}
