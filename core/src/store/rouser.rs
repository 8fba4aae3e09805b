//! Somebody else who does the waking.

#[cfg(not(target_family = "wasm"))]
pub(super) use native::Rouser;
#[cfg(target_family = "wasm")]
pub(super) use nobody::Rouser;

#[cfg(not(target_family = "wasm"))]
mod native {
    use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
    use std::thread;

    use super::super::waiters::Waiters;

    /// Wakes those who wait, on a thread that begins with the first call and ends when this is dropped.
    #[derive(Default)]
    pub(crate) struct Rouser {
        calls: Arc<Calls>,
    }

    #[derive(Default)]
    struct Calls {
        state: Mutex<State>,
        called: Condvar,
    }

    #[derive(Default)]
    struct State {
        thread: Thread,
        /// Whether there was a call that the thread has not seen.
        due: bool,
        /// Whether the thread is to end.
        ended: bool,
    }

    #[derive(Default, PartialEq, Eq)]
    enum Thread {
        #[default]
        None,
        Busy,
        Asleep,
    }

    impl Rouser {
        /// Has all woken who wait for what is there already; `false` where there is nobody to do it. All calls of a rouser
        /// are for the same ones.
        pub(crate) fn call(&self, waiters: &Arc<Waiters>) -> bool {
            let mut state = self.calls.lock();
            state.due = true;
            if state.thread == Thread::None {
                let (calls, waiters) = (Arc::clone(&self.calls), Arc::clone(waiters));
                let thread = thread::Builder::new().name("imagestream-rouser".to_owned());
                // Nobody waits for its end: the last one who holds the store may be somebody whom it wakes.
                let begun = thread.spawn(move || calls.answer(&waiters)).is_ok();
                if begun {
                    state.thread = Thread::Busy;
                }
                return begun;
            }
            let asleep = state.thread == Thread::Asleep;
            drop(state);
            if asleep {
                self.calls.called.notify_one();
            }
            true
        }
    }

    impl Drop for Rouser {
        fn drop(&mut self) {
            self.calls.lock().ended = true;
            self.calls.called.notify_one();
        }
    }

    impl Calls {
        fn answer(&self, waiters: &Waiters) {
            let mut state = self.lock();
            while !state.ended {
                if std::mem::take(&mut state.due) {
                    drop(state);
                    waiters.wake_due();
                    state = self.lock();
                } else {
                    state.thread = Thread::Asleep;
                    state = self.called.wait(state).unwrap_or_else(PoisonError::into_inner);
                    state.thread = Thread::Busy;
                }
            }
        }

        fn lock(&self) -> MutexGuard<'_, State> {
            self.state.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }
}

#[cfg(target_family = "wasm")]
mod nobody {
    use std::sync::Arc;

    use super::super::waiters::Waiters;

    /// There is only the thread of who commits.
    #[derive(Default)]
    pub(crate) struct Rouser;

    impl Rouser {
        /// Whether somebody else does it: nobody.
        #[allow(clippy::unused_self, reason = "it is what there is elsewhere")]
        pub(crate) fn call(&self, _: &Arc<Waiters>) -> bool {
            false
        }
    }
}
