//! After a power cut the store holds every acknowledged transaction, each wholly or not at all.

use super::disk::{Disk, Operation};
use super::random::Random;
use super::workload::Workload;

/// The disk writes this much at once, or not at all.
const SECTOR: usize = 512;

/// What may be on the disk if the power is cut after `operations`: all that was synced, and any part of the rest.
fn after_power_cut(operations: &[Operation], random: &mut Random, survival: Survival) -> Vec<u8> {
    let synced = operations.iter().rposition(|operation| matches!(operation, Operation::Sync)).unwrap_or(0);
    let (durable, volatile) = operations.split_at(synced);
    let mut bytes = Vec::new();
    for operation in durable {
        operation.apply(&mut bytes);
    }
    for operation in volatile {
        match (survival, operation) {
            (Survival::None, _) => {}
            (Survival::All, _) => operation.apply(&mut bytes),
            (Survival::Sectors, Operation::Write(offset, data)) => {
                let mut start = 0;
                while start < data.len() {
                    let end = data.len().min((offset + start) / SECTOR * SECTOR + SECTOR - offset);
                    if random.coin() {
                        Operation::Write(offset + start, data[start..end].to_vec()).apply(&mut bytes);
                    }
                    start = end;
                }
            }
            (Survival::Some | Survival::Sectors, operation) => {
                if random.coin() {
                    operation.apply(&mut bytes);
                }
            }
        }
    }
    bytes
}

/// What survives of the operations that were not synced.
#[derive(Debug, Clone, Copy)]
enum Survival {
    None,
    All,
    /// Any of them.
    Some,
    /// Any sectors of them.
    Sectors,
}

/// Cuts the power at every step of `trace`, where `acknowledged` says how many steps had been taken when a version was
/// promised, and reopens what is left.
fn sweep(workload: &Workload, first: &[u8], trace: &[Operation], acknowledged: &[(usize, u64)], random: &mut Random) {
    let before = [Operation::SetLen(first.len()), Operation::Write(0, first.to_vec()), Operation::Sync];
    for step in 0..=trace.len() {
        let operations: Vec<_> = before.iter().chain(&trace[..step]).cloned().collect();
        let promised = acknowledged.iter().filter(|(taken, _)| *taken <= step).map(|(_, version)| *version).max();
        for survival in [Survival::None, Survival::All, Survival::Some, Survival::Sectors, Survival::Sectors] {
            let case = format!("step {step}, {survival:?}");
            let disk = Disk::with(after_power_cut(&operations, random, survival));
            let store = Workload::open(disk).unwrap_or_else(|error| panic!("{case}: {error}"));
            workload.check(&store, promised.unwrap_or(0), &case);
        }
    }
}

#[test]
fn a_power_cut_at_any_step_loses_nothing_that_was_acknowledged() {
    let mut random = Random::from_env();
    let workload = Workload::new(&mut random, 12);
    let disk = Disk::default();
    let store = Workload::open(disk.clone()).unwrap();
    // The creation is in the sweep: until it is acknowledged the store may be there or not.
    let mut acknowledged = vec![(disk.trace().len(), 1)];
    workload.run(&store, |version| acknowledged.push((disk.trace().len(), version))).unwrap();
    drop(store);
    sweep(&workload, &[], &disk.trace(), &acknowledged, &mut random);
}

#[test]
fn a_power_cut_while_the_store_recovers_from_one_loses_nothing_either() {
    let mut random = Random::from_env();
    let workload = Workload::new(&mut random, 6);
    let disk = Disk::default();
    let store = Workload::open(disk.clone()).unwrap();
    let mut version = 1;
    workload.run(&store, |acknowledged| version = acknowledged).unwrap();
    let killed = disk.bytes();
    let recovering = Disk::with(killed.clone());
    drop(Workload::open(recovering.clone()).unwrap());
    let trace = recovering.trace();
    assert!(trace.len() > 3, "nothing was to be recovered");
    sweep(&workload, &killed, &trace, &[(0, version)], &mut random);
}
