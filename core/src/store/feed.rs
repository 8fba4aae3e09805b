//! The change feed: for every resource version that is kept, which object changed, and its rows before the change.

use super::engine::{Batch, KeyRange, Order};
use super::keys;
use super::read::{Read, Rows};
use super::record::{self, ChangeRecord, MAX_PAYLOAD, Record, StateRecord};
use crate::error::{Error, Result};

/// How much of the feed is kept. The oldest changes are dropped first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FeedLimits {
    /// The maximum number of changes. Default: 10,000.
    pub(crate) changes: u64,
    /// The maximum size in bytes of keys and values. Default: 64 MiB.
    pub(crate) bytes: u64,
}

impl Default for FeedLimits {
    fn default() -> Self {
        Self { changes: 10_000, bytes: 64 << 20 }
    }
}

/// Whether the feed reaches back to a resource version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(crate) enum Since<T> {
    /// It does: the requested value.
    Kept(T),
    /// A change after that version is no longer in the feed.
    Expired {
        /// The oldest version that the feed reaches back to.
        oldest: u64,
    },
    /// The version is newer than the store.
    Future {
        /// The newest version.
        current: u64,
    },
}

impl Since<()> {
    /// Classifies `version`.
    pub(crate) fn of(state: &StateRecord, version: u64) -> Self {
        let oldest = state.first_kept.saturating_sub(1);
        if version < oldest {
            Self::Expired { oldest }
        } else if version > state.version {
            Self::Future { current: state.version }
        } else {
            Self::Kept(())
        }
    }

    /// The same outcome with another value.
    pub(crate) fn try_map<T>(self, kept: impl FnOnce() -> Result<T>) -> Result<Since<T>> {
        Ok(match self {
            Self::Kept(()) => Since::Kept(kept()?),
            Self::Expired { oldest } => Since::Expired { oldest },
            Self::Future { current } => Since::Future { current },
        })
    }
}

/// The changes after a resource version, oldest first.
pub(crate) fn changes(
    rows: &impl Rows,
    since: u64,
) -> Result<Since<impl Iterator<Item = Result<(u64, ChangeRecord)>>>> {
    Since::of(&rows.state()?, since).try_map(|| {
        let range = KeyRange::prefix(&[keys::CHANGES]).after(&keys::change(since));
        Ok(rows.range(&range, Order::Ascending)?.map(|row| {
            let (key, value) = row?;
            let version = keys::change_version(&key).ok_or_else(|| corrupted(format!("key {}", key.escape_ascii())))?;
            Ok((version, record::decode(&key, &value)?))
        }))
    })
}

/// The version of the newest change of an object whose keys begin with `under`; `None` if it is not among the newest
/// hundred changes. More are not read, so that lists stay cheap.
pub(crate) fn newest(rows: &dyn Rows, under: &[u8]) -> Result<Option<u64>> {
    const LOOKED_AT: usize = 100;
    for row in rows.range(&KeyRange::prefix(&[keys::CHANGES]), Order::Descending)?.take(LOOKED_AT) {
        let (key, value) = row?;
        let change: ChangeRecord = record::decode(&key, &value)?;
        if change.object.starts_with(under) {
            return Ok(keys::change_version(&key));
        }
    }
    Ok(None)
}

/// Adds the change of the newest version to the feed, and drops the oldest changes beyond the limits: in the long run,
/// one for each that is added.
pub(crate) fn append(
    batch: &mut Batch,
    below: &Read,
    state: &mut StateRecord,
    limits: FeedLimits,
    change: &ChangeRecord,
) -> Result<()> {
    if most_bytes(change) > limits.bytes.min(MAX_PAYLOAD as u64) {
        // No change can be undone past one that is not kept, so all older ones are useless.
        for version in state.first_kept..=state.version {
            batch.delete(keys::change(version).to_vec());
        }
        state.first_kept = state.version + 1;
        state.feed_bytes = 0;
        return Ok(());
    }
    let key = keys::change(state.version);
    let value = record::encode(&key, change)?;
    state.feed_bytes += row_bytes(&value);
    batch.put(key.to_vec(), value);
    while state.feed_count() > limits.changes || state.feed_bytes > limits.bytes {
        let oldest = keys::change(state.first_kept);
        let value = match batch.get(&oldest) {
            Some(entry) => entry.value(),
            None => below.get(&oldest)?,
        };
        let value = value.ok_or_else(|| corrupted(format!("version {} is missing", state.first_kept)))?;
        state.feed_bytes = state
            .feed_bytes
            .checked_sub(row_bytes(&value))
            .ok_or_else(|| corrupted("it has more bytes than the state row counts".to_owned()))?;
        state.first_kept += 1;
        batch.delete(oldest.to_vec());
    }
    Ok(())
}

/// The size of a change's row as counted for the limit.
pub(crate) fn row_bytes(value: &[u8]) -> u64 {
    (keys::change(0).len() + value.len()) as u64
}

/// An upper bound for the encoded size of a change: a length has at most nine bytes, an enum tag one.
fn most_bytes(change: &ChangeRecord) -> u64 {
    let rows = change.previous.iter().map(|row| row.suffix.len() + row.value.as_ref().map_or(0, Vec::len) + 19);
    (change.object.len() + 19 + rows.sum::<usize>()) as u64
}

fn corrupted(reason: String) -> Error {
    Error::corrupted(ChangeRecord::TABLE, reason)
}
