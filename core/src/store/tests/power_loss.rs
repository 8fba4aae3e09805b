//! After a power cut the store holds every acknowledged transaction, each completely or not at all.

use super::disk::{Disk, Files, Operation, Step};
use super::random::Random;
use super::workload::{Mode, Workload};
use crate::store::Rows;

/// The disk writes this many bytes atomically.
const SECTOR: usize = 512;

/// What can survive a power cut: all that was synced, and any part of the rest.
#[derive(Debug, Clone, Default)]
pub(super) struct Media {
    durable: Files,
    /// The operations on each file since its last sync.
    volatile: [Vec<Operation>; 3],
}

/// What survives of the operations that were not synced.
#[derive(Debug, Clone, Copy)]
pub(super) enum Survival {
    None,
    All,
    /// Any of the operations.
    Some,
    /// Any sectors of the operations.
    Sectors,
}

const SURVIVALS: [Survival; 5] = [Survival::None, Survival::All, Survival::Some, Survival::Sectors, Survival::Sectors];

impl Media {
    /// With durable bytes only.
    pub(super) fn holding(durable: Files) -> Self {
        Self { durable, ..Self::default() }
    }

    pub(super) fn take(&mut self, steps: &[Step]) {
        for (file, operation) in steps {
            self.volatile[*file].push(operation.clone());
            if matches!(operation, Operation::Sync) {
                for operation in self.volatile[*file].drain(..) {
                    operation.apply(&mut self.durable[*file]);
                }
            }
        }
    }

    pub(super) fn after_power_cut(&self, survival: Survival, random: &mut Random) -> Files {
        let mut files = self.durable.clone();
        for (bytes, operations) in files.iter_mut().zip(&self.volatile) {
            for operation in operations {
                match (survival, operation) {
                    (Survival::None, _) => {}
                    (Survival::All, _) => operation.apply(bytes),
                    (Survival::Sectors, Operation::Write(offset, data)) => {
                        let mut start = 0;
                        while start < data.len() {
                            let end = data.len().min((offset + start) / SECTOR * SECTOR + SECTOR - offset);
                            if random.coin() {
                                Operation::Write(offset + start, data[start..end].to_vec()).apply(bytes);
                            }
                            start = end;
                        }
                    }
                    (Survival::Some | Survival::Sectors, operation) => {
                        if random.coin() {
                            operation.apply(bytes);
                        }
                    }
                }
            }
        }
        files
    }

    /// What the next process finds after a crash of this one: everything.
    fn after_kill(&self) -> Files {
        self.after_power_cut(Survival::All, &mut Random::fixed())
    }
}

/// A store from opening to closing, with every step recorded.
struct Life {
    trace: Vec<Step>,
    /// The number of steps taken when each version was acknowledged.
    acknowledged: Vec<(usize, u64)>,
}

impl Life {
    /// Opens the store in `files`, runs this many transactions, and closes it.
    fn new(workload: &Workload, mode: Mode, files: Files, transactions: usize) -> Self {
        let disk = Disk::with(files);
        let store = Workload::open(mode, &disk).unwrap();
        // The existence of the store is guaranteed too.
        let mut acknowledged = vec![(disk.steps(), 1)];
        workload.run_some(&store, transactions, |version| acknowledged.push((disk.steps(), version))).unwrap();
        drop(store);
        assert!(mode == Mode::Plain || journal_is_gone(&disk));
        Self { trace: disk.trace(), acknowledged }
    }

    /// The version that was acknowledged by this step.
    fn promised(&self, step: usize) -> u64 {
        self.acknowledged.iter().filter(|(taken, _)| *taken <= step).map(|(_, version)| *version).max().unwrap_or(0)
    }
}

fn journal_is_gone(disk: &Disk) -> bool {
    let [_, one, two] = disk.files();
    one.is_empty() && two.is_empty()
}

/// Cuts the power at every step of a life from `from` on, and reopens what is left. `promised` was acknowledged before.
/// Returns the number of cases.
fn sweep(
    workload: &Workload,
    mode: Mode,
    life: &Life,
    (mut media, mut step): (Media, usize),
    promised: u64,
    random: &mut Random,
) -> usize {
    let mut cases = 0;
    loop {
        let promised = promised.max(life.promised(step));
        for survival in SURVIVALS {
            let case = format!("{mode:?}, step {step} of {}, {survival:?}", life.trace.len());
            let disk = Disk::with(media.after_power_cut(survival, random));
            let store = Workload::open(mode, &disk).unwrap_or_else(|error| panic!("{case}: {error}"));
            if random.coin() {
                workload.check(&store, promised, &case);
            } else {
                // It continues without verification, which would write everything to the store's file first.
                let mut version = promised;
                workload.run_some(&store, 1, |acknowledged| version = acknowledged).unwrap();
                workload.check_rows(&store, version, &case);
                drop(store);
                assert!(journal_is_gone(&disk), "{case}");
                workload.check(&Workload::open(mode, &disk).unwrap(), version, &case);
            }
            cases += 1;
        }
        let Some(next) = life.trace.get(step) else { return cases };
        media.take(std::slice::from_ref(next));
        step += 1;
    }
}

/// Cuts the power in the first life of a store, including its creation and its close.
fn sweep_first_life(mode: Mode, transactions: usize) {
    let mut random = Random::from_env();
    let workload = Workload::new(&mut random, transactions);
    let life = Life::new(&workload, mode, Files::default(), transactions);
    let cases = sweep(&workload, mode, &life, (Media::default(), 0), 0, &mut random);
    println!("{cases} power cuts");
}

#[test]
fn a_power_cut_at_any_step_loses_nothing_that_was_acknowledged() {
    sweep_first_life(Mode::Plain, 12);
}

#[test]
fn with_a_journal_neither() {
    sweep_first_life(Mode::Journal, 30);
}

#[test]
fn a_power_cut_with_checkpoints_in_the_background_loses_nothing() {
    sweep_first_life(Mode::Background, 20);
}

/// Kills a store at some of its steps, and cuts the power at every step of the life after that, during recovery and
/// later. What the first life did not sync may still get lost then.
fn sweep_second_life(mode: Mode, transactions: usize, kills: usize) {
    let mut random = Random::from_env();
    let workload = Workload::new(&mut random, transactions + 3);
    let first = Life::new(&workload, mode, Files::default(), transactions);
    let mut cases = 0;
    for kill in 0..kills {
        // Some between a write and its sync, and some while the store is being closed.
        let steps = first.trace.len();
        let syncs: Vec<usize> =
            (0..steps).filter(|step| matches!(first.trace[*step], (1.., Operation::Sync))).collect();
        let step = match kill % 3 {
            0 if !syncs.is_empty() => syncs[random.below(syncs.len())],
            1 => steps - random.below(24),
            _ => random.below(steps + 1),
        };
        let mut media = Media::default();
        media.take(&first.trace[..step]);
        let second = Life::new(&workload, mode, media.after_kill(), 3);
        cases += sweep(&workload, mode, &second, (media, 0), first.promised(step), &mut random);
    }
    println!("{cases} power cuts");
}

#[test]
fn a_power_cut_while_the_store_recovers_from_a_crash_loses_nothing() {
    sweep_second_life(Mode::Plain, 6, 3);
}

#[test]
fn a_power_cut_while_the_journal_is_recovered_loses_nothing() {
    sweep_second_life(Mode::Journal, 30, 4);
}

#[test]
fn a_power_cut_while_the_journal_is_recovered_in_the_background_loses_nothing() {
    sweep_second_life(Mode::Background, 30, 4);
}

/// Runs lives of a store until all transactions are done. Each life ends with a crash, a power cut, or a clean close.
fn live_on(workload: &Workload, mode: Mode, random: &mut Random) {
    let mut media = Media::default();
    let mut promised = 0;
    for life in 1.. {
        assert!(life < 1000, "the store makes no progress");
        let disk = Disk::with(media.after_kill());
        let case = format!("{mode:?}, life {life}");
        let store = Workload::open(mode, &disk).unwrap_or_else(|error| panic!("{case}: {error}"));
        workload.check_rows(&store, promised, &case);
        // What the store shows was acknowledged too.
        let mut acknowledged = vec![(disk.steps(), store.read().unwrap().state().unwrap().version)];
        let transactions = random.below(16);
        workload.run_some(&store, transactions, |version| acknowledged.push((disk.steps(), version))).unwrap();
        if random.coin() {
            drop(store);
        }
        let life = Life { trace: disk.trace(), acknowledged };
        // Some end early, many in the last steps.
        let steps = life.trace.len();
        let step = if random.coin() { random.below(steps + 1) } else { steps - random.below(steps.min(8) + 1) };
        media.take(&life.trace[..step]);
        promised = promised.max(life.promised(step));
        if random.coin() {
            let survival = SURVIVALS[random.below(SURVIVALS.len())];
            media = Media::holding(media.after_power_cut(survival, random));
        }
        if promised == workload.last() {
            let store = Workload::open(mode, &Disk::with(media.after_kill())).unwrap();
            workload.check(&store, promised, &case);
            return;
        }
    }
}

#[test]
fn many_lives_in_a_row_lose_nothing() {
    let mut random = Random::from_env();
    for _ in 0..8 {
        let workload = Workload::new(&mut random, 60);
        for mode in [Mode::Journal, Mode::Background] {
            live_on(&workload, mode, &mut random);
        }
    }
}
