//! Who waits for the next commit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;

/// Who waits.
#[derive(Default)]
pub(super) struct Waiters {
    /// How many commits there were. It changes while `places` is locked, so who holds the lock misses none.
    pub(super) count: AtomicU64,
    pub(super) ended: AtomicBool,
    pub(super) places: Mutex<Places>,
}

#[derive(Default)]
pub(super) struct Places {
    /// By ticket; nobody where one is not waiting, or where the ticket is free.
    pub(super) waiting: Vec<Option<Waiter>>,
    pub(super) free: Vec<usize>,
    /// How many wait.
    pub(super) count: usize,
}

pub(super) struct Waiter {
    /// The commits that it knows of.
    pub(super) seen: u64,
    pub(super) waker: Waker,
}

impl Waiters {
    /// Wakes those who wait for what is there already.
    pub(super) fn wake_due(&self) {
        let mut places = self.lock();
        let (count, ended) = (self.count.load(Ordering::Acquire), self.ended.load(Ordering::Acquire));
        let due = places.waiting.iter_mut().filter_map(|place| place.take_if(|waiter| ended || waiter.seen != count));
        let due: Vec<Waiter> = due.collect();
        places.count = places.count.saturating_sub(due.len());
        drop(places);
        for waiter in due {
            // It is anybody's code, and its panic, reported by then, is no reason to let others sleep.
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
