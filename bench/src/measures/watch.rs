//! What watchers cost the one who writes.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use imagestream::api::ImageStream;
use imagestream::{ImageStore, PostParams, Watch, WatchParams};
use tempfile::TempDir;

use crate::files;
use crate::peers::ours::Ours;
use crate::run::{Run, Turns};
use crate::workload::{NAMESPACE, STREAM, Workload};

const ROUNDS: usize = 5;
const IN_A_ROUND: usize = 25;
const PEER: &str = "ours, no watcher";

/// Measures it with few and with many watchers of one stream.
pub(crate) fn run(run: &Run) {
    for place in ["", ", in memory"] {
        for (count, watchers) in [(1, "1 watcher"), (100, "100 watchers"), (1_000, "1000 watchers")] {
            let name = format!("push with {watchers} of the stream{place}");
            if !run.wants(&name) {
                continue;
            }
            let open = || if place.is_empty() { Watched::on_disk(run) } else { Watched::in_memory() };
            let (mut with, mut without) = (open(), open());
            with.watch(count);
            run.measure(&name, "us", ROUNDS, Turns::ours(|| with.round()).against(PEER, || without.round()));
        }
    }
}

/// A store, and those who watch its stream.
struct Watched {
    store: ImageStore,
    workload: Rc<Workload>,
    watches: Vec<Watch<ImageStream>>,
    woken: Arc<Woken>,
    next: usize,
    _folder: Option<TempDir>,
}

/// Counts how often anybody was woken.
#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
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
        Self { store, workload, watches: Vec::new(), woken: Arc::default(), next: 0, _folder: folder }
    }

    fn watch(&mut self, count: usize) {
        let streams = self.store.namespace(NAMESPACE).image_streams();
        let params = WatchParams::default().fields(&format!("metadata.name={STREAM}"));
        self.watches = (0..count).map(|_| streams.watch(&params).unwrap()).collect();
        // The stream as it is.
        self.listen();
    }

    /// The time of a push, in microseconds. The watchers read what was pushed after the clock has stopped; that they are woken is
    /// part of the push.
    fn round(&mut self) -> f64 {
        let mappings = self.store.namespace(NAMESPACE).mappings();
        let mut took = Duration::ZERO;
        for index in self.next..self.next + IN_A_ROUND {
            let mapping = self.workload.mapping(index);
            let woken = self.woken.0.load(Ordering::Relaxed);
            let start = Instant::now();
            let _ = mappings.create(&PostParams::default(), &mapping).unwrap();
            took += start.elapsed();
            assert!(self.woken.0.load(Ordering::Relaxed) >= woken + self.watches.len(), "all are woken");
            self.listen();
        }
        self.next += IN_A_ROUND;
        files::settle();
        took.as_secs_f64() * 1e6 / IN_A_ROUND as f64
    }

    /// Lets everybody read what there is, and wait for more.
    fn listen(&mut self) {
        let waker = Waker::from(Arc::clone(&self.woken));
        let mut context = Context::from_waker(&waker);
        for watch in &mut self.watches {
            let mut events = 0;
            while let Poll::Ready(event) = watch.poll_next(&mut context) {
                let _ = event.unwrap().unwrap();
                events += 1;
            }
            assert!(events > 0, "everybody hears of it");
        }
    }
}
