//! Tells those who wait for changes that there are some.
//!
//! A commit wakes them and goes on; what changed they read for themselves, at their own pace. A few are woken by who
//! commits. Waking many, a system call for each where they are threads, is left to a [`rouser`](super::rouser) where there
//! are threads: it takes the writer as long as waking one. Handing the waking on from one who is woken to the next would
//! need no thread, but then one whose task is not polled any more would keep those behind it asleep.

use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard};
use std::task::Waker;

use super::rouser::Rouser;
use super::waiters::{Places, Waiter, Waiters};

/// So many are woken by who commits: it takes no longer than having it done.
const FEW: usize = 4;

/// The commits of a store, and who waits for the next one.
#[derive(Default)]
pub(crate) struct Commits {
    waiters: Arc<Waiters>,
    rouser: Rouser,
}

impl Commits {
    /// Wakes everybody: something was committed.
    pub(crate) fn announce(&self) {
        let places = self.waiters.lock();
        self.waiters.count.fetch_add(1, Ordering::Release);
        self.wake_all(places);
    }

    /// Wakes everybody: there is nothing more to wait for.
    pub(crate) fn end(&self) {
        let places = self.waiters.lock();
        self.waiters.ended.store(true, Ordering::Release);
        self.wake_all(places);
    }

    /// Whether there is nothing more to wait for.
    pub(crate) fn ended(&self) -> bool {
        self.waiters.ended.load(Ordering::Acquire)
    }

    /// How many commits there were. Who waits says which of them he has seen.
    pub(crate) fn count(&self) -> u64 {
        self.waiters.count.load(Ordering::Acquire)
    }

    /// A place among those who wait.
    pub(crate) fn enter(&self) -> usize {
        let mut places = self.waiters.lock();
        places.free.pop().unwrap_or_else(|| {
            places.waiting.push(None);
            places.waiting.len() - 1
        })
    }

    /// Has `waker` woken by the commit after the `seen` ones; `false` where that was already, or nothing comes any more.
    pub(crate) fn wait(&self, ticket: usize, seen: u64, waker: &Waker) -> bool {
        let mut places = self.waiters.lock();
        if self.ended() || self.count() != seen {
            return false;
        }
        let Some(place) = places.waiting.get_mut(ticket) else { return false };
        if let Some(known) = place {
            known.seen = seen;
            // Telling whether it is the same costs less than the counting of references.
            known.waker.clone_from(waker);
        } else {
            *place = Some(Waiter { seen, waker: waker.clone() });
            places.count += 1;
        }
        true
    }

    /// Wakes one.
    pub(crate) fn wake(&self, ticket: usize) {
        let waiter = self.waiters.lock().take(ticket);
        if let Some(waiter) = waiter {
            waiter.waker.wake();
        }
    }

    /// Gives the place back.
    pub(crate) fn leave(&self, ticket: usize) {
        let mut places = self.waiters.lock();
        let waiter = places.take(ticket);
        places.free.push(ticket);
        drop(places);
        // Outside of the lock, as it may be anybody's code.
        drop(waiter);
    }

    fn wake_all(&self, places: MutexGuard<'_, Places>) {
        let count = places.count;
        drop(places);
        if count > 0 && (count <= FEW || !self.rouser.call(&self.waiters)) {
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
            panic!("a waker that panics, as a test wants");
        }
    }

    fn counter() -> (Arc<Counter>, Waker) {
        let counter = Arc::new(Counter::default());
        (Arc::clone(&counter), Waker::from(counter))
    }

    /// Waits until somebody was woken so often.
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
        assert_eq!(counter.0.load(Ordering::Relaxed), 1, "few are woken at once");
        assert!(!commits.wait(one, seen, &waker), "a commit came in between");
        assert!(commits.wait(one, commits.count(), &waker));
        commits.wake(one);
        commits.end();
        assert_eq!(counter.0.load(Ordering::Relaxed), 2);
        assert!(!commits.wait(one, commits.count(), &waker));
    }

    #[test]
    fn many_are_woken_whatever_becomes_of_others() {
        let commits = Commits::default();
        let (counter, waker) = counter();
        let panics = Waker::from(Arc::new(Panics));
        let tickets: Vec<_> = (0..50).map(|_| commits.enter()).collect();
        for round in 1..=20 {
            let seen = commits.count();
            for ticket in &tickets {
                // Nobody of them is heard of before the others are woken, as if no task were polled.
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
    fn who_knows_of_a_commit_is_not_woken_for_it() {
        let waiters = Waiters::default();
        let (counter, waker) = counter();
        waiters.count.store(3, Ordering::Release);
        let waiting = [2, 3, 3].map(|seen| Some(Waiter { seen, waker: waker.clone() }));
        *waiters.lock() = Places { count: waiting.len(), waiting: waiting.into(), free: Vec::new() };
        waiters.wake_due();
        assert_eq!((counter.0.load(Ordering::Relaxed), waiters.lock().count), (1, 2));
    }

    /// Holds who wakes it until it is let go.
    struct Holds(Barrier);

    impl Wake for Holds {
        fn wake(self: Arc<Self>) {
            self.0.wait();
            self.0.wait();
        }
    }

    #[test]
    fn a_commit_while_others_are_woken_is_not_overlooked() {
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
    fn nobody_sleeps_through_a_commit() {
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
                            // One who leaves while it waits, and comes again.
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
                // Now and then nothing more comes before all have heard, so nobody is woken by a later one.
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
    fn nothing_is_left_of_it() {
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
            assert!(started.elapsed() < Duration::from_secs(20), "the thread goes on");
            std::thread::yield_now();
        }
    }
}
