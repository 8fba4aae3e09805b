//! Creating mappings: one after the other, from many threads, many in one transaction.

use std::time::Instant;

use super::stage::LazyStage;
use crate::peers::sqlite::Synchronous;
use crate::peers::{OURS_ONE_THREAD, RAW_REDB, SQLITE_FULL, SQLITE_NORMAL, Target as _};
use crate::run::{Run, Turns, at_size};

const RATE: &str = "mappings/s";
const ROUNDS: usize = 5;
const THREADS: usize = 64;
/// Mappings of a round of SQLite with many connections, which wait for each other asleep.
const WITH_MANY_CONNECTIONS: usize = 192;
/// Mappings of a round. All rounds together are some thousands, so that what is put off is in them.
const IN_A_ROUND: usize = 640;
/// The largest transaction.
const LARGEST: usize = 1_000;

/// The most further images that one measure pushes.
pub(crate) const MOST: usize = ROUNDS * LARGEST;

/// Measures it with so many images there before.
pub(crate) fn run(run: &Run, stage: &LazyStage<'_>, images: usize) {
    let named = |measure: &str| at_size(measure, images);
    one_thread(run, stage, &named("durable create, 1 thread"), &named("bytes written per durable create"));
    many_threads(run, stage, &named("durable create, 64 threads"));
    for batch in [1, 10, LARGEST] {
        in_batches(run, stage, &named(&format!("batch {batch}")), batch);
    }
    again(run, stage, &named("same image again"));
    retag(run, stage, &named("retag"));
}

fn one_thread(run: &Run, stage: &LazyStage<'_>, rate: &str, bytes: &str) {
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

fn many_threads(run: &Run, stage: &LazyStage<'_>, name: &str) {
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
        .against(SQLITE_FULL, || full.round(WITH_MANY_CONNECTIONS))
        .against(SQLITE_NORMAL, || normal.round(WITH_MANY_CONNECTIONS))
        .against(OURS_ONE_THREAD, || one.round(IN_A_ROUND));
    run.measure(name, RATE, ROUNDS, turns);
}

fn in_batches(run: &Run, stage: &LazyStage<'_>, name: &str, batch: usize) {
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

/// The mapping whose answer got lost: nothing changes.
fn again(run: &Run, stage: &LazyStage<'_>, name: &str) {
    if !run.wants(name) {
        return;
    }
    let again = stage.ours();
    let newest = again.transaction(stage.images - 1..stage.images);
    let mut writer = again.writer();
    let mut one = stage.entrant(stage.ours(), 1, 1);
    let turns = Turns::ours(|| {
        let start = Instant::now();
        (0..IN_A_ROUND).for_each(|_| writer(&newest));
        IN_A_ROUND as f64 / start.elapsed().as_secs_f64()
    })
    .against(OURS_ONE_THREAD, || one.round(IN_A_ROUND));
    run.measure(name, RATE, ROUNDS, turns);
}

/// Images that are there, pushed again.
fn retag(run: &Run, stage: &LazyStage<'_>, name: &str) {
    if !run.wants(name) {
        return;
    }
    let mut ours = stage.entrant(stage.ours(), 1, 1).retagging();
    let mut raw_redb = stage.entrant(stage.raw_redb(), 1, 1).retagging();
    let mut full = stage.entrant(stage.sqlite(Synchronous::Full), 1, 1).retagging();
    let mut normal = stage.entrant(stage.sqlite(Synchronous::Normal), 1, 1).retagging();
    let turns = Turns::ours(|| ours.round(IN_A_ROUND))
        .against(RAW_REDB, || raw_redb.round(IN_A_ROUND))
        .against(SQLITE_FULL, || full.round(IN_A_ROUND))
        .against(SQLITE_NORMAL, || normal.round(IN_A_ROUND));
    run.measure(name, RATE, ROUNDS, turns);
}
