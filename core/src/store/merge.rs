//! Reading rows through batches that lie over them.

use std::iter::Peekable;

use super::engine::{Entries, Order, Row, RowIter};
use crate::error::Result;

/// The rows of `base` with `layers` over them, the topmost layer first. All of them have the rows of one range in one
/// order. A layer's value replaces what lies below, and its deletion hides it.
pub(crate) fn merge<'a>(layers: Vec<Entries<'a>>, base: RowIter<'a>, order: Order) -> RowIter<'a> {
    if layers.is_empty() {
        return base;
    }
    let layers = layers.into_iter().map(Iterator::peekable).collect();
    Box::new(Merge { layers, base: base.peekable(), order })
}

struct Merge<'a> {
    layers: Vec<Peekable<Entries<'a>>>,
    base: Peekable<RowIter<'a>>,
    order: Order,
}

impl Merge<'_> {
    /// The key that comes next, whoever has it.
    fn next_key(&mut self) -> Option<Vec<u8>> {
        let order = self.order;
        let base = match self.base.peek() {
            Some(Ok((key, _))) => Some(key.as_slice()),
            _ => None,
        };
        let keys = self.layers.iter_mut().filter_map(|layer| layer.peek().map(|(key, _)| *key)).chain(base);
        let next = match order {
            Order::Ascending => keys.min(),
            Order::Descending => keys.max(),
        };
        next.map(<[u8]>::to_vec)
    }
}

impl Iterator for Merge<'_> {
    type Item = Result<Row>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(error) = self.base.next_if(Result::is_err) {
                // No row may follow an error, as if nothing were missing.
                self.layers.clear();
                return Some(error);
            }
            let key = self.next_key()?;
            let below = self.base.next_if(|row| matches!(row, Ok((found, _)) if *found == key));
            let mut value = below.and_then(Result::ok).map(|(_, value)| value);
            // From the lowest layer up, so that the topmost has the last word.
            for layer in self.layers.iter_mut().rev() {
                if let Some((_, entry)) = layer.next_if(|(found, _)| *found == key.as_slice()) {
                    value = entry.value();
                }
            }
            if let Some(value) = value {
                return Some(Ok((key, value)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::engine::{Batch, KeyRange};
    use super::*;
    use crate::error::Error;
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
        fn layers_read_as_if_they_had_been_written(base in writes(), layers in prop::collection::vec(writes(), 1..4)) {
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
                let layers = batches.iter().map(|batch| batch.range(&KeyRange::all(), order)).collect();
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
        let base = vec![Ok((b"b".to_vec(), Vec::new())), Err(Error::ReadOnly)];
        let entries = batch.range(&KeyRange::all(), Order::Ascending);
        let merged: Vec<_> = merge(vec![entries], Box::new(base.into_iter()), Order::Ascending).collect();
        assert_eq!(merged.len(), 3);
        assert!(merged[2].is_err());
    }
}
