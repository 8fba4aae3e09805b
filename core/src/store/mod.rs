//! The store: rows in one ordered space of byte keys, changed by transactions.
//!
//! From below: an [`engine`] keeps the rows, [`tx`] reads and writes them, [`group_commit`] makes one commit of what
//! concurrent writers leave, [`feed`] and [`history`] keep what changed, [`record`] says what is in a value.

mod commits;
mod consistency;
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
pub(crate) mod object_key;
mod open;
#[cfg(not(target_family = "wasm"))]
mod paths;
#[cfg(not(target_family = "wasm"))]
mod process;
mod read;
pub(crate) mod record;
mod rouser;
mod rows;
mod statistics;
pub(crate) mod streams;
#[cfg(test)]
pub(crate) mod tests;
mod tx;
mod verify;
mod waiters;

use std::sync::Arc;

pub(crate) use commits::Commits;
pub(crate) use engine::Files as JournalFiles;
pub use engine::JournalFile;
use engine::{Engine, Integrity};
#[cfg(test)]
use engine::{KeyRange, Order};
pub(crate) use feed::{FeedLimits, Since, changes, newest as newest_change};
#[cfg(not(target_family = "wasm"))]
pub(crate) use file::FileOptions;
pub(crate) use history::History;
pub use images::ImageUser;
pub(crate) use open::StoreOptions;
pub(crate) use read::{Read, Rows};
pub use statistics::Statistics;
pub(crate) use tx::Write;
use tx::WriteMode;
pub use verify::Verification;

use self::group_commit::GroupCommit;
use self::statistics::Counters;
use crate::error::{ErrorKind, Result};

/// A handle of an open store. Clones are the same store; the last one to go closes it.
#[derive(Clone)]
pub(crate) struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    /// `None` in a store that is open for reading only.
    writers: Option<GroupCommit>,
    engine: Arc<dyn Engine>,
    counters: Arc<Counters>,
    commits: Arc<Commits>,
    feed_limits: FeedLimits,
    /// Last, so that it is given back when the engine is closed.
    #[cfg(not(target_family = "wasm"))]
    lock: Option<lock::FileLock>,
}

impl Inner {
    /// For reading and writing.
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

    /// For reading only.
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
    /// The store whose rows `engine` keeps; it must have the state row of a store.
    pub(crate) fn over(engine: Arc<dyn Engine>, feed_limits: FeedLimits) -> Self {
        Inner::over(engine, feed_limits).into()
    }

    /// A read transaction on what is committed now.
    pub(crate) fn read(&self) -> Result<Read> {
        Ok(Read::new(self.inner.engine.snapshot()?, Vec::new(), Arc::clone(&self.inner.counters)))
    }

    /// Runs `work` in a write transaction. On `Ok` all that it wrote is durable; on any error nothing of it is kept.
    ///
    /// Writers run one after the other, so `work` must not wait for another writer of this store, nor be one. Where somebody
    /// else writes to the same engine it may run several times, each time on newer rows; what the last run gave counts.
    ///
    /// # Errors
    ///
    /// Those of `work`; `ReadOnly`; `TransactionTooLarge`; those of the engine, after which all writes are `Poisoned` until
    /// the store is opened anew.
    pub(crate) fn write<T>(&self, work: impl Fn(&mut Write) -> Result<T>) -> Result<T> {
        self.inner.writers.as_ref().ok_or(ErrorKind::ReadOnly)?.write(work)
    }

    /// Runs `work` as [`Store::write`] would, once, on what is committed now, and drops what it wrote.
    pub(crate) fn dry_run<T>(&self, work: impl Fn(&mut Write) -> Result<T>) -> Result<T> {
        let mut transaction = Write::new(self.read()?, self.inner.feed_limits, WriteMode::DryRun)?;
        let value = work(&mut transaction)?;
        transaction.finish()?;
        Ok(value)
    }

    /// What tells of commits.
    pub(crate) fn commits(&self) -> Arc<Commits> {
        Arc::clone(&self.inner.commits)
    }

    /// What the store has done since it was opened.
    pub(crate) fn statistics(&self) -> Statistics {
        self.inner.counters.statistics()
    }

    /// Tells others who find the store locked where it is served, `None` that it no longer is. Only a store in a file has
    /// a place for that.
    #[cfg(not(target_family = "wasm"))]
    pub(crate) fn set_address(&self, address: Option<&str>) -> Result<()> {
        self.inner.lock.as_ref().map_or(Ok(()), |lock| lock.set_address(address))
    }

    /// Lets the engine check itself, with no writer in between.
    fn check_engine(&self) -> Result<Integrity> {
        let writers = self.inner.writers.as_ref();
        writers.map_or_else(|| self.inner.engine.check(), |writers| writers.alone(|engine| engine.check()))
    }

    /// Makes the file as small as its rows allow; says whether it became smaller.
    ///
    /// # Errors
    ///
    /// `ReadOnly`; `Storage` while anything else reads from the store; `Io`.
    pub(crate) fn compact(&self) -> Result<bool> {
        self.inner.writers.as_ref().ok_or(ErrorKind::ReadOnly)?.alone(|engine| engine.compact())
    }

    /// Closes the store, as dropping the last handle does, and says whether that succeeded.
    ///
    /// # Errors
    ///
    /// Those of writing.
    pub(crate) fn close(self) -> Result<()> {
        self.inner.engine.close()
    }
}
