//! Tells those who wait for changes that there are some.
//!
//! A commit wakes them and goes on; what changed they read for themselves, at their own pace. There are no threads but
//! the callers'.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;

/// The commits of a store, and who waits for the next one.
#[derive(Default)]
pub(crate) struct Commits {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    count: u64,
    ended: bool,
    /// Who waits, by ticket; nobody where one is not waiting, or where the ticket is free.
    waiting: Vec<Option<Waker>>,
    free: Vec<usize>,
}

impl Commits {
    /// Wakes everybody: something was committed.
    pub(crate) fn announce(&self) {
        let mut state = self.lock();
        state.count = state.count.wrapping_add(1);
        Self::wake_all(state);
    }

    /// Wakes everybody: there is nothing more to wait for.
    pub(crate) fn end(&self) {
        let mut state = self.lock();
        state.ended = true;
        Self::wake_all(state);
    }

    /// Whether there is nothing more to wait for.
    pub(crate) fn ended(&self) -> bool {
        self.lock().ended
    }

    /// How many commits there were. Who waits says which of them he has seen.
    pub(crate) fn count(&self) -> u64 {
        self.lock().count
    }

    /// A place among those who wait.
    pub(crate) fn enter(&self) -> usize {
        let mut state = self.lock();
        state.free.pop().unwrap_or_else(|| {
            state.waiting.push(None);
            state.waiting.len() - 1
        })
    }

    /// Has `waker` woken by the commit after the `seen` ones; `false` where that was already, or nothing comes any more.
    pub(crate) fn wait(&self, ticket: usize, seen: u64, waker: &Waker) -> bool {
        let mut state = self.lock();
        if state.ended || state.count != seen {
            return false;
        }
        let Some(place) = state.waiting.get_mut(ticket) else { return false };
        match place {
            // Telling whether it is the same costs less than the counting of references.
            Some(known) => known.clone_from(waker),
            None => *place = Some(waker.clone()),
        }
        true
    }

    /// Wakes one.
    pub(crate) fn wake(&self, ticket: usize) {
        let waker = self.lock().waiting.get_mut(ticket).and_then(Option::take);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Gives the place back.
    pub(crate) fn leave(&self, ticket: usize) {
        let mut state = self.lock();
        let waker = state.waiting.get_mut(ticket).and_then(Option::take);
        state.free.push(ticket);
        drop(state);
        // Outside of the lock, as it may be anybody's code.
        drop(waker);
    }

    fn wake_all(mut state: MutexGuard<'_, State>) {
        let waiting: Vec<Waker> = state.waiting.iter_mut().filter_map(Option::take).collect();
        drop(state);
        for waker in waiting {
            waker.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::task::Wake;

    #[derive(Default)]
    struct Counter(AtomicU32);

    impl Wake for Counter {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_commit_wakes_once_and_none_is_missed() {
        let commits = Commits::default();
        let counter = Arc::new(Counter::default());
        let waker = Waker::from(Arc::clone(&counter));
        let (one, two) = (commits.enter(), commits.enter());
        let seen = commits.count();
        assert!(commits.wait(one, seen, &waker));
        assert!(commits.wait(one, seen, &waker));
        assert!(commits.wait(two, seen, &waker));
        commits.leave(two);
        commits.announce();
        commits.announce();
        assert_eq!(counter.0.load(Ordering::Relaxed), 1);
        assert!(!commits.wait(one, seen, &waker), "a commit came in between");
        assert!(commits.wait(one, commits.count(), &waker));
        commits.wake(one);
        commits.end();
        assert_eq!(counter.0.load(Ordering::Relaxed), 2);
        assert!(!commits.wait(one, commits.count(), &waker));
    }
}
