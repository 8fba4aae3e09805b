//! Merging rows with the layers of writes on top of them.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::iter::Peekable;

use super::{Order, Row, RowIter};
use crate::error::Result;

/// A write in a layer: a key with its value, or with `None` if the row is deleted.
pub(crate) type LayerRow<'a> = (Cow<'a, [u8]>, Option<Cow<'a, [u8]>>);

/// The writes of a layer to the rows of a range, in the order asked for.
pub(crate) type LayerRows<'a> = Box<dyn Iterator<Item = LayerRow<'a>> + 'a>;

/// The rows of `base` with `layers` on top of them, the topmost layer first. All of them have the same range and order.
/// A value in a layer replaces the row below it, and a deletion hides it.
pub(crate) fn merge<'a>(layers: Vec<LayerRows<'a>>, base: RowIter<'a>, order: Order) -> RowIter<'a> {
    if layers.is_empty() {
        return base;
    }
    let layers = layers.into_iter().map(Iterator::peekable).collect();
    Box::new(Merge { layers, base: base.peekable(), order })
}

struct Merge<'a> {
    /// The layers that have rows left.
    layers: Vec<Peekable<LayerRows<'a>>>,
    base: Peekable<RowIter<'a>>,
    order: Order,
}

impl<'a> Merge<'a> {
    /// The next row of the layers, taken from the topmost layer that has its key; `None` if the next row of `base`
    /// comes first. Lower rows of the same key are skipped.
    fn next_of_layers(&mut self) -> Option<LayerRow<'a>> {
        let order = self.order;
        let mut first: Option<(usize, &[u8])> = None;
        for (index, layer) in self.layers.iter_mut().enumerate() {
            let Some((key, _)) = layer.peek() else { continue };
            if first.is_none_or(|(_, other)| order.of(key, other) == Ordering::Less) {
                first = Some((index, key));
            }
        }
        let (index, key) = first?;
        let hidden = match self.base.peek() {
            Some(Ok((other, _))) => match order.of(key, other) {
                Ordering::Greater => return None,
                relation => relation == Ordering::Equal,
            },
            _ => false,
        };
        if hidden {
            self.base.next();
        }
        let row = self.layers.get_mut(index)?.next()?;
        for layer in self.layers.iter_mut().skip(index + 1) {
            layer.next_if(|(other, _)| *other == row.0);
        }
        Some(row)
    }
}

impl Iterator for Merge<'_> {
    type Item = Result<Row>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.layers.is_empty() {
            if let Some(error) = self.base.next_if(Result::is_err) {
                // No row may follow an error, or the missing ones would go unnoticed.
                self.layers.clear();
                return Some(error);
            }
            match self.next_of_layers() {
                Some((key, Some(value))) => return Some(Ok((key.into_owned(), value.into_owned()))),
                Some((_, None)) => {}
                None => {
                    self.layers.retain_mut(|layer| layer.peek().is_some());
                    if !self.layers.is_empty() {
                        return self.base.next();
                    }
                }
            }
        }
        self.base.next()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Batch, KeyRange};
    use super::*;
    use crate::error::ErrorKind;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    type Model = BTreeMap<Vec<u8>, Vec<u8>>;
    type Writes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

    fn rows(model: &Model, order: Order) -> Vec<Row> {
        let rows = model.iter().map(|(key, value)| (key.clone(), value.clone()));
        match order {
            Order::Ascending => rows.collect(),
            Order::Descending => rows.rev().collect(),
        }
    }

    fn key() -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(0_u8..3, 0..3)
    }

    fn writes() -> impl Strategy<Value = Writes> {
        prop::collection::btree_map(key(), prop::option::of(prop::collection::vec(any::<u8>(), 0..2)), 0..8)
    }

    proptest! {
        #[test]
        fn merged_rows_are_those_after_all_writes(base in writes(), layers in prop::collection::vec(writes(), 1..4)) {
            let base: Model = base.into_iter().filter_map(|(key, value)| value.map(|value| (key, value))).collect();
            let mut expected = base.clone();
            let mut batches = Vec::new();
            for layer in layers {
                let mut batch = Batch::default();
                for (key, value) in layer {
                    if let Some(value) = value {
                        expected.insert(key.clone(), value.clone());
                        batch.put(key, value);
                    } else {
                        expected.remove(&key);
                        batch.delete(key);
                    }
                }
                batches.insert(0, batch);
            }
            for order in [Order::Ascending, Order::Descending] {
                let layers = batches.iter().map(|batch| batch.layer(&KeyRange::all(), order)).collect();
                let merged = merge(layers, Box::new(rows(&base, order).into_iter().map(Ok)), order);
                prop_assert_eq!(merged.collect::<Result<Vec<_>>>().unwrap(), rows(&expected, order));
            }
        }
    }

    #[test]
    fn nothing_follows_an_error() {
        let mut batch = Batch::default();
        batch.put(b"a".to_vec(), Vec::new());
        batch.put(b"z".to_vec(), Vec::new());
        let base = vec![Ok((b"b".to_vec(), Vec::new())), Err(ErrorKind::ReadOnly.into())];
        let entries = batch.layer(&KeyRange::all(), Order::Ascending);
        let merged: Vec<_> = merge(vec![entries], Box::new(base.into_iter()), Order::Ascending).collect();
        assert_eq!(merged.len(), 3);
        assert!(merged[2].is_err());
    }
}
