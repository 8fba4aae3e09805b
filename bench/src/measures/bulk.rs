//! Many images into an empty store, in the order of their keys, 1,000 in a transaction.

use std::time::{Duration, Instant};

use imagestream::{ImageStore, PostParams};
use serde::{Deserialize, Serialize};

use super::stage::LazyStage;
use crate::child::Child;
use crate::files;
use crate::peers::sqlite::{FILE, Synchronous, commit, connect, statements};
use crate::peers::{SQLITE_FULL, SQLITE_NORMAL};
use crate::rows;
use crate::run::{Run, Turns, at_size};
use crate::workload::{BATCH, NAMESPACE, STREAM, Workload, create_stream};

const ROUNDS: usize = 3;
/// The limit for the peak of the memory.
const MEMORY_LIMIT: f64 = 256.0;

/// The cost of a bulk write.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Bulk {
    seconds: f64,
    peak_bytes: u64,
}

/// Measures it with this number of images.
pub(crate) fn run(run: &Run, stage: &LazyStage<'_>, images: usize) {
    let [rate, memory] = ["bulk write", "bulk write, peak memory"].map(|name| at_size(name, images));
    if !run.wants(&rate) && !run.wants(&memory) {
        return;
    }
    let order = stage.workload.in_key_order(images);
    let mut peaks = Vec::new();
    let turns = Turns::ours(|| {
        let folder = run.folder();
        let bulk: Bulk = Child::Bulk { folder: folder.path().to_owned(), images }.answer();
        peaks.push(bulk.peak_bytes as f64 / f64::from(1 << 20));
        images as f64 / bulk.seconds
    })
    .against(SQLITE_FULL, || sqlite(run, stage, &order, Synchronous::Full))
    .against(SQLITE_NORMAL, || sqlite(run, stage, &order, Synchronous::Normal));
    run.progress(&rate);
    let found = turns.take(ROUNDS);
    run.found_all(&rate, "mappings/s", &found);
    let limits = vec![MEMORY_LIMIT; peaks.len()];
    run.found(&memory, "the limit, 256 MiB", "MiB", &peaks, &limits);
}

fn sqlite(run: &Run, stage: &LazyStage<'_>, order: &[usize], synchronous: Synchronous) -> f64 {
    let folder = run.folder();
    let connection = connect(&folder.path().join(FILE), synchronous);
    let mut took = Duration::ZERO;
    for (images, position) in order.chunks(BATCH).zip((0..).step_by(BATCH)) {
        let statements = statements(stage.recorded.of(images.iter().copied(), position..position + images.len()));
        let start = Instant::now();
        commit(&connection, &statements);
        took += start.elapsed();
    }
    let start = Instant::now();
    drop(connection);
    took += start.elapsed();
    order.len() as f64 / took.as_secs_f64()
}

/// The work of the child process, whose memory is measured.
pub(crate) fn child(folder: &std::path::Path, images: usize) -> Bulk {
    let workload = Workload::new();
    let store = ImageStore::open(folder.join(rows::FILE)).unwrap();
    create_stream(&store, STREAM);
    let mappings = store.namespace(NAMESPACE).mappings();
    let mut took = Duration::ZERO;
    for images in workload.in_key_order(images).chunks(BATCH) {
        let batch: Vec<_> = images.iter().map(|image| workload.mapping(*image)).collect();
        let start = Instant::now();
        mappings.create_all(&PostParams::default(), &batch).unwrap();
        took += start.elapsed();
    }
    drop(mappings);
    let start = Instant::now();
    drop(store);
    took += start.elapsed();
    Bulk { seconds: took.as_secs_f64(), peak_bytes: files::peak_memory() }
}
