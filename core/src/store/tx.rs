//! Write transactions.

use std::collections::BTreeMap;

use super::engine::{Batch, KeyRange, Order, RowIter, merge};
use super::feed::{self, FeedLimits};
use super::keys;
use super::read::{Read, Rows};
use super::record::{self, Change, PreviousRow, State};
use crate::api::ObjectMeta;
use crate::error::{Error, Result};

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

    /// Whether what it leaves will be dropped.
    pub(crate) fn is_dry_run(&self) -> bool {
        self.mode == WriteMode::DryRun
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
                self.below.count_row();
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
