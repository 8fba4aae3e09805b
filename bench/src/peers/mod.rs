//! The contestants: our store, and its alternatives.

pub(crate) mod etcd;
pub(crate) mod javascript;
pub(crate) mod ours;
pub(crate) mod raw_redb;
pub(crate) mod served;
pub(crate) mod sqlite;
pub(crate) mod sqlite_objects;
pub(crate) mod sqlite_reader;
pub(crate) mod sqlite_streams;

use std::ops::Range;
use std::time::{Duration, Instant};

use crate::files;
use crate::workload::BATCH;

/// The peer's name in the report.
pub(crate) const RAW_REDB: &str = "raw redb";
/// The peer's name in the report.
pub(crate) const SQLITE_FULL: &str = "sqlite full";
/// The peer's name in the report.
pub(crate) const SQLITE_NORMAL: &str = "sqlite normal";
/// The name of the earlier measure of ours that a later one is compared with.
pub(crate) const OURS_ONE_THREAD: &str = "ours, 1 thread";

/// The page cache of all contestants: the default of the store.
pub(crate) const CACHE: usize = 64 << 20;

/// Something that takes mappings.
pub(crate) trait Target {
    /// A transaction that is prepared before the clock starts.
    type Transaction: Send + Sync;

    /// The mappings of these images as one transaction.
    fn transaction(&self, images: Range<usize>) -> Self::Transaction;

    /// A push of an existing image, which only moves the tag.
    fn retag(&self, image: usize, position: usize) -> Self::Transaction;

    /// Commits transactions, each durably, from one thread.
    fn writer(&self) -> Writer<Self::Transaction>;
}

/// Commits one transaction.
pub(crate) type Writer<T> = Box<dyn FnMut(&T) + Send>;

/// A target in a measure. Each round starts with the image after the last one of the round before.
pub(crate) struct Entrant<T: Target> {
    target: T,
    writers: Vec<Writer<T::Transaction>>,
    per_transaction: usize,
    retags: bool,
    first: usize,
    next: usize,
    /// The time since the first round, without the time between rounds.
    total: Total,
}

/// The cost of all rounds, including the work in the background.
#[derive(Debug, Default)]
struct Total {
    mappings: usize,
    bytes: u64,
    time: Duration,
}

impl<T: Target> Entrant<T> {
    /// A target that has a number of images, with a number of threads that write.
    pub(crate) fn new(target: T, images: usize, threads: usize, per_transaction: usize) -> Self {
        let writers = (0..threads).map(|_| target.writer()).collect();
        Self { target, writers, per_transaction, retags: false, first: images, next: images, total: Total::default() }
    }

    /// The same with existing images: the first is pushed again, then those after it.
    pub(crate) fn retagging(self) -> Self {
        Self { retags: true, ..self }
    }

    /// Creates mappings and returns their rate per second.
    ///
    /// Afterwards it waits until the work in the background is done, which would disturb the others. That is no part of the
    /// round, since a writer would not wait for it either; [`Entrant::close`] includes it.
    pub(crate) fn round(&mut self, mappings: usize) -> f64 {
        let images = self.next..self.next + mappings;
        let transactions: Vec<_> = images
            .clone()
            .step_by(self.per_transaction)
            .map(|start| {
                if self.retags {
                    return self.target.retag(start - self.first, start);
                }
                self.target.transaction(start..images.end.min(start + self.per_transaction))
            })
            .collect();
        let written = files::written();
        let start = Instant::now();
        if let [writer] = self.writers.as_mut_slice() {
            transactions.iter().for_each(writer);
        } else {
            let threads = self.writers.len();
            std::thread::scope(|scope| {
                for (thread, writer) in self.writers.iter_mut().enumerate() {
                    let transactions = &transactions;
                    scope.spawn(move || transactions.iter().skip(thread).step_by(threads).for_each(writer));
                }
            });
        }
        let took = start.elapsed();
        files::settle();
        self.total.time += start.elapsed();
        self.total.bytes += files::written() - written;
        self.total.mappings += mappings;
        self.next = images.end;
        mappings as f64 / took.as_secs_f64()
    }

    /// Closes the target, and returns the cost of all rounds and of closing.
    pub(crate) fn close(self) -> Closed {
        let Self { target, writers, total, .. } = self;
        let written = files::written();
        let start = Instant::now();
        drop((writers, target));
        let (time, bytes) = (total.time + start.elapsed(), total.bytes + files::written() - written);
        let mappings = total.mappings as f64;
        Closed { rate: mappings / time.as_secs_f64(), bytes: bytes as f64 / mappings }
    }
}

/// The cost from the first round until the target was closed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Closed {
    /// Mappings per second.
    pub(crate) rate: f64,
    /// Bytes written per mapping.
    pub(crate) bytes: f64,
}

/// Creates the first mappings, many in one transaction.
pub(crate) fn fill(target: &impl Target, images: usize) {
    let mut writer = target.writer();
    for start in (0..images).step_by(BATCH) {
        writer(&target.transaction(start..images.min(start + BATCH)));
    }
}
