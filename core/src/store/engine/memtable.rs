//! Rows in memory, as they are after each of many commits.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use super::{Batch, Entry, KeyRange, LayerRow, Order};

/// What a version of a row takes beside its bytes, about.
const OVERHEAD: usize = 64;

/// How many rows are copied out at once by who reads a range: few at first, since most ranges are short.
const FIRST_CHUNK: usize = 4;
const MOST_CHUNK: usize = 256;

/// What commits have done to rows, by the number of the commit: a reader sees the rows as of a number, whatever is added
/// meanwhile.
#[derive(Debug, Default)]
pub(super) struct Memtable {
    rows: RwLock<BTreeMap<Vec<u8>, Versions>>,
    bytes: AtomicUsize,
}

/// What was done to one row, oldest first; most rows are written once.
#[derive(Debug)]
struct Versions {
    first: Version,
    later: Vec<Version>,
}

#[derive(Debug)]
struct Version {
    commit: u64,
    /// `None` deletes.
    value: Option<Vec<u8>>,
}

impl Versions {
    /// The newest that is not of a later commit.
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
    /// Adds what a commit did. Its number is higher than that of every one before it.
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

    /// The bytes that it takes, about.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.load(Relaxed)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows().is_empty()
    }

    /// What the commits up to one did to the row of a key: `None` where they did nothing.
    #[allow(clippy::option_option, reason = "nothing done, and deleted, are two things")]
    pub(super) fn get(&self, key: &[u8], commit: u64) -> Option<Option<Vec<u8>>> {
        self.rows().get(key)?.as_of(commit).map(|version| version.value.clone())
    }

    /// What the commits up to one did to the rows of a range.
    pub(super) fn layer(&self, range: &KeyRange, order: Order, commit: u64) -> Layer<'_> {
        Layer { memtable: self, rest: Some(range.clone()), order, commit, chunk: FIRST_CHUNK, read: VecDeque::new() }
    }

    /// Calls `each` with what all commits together did, smallest key first.
    pub(super) fn for_each<E>(&self, mut each: impl FnMut(&[u8], Entry<'_>) -> Result<(), E>) -> Result<(), E> {
        self.rows().iter().try_for_each(|(key, versions)| each(key, Entry::of(&versions.newest().value)))
    }

    fn rows(&self) -> RwLockReadGuard<'_, BTreeMap<Vec<u8>, Versions>> {
        self.rows.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Rows of a range, read in chunks, so that writers don't wait for who reads them.
pub(super) struct Layer<'a> {
    memtable: &'a Memtable,
    /// What is not read yet.
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

    /// Copies the first rows of the commits that are seen; gives the last key where there may be more.
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
        fn every_commit_is_seen_as_it_was(batches in batches(), prefix in prop::collection::vec(0_u8..4, 0..2)) {
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
