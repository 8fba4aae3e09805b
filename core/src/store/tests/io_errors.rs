//! When an operation of the disk fails, the store says so, keeps what was acknowledged, and writes no more.

use super::disk::{Disk, Failure, Files};
use super::random::Random;
use super::workload::{Mode, Workload};
use crate::error::Error;
use crate::store::{Rows, Store};

/// Lets the n-th operation fail, for every n: opening what is in `before`, working, closing.
fn sweep(workload: &Workload, mode: Mode, before: &Files, promised: u64, forever: bool) {
    for operation in 0.. {
        let disk = Disk::with(before.clone());
        disk.fail(Failure { operation, forever });
        let mut acknowledged = promised;
        let case = format!("{mode:?}, operation {operation}, forever: {forever}");
        match Workload::open(mode, &disk) {
            Ok(store) => {
                acknowledged = acknowledged.max(1);
                if let Err(error) = workload.run(&store, |version| acknowledged = version) {
                    assert_is_io(&error, &case);
                    after_failure(&store, &error, &case);
                }
            }
            Err(error) => assert_is_io(&error, &case),
        }
        let reopened = Workload::open(mode, &Disk::with(disk.files()));
        let store = reopened.unwrap_or_else(|error| panic!("{case}: {error}"));
        workload.check(&store, acknowledged, &case);
        if disk.operations() <= operation {
            assert!(operation > 50, "the workload has hardly any operations");
            println!("{operation} operations failed");
            return;
        }
    }
}

fn assert_is_io(error: &Error, case: &str) {
    assert!(matches!(error, Error::Io { .. } | Error::Storage { .. }), "{case}: {error:?}");
}

fn after_failure(store: &Store, failure: &Error, case: &str) {
    let read = store.read().and_then(|read| read.state());
    let again = store.write(|tx| tx.put(super::image_key("later"), Vec::new()));
    match again {
        Err(Error::Poisoned { reason }) => assert_eq!(reason, failure.to_string(), "{case}"),
        // Reading failed, once, before anything was written.
        Ok(()) => {
            store.write(|tx| tx.delete(super::image_key("later"))).unwrap();
        }
        // Reading fails for good.
        Err(Error::Io { .. } | Error::Storage { .. }) => assert!(read.is_err(), "{case}"),
        Err(error) => panic!("{case}: {error:?}"),
    }
}

fn sweep_first_life(mode: Mode, transactions: usize, forever: bool) {
    let workload = Workload::new(&mut Random::from_env(), transactions);
    sweep(&workload, mode, &Files::default(), 0, forever);
}

#[test]
fn an_operation_that_fails_once() {
    sweep_first_life(Mode::Plain, 8, false);
}

#[test]
fn operations_that_fail_from_some_point_on() {
    sweep_first_life(Mode::Plain, 8, true);
}
