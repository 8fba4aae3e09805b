//! The store: rows in one ordered space of byte keys, changed by transactions.
//!
//! From below: an [`engine`] keeps the rows, [`tx`] reads and writes them, [`group_commit`] makes one commit of what
//! concurrent writers leave, [`feed`] and [`history`] keep what changed, [`record`] says what is in a value.

mod engine;
mod feed;
mod group_commit;
mod history;
pub(crate) mod images;
pub(crate) mod keys;
mod merge;
mod object_key;
pub(crate) mod record;
mod rows;
mod statistics;
pub(crate) mod streams;
mod tx;

use std::sync::Arc;

pub(crate) use engine::{Engine, KeyRange, Order, RedbEngine, RowIter};
pub(crate) use feed::{FeedLimits, Since, changes};
pub(crate) use history::{AsOf, History};
pub(crate) use statistics::Statistics;
pub(crate) use tx::{Read, Rows, Write};

use self::engine::Batch;
use self::group_commit::GroupCommit;
use self::record::State;
use self::statistics::Counters;
use crate::error::{Error, Result};

/// A handle of an open store. Clones are the same store; the last one to go closes it.
#[derive(Clone)]
pub(crate) struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Arc<dyn Engine>,
    writers: Option<GroupCommit>,
    counters: Arc<Counters>,
    feed_limits: FeedLimits,
}

impl Store {
    /// The store in `engine`, which has been created.
    pub(crate) fn new(engine: Arc<dyn Engine>, feed_limits: FeedLimits) -> Self {
        let counters = Arc::<Counters>::default();
        let writers = GroupCommit::new(Arc::clone(&engine), Arc::clone(&counters), feed_limits);
        Self { inner: Arc::new(Inner { engine, writers: Some(writers), counters, feed_limits }) }
    }

    /// The same, refusing writes.
    pub(crate) fn read_only(engine: Arc<dyn Engine>) -> Self {
        let inner = Inner { engine, writers: None, counters: Arc::default(), feed_limits: FeedLimits::default() };
        Self { inner: Arc::new(inner) }
    }

    /// Makes a store in an engine that has no rows.
    pub(crate) fn create(engine: &dyn Engine, store_id: String) -> Result<()> {
        let key = keys::state();
        let mut batch = Batch::default();
        batch.put(key.to_vec(), record::encode(&key, &State::new(store_id))?);
        engine.commit(&batch)
    }

    /// A read transaction on what is committed now.
    pub(crate) fn read(&self) -> Result<Read> {
        Ok(Read::new(self.inner.engine.snapshot()?, Vec::new(), Arc::clone(&self.inner.counters)))
    }

    /// Runs `work` in a write transaction. On `Ok` all that it wrote is durable; on any error nothing of it is kept.
    ///
    /// Writers run one after the other, so `work` must not wait for another writer of this store, nor be one.
    ///
    /// # Errors
    ///
    /// Those of `work`; `ReadOnly`; those of the engine, after which all writes are `Poisoned` until the store is opened
    /// anew.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&mut Write) -> Result<T>) -> Result<T> {
        self.inner.writers.as_ref().ok_or(Error::ReadOnly)?.write(work)
    }

    /// Runs `work` as [`Store::write`] would, on what is committed now, and drops what it wrote.
    pub(crate) fn dry_run<T>(&self, work: impl FnOnce(&mut Write) -> Result<T>) -> Result<T> {
        let mut transaction = Write::new(self.read()?, self.inner.feed_limits)?;
        let value = work(&mut transaction)?;
        transaction.finish()?;
        Ok(value)
    }

    /// What the store has done since it was opened.
    pub(crate) fn statistics(&self) -> Statistics {
        self.inner.counters.statistics()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use redb::backends::InMemoryBackend;

    /// An empty store in memory.
    pub(crate) fn memory(feed_limits: FeedLimits) -> Store {
        let engine = RedbEngine::open(InMemoryBackend::new(), 1 << 20, None).unwrap().unwrap();
        Store::create(&engine, "an-id".to_owned()).unwrap();
        Store::new(Arc::new(engine), feed_limits)
    }

    #[test]
    fn a_new_store_is_empty_at_version_one() {
        let read = memory(FeedLimits::default()).read().unwrap();
        let state = read.state().unwrap();
        assert_eq!((state.store_id.as_str(), state.version, state.feed_count()), ("an-id", 1, 0));
        assert_eq!(read.range(&KeyRange::all(), Order::Ascending).unwrap().count(), 1);
    }

    #[test]
    fn a_transaction_is_kept_wholly_or_not_at_all() {
        let store = memory(FeedLimits::default());
        store.write(|tx| tx.put(b"\x02a".to_vec(), b"1".to_vec())).unwrap();
        let refused = store.write(|tx| {
            tx.put(b"\x02b".to_vec(), b"1".to_vec())?;
            tx.delete(b"\x02a".to_vec())?;
            assert_eq!(tx.get(b"\x02b")?, Some(b"1".to_vec()), "it reads its own writes");
            assert_eq!(tx.get(b"\x02a")?, None);
            Err::<(), _>(Error::ReadOnly)
        });
        assert!(matches!(refused, Err(Error::ReadOnly)));
        let read = store.read().unwrap();
        let rows: Vec<_> = read.prefix(&[keys::IMAGES]).unwrap().map(Result::unwrap).collect();
        assert_eq!(rows, [(b"\x02a".to_vec(), b"1".to_vec())]);
    }
}
