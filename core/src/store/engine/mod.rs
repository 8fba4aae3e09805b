//! One ordered space of byte keys, with snapshots and atomic commits: all that the store asks of what keeps its rows.
//!
//! Everything above works on these types, so another engine takes the place of redb by implementing [`Engine`] and
//! [`Snapshot`]: the one with a journal before it does, and a distributed one could.

mod batch;
mod copy_on_write;
mod journal;
mod memtable;
mod merge;
mod overlay;
mod range;
mod redb;

use std::sync::Arc;

pub(crate) use batch::{Batch, BatchSize, Entry};
pub(crate) use copy_on_write::CopyOnWrite;
pub use journal::JournalFile;
#[cfg(not(target_family = "wasm"))]
pub(crate) use journal::SUFFIXES;
pub(crate) use journal::{Beside, Files, JournalOptions, JournaledEngine};
pub(crate) use merge::{LayerRow, LayerRows, merge};
pub(crate) use range::{KeyRange, Order, Row, RowIter};
pub(crate) use redb::{RedbEngine, storage_error};

use crate::error::Result;

/// What keeps the rows. Dropping it closes it cleanly.
pub(crate) trait Engine: Send + Sync {
    /// The rows as they are after the last commit, unchanged by later ones.
    fn snapshot(&self) -> Result<Arc<dyn Snapshot>>;

    /// Writes all of `batch` or nothing of it, provided that nothing was committed since `base`: the position of the
    /// snapshot from which the batch was worked out, or the one that the commit before it gave.
    ///
    /// On [`Commit::Done`] it is durable, and in every later snapshot. On [`Commit::Superseded`] somebody else has committed
    /// since `base`, nothing of the batch is written, and the engine goes on.
    ///
    /// After an error it is not known whether the rows reached the disk: no snapshot of this engine shows them, and
    /// the engine must be opened anew before the next commit.
    fn commit(&self, base: Position, batch: &Batch) -> Result<Commit>;

    /// How much fits into one commit; `None` where there is no limit.
    fn batch_limit(&self) -> Option<BatchLimit> {
        None
    }

    /// Checks everything that the engine itself can check, reading all it has.
    ///
    /// # Errors
    ///
    /// `Corrupted` where the damage can't be repaired; an error too while any snapshot is alive.
    fn check(&self) -> Result<Integrity>;

    /// Makes the file as small as its rows allow; says whether it became smaller.
    ///
    /// # Errors
    ///
    /// `Storage` while any snapshot is alive; those of the file.
    fn compact(&self) -> Result<bool>;

    /// Closes it, as dropping it does, and says whether that succeeded. Nothing can be written behind it.
    ///
    /// # Errors
    ///
    /// Those of writing: the next opening finds the files as after a kill.
    fn close(&self) -> Result<()> {
        Ok(())
    }
}

/// The number of a commit, counted by the engine: where a snapshot stands among the commits of all writers.
///
/// An engine with one writer, which nobody can supersede, may give all its snapshots the same one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Position(pub(crate) u64);

/// How [`Engine::commit`] ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(crate) enum Commit {
    /// The batch is durable.
    Done {
        /// Where the store stands with it.
        position: Position,
    },
    /// Somebody else committed first; what was read for the batch may have changed.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the engines that are here have one writer; one of the tests has more")
    )]
    Superseded,
}

impl Commit {
    /// The end of every successful commit of an engine with one writer.
    pub(crate) const ALONE: Self = Self::Done { position: Position(0) };
}

/// How much fits into one commit of an engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BatchLimit {
    /// Rows put or deleted.
    pub(crate) rows: usize,
    /// Bytes of their keys and values.
    pub(crate) bytes: usize,
}

impl BatchLimit {
    /// Whether so much fits.
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
    /// Damage to what the engine can work out from the rest, and has: no row is lost.
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

    /// Where this snapshot stands.
    fn position(&self) -> Position {
        Position::default()
    }
}
