//! Why a document can't be decoded.

use std::fmt;

use super::scan::SyntaxError;

/// Why a document can't be decoded, with the error text of Go's `encoding/json`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct DecodeError {
    text: String,
    mismatch: Option<Mismatch>,
}

/// A value of a wrong type.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mismatch {
    /// What the document has, for example `string`, `number` or `number 1.5`.
    found: String,
    /// The Go type that is expected, for example `[]v1.ImageLayer` or `types.UID`.
    go_type: String,
    /// The same with `string` in place of any string type that has a name.
    kind: String,
}

impl DecodeError {
    /// A value of a wrong type. `target` is where it is, `kind` the Go type with `string` in place of named string types.
    pub(super) fn mismatch(found: &str, target: &str, go_type: String, kind: String) -> Self {
        Self {
            text: format!("json: cannot unmarshal {found} into {target} of type {go_type}"),
            mismatch: Some(Mismatch { found: found.to_owned(), go_type, kind }),
        }
    }

    /// Any other error.
    pub(crate) fn other(message: impl fmt::Display) -> Self {
        Self { text: message.to_string(), mismatch: None }
    }

    /// The text of the same error where Kubernetes converts a value that is decoded already, as it does with the result of
    /// a strategic merge patch (`runtime.DefaultUnstructuredConverter`).
    #[must_use]
    pub fn in_conversion(&self) -> String {
        let Some(Mismatch { found, go_type, kind }) = &self.mismatch else { return self.text.clone() };
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
        } else {
            match (found, kind.as_str()) {
                // Go itself converts between these (an integer to a string with that character), so the converter checks.
                ("int64" | "float64", "int64") | ("int64", "string") => format!("cannot convert {found} to {go_type}"),
                (_, "bool" | "int64" | "string") => format!("unrecognized type: {kind}"),
                _ => format!("cannot restore struct from: {found}"),
            }
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
    fn conversions_have_their_own_error_texts() {
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
