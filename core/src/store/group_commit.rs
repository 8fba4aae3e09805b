//! One commit for many writers.
//!
//! The closures of concurrent writers run one after the other, each on what those before it left. What they leave is
//! gathered in a group. One of the waiting writers, the leader, commits the group with one sync while the next group
//! gathers. Nobody learns of anything before it is durable. There are no threads but the callers'.
//!
//! Where the engine says that a commit was superseded, everything that was built on it is dropped, and those who wait run
//! their closures again on what is there now.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::commits::Commits;
use super::engine::{Batch, BatchSize, Commit, Engine, Position, Snapshot};
use super::feed::FeedLimits;
use super::read::Read;
use super::statistics::Counters;
use super::tx::{Write, WriteMode};
use crate::error::{Error, ErrorKind, Result};

/// The writing side of a store.
pub(crate) struct GroupCommit {
    engine: Arc<dyn Engine>,
    counters: Arc<Counters>,
    commits: Arc<Commits>,
    feed_limits: FeedLimits,
    /// Held while a closure runs, but not while a group is committed.
    groups: Mutex<Groups>,
}

#[derive(Default)]
struct Groups {
    /// The rows without the two batches below, kept as long as there are such.
    base: Option<Arc<dyn Snapshot>>,
    /// Where the store stands that the group which gathers is built on, once the group in flight is committed.
    position: Position,
    /// The group that the leader commits.
    in_flight: Option<Group>,
    /// The group that gathers; it is empty where nobody waits for it.
    gathering: Group,
    /// Why a commit failed: nothing can be written after that.
    failure: Option<Error>,
}

/// The turn of one writer: nobody else runs a closure meanwhile.
struct Turn<'a> {
    writers: &'a GroupCommit,
    groups: MutexGuard<'a, Groups>,
    transaction: Write,
}

/// How a turn ended.
enum End {
    /// What was written and read is durable.
    Durable,
    /// What was read is gone, or there was no room: nothing is kept, and the closure must run again.
    RunAgain,
}

/// Transactions that become durable together.
#[derive(Default)]
struct Group {
    batch: Arc<Batch>,
    /// That of the batch or more; only kept where the engine limits it.
    size: BatchSize,
    ticket: Arc<Ticket>,
}

/// What those who wait for a group wait with: each group has its own, so that nobody is woken for another one.
#[derive(Default)]
struct Ticket {
    state: Mutex<TicketState>,
    changed: Condvar,
}

#[derive(Default)]
struct TicketState {
    /// How the commit ended.
    ended: Option<Result<Commit>>,
    /// The group before has ended, and one of those who wait is to lead.
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

    /// Runs `work` as the next writer, and returns when what it wrote, and what it read, is durable.
    ///
    /// # Errors
    ///
    /// Those of `work`: then nothing of it is kept. Those of the commit, to all writers of the group and to those that
    /// read from it. `Poisoned` after that.
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
        if let Some(failure) = &groups.failure {
            return Err(Error::poisoned(failure.to_string()));
        }
        let transaction = Write::new(self.rows(&mut groups)?, self.feed_limits, WriteMode::Commit)?;
        Ok(Turn { writers: self, groups, transaction })
    }

    /// Runs `work` on the engine while nothing is written.
    pub(crate) fn alone<T>(&self, work: impl FnOnce(&dyn Engine) -> Result<T>) -> Result<T> {
        loop {
            let mut groups = self.lock();
            if groups.newest().is_none() {
                groups.base = None;
                return work(self.engine.as_ref());
            }
            // Its failure is told to those who wrote.
            let _ = self.await_durable(groups);
        }
    }

    /// The batch, if it fits into the group that gathers; `None` where it has to wait for the next one.
    ///
    /// # Errors
    ///
    /// `TransactionTooLarge` where it fits into no group.
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

    /// The rows that the next writer sees.
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

    /// Returns when everything that was written is durable: commits it, or waits for the one who does.
    fn await_durable<'a>(&'a self, mut groups: MutexGuard<'a, Groups>) -> Result<Commit> {
        let Some(ticket) = groups.newest().map(|group| Arc::clone(&group.ticket)) else {
            // Nothing is built on it, and an old snapshot would keep its pages from being used again.
            groups.base = None;
            return Ok(Commit::Done { position: groups.position });
        };
        loop {
            // Somebody who came later may have taken the lead.
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

    /// Commits the group that gathers.
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
            // What gathers was worked out from rows that are not there.
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

    /// A closure that panicked has left nothing in the groups, so the poison of the lock means nothing.
    fn lock(&self) -> MutexGuard<'_, Groups> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn<'_> {
    /// Adds what was written to the group that gathers, if it is to be kept, and waits until that and what was read is
    /// durable.
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
        // An error too may come from rows that are not durable yet.
        match writers.await_durable(groups)? {
            Commit::Done { .. } if fits => refused.map_or(Ok(End::Durable), Err),
            Commit::Done { .. } | Commit::Superseded => Ok(End::RunAgain),
        }
    }
}

impl Groups {
    /// The newest group that has rows.
    fn newest(&self) -> Option<&Group> {
        if self.gathering.batch.is_empty() { self.in_flight.as_ref() } else { Some(&self.gathering) }
    }
}

impl Ticket {
    /// Waits for the end of the group: how it ended, or `None` where the one who waits may have to lead it.
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
