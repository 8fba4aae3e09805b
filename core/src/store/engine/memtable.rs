//! Rows in memory, in one version per commit.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use super::{Batch, Entry, KeyRange, LayerRow, Order};

/// The approximate overhead of one version of a row, in bytes.
const OVERHEAD: usize = 64;

/// How many rows a range reader copies at first: few, since most ranges are short.
const FIRST_CHUNK: usize = 4;
const MOST_CHUNK: usize = 256;

/// The writes of commits, by commit number: a reader sees the rows as of one commit, whatever is added later.
#[derive(Debug, Default)]
pub(super) struct Memtable {
    rows: RwLock<BTreeMap<Vec<u8>, Versions>>,
    bytes: AtomicUsize,
}

/// The versions of one row, oldest first; most rows have one.
#[derive(Debug)]
struct Versions {
    first: Version,
    later: Vec<Version>,
}

#[derive(Debug)]
struct Version {
    commit: u64,
    /// `None` is a deletion.
    value: Option<Vec<u8>>,
}

impl Versions {
    /// The newest version up to a commit.
    fn as_of(&self, commit: u64) -> Option<&Version> {
        let later = self.later.partition_point(|version| version.commit <= commit);
        match later.checked_sub(1) {
            Some(newest) => self.later.get(newest),
            None => (self.first.commit <= commit).then_some(&self.first),
        }
    }

    fn newest(&self) -> &Version {
        self.later.last().unwrap_or(&self.first)
    }
}

impl Memtable {
    /// Adds a commit. Its number must be higher than that of every earlier one.
    pub(super) fn insert(&self, commit: u64, batch: &Batch) {
        let mut bytes = 0;
        let mut rows = self.rows.write().unwrap_or_else(PoisonError::into_inner);
        for (key, entry) in batch.iter() {
            let version = Version { commit, value: entry.value() };
            bytes += version.value.as_ref().map_or(0, Vec::len) + OVERHEAD;
            if let Some(versions) = rows.get_mut(key) {
                versions.later.push(version);
            } else {
                bytes += key.len();
                rows.insert(key.to_vec(), Versions { first: version, later: Vec::new() });
            }
        }
        self.bytes.fetch_add(bytes, Relaxed);
    }

    /// The approximate size in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.load(Relaxed)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows().is_empty()
    }

    /// The value of a key as of a commit: `None` if no commit up to that one wrote the key, `Some(None)` if the last
    /// one deleted it.
    #[allow(clippy::option_option, reason = "no write and a deletion are different")]
    pub(super) fn get(&self, key: &[u8], commit: u64) -> Option<Option<Vec<u8>>> {
        self.rows().get(key)?.as_of(commit).map(|version| version.value.clone())
    }

    /// The rows of a range that commits up to one wrote.
    pub(super) fn layer(&self, range: &KeyRange, order: Order, commit: u64) -> Layer<'_> {
        Layer { memtable: self, rest: Some(range.clone()), order, commit, chunk: FIRST_CHUNK, read: VecDeque::new() }
    }

    /// Calls `each` with the newest version of each row, smallest key first.
    pub(super) fn for_each<E>(&self, mut each: impl FnMut(&[u8], Entry<'_>) -> Result<(), E>) -> Result<(), E> {
        self.rows().iter().try_for_each(|(key, versions)| each(key, Entry::of(&versions.newest().value)))
    }

    fn rows(&self) -> RwLockReadGuard<'_, BTreeMap<Vec<u8>, Versions>> {
        self.rows.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The rows of a range, read in chunks, so that readers don't block writers.
pub(super) struct Layer<'a> {
    memtable: &'a Memtable,
    /// The part that has not been read.
    rest: Option<KeyRange>,
    order: Order,
    commit: u64,
    chunk: usize,
    read: VecDeque<LayerRow<'a>>,
}

impl<'a> Layer<'a> {
    fn read_chunk(&mut self) {
        let Some(range) = self.rest.take().filter(|range| !range.is_empty()) else { return };
        let chunk = self.chunk;
        self.chunk = (chunk * 4).min(MOST_CHUNK);
        let rows = self.memtable.rows();
        let rows = rows.range::<[u8], _>(range.bounds());
        let last = match self.order {
            Order::Ascending => self.keep(rows, chunk),
            Order::Descending => self.keep(rows.rev(), chunk),
        };
        self.rest = last.map(|key| range.rest(&key, self.order));
    }

    /// Copies the rows that are visible; returns the last key if there may be more.
    fn keep<'r>(&mut self, rows: impl Iterator<Item = (&'r Vec<u8>, &'r Versions)>, chunk: usize) -> Option<Vec<u8>> {
        for (key, versions) in rows {
            let Some(version) = versions.as_of(self.commit) else { continue };
            let row: LayerRow<'a> = (Cow::Owned(key.clone()), version.value.clone().map(Cow::Owned));
            self.read.push_back(row);
            if self.read.len() == chunk {
                return Some(key.clone());
            }
        }
        None
    }
}

impl<'a> Iterator for Layer<'a> {
    type Item = LayerRow<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.read.is_empty() {
            self.read_chunk();
        }
        self.read.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Rows = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

    fn batches() -> impl Strategy<Value = Vec<Rows>> {
        let key = prop::collection::vec(0_u8..4, 0..4);
        let value = prop::option::of(prop::collection::vec(any::<u8>(), 0..2));
        prop::collection::vec(prop::collection::btree_map(key, value, 0..12), 1..6)
    }

    proptest! {
        #[test]
        fn every_commit_stays_readable(batches in batches(), prefix in prop::collection::vec(0_u8..4, 0..2)) {
            let memtable = Memtable::default();
            let mut states = vec![Rows::new()];
            for (number, rows) in (1..).zip(batches) {
                let mut batch = Batch::default();
                let mut state = states.last().unwrap().clone();
                for (key, value) in rows {
                    match &value {
                        Some(value) => batch.put(key.clone(), value.clone()),
                        None => batch.delete(key.clone()),
                    }
                    state.insert(key, value);
                }
                memtable.insert(number, &batch);
                states.push(state);
            }
            let range = KeyRange::prefix(&prefix);
            for (number, state) in (0..).zip(&states) {
                let within: Vec<_> = state.iter().filter(|(key, _)| key.starts_with(&prefix)).collect();
                for order in [Order::Ascending, Order::Descending] {
                    let mut expected: Vec<_> = within.iter().map(|(key, value)| ((*key).clone(), (*value).clone())).collect();
                    if order == Order::Descending {
                        expected.reverse();
                    }
                    let read: Vec<_> = memtable
                        .layer(&range, order, number)
                        .map(|(key, value)| (key.into_owned(), value.map(Cow::into_owned)))
                        .collect();
                    prop_assert_eq!(read, expected);
                }
                for key in states.last().unwrap().keys() {
                    prop_assert_eq!(memtable.get(key, number), state.get(key).cloned());
                }
            }
            let mut newest = Rows::new();
            memtable.for_each(|key, entry| { newest.insert(key.to_vec(), entry.value()); Ok::<_, ()>(()) }).unwrap();
            prop_assert_eq!(&newest, states.last().unwrap());
        }
    }
}
