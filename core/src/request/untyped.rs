//! Objects of kinds without a Rust type.

use serde_json::{Map, Value};

use super::shape::{Answer, Objects, json};
use crate::error::Result;

/// An object of a kind without a Rust type.
pub(super) struct Untyped(pub(super) Value);

impl Answer for Untyped {
    fn json(&self) -> Result<Vec<u8>> {
        json(&self.0)
    }

    fn objects(&self) -> Option<Objects<'_>> {
        None
    }
}

/// An object with the given members. `serde_json::json` compiles to more code for each use.
pub(super) fn object_of(members: Vec<(&'static str, Value)>) -> Map<String, Value> {
    let mut object = Map::new();
    object.extend(members.into_iter().map(|(name, value)| (name.to_owned(), value)));
    object
}
