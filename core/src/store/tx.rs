//! Transactions: what reads and writes rows.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::engine::{Batch, KeyRange, Order, RowIter, Snapshot, merge};
use super::feed::{self, FeedLimits};
use super::keys;
use super::record::{self, Change, PreviousRow, Record, State};
use super::statistics::Counters;
use crate::api::ObjectMeta;
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

/// What becomes of what a write transaction leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WriteMode {
    /// It is kept.
    Commit,
    /// It is dropped.
    DryRun,
}

/// A write transaction: reads what it wrote itself and what those before it wrote, and leaves a batch.
pub(crate) struct Write {
    below: Read,
    own: Batch,
    state: State,
    /// The resource version before the transaction.
    before: u64,
    feed_limits: FeedLimits,
    mode: WriteMode,
    scope: Option<Scope>,
    /// Why a change was given up halfway: then nothing of the transaction may be kept.
    failed: Option<Error>,
}

/// The change that is being made.
struct Scope {
    object: Vec<u8>,
    created: bool,
    previous: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
}

impl Write {
    pub(crate) fn new(below: Read, feed_limits: FeedLimits, mode: WriteMode) -> Result<Self> {
        let state = below.state()?;
        let (own, before) = (Batch::default(), state.version);
        Ok(Self { below, own, state, before, feed_limits, mode, scope: None, failed: None })
    }

    /// Gives the metadata of an object that was written the version of its change. In a dry run they keep the version that
    /// they have, as the API answers it.
    pub(crate) fn stamp(&self, metadata: &mut ObjectMeta, version: u64) {
        if self.mode == WriteMode::Commit {
            metadata.resource_version = version.to_string();
        }
    }

    /// Gives `key` a value.
    pub(crate) fn put(&mut self, key: Vec<u8>, value: Vec<u8>) -> Result<()> {
        self.remember(&key)?;
        self.own.put(key, value);
        Ok(())
    }

    /// Deletes the row of `key`, if there is one.
    pub(crate) fn delete(&mut self, key: Vec<u8>) -> Result<()> {
        self.remember(&key)?;
        self.own.delete(key);
        Ok(())
    }

    /// Makes a change of one object, whose rows are those that begin with `object`: it takes the next resource version,
    /// and what `work` does to these rows is recorded in the change feed, so that it can be undone.
    ///
    /// Rows elsewhere (indexes) may be written in `work` too; they are not recorded. Neither are those of a new object:
    /// undoing its creation is leaving it out.
    ///
    /// # Errors
    ///
    /// Those of `work`, which then fail the whole transaction. A change within a change is refused.
    pub(crate) fn change<T>(&mut self, object: &[u8], work: impl FnOnce(&mut Self, u64) -> Result<T>) -> Result<T> {
        let created = self.prefix(object)?.next().transpose()?.is_none();
        self.change_or_create(object, created, work)
    }

    /// The same of an object that is known to be there: looking for its rows is a fifth of a push.
    pub(crate) fn update<T>(&mut self, object: &[u8], work: impl FnOnce(&mut Self, u64) -> Result<T>) -> Result<T> {
        self.change_or_create(object, false, work)
    }

    /// The same of an object that is known not to be there, whatever rows about it there may be.
    pub(crate) fn create<T>(&mut self, object: &[u8], work: impl FnOnce(&mut Self, u64) -> Result<T>) -> Result<T> {
        self.change_or_create(object, true, work)
    }

    fn change_or_create<T>(
        &mut self,
        object: &[u8],
        created: bool,
        work: impl FnOnce(&mut Self, u64) -> Result<T>,
    ) -> Result<T> {
        let result = self.try_change(object, created, work);
        if let Err(error) = &result {
            // The version is taken and rows may be written: a caller who goes on would leave a hole in the feed.
            self.failed.get_or_insert_with(|| error.clone());
        }
        result
    }

    fn try_change<T>(
        &mut self,
        object: &[u8],
        created: bool,
        work: impl FnOnce(&mut Self, u64) -> Result<T>,
    ) -> Result<T> {
        if self.scope.is_some() {
            return Err(Error::internal("a change was begun within another one"));
        }
        self.state.version += 1;
        self.scope = Some(Scope { object: object.to_vec(), created, previous: BTreeMap::new() });
        let version = self.state.version;
        let result = work(self, version);
        let scope = self.scope.take();
        let value = result?;
        if let Some(scope) = scope {
            feed::append(&mut self.own, &self.below, &mut self.state, self.feed_limits, &scope.into_change())?;
        }
        Ok(value)
    }

    /// Remembers the row of `key` as it was before the change that is being made.
    fn remember(&mut self, key: &[u8]) -> Result<()> {
        let wanted =
            |scope: &Scope| !scope.created && key.starts_with(&scope.object) && !scope.previous.contains_key(key);
        if !self.scope.as_ref().is_some_and(wanted) {
            return Ok(());
        }
        let previous = self.get(key)?;
        if let Some(scope) = &mut self.scope {
            scope.previous.insert(key.to_vec(), previous);
        }
        Ok(())
    }

    /// What the transaction leaves; empty if it wrote nothing.
    pub(crate) fn finish(mut self) -> Result<Batch> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        if self.state.version != self.before {
            let key = keys::state();
            self.own.put(key.to_vec(), record::encode(&key, &self.state)?);
        }
        Ok(self.own)
    }
}

impl Scope {
    fn into_change(self) -> Change {
        let Self { object, created, previous } = self;
        let behind = object.len();
        let previous =
            previous.into_iter().map(|(mut key, value)| PreviousRow { suffix: key.split_off(behind), value }).collect();
        Change { object, created, previous }
    }
}

impl Rows for Write {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        match self.own.get(key) {
            Some(entry) => {
                self.below.counters.read_row();
                Ok(entry.value())
            }
            None => self.below.get(key),
        }
    }

    fn range(&self, range: &KeyRange, order: Order) -> Result<RowIter<'_>> {
        Ok(merge(vec![self.own.layer(range, order)], self.below.range(range, order)?, order))
    }

    fn state(&self) -> Result<State> {
        Ok(self.state.clone())
    }
}
