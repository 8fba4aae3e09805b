//! The store: rows in one ordered space of byte keys, changed in transactions.
//!
//! From the bottom up: an [`engine`] keeps the rows, [`tx`] reads and writes them, [`group_commit`] combines concurrent
//! writers into one commit, [`feed`] and [`history`] record changes, [`record`] encodes values.

mod backend;
#[cfg(not(target_family = "wasm"))]
mod backup;
mod commits;
mod consistency;
#[cfg(not(target_family = "wasm"))]
mod convert;
mod engine;
mod feed;
#[cfg(not(target_family = "wasm"))]
mod file;
mod group_commit;
mod hexadecimal;
mod history;
pub(crate) mod images;
#[cfg(not(target_family = "wasm"))]
mod journal_file;
pub(crate) mod keys;
#[cfg(not(target_family = "wasm"))]
mod lock;
pub(crate) mod names;
pub(crate) mod namespaces;
pub(crate) mod object_counts;
pub(crate) mod object_key;
mod open;
#[cfg(not(target_family = "wasm"))]
mod paths;
#[cfg(not(target_family = "wasm"))]
mod place;
#[cfg(not(target_family = "wasm"))]
mod process;
mod read;
pub(crate) mod record;
mod reopening;
mod rows;
pub(crate) mod salvage;
mod statistics;
pub(crate) mod streams;
mod tables;
pub(crate) mod tag_rules;
#[cfg(test)]
pub(crate) mod tests;
mod tx;
mod verify;
mod waiters;
mod wake_thread;

use std::sync::Arc;

pub(crate) use commits::Commits;
#[cfg(not(target_family = "wasm"))]
pub(crate) use convert::convert;
pub(crate) use engine::Files as JournalFiles;
pub use engine::JournalFile;
pub(crate) use engine::MAGIC;
use engine::{Engine, Integrity};
#[cfg(test)]
use engine::{KeyRange, Order};
pub(crate) use feed::{FeedLimits, Since, changes, newest as newest_change};
#[cfg(not(target_family = "wasm"))]
pub(crate) use file::FileOptions;
pub(crate) use history::History;
pub use images::ImageUser;
pub use object_counts::ObjectCounts;
pub(crate) use open::StoreOptions;
pub(crate) use read::{Read, Rows};
pub use statistics::Statistics;
pub use tables::TableStatistics;
pub(crate) use tx::Write;
use tx::WriteMode;
pub use verify::Verification;

use self::group_commit::GroupCommit;
use self::statistics::Counters;
use crate::error::{Error, ErrorKind, Result};

/// A handle to an open store. Clones are handles to the same store; dropping the last one closes it.
#[derive(Clone)]
pub(crate) struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    /// `None` if the store is read-only.
    writers: Option<GroupCommit>,
    engine: Arc<dyn Engine>,
    counters: Arc<Counters>,
    commits: Arc<Commits>,
    feed_limits: FeedLimits,
    /// The last field, so that it is released after the engine is closed.
    #[cfg(not(target_family = "wasm"))]
    lock: Option<lock::FileLock>,
}

impl Inner {
    /// A store for reading and writing.
    fn over(engine: Arc<dyn Engine>, feed_limits: FeedLimits) -> Self {
        let inner = Self::read_only(engine);
        let writers = GroupCommit::new(
            Arc::clone(&inner.engine),
            Arc::clone(&inner.counters),
            Arc::clone(&inner.commits),
            feed_limits,
        );
        Self { writers: Some(writers), feed_limits, ..inner }
    }

    /// A read-only store.
    fn read_only(engine: Arc<dyn Engine>) -> Self {
        Self {
            writers: None,
            engine,
            counters: Arc::default(),
            commits: Arc::default(),
            feed_limits: FeedLimits::default(),
            #[cfg(not(target_family = "wasm"))]
            lock: None,
        }
    }
}

impl From<Inner> for Store {
    fn from(inner: Inner) -> Self {
        Self { inner: Arc::new(inner) }
    }
}

impl Store {
    /// The store with the rows of `engine`, which must include a state row.
    pub(crate) fn over(engine: Arc<dyn Engine>, feed_limits: FeedLimits) -> Self {
        Inner::over(engine, feed_limits).into()
    }

    /// Starts a read transaction on the last commit.
    pub(crate) fn read(&self) -> Result<Read> {
        Ok(Read::new(self.inner.engine.snapshot()?, Vec::new(), Arc::clone(&self.inner.counters)))
    }

    /// Runs `work` in a write transaction. After `Ok` everything that it wrote is durable; after an error nothing of it
    /// is kept.
    ///
    /// Writers run one after the other, so `work` must not start another write of this store, or wait for one. If
    /// others write to the same engine, `work` may run several times, each time on newer rows; the result of the last
    /// run is returned.
    ///
    /// # Errors
    ///
    /// Errors of `work`; `ReadOnly`; `TransactionTooLarge`; errors of the engine, after which all writes are `Poisoned`
    /// until the store is reopened.
    pub(crate) fn write<T>(&self, work: impl Fn(&mut Write) -> Result<T>) -> Result<T> {
        self.inner.writers.as_ref().ok_or(ErrorKind::ReadOnly)?.write(work)
    }

    /// Runs `work` once, as [`Store::write`] would, on the last commit, and drops what it wrote.
    pub(crate) fn dry_run<T>(&self, work: impl Fn(&mut Write) -> Result<T>) -> Result<T> {
        let mut transaction = Write::new(self.read()?, self.inner.feed_limits, WriteMode::DryRun)?;
        let value = work(&mut transaction)?;
        transaction.finish()?;
        Ok(value)
    }

    /// The commits, to wait for the next one.
    pub(crate) fn commits(&self) -> Arc<Commits> {
        Arc::clone(&self.inner.commits)
    }

    /// Why all writes are refused since one failed.
    pub(crate) fn write_failure(&self) -> Option<Error> {
        self.inner.writers.as_ref()?.failure()
    }

    /// What the store has done since it was opened.
    pub(crate) fn statistics(&self) -> Statistics {
        self.inner.counters.statistics()
    }

    /// Records in the lock file where the store is served, for others who find it locked; `None` removes the address. A
    /// store that is not in a file ignores it.
    #[cfg(not(target_family = "wasm"))]
    pub(crate) fn set_address(&self, address: Option<&str>) -> Result<()> {
        self.inner.lock.as_ref().map_or(Ok(()), |lock| lock.set_address(address))
    }

    /// Lets the engine check itself while there is no writer.
    fn check_engine(&self) -> Result<Integrity> {
        let writers = self.inner.writers.as_ref();
        writers.map_or_else(|| self.inner.engine.check(), |writers| writers.alone(|engine| engine.check()))
    }

    /// Shrinks the file as far as possible; returns whether it became smaller.
    ///
    /// # Errors
    ///
    /// `ReadOnly`; `Storage` while a snapshot is alive; `Io`.
    pub(crate) fn compact(&self) -> Result<bool> {
        self.inner.writers.as_ref().ok_or(ErrorKind::ReadOnly)?.alone(|engine| engine.compact())
    }

    /// Closes the store as dropping the last handle does, and reports whether that succeeded.
    ///
    /// # Errors
    ///
    /// Errors of writing.
    pub(crate) fn close(self) -> Result<()> {
        self.inner.engine.close()
    }
}
