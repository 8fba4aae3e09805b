//! The change feed: for every resource version that is kept, which object changed and how its rows were before.

use super::engine::{Batch, KeyRange, Order};
use super::keys;
use super::read::{Read, Rows};
use super::record::{self, Change, MAX_PAYLOAD, Record, State};
use crate::error::{Error, Result};

/// How much of the feed is kept. The oldest changes go first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FeedLimits {
    /// The most changes. Default: 10,000.
    pub(crate) changes: u64,
    /// The most bytes, keys and values. Default: 64 MiB.
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
    /// It does: what was asked for.
    Kept(T),
    /// Something after that version is no longer kept. The feed reaches back to `oldest`.
    Expired {
        /// The oldest version that can be asked for.
        oldest: u64,
    },
    /// The store has not come to that version yet.
    Future {
        /// The newest version.
        current: u64,
    },
}

impl Since<()> {
    /// Where `version` lies.
    pub(crate) fn of(state: &State, version: u64) -> Self {
        let oldest = state.first_kept.saturating_sub(1);
        if version < oldest {
            Self::Expired { oldest }
        } else if version > state.version {
            Self::Future { current: state.version }
        } else {
            Self::Kept(())
        }
    }

    /// The same answer with what was asked for.
    pub(crate) fn try_map<T>(self, kept: impl FnOnce() -> Result<T>) -> Result<Since<T>> {
        Ok(match self {
            Self::Kept(()) => Since::Kept(kept()?),
            Self::Expired { oldest } => Since::Expired { oldest },
            Self::Future { current } => Since::Future { current },
        })
    }
}

/// The changes after a resource version, oldest first.
pub(crate) fn changes(rows: &impl Rows, since: u64) -> Result<Since<impl Iterator<Item = Result<(u64, Change)>>>> {
    Since::of(&rows.state()?, since).try_map(|| {
        let range = KeyRange::prefix(&[keys::CHANGES]).after(&keys::change(since));
        Ok(rows.range(&range, Order::Ascending)?.map(|row| {
            let (key, value) = row?;
            let version = keys::change_version(&key).ok_or_else(|| corrupted(format!("key {}", key.escape_ascii())))?;
            Ok((version, record::decode(&key, &value)?))
        }))
    })
}

/// The version of the newest change of an object whose rows begin with `under`, if it is one of the newest changes.
///
/// So few are looked at that it costs no more than a few reads.
pub(crate) fn newest(rows: &dyn Rows, under: &[u8]) -> Result<Option<u64>> {
    const LOOKED_AT: usize = 100;
    for row in rows.range(&KeyRange::prefix(&[keys::CHANGES]), Order::Descending)?.take(LOOKED_AT) {
        let (key, value) = row?;
        let change: Change = record::decode(&key, &value)?;
        if change.object.starts_with(under) {
            return Ok(keys::change_version(&key));
        }
    }
    Ok(None)
}

/// Adds the change of the newest version to the feed, and drops from its other end what is over the limits: as many
/// rows as are added, in the long run.
pub(crate) fn append(
    batch: &mut Batch,
    below: &Read,
    state: &mut State,
    limits: FeedLimits,
    change: &Change,
) -> Result<()> {
    if most_bytes(change) > limits.bytes.min(MAX_PAYLOAD as u64) {
        // Nothing can be undone across a change that is not kept, so what lies before it is of no use.
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
            .ok_or_else(|| corrupted("it has more bytes than were counted".to_owned()))?;
        state.first_kept += 1;
        batch.delete(oldest.to_vec());
    }
    Ok(())
}

/// What the row of a change counts for.
pub(crate) fn row_bytes(value: &[u8]) -> u64 {
    (keys::change(0).len() + value.len()) as u64
}

/// At least as many bytes as the change takes: lengths have up to nine bytes, marks one.
fn most_bytes(change: &Change) -> u64 {
    let rows = change.previous.iter().map(|row| row.suffix.len() + row.value.as_ref().map_or(0, Vec::len) + 19);
    (change.object.len() + 19 + rows.sum::<usize>()) as u64
}

fn corrupted(reason: String) -> Error {
    Error::corrupted(Change::TABLE, reason)
}
