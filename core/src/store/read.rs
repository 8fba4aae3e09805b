//! Reading rows: of a snapshot, or of what a transaction has written over it.

use std::sync::Arc;

use super::engine::{Batch, KeyRange, Order, RowIter, Snapshot, merge};
use super::keys;
use super::record::{self, Record, State};
use super::statistics::Counters;
use crate::error::{Error, Result};

/// Rows at one moment.
pub(crate) trait Rows {
    /// The value of a key.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>>;

    /// The rows of a range, in the order asked for.
    fn range(&self, range: &KeyRange, order: Order) -> Result<RowIter<'_>>;

    /// The values of several keys, in their order.
    fn get_many(&self, keys: &[&[u8]]) -> Result<Vec<Option<Vec<u8>>>> {
        keys.iter().map(|key| self.get(key)).collect()
    }

    /// The rows whose keys begin with `prefix`, smallest first.
    fn prefix(&self, prefix: &[u8]) -> Result<RowIter<'_>> {
        self.range(&KeyRange::prefix(prefix), Order::Ascending)
    }

    /// What the store says about itself, its resource version above all.
    fn state(&self) -> Result<State> {
        let key = keys::state();
        match self.get(&key)? {
            Some(bytes) => record::decode(&key, &bytes),
            None => Err(Error::corrupted(State::TABLE, "there is none")),
        }
    }
}

/// A read transaction: the rows as of one moment, whatever is written later. It does not hinder writers.
pub(crate) struct Read {
    snapshot: Arc<dyn Snapshot>,
    /// What was written since the snapshot by transactions before this one, the newest first.
    layers: Vec<Arc<Batch>>,
    counters: Arc<Counters>,
}

impl Read {
    pub(crate) fn new(snapshot: Arc<dyn Snapshot>, layers: Vec<Arc<Batch>>, counters: Arc<Counters>) -> Self {
        Self { snapshot, layers, counters }
    }

    /// Counts a row that a transaction over this one had itself.
    pub(super) fn count_row(&self) {
        self.counters.read_row();
    }
}

impl Rows for Read {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        self.counters.read_row();
        match self.layers.iter().find_map(|layer| layer.get(key)) {
            Some(entry) => Ok(entry.value()),
            None => self.snapshot.get(key),
        }
    }

    fn get_many(&self, keys: &[&[u8]]) -> Result<Vec<Option<Vec<u8>>>> {
        if self.layers.is_empty() {
            for _ in keys {
                self.counters.read_row();
            }
            return self.snapshot.get_many(keys);
        }
        keys.iter().map(|key| self.get(key)).collect()
    }

    fn range(&self, range: &KeyRange, order: Order) -> Result<RowIter<'_>> {
        let layers = self.layers.iter().map(|layer| layer.layer(range, order)).collect();
        let rows = merge(layers, self.snapshot.range(range, order)?, order);
        Ok(Box::new(rows.inspect(|_| self.counters.read_row())))
    }
}
