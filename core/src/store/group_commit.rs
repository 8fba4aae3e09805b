//! One commit for many writers.
//!
//! The closures of concurrent writers run one after the other, each on what those before it left. What they leave is
//! gathered in a group. One of the waiting writers, the leader, commits the group with one sync while the next group
//! gathers. Nobody learns of anything before it is durable. There are no threads but the callers'.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::commits::Commits;
use super::engine::{Batch, Engine, Integrity, Snapshot};
use super::feed::FeedLimits;
use super::statistics::Counters;
use super::tx::{Read, Write};
use crate::error::{Error, Result};

/// The writing side of a store.
pub(crate) struct GroupCommit {
    engine: Arc<dyn Engine>,
    counters: Arc<Counters>,
    commits: Arc<Commits>,
    feed_limits: FeedLimits,
    /// Held while a closure runs, but not while a group is committed.
    groups: Mutex<Groups>,
    /// A commit came to its end.
    committed: Condvar,
}

/// Groups are numbered from 1.
struct Groups {
    /// The rows without the two batches below, kept as long as there are such.
    base: Option<Arc<dyn Snapshot>>,
    /// The group that the leader commits.
    in_flight: Option<Arc<Batch>>,
    /// The group that gathers.
    gathering: Arc<Batch>,
    /// The number of the group that gathers.
    number: u64,
    /// The last group that is durable.
    durable: u64,
    /// Why a commit failed: nothing can be written after that.
    failure: Option<Error>,
}

impl GroupCommit {
    pub(crate) fn new(
        engine: Arc<dyn Engine>,
        counters: Arc<Counters>,
        commits: Arc<Commits>,
        feed_limits: FeedLimits,
    ) -> Self {
        let groups =
            Groups { base: None, in_flight: None, gathering: Arc::default(), number: 1, durable: 0, failure: None };
        Self { engine, counters, commits, feed_limits, groups: Mutex::new(groups), committed: Condvar::new() }
    }

    /// Runs `work` as the next writer, and returns when what it wrote, and what it read, is durable.
    ///
    /// # Errors
    ///
    /// Those of `work`: then nothing of it is kept. Those of the commit, to all writers of the group and to those that
    /// read from it. `Poisoned` after that.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&mut Write) -> Result<T>) -> Result<T> {
        let mut groups = self.lock();
        if let Some(failure) = &groups.failure {
            return Err(Error::Poisoned { reason: failure.to_string() });
        }
        let mut transaction = Write::new(self.rows(&mut groups)?, self.feed_limits)?;
        let outcome = work(&mut transaction).and_then(|value| Ok((value, transaction.finish()?)));
        let outcome = outcome.map(|(value, batch)| {
            self.counters.wrote_rows(batch.len());
            Arc::make_mut(&mut groups.gathering).append(batch);
            value
        });
        // An error too may come from rows that are not durable yet.
        let newest = groups.newest();
        self.await_durable(groups, newest)?;
        outcome
    }

    /// Checks the engine while nothing is written.
    pub(crate) fn check(&self) -> Result<Integrity> {
        let mut groups = self.lock();
        // Writers that have something in a group wait for it, so somebody will commit it.
        while groups.failure.is_none() && groups.newest() > groups.durable {
            groups = self.committed.wait(groups).unwrap_or_else(PoisonError::into_inner);
        }
        groups.base = None;
        self.engine.check()
    }

    /// The rows that the next writer sees.
    fn rows(&self, groups: &mut Groups) -> Result<Read> {
        let base = match &groups.base {
            Some(base) => Arc::clone(base),
            None => Arc::clone(groups.base.insert(self.engine.snapshot()?)),
        };
        let layers = std::iter::once(&groups.gathering).chain(&groups.in_flight).filter(|batch| !batch.is_empty());
        Ok(Read::new(base, layers.cloned().collect(), Arc::clone(&self.counters)))
    }

    /// Returns when the group `number` is durable: commits it, or waits for the one who does.
    fn await_durable<'a>(&'a self, mut groups: MutexGuard<'a, Groups>, number: u64) -> Result<()> {
        loop {
            if groups.durable >= number {
                if groups.newest() == groups.durable {
                    // Nothing is built on it, and an old snapshot would keep its pages from being used again.
                    groups.base = None;
                }
                return Ok(());
            }
            if let Some(failure) = &groups.failure {
                return Err(failure.clone());
            }
            groups = if groups.in_flight.is_some() {
                self.committed.wait(groups).unwrap_or_else(PoisonError::into_inner)
            } else {
                self.lead(groups)
            };
        }
    }

    /// Commits the group that gathers.
    fn lead<'a>(&'a self, mut groups: MutexGuard<'a, Groups>) -> MutexGuard<'a, Groups> {
        let batch = std::mem::take(&mut groups.gathering);
        groups.in_flight = Some(Arc::clone(&batch));
        let number = groups.number;
        groups.number += 1;
        drop(groups);

        let result = self.engine.commit(&batch);

        let mut groups = self.lock();
        groups.in_flight = None;
        groups.base = None;
        let is_durable = result.is_ok();
        match result {
            Ok(()) => {
                groups.durable = number;
                self.counters.committed();
            }
            Err(failure) => {
                groups.gathering = Arc::default();
                groups.failure = Some(failure);
            }
        }
        self.committed.notify_all();
        if is_durable {
            self.commits.announce();
        }
        groups
    }

    /// A closure that panicked has left nothing in the groups, so the poison of the lock means nothing.
    fn lock(&self) -> MutexGuard<'_, Groups> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Groups {
    /// The newest group that has rows.
    fn newest(&self) -> u64 {
        if self.gathering.is_empty() { self.number - 1 } else { self.number }
    }
}
