//! Creating mappings: one after the other, from many threads, many in one transaction.

use super::stage::Stage;
use crate::peers::sqlite::Synchronous;
use crate::peers::{OURS_ONE_THREAD, RAW_REDB, SQLITE_FULL, SQLITE_NORMAL};
use crate::run::{Run, Turns, at_size};

const RATE: &str = "mappings/s";
const ROUNDS: usize = 5;
const THREADS: usize = 64;
/// Mappings of a round. All rounds together are some thousands, so that what is put off is in them.
const IN_A_ROUND: usize = 640;
/// The largest transaction.
const LARGEST: usize = 1_000;

/// Measures it with any number of images there before.
pub(crate) fn run(run: &Run) {
    for &images in run.sizes() {
        let named = |measure: &str| at_size(measure, images);
        let [one, many, bytes] =
            ["durable create, 1 thread", "durable create, 64 threads", "bytes written per durable create"].map(named);
        let batches = [1, 10, LARGEST].map(|batch| (batch, named(&format!("batch {batch}"))));
        let names = [&one, &many, &bytes].into_iter().chain(batches.iter().map(|(_, name)| name));
        if !names.into_iter().any(|name| run.wants(name)) {
            continue;
        }
        let stage = Stage::new(run, images, ROUNDS * LARGEST);
        one_thread(run, &stage, &one, &bytes);
        many_threads(run, &stage, &many);
        for (batch, name) in &batches {
            in_batches(run, &stage, name, *batch);
        }
    }
}

fn one_thread(run: &Run, stage: &Stage<'_>, rate: &str, bytes: &str) {
    if !run.wants(rate) && !run.wants(bytes) {
        return;
    }
    let mut ours = stage.entrant(stage.ours(), 1, 1);
    let mut raw_redb = stage.entrant(stage.raw_redb(), 1, 1);
    let mut full = stage.entrant(stage.sqlite(Synchronous::Full), 1, 1);
    let mut normal = stage.entrant(stage.sqlite(Synchronous::Normal), 1, 1);
    let turns = Turns::ours(|| ours.round(IN_A_ROUND))
        .against(RAW_REDB, || raw_redb.round(IN_A_ROUND))
        .against(SQLITE_FULL, || full.round(IN_A_ROUND))
        .against(SQLITE_NORMAL, || normal.round(IN_A_ROUND));
    // The bytes are counted in the same rounds.
    run.progress(rate);
    let found = turns.take(ROUNDS);
    run.found_all(rate, RATE, &found);
    let ours = ours.bytes_per_mapping();
    for (peer, theirs) in [(RAW_REDB, raw_redb.bytes_per_mapping()), (SQLITE_FULL, full.bytes_per_mapping())] {
        run.found(bytes, peer, "bytes", &[ours], &[theirs]);
    }
}

fn many_threads(run: &Run, stage: &Stage<'_>, name: &str) {
    if !run.wants(name) {
        return;
    }
    let mut ours = stage.entrant(stage.ours(), THREADS, 1);
    let mut raw_redb = stage.entrant(stage.raw_redb(), THREADS, 1);
    let mut full = stage.entrant(stage.sqlite(Synchronous::Full), THREADS, 1);
    let mut normal = stage.entrant(stage.sqlite(Synchronous::Normal), THREADS, 1);
    let mut one = stage.entrant(stage.ours(), 1, 1);
    let turns = Turns::ours(|| ours.round(IN_A_ROUND))
        .against(RAW_REDB, || raw_redb.round(IN_A_ROUND))
        .against(SQLITE_FULL, || full.round(IN_A_ROUND))
        .against(SQLITE_NORMAL, || normal.round(IN_A_ROUND))
        .against(OURS_ONE_THREAD, || one.round(IN_A_ROUND));
    run.measure(name, RATE, ROUNDS, turns);
}

fn in_batches(run: &Run, stage: &Stage<'_>, name: &str, batch: usize) {
    if !run.wants(name) {
        return;
    }
    let mappings = IN_A_ROUND.max(batch);
    let mut ours = stage.entrant(stage.ours(), 1, batch);
    let mut raw_redb = stage.entrant(stage.raw_redb(), 1, batch);
    let mut full = stage.entrant(stage.sqlite(Synchronous::Full), 1, batch);
    let mut normal = stage.entrant(stage.sqlite(Synchronous::Normal), 1, batch);
    let turns = Turns::ours(|| ours.round(mappings))
        .against(RAW_REDB, || raw_redb.round(mappings))
        .against(SQLITE_FULL, || full.round(mappings))
        .against(SQLITE_NORMAL, || normal.round(mappings));
    run.measure(name, RATE, ROUNDS, turns);
}
