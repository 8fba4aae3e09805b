//! One commit for many writers.
//!
//! The closures of concurrent writers run one after the other, each on what those before it left. What they leave is
//! gathered in a group. One of the waiting writers, the leader, commits the group with one sync while the next group
//! gathers. Nobody learns of anything before it is durable. There are no threads but the callers'.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::commits::Commits;
use super::engine::{Batch, Engine, Snapshot};
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
}

#[derive(Default)]
struct Groups {
    /// The rows without the two batches below, kept as long as there are such.
    base: Option<Arc<dyn Snapshot>>,
    /// The group that the leader commits.
    in_flight: Option<Group>,
    /// The group that gathers; it is empty where nobody waits for it.
    gathering: Group,
    /// Why a commit failed: nothing can be written after that.
    failure: Option<Error>,
}

/// Transactions that become durable together.
#[derive(Default)]
struct Group {
    batch: Arc<Batch>,
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
    ended: Option<Result<()>>,
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
    pub(crate) fn write<T>(&self, work: impl FnOnce(&mut Write) -> Result<T>) -> Result<T> {
        let mut groups = self.lock();
        if let Some(failure) = &groups.failure {
            return Err(Error::poisoned(failure.to_string()));
        }
        let mut transaction = Write::new(self.rows(&mut groups)?, self.feed_limits)?;
        let outcome = work(&mut transaction).and_then(|value| Ok((value, transaction.finish()?)));
        let outcome = outcome.map(|(value, batch)| {
            self.counters.wrote_rows(batch.len());
            Arc::make_mut(&mut groups.gathering.batch).append(batch);
            value
        });
        // An error too may come from rows that are not durable yet.
        self.await_durable(groups)?;
        outcome
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

    /// The rows that the next writer sees.
    fn rows(&self, groups: &mut Groups) -> Result<Read> {
        let base = match &groups.base {
            Some(base) => Arc::clone(base),
            None => Arc::clone(groups.base.insert(self.engine.snapshot()?)),
        };
        let layers = std::iter::once(&groups.gathering).chain(&groups.in_flight).map(|group| &group.batch);
        let layers = layers.filter(|batch| !batch.is_empty()).cloned().collect();
        Ok(Read::new(base, layers, Arc::clone(&self.counters)))
    }

    /// Returns when everything that was written is durable: commits it, or waits for the one who does.
    fn await_durable<'a>(&'a self, mut groups: MutexGuard<'a, Groups>) -> Result<()> {
        let Some(ticket) = groups.newest().map(|group| Arc::clone(&group.ticket)) else {
            // Nothing is built on it, and an old snapshot would keep its pages from being used again.
            groups.base = None;
            return Ok(());
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
        let Group { batch, ticket } = std::mem::take(&mut groups.gathering);
        groups.in_flight = Some(Group { batch: Arc::clone(&batch), ticket: Arc::clone(&ticket) });
        drop(groups);

        let result = self.engine.commit(&batch);

        let mut groups = self.lock();
        groups.in_flight = None;
        groups.base = None;
        match &result {
            Ok(()) => {
                self.counters.committed();
                if !groups.gathering.batch.is_empty() {
                    groups.gathering.ticket.pass_lead();
                }
            }
            Err(failure) => {
                std::mem::take(&mut groups.gathering).ticket.end(&result);
                groups.failure = Some(failure.clone());
            }
        }
        drop(groups);
        ticket.end(&result);
        if result.is_ok() {
            self.commits.announce();
        }
    }

    /// A closure that panicked has left nothing in the groups, so the poison of the lock means nothing.
    fn lock(&self) -> MutexGuard<'_, Groups> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
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
    fn wait(&self) -> Option<Result<()>> {
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

    fn end(&self, result: &Result<()>) {
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
