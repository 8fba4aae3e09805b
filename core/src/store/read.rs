//! Reading rows, from a snapshot or from a transaction's writes on top of it.

use std::sync::Arc;

use super::engine::{Batch, KeyRange, Order, RowIter, Snapshot, merge};
use super::keys;
use super::record::{Record, StateRecord};
use super::statistics::Counters;
use crate::error::{Error, Result};

/// Rows as of one moment.
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

    /// The state row, which has the resource version of the store.
    fn state(&self) -> Result<StateRecord> {
        let key = keys::state();
        match self.get(&key)? {
            Some(bytes) => StateRecord::read(&key, &bytes),
            None => Err(Error::corrupted(StateRecord::TABLE, "the state row is missing")),
        }
    }
}

/// A read transaction: the rows as of one moment, unaffected by later writes. It does not block writers.
pub(crate) struct Read {
    snapshot: Arc<dyn Snapshot>,
    /// Earlier transactions' writes since the snapshot, the newest first.
    layers: Vec<Arc<Batch>>,
    counters: Arc<Counters>,
}

impl Read {
    pub(crate) fn new(snapshot: Arc<dyn Snapshot>, layers: Vec<Arc<Batch>>, counters: Arc<Counters>) -> Self {
        Self { snapshot, layers, counters }
    }

    /// Counts a row that a transaction on top of this one read from its own writes.
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
