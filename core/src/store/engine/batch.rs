//! Batches: writes that are committed together.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Add;

use super::{KeyRange, LayerRows, Order};

/// Rows to put and delete, at most one entry per key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Batch {
    rows: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
}

impl Batch {
    /// Puts a row.
    pub(crate) fn put(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.rows.insert(key, Some(value));
    }

    /// Deletes the row of `key`, if there is one.
    pub(crate) fn delete(&mut self, key: Vec<u8>) {
        self.rows.insert(key, None);
    }

    /// The entry for `key`, if there is one.
    pub(crate) fn get(&self, key: &[u8]) -> Option<Entry<'_>> {
        self.rows.get(key).map(Entry::of)
    }

    /// Whether the batch has no entries.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The number of entries.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The size, for an engine that limits its commits.
    pub(crate) fn size(&self) -> BatchSize {
        let bytes = |(key, value): (&Vec<u8>, &Option<Vec<u8>>)| key.len() + value.as_ref().map_or(0, Vec::len);
        BatchSize { rows: self.rows.len(), bytes: self.rows.iter().map(bytes).sum() }
    }

    /// Applies `later` after this batch, as one batch.
    pub(crate) fn append(&mut self, later: Self) {
        if self.rows.is_empty() {
            self.rows = later.rows;
        } else {
            // Inserted one by one: `BTreeMap::append` iterates over all rows of both maps.
            self.rows.extend(later.rows);
        }
    }

    /// The entries, smallest key first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u8], Entry<'_>)> {
        self.rows.iter().map(|(key, value)| (key.as_slice(), Entry::of(value)))
    }

    /// The entries for the keys of a range.
    pub(crate) fn layer(&self, range: &KeyRange, order: Order) -> LayerRows<'_> {
        if range.is_empty() {
            return Box::new(std::iter::empty());
        }
        let rows = self.rows.range::<[u8], _>(range.bounds());
        let rows = rows.map(|(key, value)| (Cow::Borrowed(key.as_slice()), value.as_deref().map(Cow::Borrowed)));
        match order {
            Order::Ascending => Box::new(rows),
            Order::Descending => Box::new(rows.rev()),
        }
    }
}

/// The size of a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct BatchSize {
    /// Rows put or deleted.
    pub(crate) rows: usize,
    /// Bytes of their keys and values.
    pub(crate) bytes: usize,
}

impl Add for BatchSize {
    type Output = Self;

    /// An upper bound for the merged batch: a key that both have counts twice.
    fn add(self, other: Self) -> Self {
        Self { rows: self.rows + other.rows, bytes: self.bytes + other.bytes }
    }
}

/// What a batch does to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry<'a> {
    /// Sets the value.
    Put(&'a [u8]),
    /// Deletes the row.
    Delete,
}

impl<'a> Entry<'a> {
    /// The entry that leaves `value` in the row.
    #[allow(clippy::ref_option, reason = "the map stores it like this")]
    pub(crate) fn of(value: &'a Option<Vec<u8>>) -> Self {
        value.as_deref().map_or(Self::Delete, Self::Put)
    }

    /// The value of the row afterwards.
    pub(crate) fn bytes(self) -> Option<&'a [u8]> {
        match self {
            Self::Put(value) => Some(value),
            Self::Delete => None,
        }
    }

    /// A copy of the value of the row afterwards.
    pub(crate) fn value(self) -> Option<Vec<u8>> {
        self.bytes().map(<[u8]>::to_vec)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_later_batch_wins() {
        let mut batch = Batch::default();
        batch.put(b"a".to_vec(), b"1".to_vec());
        batch.put(b"b".to_vec(), b"1".to_vec());
        batch.delete(b"c".to_vec());
        let mut later = Batch::default();
        later.delete(b"b".to_vec());
        later.put(b"c".to_vec(), b"2".to_vec());
        batch.append(later);
        assert_eq!(batch.len(), 3);
        assert_eq!(batch.get(b"a"), Some(Entry::Put(b"1")));
        assert_eq!(batch.get(b"b"), Some(Entry::Delete));
        assert_eq!(batch.get(b"c"), Some(Entry::Put(b"2")));
        assert_eq!(batch.get(b"d"), None);
    }
}
