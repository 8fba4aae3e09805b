//! The state of the store.

use super::{Decode, Encode, Record};

/// What the store says about itself, in its one state row.
///
/// The version of this record is the format of the store: it goes up with every change of any table that older versions
/// of this library could not read, so that they refuse the file by name.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct State {
    /// The identity of the store, made with it and kept for its life.
    pub(crate) store_id: String,
    /// The resource version of the newest change.
    pub(crate) version: u64,
    /// The oldest resource version whose row is in the change feed; `version + 1` when the feed is empty. The feed has
    /// a row for every version from here on.
    pub(crate) first_kept: u64,
    /// The bytes of the feed, keys and values.
    pub(crate) feed_bytes: u64,
}

impl Record for State {
    const TABLE: &'static str = "state";
    const VERSION: u8 = 1;
}

impl State {
    /// The state of a new store.
    ///
    /// Its version is 1, not 0: clients of the API take a resource version of 0 for "any".
    pub(crate) fn new(store_id: String) -> Self {
        Self { store_id, version: 1, first_kept: 2, feed_bytes: 0 }
    }

    /// How many changes the feed keeps.
    pub(crate) fn feed_count(&self) -> u64 {
        self.version.saturating_add(1).saturating_sub(self.first_kept)
    }
}
