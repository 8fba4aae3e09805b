//! A snapshot shows one moment, whatever is committed, frozen and checkpointed meanwhile.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::ScopedJoinHandle;

use proptest::prelude::*;

use super::disk::Disk;
use super::image_key;
use super::workload::{Mode, OPTIONS, Workload};
use crate::store::engine::{Batch, Engine, Position, RowIter, Snapshot};
use crate::store::{KeyRange, Order, Store, StoreOptions};

type Rows = BTreeMap<Vec<u8>, Vec<u8>>;
type Changes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// Engines that checkpoint after a few commits: in memory, and with a journal in use.
fn engines() -> Vec<Arc<dyn Engine>> {
    let mut options = StoreOptions { ..OPTIONS };
    options.journal.checkpoint_bytes = 400;
    let mut stores = Vec::new();
    for mode in [Mode::Journal, Mode::Background] {
        options.journal.background = mode == Mode::Background;
        stores.push(Store::in_memory(&options, "an-id".to_owned()).unwrap());
        let disk = Disk::default();
        let store = Workload::open_with(mode, &disk, &options).unwrap();
        // The first commits don't use the journal.
        for number in 0..9 {
            let _ = store
                .inner
                .engine
                .commit(Position::default(), &batch(&Changes::from([(image_key("before"), Some(vec![number]))])))
                .unwrap();
        }
        assert!(!disk.files()[1].is_empty());
        stores.push(store);
    }
    stores.iter().map(|store| Arc::clone(&store.inner.engine)).collect()
}

fn batch(changes: &Changes) -> Batch {
    let mut batch = Batch::default();
    for (key, value) in changes {
        match value {
            Some(value) => batch.put(key.clone(), value.clone()),
            None => batch.delete(key.clone()),
        }
    }
    batch
}

fn expected(rows: &Rows, prefix: &[u8], order: Order) -> Vec<(Vec<u8>, Vec<u8>)> {
    let rows = rows.iter().filter(|(key, _)| key.starts_with(prefix));
    let mut rows: Vec<_> = rows.map(|(key, value)| (key.clone(), value.clone())).collect();
    if order == Order::Descending {
        rows.reverse();
    }
    rows
}

fn all(snapshot: &dyn Snapshot, prefix: &[u8], order: Order) -> Vec<(Vec<u8>, Vec<u8>)> {
    snapshot.range(&KeyRange::prefix(prefix), order).unwrap().map(Result::unwrap).collect()
}

fn commits() -> impl Strategy<Value = Vec<Changes>> {
    let key = prop::collection::vec(0_u8..3, 1..4);
    let value = prop::option::of(prop::collection::vec(any::<u8>(), 0..9));
    prop::collection::vec(prop::collection::btree_map(key, value, 1..8), 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_snapshot_stays_unchanged(commits in commits(), prefix in prop::collection::vec(0_u8..3, 0..2)) {
        for engine in engines() {
            let before = all(engine.snapshot().unwrap().as_ref(), &[], Order::Ascending);
            let mut states = vec![before.into_iter().collect::<Rows>()];
            let snapshots: Vec<OnceCell<Arc<dyn Snapshot>>> = vec![OnceCell::new(); commits.len()];
            let mut reading: Vec<(RowIter<'_>, std::vec::IntoIter<_>)> = Vec::new();
            for (changes, slot) in commits.iter().zip(&snapshots) {
                let rows = states.last().unwrap().clone();
                let snapshot = slot.get_or_init(|| engine.snapshot().unwrap());
                for order in [Order::Ascending, Order::Descending] {
                    for prefix in [&[], prefix.as_slice()] {
                        let found = snapshot.range(&KeyRange::prefix(prefix), order).unwrap();
                        reading.push((found, expected(&rows, prefix, order).into_iter()));
                    }
                }
                let _ = engine.commit(Position::default(), &batch(changes)).unwrap();
                let mut rows = rows;
                for (key, value) in changes {
                    match value {
                        Some(value) => rows.insert(key.clone(), value.clone()),
                        None => rows.remove(key),
                    };
                }
                states.push(rows);
                // All open iterators advance by a row.
                for (found, expected) in &mut reading {
                    prop_assert_eq!(found.next().map(Result::unwrap), expected.next());
                }
            }
            for (found, expected) in reading {
                prop_assert!(found.map(Result::unwrap).eq(expected));
            }
            let newest = engine.snapshot().unwrap();
            for (snapshot, rows) in snapshots.iter().filter_map(OnceCell::get).chain([&newest]).zip(&states) {
                for order in [Order::Ascending, Order::Descending] {
                    prop_assert_eq!(all(snapshot.as_ref(), &prefix, order), expected(rows, &prefix, order));
                }
                for key in commits.iter().flat_map(BTreeMap::keys) {
                    prop_assert_eq!(&snapshot.get(key).unwrap(), &rows.get(key).cloned());
                }
            }
        }
    }
}

/// Each commit writes its number to all rows but one, which it deletes: a reader that sees two numbers has seen two
/// commits.
#[test]
fn a_snapshot_shows_one_commit_while_others_write() {
    const ROWS: u64 = 40;
    const LEAST: u64 = 400;
    let key = |row: u64| format!("row-{row:03}").into_bytes();
    for engine in engines() {
        let (done, moments) = (AtomicBool::new(false), AtomicU64::new(0));
        let (engine, done, moments, key) = (engine.as_ref(), &done, &moments, &key);
        std::thread::scope(|scope| {
            let read = move || {
                let mut last = 0;
                while !done.load(Ordering::Relaxed) {
                    let snapshot = engine.snapshot().unwrap();
                    let found = all(snapshot.as_ref(), b"row-", Order::Ascending);
                    let Some((_, number)) = found.first() else { continue };
                    let number = u64::from_le_bytes(number.as_slice().try_into().unwrap());
                    assert!(number >= last, "the snapshot went back from {last} to {number}");
                    moments.fetch_add(u64::from(number > last), Ordering::Relaxed);
                    last = number;
                    let rows: Vec<_> = (0..ROWS)
                        .filter(|row| *row != number % ROWS)
                        .map(|row| (key(row), number.to_le_bytes().to_vec()))
                        .collect();
                    assert!(found == rows, "rows of more than one commit, at {number}");
                    assert!(all(snapshot.as_ref(), b"row-", Order::Descending).into_iter().rev().eq(rows));
                    assert_eq!(snapshot.get(&key(number % ROWS)).unwrap(), None);
                }
            };
            let readers = [scope.spawn(read), scope.spawn(read)];
            // Runs until enough was read meanwhile; a failed reader would never read that much.
            let mut number = 0;
            while (number < LEAST || moments.load(Ordering::Relaxed) < 50)
                && !readers.iter().any(ScopedJoinHandle::is_finished)
            {
                number += 1;
                let changes =
                    (0..ROWS).map(|row| (key(row), (row != number % ROWS).then(|| number.to_le_bytes().to_vec())));
                let _ = engine.commit(Position::default(), &batch(&changes.collect())).unwrap();
            }
            done.store(true, Ordering::Relaxed);
        });
    }
}
