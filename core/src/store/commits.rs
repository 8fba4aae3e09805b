//! Notifies waiting watches of commits.
//!
//! A commit wakes the waiters and returns; each of them reads for itself what changed. The committing thread wakes a
//! few waiters itself. Waking many costs a system call per waiting thread, so a [`wake_thread`](super::wake_thread)
//! does it where threads exist; for the writer that costs as much as waking one. Letting each woken waiter wake the
//! next would need no thread, but a waiter whose task is no longer polled would then block those behind it.

use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard};
use std::task::Waker;

use super::waiters::{Places, Waiter, Waiters};
use super::wake_thread::WakeThread;

/// Up to this many waiters are woken by the committing thread: that takes no longer than handing over to the wake
/// thread.
const FEW: usize = 4;

/// The commits of a store, and the waiters for the next one.
#[derive(Default)]
pub(crate) struct Commits {
    waiters: Arc<Waiters>,
    wake_thread: WakeThread,
}

impl Commits {
    /// Wakes all waiters after a commit.
    pub(crate) fn announce(&self) {
        let places = self.waiters.lock();
        self.waiters.count.fetch_add(1, Ordering::Release);
        self.wake_all(places);
    }

    /// Wakes all waiters: there will be no more commits.
    pub(crate) fn end(&self) {
        let places = self.waiters.lock();
        self.waiters.ended.store(true, Ordering::Release);
        self.wake_all(places);
    }

    /// Whether there will be no more commits.
    pub(crate) fn ended(&self) -> bool {
        self.waiters.ended.load(Ordering::Acquire)
    }

    /// The number of commits so far. A waiter passes the number that it has seen.
    pub(crate) fn count(&self) -> u64 {
        self.waiters.count.load(Ordering::Acquire)
    }

    /// Registers a waiter and returns its ticket.
    pub(crate) fn enter(&self) -> usize {
        let mut places = self.waiters.lock();
        places.free.pop().unwrap_or_else(|| {
            places.waiting.push(None);
            places.waiting.len() - 1
        })
    }

    /// Arranges for `waker` to be woken by the next commit after the first `seen`. Returns `false` if that commit has
    /// already happened, or if there will be no more.
    pub(crate) fn wait(&self, ticket: usize, seen: u64, waker: &Waker) -> bool {
        let mut places = self.waiters.lock();
        if self.ended() || self.count() != seen {
            return false;
        }
        let Some(place) = places.waiting.get_mut(ticket) else { return false };
        if let Some(known) = place {
            known.seen = seen;
            // `clone_from` compares first, which is cheaper than changing the reference count.
            known.waker.clone_from(waker);
        } else {
            *place = Some(Waiter { seen, waker: waker.clone() });
            places.count += 1;
        }
        true
    }

    /// Wakes one waiter.
    pub(crate) fn wake(&self, ticket: usize) {
        let waiter = self.waiters.lock().take(ticket);
        if let Some(waiter) = waiter {
            waiter.waker.wake();
        }
    }

    /// Unregisters a waiter.
    pub(crate) fn leave(&self, ticket: usize) {
        let mut places = self.waiters.lock();
        let waiter = places.take(ticket);
        places.free.push(ticket);
        drop(places);
        // Dropped outside the lock, since it may run foreign code.
        drop(waiter);
    }

    fn wake_all(&self, places: MutexGuard<'_, Places>) {
        let count = places.count;
        drop(places);
        if count > 0 && (count <= FEW || !self.wake_thread.call(&self.waiters)) {
            self.waiters.wake_due();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicU32, AtomicU64};
    use std::task::Wake;
    use std::time::{Duration, Instant};

    #[derive(Default)]
    struct Counter(AtomicU32);

    impl Wake for Counter {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    struct Panics;

    impl Wake for Panics {
        fn wake(self: Arc<Self>) {
            panic!("a waker that panics on purpose");
        }
    }

    fn counter() -> (Arc<Counter>, Waker) {
        let counter = Arc::new(Counter::default());
        (Arc::clone(&counter), Waker::from(counter))
    }

    /// Waits until the counter has been woken this many times.
    fn expect(counter: &Counter, times: u32) {
        let started = Instant::now();
        while counter.0.load(Ordering::Relaxed) != times {
            assert!(started.elapsed() < Duration::from_secs(20), "{} of {times}", counter.0.load(Ordering::Relaxed));
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_commit_wakes_once_and_none_is_missed() {
        let commits = Commits::default();
        let (counter, waker) = counter();
        let (one, two) = (commits.enter(), commits.enter());
        let seen = commits.count();
        assert!(commits.wait(one, seen, &waker));
        assert!(commits.wait(one, seen, &waker));
        assert!(commits.wait(two, seen, &waker));
        commits.leave(two);
        commits.announce();
        commits.announce();
        assert_eq!(counter.0.load(Ordering::Relaxed), 1, "a few waiters are woken directly");
        assert!(!commits.wait(one, seen, &waker), "there was a commit in between");
        assert!(commits.wait(one, commits.count(), &waker));
        commits.wake(one);
        commits.end();
        assert_eq!(counter.0.load(Ordering::Relaxed), 2);
        assert!(!commits.wait(one, commits.count(), &waker));
    }

    #[test]
    fn a_panicking_or_idle_waiter_does_not_keep_others_asleep() {
        let commits = Commits::default();
        let (counter, waker) = counter();
        let panics = Waker::from(Arc::new(Panics));
        let tickets: Vec<_> = (0..50).map(|_| commits.enter()).collect();
        for round in 1..=20 {
            let seen = commits.count();
            for ticket in &tickets {
                // No woken waiter does anything before the others are woken, as if its task were never polled.
                assert!(commits.wait(*ticket, seen, if ticket % 10 == 3 { &panics } else { &waker }));
            }
            commits.leave(tickets[7]);
            commits.announce();
            expect(&counter, round * 44);
            assert_eq!(commits.enter(), tickets[7]);
        }
        for ticket in &tickets {
            assert!(commits.wait(*ticket, commits.count(), &waker));
        }
        commits.end();
        expect(&counter, 20 * 44 + 50);
    }

    #[test]
    fn a_waiter_that_has_seen_a_commit_is_not_woken_for_it() {
        let waiters = Waiters::default();
        let (counter, waker) = counter();
        waiters.count.store(3, Ordering::Release);
        let waiting = [2, 3, 3].map(|seen| Some(Waiter { seen, waker: waker.clone() }));
        *waiters.lock() = Places { count: waiting.len(), waiting: waiting.into(), free: Vec::new() };
        waiters.wake_due();
        assert_eq!((counter.0.load(Ordering::Relaxed), waiters.lock().count), (1, 2));
    }

    /// Blocks the waking thread until the test releases it.
    struct Holds(Barrier);

    impl Wake for Holds {
        fn wake(self: Arc<Self>) {
            self.0.wait();
            self.0.wait();
        }
    }

    #[test]
    fn a_commit_during_waking_is_not_missed() {
        let commits = Commits::default();
        let (counter, waker) = counter();
        let holds = Arc::new(Holds(Barrier::new(2)));
        let holding = Waker::from(Arc::clone(&holds));
        let tickets: Vec<_> = (0..50).map(|_| commits.enter()).collect();
        for ticket in &tickets {
            assert!(commits.wait(*ticket, 0, if *ticket == 0 { &holding } else { &waker }));
        }
        commits.announce();
        holds.0.wait();
        for ticket in tickets.iter().skip(1) {
            assert!(commits.wait(*ticket, 1, &waker));
        }
        commits.announce();
        holds.0.wait();
        expect(&counter, 2 * 49);
    }

    #[test]
    fn every_waiter_sees_the_last_commit() {
        const COMMITS: u64 = 2_000;
        const WATCHERS: usize = 24;
        let commits = Commits::default();
        let heard: [AtomicU64; WATCHERS] = Default::default();
        let within_time = |started: Instant| assert!(started.elapsed() < Duration::from_secs(20), "{heard:?}");
        std::thread::scope(|scope| {
            for (index, heard) in heard.iter().enumerate() {
                let (commits, within_time) = (&commits, &within_time);
                scope.spawn(move || {
                    let ticket = commits.enter();
                    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
                    loop {
                        let seen = commits.count();
                        heard.store(seen, Ordering::Release);
                        if seen == COMMITS {
                            break;
                        }
                        if index % 4 == 0 {
                            // A waiter that leaves while it waits, and registers again.
                            let passing = commits.enter();
                            commits.wait(passing, seen, &waker);
                            commits.leave(passing);
                        }
                        if commits.wait(ticket, seen, &waker) {
                            let asleep = Instant::now();
                            std::thread::park_timeout(Duration::from_secs(20));
                            within_time(asleep);
                        }
                    }
                    commits.leave(ticket);
                });
            }
            for commit in 1..=COMMITS {
                commits.announce();
                // Sometimes no further commit comes before all waiters have seen this one, so no later commit can wake
                // them.
                let started = Instant::now();
                while commit % 4 == 0 && heard.iter().any(|heard| heard.load(Ordering::Acquire) < commit) {
                    within_time(started);
                    std::thread::yield_now();
                }
            }
        });
    }

    struct Unpark(std::thread::Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    #[test]
    fn dropping_the_commits_ends_the_wake_thread() {
        let commits = Commits::default();
        let (counter, waker) = counter();
        for _ in 0..50 {
            let ticket = commits.enter();
            commits.wait(ticket, 0, &waker);
        }
        commits.announce();
        expect(&counter, 50);
        let waiters = Arc::downgrade(&commits.waiters);
        drop(commits);
        let started = Instant::now();
        while waiters.strong_count() > 0 {
            assert!(started.elapsed() < Duration::from_secs(20), "the thread is still running");
            std::thread::yield_now();
        }
    }
}
