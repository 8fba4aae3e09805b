//! Transactions of one writer.

use super::disk::{Disk, Operation};
use super::random::Random;
use super::workload::{Mode, Workload};
use super::{image_key, memory, objects};
use crate::error::{Error, ErrorKind, Result};
use crate::store::{FeedLimits, KeyRange, Order, Rows, Write};

fn put(tx: &mut Write, name: &str, value: &[u8]) -> Result<()> {
    tx.put(image_key(name), value.to_vec())
}

#[test]
fn a_new_store_is_empty_at_version_one() {
    let store = memory(FeedLimits::default());
    let read = store.read().unwrap();
    let state = read.state().unwrap();
    assert_eq!((state.store_id.as_str(), state.version, state.feed_count()), ("an-id", 1, 0));
    assert_eq!(read.range(&KeyRange::all(), Order::Ascending).unwrap().count(), 1);
}

#[test]
fn a_transaction_is_atomic() {
    let store = memory(FeedLimits::default());
    store.write(|tx| put(tx, "a", b"1")).unwrap();
    let refused = store.write(|tx| {
        put(tx, "b", b"1")?;
        tx.delete(image_key("a"))?;
        assert_eq!(tx.get(&image_key("b"))?, Some(b"1".to_vec()), "it reads its own writes");
        assert_eq!(tx.get(&image_key("a"))?, None);
        Err::<(), _>(ErrorKind::ReadOnly.into())
    });
    assert!(matches!(refused.as_ref().map_err(Error::kind), Err(ErrorKind::ReadOnly)));
    assert_eq!(objects(&store.read().unwrap()), [(image_key("a"), b"1".to_vec())]);
}

#[test]
fn a_read_transaction_sees_one_moment() {
    let store = memory(FeedLimits::default());
    store.write(|tx| put(tx, "a", b"1")).unwrap();
    let read = store.read().unwrap();
    store.write(|tx| put(tx, "a", b"2")).unwrap();
    assert_eq!(read.get(&image_key("a")).unwrap(), Some(b"1".to_vec()));
    assert_eq!(store.read().unwrap().get(&image_key("a")).unwrap(), Some(b"2".to_vec()));
}

#[test]
fn a_dry_run_returns_the_same_and_writes_nothing() {
    let disk = Disk::default();
    let store = Workload::open(Mode::Plain, &disk).unwrap();
    store.write(|tx| put(tx, "a", b"1")).unwrap();
    let (trace, statistics) = (disk.trace().len(), store.statistics());
    let work = |tx: &mut Write| {
        tx.change(&image_key("a"), |tx, version| {
            put(tx, "a", b"2")?;
            Ok((version, tx.get(&image_key("a"))?))
        })
    };
    let dry = store.dry_run(work).unwrap();
    assert!(matches!(
        store.dry_run(|_| Err::<(), _>(ErrorKind::ReadOnly.into())).as_ref().map_err(Error::kind),
        Err(ErrorKind::ReadOnly)
    ));
    assert_eq!(disk.trace().len(), trace, "no write and no sync");
    assert_eq!(store.statistics().rows_written, statistics.rows_written);
    assert_eq!(store.statistics().commits, statistics.commits);
    assert_eq!(store.read().unwrap().state().unwrap().version, 1);
    assert_eq!(store.write(work).unwrap(), dry);
}

#[test]
fn a_write_that_changes_nothing_costs_no_commit() {
    let disk = Disk::default();
    let store = Workload::open(Mode::Plain, &disk).unwrap();
    let trace = disk.trace().len();
    assert_eq!(store.write(|tx| tx.get(&image_key("a"))).unwrap(), None);
    assert_eq!((disk.trace().len(), store.statistics().commits), (trace, 0));
}

#[test]
fn a_commit_is_synced_in_two_phases() {
    let disk = Disk::default();
    let store = Workload::open(Mode::Plain, &disk).unwrap();
    let before = disk.trace().len();
    store.write(|tx| put(tx, "a", b"1")).unwrap();
    let syncs = disk.trace()[before..].iter().filter(|(_, operation)| matches!(operation, Operation::Sync)).count();
    assert_eq!(syncs, 2, "the rows, and then the header that refers to them");
}

#[test]
fn rows_and_commits_are_counted() {
    let store = memory(FeedLimits::default());
    store.write(|tx| (0..3).try_for_each(|number| put(tx, &number.to_string(), b""))).unwrap();
    let statistics = store.statistics();
    assert_eq!((statistics.rows_written, statistics.commits), (3, 1));
    let read = store.read().unwrap();
    assert_eq!(objects(&read).len(), 3);
    read.get(&image_key("none")).unwrap();
    // The three rows, the state row in the scan, and the missing row.
    assert_eq!(store.statistics().rows_read - statistics.rows_read, 5);
}

#[test]
fn a_failed_change_fails_its_transaction_even_if_the_error_is_ignored() {
    let store = memory(FeedLimits::default());
    let result = store.write(|tx| {
        let _ = tx.change(&image_key("a"), |tx, _| {
            put(tx, "a", b"half")?;
            Err::<(), _>(Error::internal("no"))
        });
        Ok(())
    });
    assert!(matches!(result.as_ref().map_err(Error::kind), Err(ErrorKind::Internal(_))));
    let nested = store.write(|tx| tx.change(b"\x02a", |tx, _| tx.change(b"\x02b", |_, _| Ok(()))));
    assert!(nested.is_err());
    assert!(objects(&store.read().unwrap()).is_empty());
    assert_eq!(store.read().unwrap().state().unwrap().version, 1);
}

fn store_bytes(disk: &Disk) -> usize {
    let [store, ..] = disk.files();
    store.len()
}

#[test]
fn compacting_frees_the_space_of_deleted_rows() {
    let disk = Disk::default();
    let store = Workload::open(Mode::Plain, &disk).unwrap();
    let names: Vec<_> = (0..400).map(|number| format!("{number:03}")).collect();
    store.write(|tx| names.iter().try_for_each(|name| put(tx, name, &[7; 1000]))).unwrap();
    store.write(|tx| names.iter().skip(10).try_for_each(|name| tx.delete(image_key(name)))).unwrap();
    let before = store_bytes(&disk);
    let read = store.read().unwrap();
    assert!(
        matches!(store.compact().as_ref().map_err(Error::kind), Err(ErrorKind::Storage { .. })),
        "a snapshot is alive"
    );
    drop(read);
    assert!(store.compact().unwrap());
    assert_eq!(objects(&store.read().unwrap()).len(), 10);
    store.write(|tx| put(tx, "later", b"1")).unwrap();
    drop(store);
    assert!(store_bytes(&disk) < before / 2, "{before} bytes before, {} after", store_bytes(&disk));
}

#[test]
fn compaction_never_makes_a_closed_file_longer() {
    let mut random = Random::from_env();
    let mut shorter = 0;
    for case in 0..60 {
        let disk = Disk::default();
        let workload = Workload::with_objects(&mut random, 5 + case, 1 + case % 7);
        let open = || Workload::open(Mode::Journal, &disk).unwrap();
        let store = open();
        workload.run(&store, |_| {}).unwrap();
        store.close().unwrap();
        for _ in 0..3 {
            let before = disk.files()[0].len();
            let store = open();
            store.compact().unwrap();
            store.close().unwrap();
            let after = disk.files()[0].len();
            assert!(after <= before, "case {case}: {before} bytes before, {after} after");
            shorter += usize::from(after < before);
        }
        workload.check(&open(), workload.last(), "compacted");
    }
    assert!(shorter > 20, "only {shorter} were shorter");
}
