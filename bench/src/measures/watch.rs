//! The cost of watchers for a writer.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

use imagestream::api::ImageStream;
use imagestream::{ImageStore, PostParams, Subscription, Watch, WatchParams};
use tempfile::TempDir;

use crate::files;
use crate::peers::ours::Ours;
use crate::run::{Run, Turns};
use crate::workload::{NAMESPACE, STREAM, Workload};

const ROUNDS: usize = 5;
const IN_A_ROUND: usize = 25;
/// The same number of watches is read between its pushes, since a push after other work takes several times as long as one
/// right after another push.
const PEER: &str = "ours, nobody waits";

/// How the watchers of a stream work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// They read the events after a push, and do not wait.
    Reads,
    /// They wait as tasks, and are polled.
    Polls,
    /// They wait in threads of their own.
    Blocks,
}

/// The part that is timed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Until {
    Returned,
    AllWoken,
}

/// Measures it with few and with many watchers of one stream.
pub(crate) fn run(run: &Run) {
    for place in ["", ", in memory"] {
        for (watchers, count, way, until) in [
            ("1 watcher", 1, Way::Polls, Until::Returned),
            ("100 watchers", 100, Way::Polls, Until::Returned),
            ("1000 watchers", 1_000, Way::Polls, Until::Returned),
            ("1000 watchers, until all are woken", 1_000, Way::Polls, Until::AllWoken),
            ("1000 watchers in threads", 1_000, Way::Blocks, Until::Returned),
        ] {
            let name = format!("push with {watchers}{place}");
            if !run.wants(&name) {
                continue;
            }
            let open = || if place.is_empty() { Watched::on_disk(run) } else { Watched::in_memory() };
            let (mut with, mut without) = (open(), open());
            with.watch(count, way);
            without.watch(count, Way::Reads);
            let turns = Turns::ours(|| with.round(until)).against(PEER, || without.round(Until::Returned));
            run.measure(&name, "us", ROUNDS, turns);
        }
    }
}

/// A store, and the watchers of its stream.
struct Watched {
    store: ImageStore,
    workload: Rc<Workload>,
    watchers: Watchers,
    next: usize,
    _folder: Option<TempDir>,
}

enum Watchers {
    Reading(Vec<Watch<ImageStream>>),
    Polled { watches: Vec<Watch<ImageStream>>, woken: Arc<Counter> },
    InThreads { threads: Vec<Subscription>, heard: Arc<Counter> },
}

/// Counts how often watchers were woken, or got an event.
#[derive(Default)]
struct Counter(AtomicUsize);

impl Wake for Counter {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Counter {
    fn await_count(&self, count: usize, mut pause: impl FnMut()) {
        let started = Instant::now();
        while self.0.load(Ordering::Relaxed) < count {
            assert!(started.elapsed() < Duration::from_secs(60), "everybody hears of it");
            pause();
        }
    }
}

impl Watched {
    fn on_disk(run: &Run) -> Self {
        let (folder, workload) = (run.folder(), Rc::new(Workload::new()));
        Self::new(Ours::open(folder.path(), &workload).store, workload, Some(folder))
    }

    fn in_memory() -> Self {
        let workload = Rc::new(Workload::new());
        Self::new(Ours::in_memory(&workload).store, workload, None)
    }

    fn new(store: ImageStore, workload: Rc<Workload>, folder: Option<TempDir>) -> Self {
        Self { store, workload, watchers: Watchers::Reading(Vec::new()), next: 0, _folder: folder }
    }

    fn watch(&mut self, count: usize, way: Way) {
        let streams = self.store.namespace(NAMESPACE).image_streams();
        let params = WatchParams::default().fields(&format!("metadata.name={STREAM}"));
        let watches = (0..count).map(|_| streams.watch(&params).unwrap());
        self.watchers = match way {
            Way::Reads => Watchers::Reading(watches.collect()),
            Way::Polls => Watchers::Polled { watches: watches.collect(), woken: Arc::default() },
            Way::Blocks => {
                let heard = Arc::<Counter>::default();
                let listen = |watch: Watch<ImageStream>| {
                    let heard = Arc::clone(&heard);
                    watch.on_event(move |event| {
                        let _ = event.unwrap();
                        heard.0.fetch_add(1, Ordering::Relaxed);
                    })
                };
                Watchers::InThreads { threads: watches.map(listen).collect(), heard }
            }
        };
        // The event of the existing stream.
        self.watchers.listen(1);
    }

    /// The time of a push, in microseconds. Waking the watchers is part of it; they read the event after the clock has
    /// stopped.
    fn round(&mut self, until: Until) -> f64 {
        let mappings = self.store.namespace(NAMESPACE).mappings();
        let mut took = Duration::ZERO;
        for index in self.next..self.next + IN_A_ROUND {
            let mapping = self.workload.mapping(index);
            let start = Instant::now();
            let _ = mappings.create(&PostParams::default(), &mapping).unwrap();
            if until == Until::AllWoken {
                self.watchers.await_woken(index + 1);
            }
            took += start.elapsed();
            self.watchers.listen(index + 2);
        }
        self.next += IN_A_ROUND;
        files::settle();
        took.as_secs_f64() * 1e6 / IN_A_ROUND as f64
    }
}

impl Watchers {
    /// Waits until every watcher was woken by each of the pushes.
    fn await_woken(&self, pushes: usize) {
        if let Self::Polled { watches, woken } = self {
            woken.await_count(pushes * watches.len(), std::hint::spin_loop);
        }
    }

    /// Lets every watcher read its events, and wait for more.
    fn listen(&mut self, events: usize) {
        self.await_woken(events - 1);
        match self {
            Self::Reading(watches) => {
                for watch in watches {
                    assert!(std::iter::from_fn(|| watch.try_next()).map(Result::unwrap).count() > 0);
                }
            }
            Self::Polled { watches, woken } => {
                let waker = Waker::from(Arc::clone(woken));
                let mut context = Context::from_waker(&waker);
                for watch in watches {
                    let mut events = 0;
                    while let Poll::Ready(event) = watch.poll_next(&mut context) {
                        let _ = event.unwrap().unwrap();
                        events += 1;
                    }
                    assert!(events > 0, "everybody hears of it");
                }
            }
            Self::InThreads { threads, heard } => {
                heard.await_count(events * threads.len(), || thread::sleep(Duration::from_millis(1)));
                // Time to fall asleep.
                thread::sleep(Duration::from_millis(2));
            }
        }
    }
}
