//! The state of the store.

use super::{Decode, Encode, Record};
use crate::error::Result;

/// The state row, of which a store has one.
///
/// The version of this record is the format of the rows: it is raised with every change to any table that older
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
    /// How many objects there are; `None` if nothing was written since the time before they were counted.
    pub(crate) objects: Option<CountsRecord>,
}

/// How many objects a store has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode)]
pub(crate) struct CountsRecord {
    pub(crate) images: u64,
    pub(crate) streams: u64,
}

impl Record for StateRecord {
    const TABLE: &'static str = "state";
    const VERSION: u8 = 2;
}

/// The state row before objects were counted.
#[derive(Encode, Decode)]
struct Uncounted {
    store_id: String,
    version: u64,
    first_kept: u64,
    feed_bytes: u64,
}

impl Record for Uncounted {
    const TABLE: &'static str = StateRecord::TABLE;
    const VERSION: u8 = 1;
}

impl StateRecord {
    /// The state of a new store.
    ///
    /// Its version is 1, not 0: in the API, resource version 0 means any version.
    pub(crate) fn new(store_id: String) -> Self {
        Self { store_id, version: 1, first_kept: 2, feed_bytes: 0, objects: Some(CountsRecord::default()) }
    }

    /// Decodes the state row of this version or the one before.
    ///
    /// # Errors
    ///
    /// As [`decode`](super::decode).
    pub(crate) fn read(key: &[u8], bytes: &[u8]) -> Result<Self> {
        if bytes.first() != Some(&Uncounted::VERSION) {
            return super::decode(key, bytes);
        }
        let Uncounted { store_id, version, first_kept, feed_bytes } = super::decode(key, bytes)?;
        Ok(Self { store_id, version, first_kept, feed_bytes, objects: None })
    }

    /// How many changes the feed keeps.
    pub(crate) fn feed_count(&self) -> u64 {
        self.version.saturating_add(1).saturating_sub(self.first_kept)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::store::keys;
    use crate::store::record;

    /// The state row as it was written before objects were counted.
    pub(crate) fn uncounted(state: StateRecord) -> Vec<u8> {
        let StateRecord { store_id, version, first_kept, feed_bytes, objects: _ } = state;
        record::encode(&keys::state(), &Uncounted { store_id, version, first_kept, feed_bytes }).unwrap()
    }

    #[test]
    fn a_state_of_either_version_is_read() {
        let key = keys::state();
        let state = StateRecord::new("id".to_owned());
        assert_eq!(StateRecord::read(&key, &record::encode(&key, &state).unwrap()).unwrap(), state);
        let before = StateRecord { objects: None, ..state.clone() };
        assert_eq!(StateRecord::read(&key, &uncounted(state)).unwrap(), before);
    }
}
