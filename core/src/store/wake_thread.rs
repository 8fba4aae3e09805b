//! A thread that wakes waiters.

#[cfg(not(target_family = "wasm"))]
pub(super) use with_threads::WakeThread;
#[cfg(target_family = "wasm")]
pub(super) use without_threads::WakeThread;

#[cfg(not(target_family = "wasm"))]
mod with_threads {
    use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
    use std::thread;

    use super::super::waiters::Waiters;

    /// Wakes waiters on a thread that starts with the first call and ends when this is dropped.
    #[derive(Default)]
    pub(crate) struct WakeThread {
        calls: Arc<Calls>,
    }

    #[derive(Default)]
    struct Calls {
        signal: Mutex<Signal>,
        called: Condvar,
    }

    #[derive(Default)]
    struct Signal {
        thread: Thread,
        /// Whether there was a call that the thread has not handled.
        due: bool,
        /// Whether the thread should end.
        ended: bool,
    }

    #[derive(Default, PartialEq, Eq)]
    enum Thread {
        #[default]
        None,
        Busy,
        Asleep,
    }

    impl WakeThread {
        /// Has all due waiters woken; `false` if there is no thread to do it. All calls must pass the same waiters.
        pub(crate) fn call(&self, waiters: &Arc<Waiters>) -> bool {
            let mut signal = self.calls.lock();
            signal.due = true;
            if signal.thread == Thread::None {
                let (calls, waiters) = (Arc::clone(&self.calls), Arc::clone(waiters));
                let thread = thread::Builder::new().name("imagestream-waker".to_owned());
                // The thread is not joined: the last handle to the store may be dropped by a waiter that this thread
                // wakes.
                let started = thread.spawn(move || calls.answer(&waiters)).is_ok();
                if started {
                    signal.thread = Thread::Busy;
                }
                return started;
            }
            let asleep = signal.thread == Thread::Asleep;
            drop(signal);
            if asleep {
                self.calls.called.notify_one();
            }
            true
        }
    }

    impl Drop for WakeThread {
        fn drop(&mut self) {
            self.calls.lock().ended = true;
            self.calls.called.notify_one();
        }
    }

    impl Calls {
        fn answer(&self, waiters: &Waiters) {
            let mut signal = self.lock();
            while !signal.ended {
                if std::mem::take(&mut signal.due) {
                    drop(signal);
                    waiters.wake_due();
                    signal = self.lock();
                } else {
                    signal.thread = Thread::Asleep;
                    signal = self.called.wait(signal).unwrap_or_else(PoisonError::into_inner);
                    signal.thread = Thread::Busy;
                }
            }
        }

        fn lock(&self) -> MutexGuard<'_, Signal> {
            self.signal.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }
}

#[cfg(target_family = "wasm")]
mod without_threads {
    use std::sync::Arc;

    use super::super::waiters::Waiters;

    /// Without threads, the committer wakes the waiters itself.
    #[derive(Default)]
    pub(crate) struct WakeThread;

    impl WakeThread {
        /// Always `false`: there is no thread.
        #[allow(clippy::unused_self, reason = "the signature is that of the variant with threads")]
        pub(crate) fn call(&self, _: &Arc<Waiters>) -> bool {
            false
        }
    }
}
