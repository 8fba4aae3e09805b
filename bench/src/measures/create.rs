//! Creating mappings: one after the other, from many threads, many in one transaction.

use std::time::Instant;

use super::stage::LazyStage;
use crate::peers::sqlite::Synchronous;
use crate::peers::{OURS_ONE_THREAD, RAW_REDB, SQLITE_FULL, SQLITE_NORMAL, Target as _};
use crate::run::{Run, Turns, at_size};

const RATE: &str = "mappings/s";
const THREADS: usize = 64;
/// Mappings of a round of ours. A round is long enough to contain checkpoints.
const LONG: usize = 3_200;
/// Mappings of a round of peers that delay no work.
const SHORT: usize = 640;
/// Mappings of a round of SQLite with many connections, which sleep while they wait for each other.
const WITH_MANY_CONNECTIONS: usize = 192;
/// The mappings of the largest transaction, and the number of such transactions in a round.
const LARGEST: usize = 1_000;
const LARGEST_IN_A_ROUND: usize = 4;

fn rounds(run: &Run) -> usize {
    run.either(3, 5)
}

/// The maximum number of new images that one measure pushes.
pub(crate) fn most(run: &Run) -> usize {
    rounds(run) * LARGEST * LARGEST_IN_A_ROUND
}

/// Measures it in stores that have this number of images.
pub(crate) fn run(run: &Run, stage: &LazyStage<'_>, images: usize) {
    let named = |measure: &str| at_size(measure, images);
    one_thread(run, stage, images);
    many_threads(run, stage, &named("durable create, 64 threads"));
    for (batch, in_a_round) in [(10, 2 * SHORT), (LARGEST, LARGEST * LARGEST_IN_A_ROUND)] {
        in_batches(run, stage, &named(&format!("batch {batch}")), batch, in_a_round);
    }
    again(run, stage, &named("same image again"));
    retag(run, stage, &named("retag"));
}

/// One mapping after the other: the rate of a round, the rate of all rounds including closing, and the bytes that were written.
fn one_thread(run: &Run, stage: &LazyStage<'_>, images: usize) {
    let names = [
        "durable create, 1 thread",
        "batch 1",
        "durable create, 1 thread, with closing",
        "bytes written per durable create",
    ];
    let names = names.map(|name| at_size(name, images));
    if !names.iter().any(|name| run.wants(name)) {
        return;
    }
    let [rate, batch, with_closing, bytes] = &names;
    let mut ours = stage.entrant(stage.ours(), 1, 1);
    let mut raw_redb = stage.entrant(stage.raw_redb(), 1, 1);
    let mut full = stage.entrant(stage.sqlite(Synchronous::Full), 1, 1);
    let mut normal = stage.entrant(stage.sqlite(Synchronous::Normal), 1, 1);
    let turns = Turns::ours(|| ours.round(LONG))
        .against(RAW_REDB, || raw_redb.round(LONG))
        .against(SQLITE_FULL, || full.round(LONG))
        .against(SQLITE_NORMAL, || normal.round(LONG));
    run.progress(rate);
    let found = turns.take(rounds(run));
    run.found_all(rate, RATE, &found);
    // Both are the same.
    run.found_all(batch, RATE, &found);
    let ours = ours.close();
    let peers = [(RAW_REDB, raw_redb.close()), (SQLITE_FULL, full.close()), (SQLITE_NORMAL, normal.close())];
    for (peer, theirs) in &peers {
        run.found(with_closing, peer, RATE, &[ours.rate], &[theirs.rate]);
    }
    for (peer, theirs) in &peers {
        run.found(bytes, peer, "bytes", &[ours.bytes], &[theirs.bytes]);
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
    let turns = Turns::ours(|| ours.round(LONG))
        .against(RAW_REDB, || raw_redb.round(SHORT))
        .against(SQLITE_FULL, || full.round(WITH_MANY_CONNECTIONS))
        .against(SQLITE_NORMAL, || normal.round(WITH_MANY_CONNECTIONS))
        .against(OURS_ONE_THREAD, || one.round(LONG));
    run.measure(name, RATE, rounds(run), turns);
}

fn in_batches(run: &Run, stage: &LazyStage<'_>, name: &str, batch: usize, mappings: usize) {
    if !run.wants(name) {
        return;
    }
    let mut ours = stage.entrant(stage.ours(), 1, batch);
    let mut raw_redb = stage.entrant(stage.raw_redb(), 1, batch);
    let mut full = stage.entrant(stage.sqlite(Synchronous::Full), 1, batch);
    let mut normal = stage.entrant(stage.sqlite(Synchronous::Normal), 1, batch);
    let turns = Turns::ours(|| ours.round(mappings))
        .against(RAW_REDB, || raw_redb.round(mappings))
        .against(SQLITE_FULL, || full.round(mappings))
        .against(SQLITE_NORMAL, || normal.round(mappings));
    run.measure(name, RATE, rounds(run), turns);
}

/// The same mapping again, as after a lost response: nothing changes.
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
        (0..SHORT).for_each(|_| writer(&newest));
        SHORT as f64 / start.elapsed().as_secs_f64()
    })
    .against(OURS_ONE_THREAD, || one.round(SHORT));
    run.measure(name, RATE, rounds(run), turns);
}

/// Existing images, pushed again.
fn retag(run: &Run, stage: &LazyStage<'_>, name: &str) {
    if !run.wants(name) {
        return;
    }
    let mut ours = stage.entrant(stage.ours(), 1, 1).retagging();
    let mut raw_redb = stage.entrant(stage.raw_redb(), 1, 1).retagging();
    let mut full = stage.entrant(stage.sqlite(Synchronous::Full), 1, 1).retagging();
    let mut normal = stage.entrant(stage.sqlite(Synchronous::Normal), 1, 1).retagging();
    let turns = Turns::ours(|| ours.round(SHORT))
        .against(RAW_REDB, || raw_redb.round(SHORT))
        .against(SQLITE_FULL, || full.round(SHORT))
        .against(SQLITE_NORMAL, || normal.round(SHORT));
    run.measure(name, RATE, rounds(run), turns);
}
