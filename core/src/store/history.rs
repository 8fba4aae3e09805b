//! Objects as of older resource versions: the current rows with later changes undone.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Bound;

use super::engine::{Entry, KeyRange, LayerRows, Order, RowIter, merge};
use super::feed::{self, Since};
use super::read::{Read, Rows};
use crate::error::Result;

/// A change of one row.
struct Touch {
    /// The resource version of the change.
    version: u64,
    /// The value before that version.
    previous: Option<Vec<u8>>,
}

/// The changes after a resource version, and the rows as of each version since then.
pub(crate) struct History {
    present: Read,
    /// For each key, the changes of its row, oldest first.
    touched: BTreeMap<Vec<u8>, Vec<Touch>>,
    /// For each object (its key prefix), the versions that created it, oldest first. Before each of them it had no
    /// rows.
    created: BTreeMap<Vec<u8>, Vec<u64>>,
    /// The version and the object (its key prefix) of every change, oldest first.
    changes: Vec<(u64, Vec<u8>)>,
}

impl History {
    /// Reads the changes after `since` to objects whose key prefix begins with `under`.
    ///
    /// Takes about as much memory as these changes have bytes in the feed.
    pub(crate) fn load(present: Read, since: u64, under: &[u8]) -> Result<Since<Self>> {
        let mut touched: BTreeMap<Vec<u8>, Vec<Touch>> = BTreeMap::new();
        let mut created: BTreeMap<Vec<u8>, Vec<u64>> = BTreeMap::new();
        let mut changes = Vec::new();
        let kept = match feed::changes(&present, since)? {
            Since::Kept(kept) => kept,
            Since::Expired { oldest } => return Ok(Since::Expired { oldest }),
            Since::Future { current } => return Ok(Since::Future { current }),
        };
        for change in kept {
            let (version, change) = change?;
            if !change.object.starts_with(under) {
                continue;
            }
            if change.created {
                created.entry(change.object.clone()).or_default().push(version);
            }
            changes.push((version, change.object.clone()));
            for row in change.previous {
                let key = [change.object.as_slice(), &row.suffix].concat();
                touched.entry(key).or_default().push(Touch { version, previous: row.value });
            }
        }
        Ok(Since::Kept(Self { present, touched, created, changes }))
    }

    /// The version and the key prefix of the object of every change, oldest first.
    pub(crate) fn changes(&self) -> &[(u64, Vec<u8>)] {
        &self.changes
    }

    /// The rows of the objects as of `version`, which must not be older than the `since` that was loaded.
    pub(crate) fn at(&self, version: u64) -> AsOf<'_> {
        AsOf { history: self, version }
    }
}

/// Rows as of a resource version. Only rows of objects are; indexes and the feed are current.
pub(crate) struct AsOf<'a> {
    history: &'a History,
    version: u64,
}

impl AsOf<'_> {
    /// The effect of undoing the later changes on the row of a key, if there is one.
    fn undo(&self, key: &[u8]) -> Option<Entry<'_>> {
        let touches = self.history.touched.get(key).into_iter().flatten();
        let touch = touches.into_iter().find(|touch| touch.version > self.version);
        match (touch, self.created_later(key)) {
            (None, None) => None,
            (None, Some(_)) => Some(Entry::Delete),
            (Some(touch), Some(created)) if created < touch.version => Some(Entry::Delete),
            (Some(touch), _) => Some(Entry::of(&touch.previous)),
        }
    }

    /// The first later version that created the object of a key.
    fn created_later(&self, key: &[u8]) -> Option<u64> {
        // No object's prefix begins with another's, so the object of this key is the last one whose prefix is not
        // greater.
        let until = (Bound::Unbounded, Bound::Included(key));
        let (object, versions) = self.history.created.range::<[u8], _>(until).next_back()?;
        let mut versions = versions.iter().copied();
        if key.starts_with(object) { versions.find(|version| *version > self.version) } else { None }
    }
}

impl Rows for AsOf<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        match self.undo(key) {
            Some(entry) => Ok(entry.value()),
            None => self.history.present.get(key),
        }
    }

    fn range(&self, range: &KeyRange, order: Order) -> Result<RowIter<'_>> {
        if range.is_empty() {
            return Ok(Box::new(std::iter::empty()));
        }
        let undone = self.history.touched.range::<[u8], _>(range.bounds()).filter_map(|(key, _)| {
            let entry = self.undo(key)?;
            Some((Cow::Borrowed(key.as_slice()), entry.bytes().map(Cow::Borrowed)))
        });
        let undone: LayerRows<'_> = match order {
            Order::Ascending => Box::new(undone),
            Order::Descending => Box::new(undone.rev()),
        };
        let present = self.history.present.range(range, order)?.filter(|row| match row {
            Ok((key, _)) => self.created_later(key).is_none(),
            Err(_) => true,
        });
        Ok(merge(vec![undone], Box::new(present), order))
    }
}
