//! A row of the change feed.

use super::{Decode, Encode, Record};

/// The change of one resource version, with what is needed to undo it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct ChangeRecord {
    /// The key prefix of the object that changed.
    pub(crate) object: Vec<u8>,
    /// Whether the object had no rows before; then `previous` is empty.
    pub(crate) created: bool,
    /// The changed rows of the object with their previous values.
    pub(crate) previous: Vec<PreviousRow>,
}

/// A row before a change.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct PreviousRow {
    /// The key after the prefix of the object.
    pub(crate) suffix: Vec<u8>,
    /// The value; `None` if the row did not exist.
    pub(crate) value: Option<Vec<u8>>,
}

impl Record for ChangeRecord {
    const TABLE: &'static str = "changes";
    const VERSION: u8 = 1;
}
