//! Creating mappings in memory, where nothing is synced: only the processor counts.

use super::stage::LazyStage;
use crate::peers::ours::Ours;
use crate::peers::raw_redb::RawRedb;
use crate::peers::{RAW_REDB, Target, fill};
use crate::run::{Run, Turns, at_size};

const ROUNDS: usize = 5;
const IN_A_ROUND: usize = 640;

/// Measures it in stores that have this number of images.
pub(crate) fn run(run: &Run, stage: &LazyStage<'_>, images: usize) {
    let name = at_size("create in memory", images);
    if !run.wants(&name) {
        return;
    }
    let mut ours = stage.entrant(filled(Ours::in_memory(&stage.workload), images), 1, 1);
    let mut raw_redb = stage.entrant(filled(RawRedb::in_memory(&stage.recorded), images), 1, 1);
    let turns = Turns::ours(|| ours.round(IN_A_ROUND)).against(RAW_REDB, || raw_redb.round(IN_A_ROUND));
    run.measure(&name, "mappings/s", ROUNDS, turns);
}

/// The target with the first images.
pub(crate) fn filled<T: Target>(target: T, images: usize) -> T {
    fill(&target, images);
    target
}
