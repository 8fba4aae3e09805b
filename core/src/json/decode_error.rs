//! Why a value can't be decoded.

use std::fmt;

use super::go_type;
use super::scan::SyntaxError;

/// Why a value can't be decoded, in the words of Go's decoder.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct DecodeError {
    text: String,
    mismatch: Option<Mismatch>,
}

/// A value of a wrong type.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mismatch {
    /// What it is: `string`, `number`, `number 1.5`.
    found: String,
    /// What it should be, for example `[]v1.ImageLayer`.
    go_type: String,
}

impl DecodeError {
    /// A value that is `found` and not of a Go type; `target` says where it lies.
    pub(super) fn mismatch(found: &str, target: &str, go_type: &str) -> Self {
        Self {
            text: format!("json: cannot unmarshal {found} into {target} of type {go_type}"),
            mismatch: Some(Mismatch { found: found.to_owned(), go_type: go_type.to_owned() }),
        }
    }

    /// Any other mistake.
    pub(crate) fn other(message: impl fmt::Display) -> Self {
        Self { text: message.to_string(), mismatch: None }
    }

    /// The same mistake in the words of Kubernetes where it converts a value that is decoded already: what a strategic
    /// merge patch makes is told like that.
    #[must_use]
    pub fn in_conversion(&self) -> String {
        let Some(Mismatch { found, go_type }) = &self.mismatch else { return self.text.clone() };
        let found = match found.as_str() {
            "array" => "slice",
            "object" => "map",
            "number" => "int64",
            other if other.starts_with("number ") => "float64",
            other => other,
        };
        if go_type.starts_with("[]") {
            format!("cannot restore slice from {found}")
        } else if go_type.starts_with("map[") {
            format!("cannot restore map from {found}")
        } else if let Some(kind) = go_type::basic_kind(go_type) {
            // Go can turn numbers into each other, and into characters; it is asked not to.
            match (found, kind) {
                ("int64" | "float64", "int64") | ("int64", "string") => format!("cannot convert {found} to {go_type}"),
                _ => format!("unrecognized type: {kind}"),
            }
        } else {
            format!("cannot restore struct from: {found}")
        }
    }
}

impl From<SyntaxError> for DecodeError {
    fn from(error: SyntaxError) -> Self {
        Self::other(error)
    }
}

#[cfg(test)]
mod tests {
    use crate::api::ImageStream;
    use crate::json::{Names, decode};

    #[test]
    fn conversions_have_words_of_their_own() {
        for (text, told) in [
            (r#"{"metadata": {"labels": {"a": true}}}"#, "unrecognized type: string"),
            (r#"{"metadata": {"labels": {"a": 5}}}"#, "cannot convert int64 to string"),
            (r#"{"metadata": {"labels": {"a": []}}}"#, "unrecognized type: string"),
            (r#"{"metadata": {"uid": 5}}"#, "cannot convert int64 to types.UID"),
            (r#"{"metadata": {"uid": {}}}"#, "unrecognized type: string"),
            (r#"{"metadata": {"generation": "5"}}"#, "unrecognized type: int64"),
            (r#"{"metadata": {"generation": 1.5}}"#, "cannot convert float64 to int64"),
            (r#"{"metadata": {"labels": "x"}}"#, "cannot restore map from string"),
            (r#"{"spec": {"lookupPolicy": {"local": "yes"}}}"#, "unrecognized type: bool"),
            (r#"{"spec": {"tags": {}}}"#, "cannot restore slice from map"),
            (r#"{"spec": []}"#, "cannot restore struct from: slice"),
            (r#"{"metadata": {"creationTimestamp": "x"}}"#, "parsing time"),
        ] {
            let error = decode::<ImageStream>(text.as_bytes(), Names::Exact).unwrap_err();
            assert!(error.in_conversion().starts_with(told), "{text}: {}", error.in_conversion());
        }
    }
}
