//! The waiters for the next commit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;

/// All waiters.
#[derive(Default)]
pub(super) struct Waiters {
    /// The number of commits. It changes only while `places` is locked, so a holder of the lock misses none.
    pub(super) count: AtomicU64,
    pub(super) ended: AtomicBool,
    pub(super) places: Mutex<Places>,
}

#[derive(Default)]
pub(super) struct Places {
    /// By ticket; `None` if that waiter is not waiting, or the ticket is free.
    pub(super) waiting: Vec<Option<Waiter>>,
    pub(super) free: Vec<usize>,
    /// The number of waiters that are waiting.
    pub(super) count: usize,
}

pub(super) struct Waiter {
    /// The number of commits that it has seen.
    pub(super) seen: u64,
    pub(super) waker: Waker,
}

impl Waiters {
    /// Wakes those waiters that have not seen the last commit.
    pub(super) fn wake_due(&self) {
        let mut places = self.lock();
        let (count, ended) = (self.count.load(Ordering::Acquire), self.ended.load(Ordering::Acquire));
        let due = places.waiting.iter_mut().filter_map(|place| place.take_if(|waiter| ended || waiter.seen != count));
        let due: Vec<Waiter> = due.collect();
        places.count = places.count.saturating_sub(due.len());
        drop(places);
        for waiter in due {
            // A waker may run foreign code. If it panics, the panic has been reported, and the others must still be
            // woken.
            let _ = catch_unwind(AssertUnwindSafe(|| waiter.waker.wake()));
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Places {
    pub(super) fn take(&mut self, ticket: usize) -> Option<Waiter> {
        let waiter = self.waiting.get_mut(ticket)?.take()?;
        self.count = self.count.saturating_sub(1);
        Some(waiter)
    }
}
