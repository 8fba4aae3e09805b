//! Write transactions.

use std::collections::BTreeMap;

use super::engine::{Batch, KeyRange, Order, RowIter, merge};
use super::feed::{self, FeedLimits};
use super::read::{Read, Rows};
use super::record::{self, ChangeRecord, CountsRecord, PreviousRow, StateRecord};
use super::{keys, object_counts};
use crate::api::ObjectMeta;
use crate::error::{Error, Result};

/// What happens to the writes of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WriteMode {
    /// They are committed.
    Commit,
    /// They are dropped.
    DryRun,
}

/// A write transaction: it reads its own writes and those of the transactions before it, and results in a batch.
pub(crate) struct Write {
    below: Read,
    own: Batch,
    state: StateRecord,
    /// The resource version before the transaction.
    before: u64,
    feed_limits: FeedLimits,
    mode: WriteMode,
    scope: Option<Scope>,
    /// The error of a change that failed halfway: then nothing of the transaction may be kept.
    failed: Option<Error>,
}

/// The change being made.
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

    /// Whether what it writes will be dropped.
    pub(crate) fn is_dry_run(&self) -> bool {
        self.mode == WriteMode::DryRun
    }

    /// The newest resource version, with the changes of this transaction.
    pub(crate) fn version(&self) -> u64 {
        self.state.version
    }

    /// Sets the resource version in the metadata of a written object. A dry run leaves the old one, as the API server
    /// answers it.
    pub(crate) fn stamp(&self, metadata: &mut ObjectMeta, version: u64) {
        if self.mode == WriteMode::Commit {
            metadata.resource_version = version.to_string();
        }
    }

    /// Puts a row.
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

    /// Changes one object, whose rows are those with the key prefix `object`. The change takes the next resource
    /// version, and the previous values of the rows that `work` changes are recorded in the change feed, so that it can
    /// be undone.
    ///
    /// `work` may also write rows elsewhere (indexes); they are not recorded. Nor are those of a new object: undoing
    /// its creation leaves the object out.
    ///
    /// # Errors
    ///
    /// Errors of `work`, which then fail the whole transaction. A nested change is refused.
    pub(crate) fn change<T>(&mut self, object: &[u8], work: impl FnOnce(&mut Self, u64) -> Result<T>) -> Result<T> {
        let created = self.prefix(object)?.next().transpose()?.is_none();
        self.change_or_create(object, created, work)
    }

    /// The same for an object that is known to exist: looking for its rows would be a fifth of a push.
    pub(crate) fn update<T>(&mut self, object: &[u8], work: impl FnOnce(&mut Self, u64) -> Result<T>) -> Result<T> {
        self.change_or_create(object, false, work)
    }

    /// The same for an object that is known not to exist, even if some rows have its prefix.
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
            // The version is taken and rows may be written: continuing would leave a hole in the feed.
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
            return Err(Error::internal("a change was started within another change"));
        }
        self.state.version += 1;
        self.scope = Some(Scope { object: object.to_vec(), created, previous: BTreeMap::new() });
        let version = self.state.version;
        let result = work(self, version);
        let scope = self.scope.take();
        let value = result?;
        if let Some(scope) = scope {
            self.count(&scope);
            feed::append(&mut self.own, &self.below, &mut self.state, self.feed_limits, &scope.into_change())?;
        }
        Ok(value)
    }

    /// Counts the object of a change if it was created or deleted.
    fn count(&mut self, scope: &Scope) {
        let Some(objects) = &mut self.state.objects else { return };
        let Some(row) = object_counts::counted_row(&scope.object) else { return };
        let before = match scope.previous.get(&row) {
            Some(previous) => previous.is_some(),
            None if scope.created => false,
            // The change did not touch it.
            None => return,
        };
        let Some(after) = self.own.get(&row) else { return };
        objects.note(&scope.object, before, after.bytes().is_some());
    }

    /// Records the previous value of `key` for the change being made.
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

    /// The writes of the transaction; empty if it wrote nothing.
    pub(crate) fn finish(mut self) -> Result<Batch> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        if self.state.version != self.before {
            if self.state.objects.is_none() {
                self.state.objects = Some(CountsRecord::of(&self)?);
            }
            let key = keys::state();
            self.own.put(key.to_vec(), record::encode(&key, &self.state)?);
        }
        Ok(self.own)
    }
}

impl Scope {
    fn into_change(self) -> ChangeRecord {
        let Self { object, created, previous } = self;
        let behind = object.len();
        let previous =
            previous.into_iter().map(|(mut key, value)| PreviousRow { suffix: key.split_off(behind), value }).collect();
        ChangeRecord { object, created, previous }
    }
}

impl Rows for Write {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        match self.own.get(key) {
            Some(entry) => {
                self.below.count_row();
                Ok(entry.value())
            }
            None => self.below.get(key),
        }
    }

    fn range(&self, range: &KeyRange, order: Order) -> Result<RowIter<'_>> {
        Ok(merge(vec![self.own.layer(range, order)], self.below.range(range, order)?, order))
    }

    fn state(&self) -> Result<StateRecord> {
        Ok(self.state.clone())
    }
}
