//! If a disk operation fails, the store reports it, keeps what was acknowledged, and refuses further writes.

use super::disk::{Disk, Failure, Files};
use super::random::Random;
use super::workload::{Mode, Workload};
use crate::error::{Error, ErrorKind};
use crate::store::engine::{KeyRange, Order};
use crate::store::{Read, Rows, Store};

/// Fails the first operation, once.
const ONCE: Failure = Failure { operation: 0, forever: false, half: false };
const FOREVER: Failure = Failure { forever: true, ..ONCE };
const HALF_ONCE: Failure = Failure { half: true, ..ONCE };
const HALF_AND_FOREVER: Failure = Failure { half: true, ..FOREVER };

/// Fails the n-th operation, for every n, of opening the store in `before`, working, and closing.
fn sweep(workload: &Workload, mode: Mode, before: &Files, promised: u64, failure: Failure) {
    for operation in 0.. {
        let disk = Disk::with(before.clone());
        let failure = Failure { operation, ..failure };
        disk.fail(failure);
        let mut acknowledged = promised;
        let case = format!("{mode:?}, {failure:?}");
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
            assert!(operation > 50, "the workload has too few operations");
            println!("{operation} operations failed");
            return;
        }
    }
}

fn assert_is_io(error: &Error, case: &str) {
    assert!(matches!(error.kind(), ErrorKind::Io { .. } | ErrorKind::Storage { .. }), "{case}: {error:?}");
}

fn after_failure(store: &Store, failure: &Error, case: &str) {
    let again = store.write(|tx| tx.put(super::image_key("later"), Vec::new()));
    match again.as_ref().map_err(Error::kind) {
        Err(ErrorKind::Poisoned { reason }) => assert_eq!(*reason, failure.to_string(), "{case}"),
        // A read failed once, before anything was written.
        Ok(()) => {
            store.write(|tx| tx.delete(super::image_key("later"))).unwrap();
        }
        // Reading fails permanently, but for rows that are in memory. Or a checkpoint on its own thread failed: this
        // write was the first to hear of it, and the last that is tried.
        Err(ErrorKind::Io { .. } | ErrorKind::Storage { .. }) => {
            let rows = |read: Read| read.range(&KeyRange::all(), Order::Ascending)?.try_for_each(|row| row.map(drop));
            if store.read().and_then(rows).is_ok() {
                let heard = again.unwrap_err().to_string();
                let third = store.write(|tx| tx.put(super::image_key("later"), Vec::new())).unwrap_err();
                let refused = matches!(third.kind(), ErrorKind::Poisoned { reason } if *reason == heard);
                assert!(refused, "{case}: {heard}, then {third}");
            }
        }
        Err(error) => panic!("{case}: {error:?}"),
    }
}

fn sweep_first_life(mode: Mode, transactions: usize, failure: Failure) {
    let workload = Workload::new(&mut Random::from_env(), transactions);
    sweep(&workload, mode, &Files::default(), 0, failure);
}

#[test]
fn an_operation_that_fails_once() {
    sweep_first_life(Mode::Plain, 8, ONCE);
}

#[test]
fn operations_that_fail_from_some_point_on() {
    sweep_first_life(Mode::Plain, 8, FOREVER);
}

/// Enough commits to start a journal, and for checkpoints.
const LONG: usize = 16;

#[test]
fn an_operation_on_the_file_or_its_journal_that_fails_once() {
    sweep_first_life(Mode::Journal, LONG, ONCE);
    sweep_first_life(Mode::Journal, LONG, HALF_ONCE);
}

#[test]
fn operations_on_the_file_and_its_journal_that_fail_from_some_point_on() {
    sweep_first_life(Mode::Journal, LONG, FOREVER);
}

/// The files after a crash in the middle of work on a journal, and the acknowledged version.
fn killed(workload: &Workload, mode: Mode, transactions: usize) -> (Files, u64) {
    let disk = Disk::default();
    let store = Workload::open(mode, &disk).unwrap();
    let mut promised = 1;
    workload.run_some(&store, transactions, |version| promised = version).unwrap();
    let files = disk.files();
    assert!(files.iter().all(|file| !file.is_empty()));
    (files, promised)
}

#[test]
fn operations_that_fail_while_the_journal_is_recovered() {
    let workload = Workload::new(&mut Random::from_env(), LONG + 4);
    for mode in [Mode::Journal, Mode::Background] {
        let (before, promised) = killed(&workload, mode, LONG);
        for failure in [ONCE, FOREVER, HALF_AND_FOREVER] {
            sweep(&workload, mode, &before, promised, failure);
        }
    }
}

#[test]
fn a_failed_close_is_reported_and_nothing_is_lost() {
    let workload = Workload::new(&mut Random::from_env(), LONG);
    for mode in [Mode::Journal, Mode::Background] {
        let disk = Disk::default();
        let store = Workload::open(mode, &disk).unwrap();
        let mut promised = 1;
        workload.run(&store, |version| promised = version).unwrap();
        let operation = disk.operations();
        disk.fail(Failure { operation, ..FOREVER });
        assert_is_io(&store.close().unwrap_err(), "closing");
        let store = Workload::open(mode, &Disk::with(disk.files())).unwrap();
        workload.check(&store, promised, "after a failed close");
        store.close().unwrap();
    }
}

/// Makes the checkpoint fail that the next commits start on its thread.
#[test]
fn a_checkpoint_that_fails_in_the_background_fails_a_later_commit_and_nothing_is_lost() {
    let mut random = Random::from_env();
    for failure in [ONCE, FOREVER] {
        for operation in 0..50 {
            let workload = Workload::new(&mut random, 60);
            let failure = Failure { operation, ..failure };
            let case = format!("{failure:?}");
            let disk = Disk::default();
            let store = Workload::open(Mode::Background, &disk).unwrap();
            let mut promised = 1;
            workload.run_some(&store, 12, |version| promised = version).unwrap();
            disk.fail_the_store(failure);
            let error = workload.run(&store, |version| promised = version).unwrap_err();
            assert_is_io(&error, &case);
            let again = store.write(|tx| tx.put(super::image_key("later"), Vec::new()));
            assert!(
                matches!(again.as_ref().map_err(Error::kind), Err(ErrorKind::Poisoned { .. })),
                "{case}: {again:?}"
            );
            // Frozen rows and newer ones are still readable.
            if !failure.forever {
                workload.check_rows(&store, promised, &case);
            }
            drop(store);
            let files = disk.files();
            assert!(files.iter().all(|file| !file.is_empty()), "{case}: the journal is still needed");
            let store = Workload::open(Mode::Background, &Disk::with(files)).unwrap();
            workload.check(&store, promised, &case);
        }
    }
}
