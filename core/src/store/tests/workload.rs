//! A random workload, and checks of what must hold at every moment.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::disk::Disk;
use super::random::Random;
use super::{image_key, objects};
use crate::error::Result;
use crate::store::engine::JournalOptions;
use crate::store::{FeedLimits, Rows, Store, StoreOptions, Write};

/// Small limits, so that the feed is trimmed too.
pub(crate) const OPTIONS: StoreOptions = StoreOptions {
    cache_size: 1 << 20,
    feed_limits: FeedLimits { changes: 8, bytes: 6000 },
    journal: JournalOptions { checkpoint_bytes: 16_000, background: false },
    retry_full_disk: Duration::ZERO,
};

/// Where commits go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// To the store's file.
    Plain,
    /// To a journal, with checkpoints between commits.
    Journal,
    /// To a journal, with checkpoints on a thread of their own.
    Background,
}

/// A change of some rows of one object: `None` deletes a row.
type ObjectChange = (String, Vec<(String, Option<Vec<u8>>)>);

/// Transactions, and the expected rows after each of them.
pub(crate) struct Workload {
    transactions: Vec<Vec<ObjectChange>>,
    /// By resource version, from 1; only versions at the end of a transaction.
    states: BTreeMap<u64, BTreeMap<Vec<u8>, Vec<u8>>>,
}

impl Workload {
    pub(crate) fn new(random: &mut Random, length: usize) -> Self {
        Self::with_objects(random, length, 3)
    }

    /// The same with up to this many objects.
    pub(crate) fn with_objects(random: &mut Random, length: usize, objects: usize) -> Self {
        let mut rows = BTreeMap::new();
        let mut version = 1;
        let mut states = BTreeMap::from([(version, rows.clone())]);
        let mut transactions = Vec::new();
        for _ in 0..length {
            let changes: Vec<ObjectChange> = (0..=random.below(objects)).map(|_| change(random, objects)).collect();
            for (object, entries) in &changes {
                version += 1;
                for (name, value) in entries {
                    let key = image_key(&format!("{object}/{name}"));
                    match value {
                        Some(value) => rows.insert(key, value.clone()),
                        None => rows.remove(&key),
                    };
                }
            }
            states.insert(version, rows.clone());
            transactions.push(changes);
        }
        Self { transactions, states }
    }

    /// The version after the last transaction.
    pub(crate) fn last(&self) -> u64 {
        self.states.keys().last().copied().unwrap_or_default()
    }

    /// Whether these are the rows of a version at the end of a transaction.
    pub(crate) fn is_at(&self, version: u64, rows: &[(Vec<u8>, Vec<u8>)]) -> bool {
        self.states.get(&version).is_some_and(|state| rows.iter().cloned().eq(state.clone()))
    }

    pub(crate) fn open(mode: Mode, disk: &Disk) -> Result<Store> {
        let mut options = OPTIONS;
        options.journal.background = mode == Mode::Background;
        Self::open_with(mode, disk, &options)
    }

    pub(crate) fn open_with(mode: Mode, disk: &Disk, options: &StoreOptions) -> Result<Store> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let id = || format!("id-{:09}", NEXT.fetch_add(1, Ordering::Relaxed));
        let journal = (mode != Mode::Plain).then(|| disk.journal());
        Store::with_backend(disk.clone(), journal, Path::new("disk"), options, true, id)
    }

    /// Runs all transactions that the store does not have yet, until one fails. `acknowledged` gets the resource
    /// version of each that succeeded.
    pub(crate) fn run(&self, store: &Store, acknowledged: impl FnMut(u64)) -> Result<()> {
        self.run_some(store, usize::MAX, acknowledged)
    }

    /// The same with at most `limit` transactions.
    pub(crate) fn run_some(&self, store: &Store, limit: usize, mut acknowledged: impl FnMut(u64)) -> Result<()> {
        let version = store.read()?.state()?.version;
        let seen = self.states.range(..version).count();
        for transaction in self.transactions.iter().skip(seen).take(limit) {
            let version = store.write(|tx| {
                for (object, entries) in transaction {
                    tx.change(&image_key(&format!("{object}/")), |tx, _| apply(tx, object, entries))?;
                }
                Ok(tx.state()?.version)
            })?;
            acknowledged(version);
        }
        Ok(())
    }

    /// Asserts that the store verifies cleanly, has everything that was acknowledged, and no partial transaction.
    pub(crate) fn check(&self, store: &Store, acknowledged: u64, case: &str) {
        self.check_rows(store, acknowledged, case);
        let found = store.verify_rows(|_, _| Ok(())).unwrap();
        assert_eq!((found.repaired, found.problems.len()), (false, 0), "{case}: {found:?}");
    }

    /// The same by reading only.
    pub(crate) fn check_rows(&self, store: &Store, acknowledged: u64, case: &str) {
        let read = store.read().unwrap();
        let version = read.state().unwrap().version;
        assert!(
            version >= acknowledged,
            "{case}: version {acknowledged} was acknowledged, but the store is at {version}"
        );
        let expected = self.states.get(&version).unwrap_or_else(|| panic!("{case}: a partial transaction"));
        assert!(objects(&read).into_iter().eq(expected.clone()), "{case}: not the rows of version {version}");
    }
}

fn change(random: &mut Random, objects: usize) -> ObjectChange {
    let object = format!("object-{}", random.below(objects));
    let entries = (0..=random.below(4)).map(|_| {
        let value = vec![u8::try_from(random.below(256)).unwrap(); random.below(1500)];
        (format!("row-{}", random.below(8)), (random.below(4) > 0).then_some(value))
    });
    (object, entries.collect())
}

fn apply(tx: &mut Write, object: &str, entries: &[(String, Option<Vec<u8>>)]) -> Result<()> {
    for (name, value) in entries {
        let key = image_key(&format!("{object}/{name}"));
        match value {
            Some(value) => tx.put(key, value.clone())?,
            None => tx.delete(key)?,
        }
    }
    Ok(())
}
