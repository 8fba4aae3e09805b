//! A row of the change feed.

use super::{Decode, Encode, Record};

/// What a resource version changed, so that it can be undone.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Change {
    /// The prefix of all rows of the object that changed.
    pub(crate) object: Vec<u8>,
    /// Whether the object had no row at all before; then `previous` is empty.
    pub(crate) created: bool,
    /// The rows of the object that changed, as they were.
    pub(crate) previous: Vec<PreviousRow>,
}

/// A row before a change.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct PreviousRow {
    /// The key behind the prefix of the object.
    pub(crate) suffix: Vec<u8>,
    /// The value, `None` if the row did not exist.
    pub(crate) value: Option<Vec<u8>>,
}

impl Record for Change {
    const TABLE: &'static str = "changes";
    const VERSION: u8 = 1;
}
