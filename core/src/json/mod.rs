//! JSON as Go reads it.

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer};
use std::fmt;

/// A JSON value with everything that its text said: order, duplicates, numbers as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number as it was written.
    Number(String),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Node>),
    /// An object with its members in order, duplicates included.
    Object(Vec<(String, Node)>),
}

/// How names of members are matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// Exactly.
    Exact,
    /// Without regard to case.
    Folded,
}

/// Why a value can't be decoded, in the words of Go's decoder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError(String);

impl fmt::Display for DecodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Decodes a value.
///
/// # Errors
///
/// When it is not a `T`.
pub fn decode<T: DeserializeOwned>(_node: &Node, _names: Names) -> Result<T, DecodeError> {
    Err(DecodeError("not yet".to_owned()))
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(_deserializer: D) -> Result<Self, D::Error> {
        Ok(Node::Null)
    }
}
