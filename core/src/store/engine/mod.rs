//! The engine: one ordered space of byte keys, with snapshots and atomic commits.
//!
//! Everything above uses only these types, so another engine can replace redb by implementing [`Engine`] and
//! [`Snapshot`]. The engine with a journal does so, and one for a distributed store could.

mod batch;
mod blocks;
mod copy_on_write;
mod journal;
mod memtable;
mod merge;
mod overlay;
mod range;
mod redb;

use std::sync::Arc;

pub(crate) use batch::{Batch, BatchSize, Entry};
pub(crate) use blocks::{Blocks, FORMAT, MAGIC, RawFile, Refusal};
pub(crate) use copy_on_write::CopyOnWrite;
pub use journal::JournalFile;
#[cfg(not(target_family = "wasm"))]
pub(crate) use journal::SUFFIXES;
pub(crate) use journal::{Files, FoundJournal, JournalOptions, JournaledEngine};
pub(crate) use merge::{LayerRow, LayerRows, merge};
pub(crate) use range::{KeyRange, Order, Row, RowIter};
pub(crate) use redb::{RedbEngine, storage_error};

use crate::error::Result;

/// Keeps the rows of a store. Dropping it closes it cleanly.
pub(crate) trait Engine: Send + Sync {
    /// The rows as of the last commit, unaffected by later ones.
    fn snapshot(&self) -> Result<Arc<dyn Snapshot>>;

    /// Writes all of `batch` or nothing, provided that nothing was committed since `base`: the position of the snapshot
    /// that the batch was computed from, or the position that the previous commit returned.
    ///
    /// After [`Commit::Done`] the batch is durable and visible in every later snapshot. After [`Commit::Superseded`]
    /// another writer has committed since `base`; nothing of the batch is written, and the engine stays usable.
    ///
    /// After an error it is unknown whether the rows reached the disk: no snapshot of this engine shows them, and the
    /// engine must be reopened, or have recovered, before the next commit.
    fn commit(&self, base: Position, batch: &Batch) -> Result<Commit>;

    /// After a failed commit, makes the engine usable again if what made it fail is gone; returns whether it is. The rows
    /// of the failed commit may be there then.
    fn recover(&self) -> bool {
        false
    }

    /// The limit on one commit; `None` if there is none.
    fn batch_limit(&self) -> Option<BatchLimit> {
        None
    }

    /// Checks everything that the engine itself can check, reading all its data.
    ///
    /// # Errors
    ///
    /// `Corrupted` if the damage can't be repaired; also an error while a snapshot is alive.
    fn check(&self) -> Result<Integrity>;

    /// Shrinks the file as far as possible; returns whether it became smaller.
    ///
    /// # Errors
    ///
    /// `Storage` while a snapshot is alive; errors of the file.
    fn compact(&self) -> Result<bool>;

    /// Closes the engine as dropping it does, and reports whether that succeeded. Nothing can be written afterwards.
    ///
    /// # Errors
    ///
    /// Errors of writing: the next opening finds the files as after a crash.
    fn close(&self) -> Result<()> {
        Ok(())
    }
}

/// The position of a snapshot in the sequence of commits of all writers, counted by the engine.
///
/// An engine that only one writer can use may give all its snapshots the same position.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Position(pub(crate) u64);

/// The outcome of [`Engine::commit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(crate) enum Commit {
    /// The batch is durable.
    Done {
        /// The position after this commit.
        position: Position,
    },
    /// Another writer committed first; what was read for the batch may have changed.
    #[cfg_attr(not(test), expect(dead_code, reason = "only an engine in the tests has several writers"))]
    Superseded,
}

impl Commit {
    /// The outcome of every successful commit of an engine with one writer.
    pub(crate) const ALONE: Self = Self::Done { position: Position(0) };
}

/// The limit on one commit of an engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BatchLimit {
    /// Rows put or deleted.
    pub(crate) rows: usize,
    /// Bytes of their keys and values.
    pub(crate) bytes: usize,
}

impl BatchLimit {
    /// Whether a batch of this size is within the limit.
    pub(crate) fn allows(self, size: BatchSize) -> bool {
        size.rows <= self.rows && size.bytes <= self.bytes
    }
}

/// What [`Engine::check`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(crate) enum Integrity {
    /// No damage.
    Sound,
    /// Damage that the engine repaired from redundant data: no row is lost.
    Repaired,
}

/// The rows as of one commit.
pub(crate) trait Snapshot: Send + Sync {
    /// The value of a key.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>>;

    /// The values of several keys, in their order.
    fn get_many(&self, keys: &[&[u8]]) -> Result<Vec<Option<Vec<u8>>>> {
        keys.iter().map(|key| self.get(key)).collect()
    }

    /// The rows of a range.
    fn range(&self, range: &KeyRange, order: Order) -> Result<RowIter<'_>>;

    /// The position of this snapshot.
    fn position(&self) -> Position {
        Position::default()
    }
}
