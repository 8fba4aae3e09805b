//! Group commit: one commit for many writers.
//!
//! The closures of concurrent writers run one after the other, each on the rows that those before it left. Their writes
//! are collected in a group. One of the waiting writers, the leader, commits the group with one sync while the next
//! group is being collected. No result is visible before it is durable. No threads are used but those of the callers.
//!
//! If the engine reports that a commit was superseded, every group that was built on it is dropped, and the waiting
//! writers run their closures again on the new rows.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, TryLockError};

use super::commits::Commits;
use super::engine::{Batch, BatchSize, Commit, Engine, Position, Snapshot};
use super::feed::FeedLimits;
use super::read::Read;
use super::statistics::Counters;
use super::tx::{Write, WriteMode};
use crate::error::{Error, ErrorKind, Result};

/// The write side of a store.
pub(crate) struct GroupCommit {
    engine: Arc<dyn Engine>,
    counters: Arc<Counters>,
    commits: Arc<Commits>,
    feed_limits: FeedLimits,
    /// Held while a closure runs, but not during a commit.
    groups: Mutex<Groups>,
}

#[derive(Default)]
struct Groups {
    /// The last committed rows, kept while there are batches on top of them.
    base: Option<Arc<dyn Snapshot>>,
    /// The position that the gathering group is based on, once the group in flight is committed.
    position: Position,
    /// The group that its leader is committing.
    in_flight: Option<Group>,
    /// The group that collects writes; empty if nobody waits for it.
    gathering: Group,
    /// Why a commit failed: after that, every write fails until the engine recovers.
    failure: Option<Error>,
}

/// The turn of one writer: no other closure runs meanwhile.
struct Turn<'a> {
    writers: &'a GroupCommit,
    groups: MutexGuard<'a, Groups>,
    transaction: Write,
}

/// The outcome of a turn.
enum End {
    /// Everything that the closure wrote and read is durable.
    Durable,
    /// The rows that the closure read are gone, or its batch did not fit: nothing is kept, and it must run again.
    RunAgain,
}

/// Transactions that are committed together.
#[derive(Default)]
struct Group {
    batch: Arc<Batch>,
    /// The size of the batch, or an upper bound of it; only tracked if the engine has a limit.
    size: BatchSize,
    ticket: Arc<Ticket>,
}

/// What the writers of one group wait on. Each group has its own, so that no other writers are woken.
#[derive(Default)]
struct Ticket {
    state: Mutex<TicketState>,
    changed: Condvar,
}

#[derive(Default)]
struct TicketState {
    /// The outcome of the commit.
    ended: Option<Result<Commit>>,
    /// The previous group has ended, and a waiting writer must become the leader.
    leaderless: bool,
}

impl GroupCommit {
    pub(crate) fn new(
        engine: Arc<dyn Engine>,
        counters: Arc<Counters>,
        commits: Arc<Commits>,
        feed_limits: FeedLimits,
    ) -> Self {
        Self { engine, counters, commits, feed_limits, groups: Mutex::default() }
    }

    /// Runs `work` as the next writer, and returns once everything that it wrote and read is durable.
    ///
    /// # Errors
    ///
    /// Errors of `work`: then nothing of it is kept. Errors of the commit, for all writers of the group and those that
    /// read from it; `Poisoned` afterwards, until the engine recovers.
    pub(crate) fn write<T>(&self, work: impl Fn(&mut Write) -> Result<T>) -> Result<T> {
        loop {
            let mut turn = self.begin()?;
            let outcome = work(&mut turn.transaction);
            match turn.end(outcome.is_ok())? {
                End::Durable => return outcome,
                End::RunAgain => {}
            }
        }
    }

    /// Waits for the caller's turn to write.
    fn begin(&self) -> Result<Turn<'_>> {
        let mut groups = self.lock();
        if let Some(failure) = self.lasting_failure(&mut groups) {
            // A full disk is full still, and nobody has to open the store again.
            let full = failure.is_disk_full();
            return Err(if full { failure } else { Error::poisoned(failure.to_string()) });
        }
        let transaction = Write::new(self.rows(&mut groups)?, self.feed_limits, WriteMode::Commit)?;
        Ok(Turn { writers: self, groups, transaction })
    }

    /// Why a commit failed, after which every write fails until the engine recovers. `None` also while another writer has its turn: a health check
    /// must not wait for it.
    pub(crate) fn failure(&self) -> Option<Error> {
        match self.groups.try_lock() {
            Ok(mut groups) => self.lasting_failure(&mut groups),
            Err(TryLockError::Poisoned(groups)) => self.lasting_failure(&mut groups.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Why a commit failed, unless the engine has recovered since.
    fn lasting_failure(&self, groups: &mut Groups) -> Option<Error> {
        let failure = groups.failure.clone()?;
        if !self.engine.recover() {
            return Some(failure);
        }
        groups.failure = None;
        // It may show what the failed commit wrote.
        self.commits.announce();
        None
    }

    /// Runs `work` on the engine while nothing is being written.
    pub(crate) fn alone<T>(&self, work: impl FnOnce(&dyn Engine) -> Result<T>) -> Result<T> {
        loop {
            let mut groups = self.lock();
            if groups.newest().is_none() {
                groups.base = None;
                return work(self.engine.as_ref());
            }
            // If this fails, the writers get the error.
            let _ = self.await_durable(groups);
        }
    }

    /// Returns the batch if it fits into the gathering group; `None` if it has to wait for the next one.
    ///
    /// # Errors
    ///
    /// `TransactionTooLarge` if it fits into no group.
    fn fitting(&self, batch: Batch, groups: &Groups) -> Result<Option<Batch>> {
        let Some(limit) = self.engine.batch_limit() else { return Ok(Some(batch)) };
        let size = batch.size();
        if !limit.allows(size) {
            return Err(Error::from(ErrorKind::TransactionTooLarge {
                rows: size.rows,
                bytes: size.bytes,
                max_rows: limit.rows,
                max_bytes: limit.bytes,
            }));
        }
        Ok(limit.allows(groups.gathering.size + size).then_some(batch))
    }

    fn gather(&self, groups: &mut Groups, batch: Batch) {
        self.counters.wrote_rows(batch.len());
        if self.engine.batch_limit().is_some() {
            groups.gathering.size = groups.gathering.size + batch.size();
        }
        Arc::make_mut(&mut groups.gathering.batch).append(batch);
    }

    /// The rows for the next writer.
    fn rows(&self, groups: &mut Groups) -> Result<Read> {
        let base = if let Some(base) = &groups.base {
            Arc::clone(base)
        } else {
            let base = self.engine.snapshot()?;
            if groups.newest().is_none() {
                groups.position = base.position();
            }
            Arc::clone(groups.base.insert(base))
        };
        let layers = std::iter::once(&groups.gathering).chain(&groups.in_flight).map(|group| &group.batch);
        let layers = layers.filter(|batch| !batch.is_empty()).cloned().collect();
        Ok(Read::new(base, layers, Arc::clone(&self.counters)))
    }

    /// Returns when everything written so far is durable: commits it, or waits for the leader.
    fn await_durable<'a>(&'a self, mut groups: MutexGuard<'a, Groups>) -> Result<Commit> {
        let Some(ticket) = groups.newest().map(|group| Arc::clone(&group.ticket)) else {
            // Nothing depends on the snapshot, and while it is alive redb can't reuse its pages.
            groups.base = None;
            return Ok(Commit::Done { position: groups.position });
        };
        loop {
            // A writer that came later may already lead this group.
            if groups.in_flight.is_none() && Arc::ptr_eq(&groups.gathering.ticket, &ticket) {
                self.lead(groups);
            } else {
                drop(groups);
            }
            match ticket.wait() {
                Some(ended) => return ended,
                None => groups = self.lock(),
            }
        }
    }

    /// Commits the gathering group.
    fn lead(&self, mut groups: MutexGuard<'_, Groups>) {
        let group = std::mem::take(&mut groups.gathering);
        let (batch, ticket) = (Arc::clone(&group.batch), Arc::clone(&group.ticket));
        let base = groups.position;
        groups.in_flight = Some(group);
        drop(groups);

        let result = self.engine.commit(base, &batch);

        let mut groups = self.lock();
        groups.in_flight = None;
        groups.base = None;
        match &result {
            Ok(Commit::Done { position }) => {
                groups.position = *position;
                self.counters.committed();
                if !groups.gathering.batch.is_empty() {
                    groups.gathering.ticket.pass_lead();
                }
            }
            // The gathering group was computed from rows that were not committed.
            Ok(Commit::Superseded) => std::mem::take(&mut groups.gathering).ticket.end(&result),
            Err(failure) => {
                std::mem::take(&mut groups.gathering).ticket.end(&result);
                groups.failure = Some(failure.clone());
            }
        }
        drop(groups);
        ticket.end(&result);
        if matches!(result, Ok(Commit::Done { .. })) {
            self.commits.announce();
        }
    }

    /// A closure that panicked has changed nothing in the groups, so a poisoned lock is harmless.
    fn lock(&self) -> MutexGuard<'_, Groups> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn<'_> {
    /// Adds the writes to the gathering group if `keep` is set, and waits until they and everything read are durable.
    fn end(self, keep: bool) -> Result<End> {
        let Self { writers, mut groups, transaction } = self;
        let mut refused = None;
        let mut fits = true;
        if keep {
            match transaction.finish().and_then(|batch| writers.fitting(batch, &groups)) {
                Ok(Some(batch)) => writers.gather(&mut groups, batch),
                Ok(None) => fits = false,
                Err(error) => refused = Some(error),
            }
        }
        // An error may also result from rows that are not durable yet.
        match writers.await_durable(groups)? {
            Commit::Done { .. } if fits => refused.map_or(Ok(End::Durable), Err),
            Commit::Done { .. } | Commit::Superseded => Ok(End::RunAgain),
        }
    }
}

impl Groups {
    /// The newest group that has writes.
    fn newest(&self) -> Option<&Group> {
        if self.gathering.batch.is_empty() { self.in_flight.as_ref() } else { Some(&self.gathering) }
    }
}

impl Ticket {
    /// Waits for the group to end: returns the outcome, or `None` if the caller may have to become its leader.
    fn wait(&self) -> Option<Result<Commit>> {
        let mut state = self.lock();
        loop {
            if let Some(ended) = &state.ended {
                return Some(ended.clone());
            }
            if std::mem::take(&mut state.leaderless) {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn end(&self, result: &Result<Commit>) {
        self.lock().ended = Some(result.clone());
        self.changed.notify_all();
    }

    fn pass_lead(&self) {
        self.lock().leaderless = true;
        self.changed.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, TicketState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
