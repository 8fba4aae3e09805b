//! The state of the store.

use super::{Decode, Encode, Record};

/// The state row, of which a store has one.
///
/// The version of this record is the format of the store: it is raised with every change to any table that older
/// versions of this library can't read, so that they refuse the file with a clear error.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct StateRecord {
    /// The id of the store, which never changes.
    pub(crate) store_id: String,
    /// The resource version of the newest change.
    pub(crate) version: u64,
    /// The oldest resource version in the change feed; `version + 1` if the feed is empty. The feed has a row for every
    /// version from here on.
    pub(crate) first_kept: u64,
    /// The size of the feed, keys and values, in bytes.
    pub(crate) feed_bytes: u64,
}

impl Record for StateRecord {
    const TABLE: &'static str = "state";
    const VERSION: u8 = 1;
}

impl StateRecord {
    /// The state of a new store.
    ///
    /// Its version is 1, not 0: in the API, resource version 0 means any version.
    pub(crate) fn new(store_id: String) -> Self {
        Self { store_id, version: 1, first_kept: 2, feed_bytes: 0 }
    }

    /// How many changes the feed keeps.
    pub(crate) fn feed_count(&self) -> u64 {
        self.version.saturating_add(1).saturating_sub(self.first_kept)
    }
}
