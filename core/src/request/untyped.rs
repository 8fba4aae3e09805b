//! Objects that have no type.

use serde_json::{Map, Value};

use super::shape::{Answer, Objects, json};
use crate::error::Result;

/// An object of a kind that has no type.
pub(super) struct Untyped(pub(super) Value);

impl Answer for Untyped {
    fn json(&self) -> Result<Vec<u8>> {
        json(&self.0)
    }

    fn objects(&self) -> Option<Objects<'_>> {
        None
    }
}

/// An object with those members. `serde_json::json` takes more code for each.
pub(super) fn object_of(members: Vec<(&'static str, Value)>) -> Map<String, Value> {
    let mut object = Map::new();
    object.extend(members.into_iter().map(|(name, value)| (name.to_owned(), value)));
    object
}
