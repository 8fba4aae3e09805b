//! When an operation of the disk fails, the store says so, keeps what was acknowledged, and writes no more.

use super::disk::{Disk, Failure};
use super::random::Random;
use super::workload::Workload;
use crate::error::Error;
use crate::store::{Rows, Store};

/// Lets the n-th operation fail, for every n: opening, working, closing.
fn sweep(forever: bool) {
    let workload = Workload::new(&mut Random::from_env(), 8);
    for operation in 0.. {
        let disk = Disk::failing(Failure { operation, forever });
        let mut acknowledged = 0;
        let case = format!("operation {operation}, forever: {forever}");
        if let Ok(store) = Workload::open(disk.clone()) {
            acknowledged = 1;
            let failed = workload.run(&store, |version| acknowledged = version);
            if let Err(error) = failed {
                assert!(matches!(error, Error::Io { .. } | Error::Storage { .. }), "{case}: {error:?}");
                after_failure(&store, &error, &case);
            }
        }
        let reopened = Workload::open(Disk::with(disk.bytes()));
        let store = reopened.unwrap_or_else(|error| panic!("{case}: {error}"));
        workload.check(&store, acknowledged, &case);
        if disk.operations() <= operation {
            assert!(operation > 50, "the workload has hardly any operations");
            return;
        }
    }
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

#[test]
fn an_operation_that_fails_once() {
    sweep(false);
}

#[test]
fn operations_that_fail_from_some_point_on() {
    sweep(true);
}
