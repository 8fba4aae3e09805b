//! Other writers on the same engine: commits are superseded, and closures run again.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::random::Random;
use super::{image_key, memory, objects};
use crate::error::{Error, ErrorKind, Result};
use crate::store::engine::{
    Batch, BatchLimit, Commit, Engine, Integrity, KeyRange, Order, Position, RowIter, Snapshot,
};
use crate::store::{FeedLimits, Rows, Store, Write};

/// An in-memory engine that seems to have other writers: at random, every third commit is superseded.
struct Contended {
    below: Arc<dyn Engine>,
    position: Mutex<u64>,
    random: Mutex<Random>,
    superseded: Arc<AtomicU64>,
    limit: Option<BatchLimit>,
}

/// A snapshot with a position.
struct At {
    rows: Arc<dyn Snapshot>,
    position: Position,
}

impl Contended {
    fn new(limit: Option<BatchLimit>) -> Self {
        Self {
            below: Arc::clone(&memory(FeedLimits::default()).inner.engine),
            position: Mutex::new(1),
            random: Mutex::new(Random::fixed()),
            superseded: Arc::default(),
            limit,
        }
    }
}

impl Engine for Contended {
    fn snapshot(&self) -> Result<Arc<dyn Snapshot>> {
        let position = self.position.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::new(At { rows: self.below.snapshot()?, position: Position(*position) }))
    }

    fn commit(&self, base: Position, batch: &Batch) -> Result<Commit> {
        if let Some(limit) = self.limit {
            assert!(limit.allows(batch.size()), "{:?} is over the limit", batch.size());
        }
        let mut position = self.position.lock().unwrap_or_else(PoisonError::into_inner);
        if self.random.lock().unwrap_or_else(PoisonError::into_inner).below(3) == 0 {
            *position += 1;
        }
        if base != Position(*position) {
            self.superseded.fetch_add(1, Ordering::Relaxed);
            return Ok(Commit::Superseded);
        }
        let _ = self.below.commit(Position::default(), batch)?;
        *position += 1;
        Ok(Commit::Done { position: Position(*position) })
    }

    fn batch_limit(&self) -> Option<BatchLimit> {
        self.limit
    }

    fn check(&self) -> Result<Integrity> {
        self.below.check()
    }

    fn compact(&self) -> Result<bool> {
        self.below.compact()
    }
}

impl Snapshot for At {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        self.rows.get(key)
    }

    fn range(&self, range: &KeyRange, order: Order) -> Result<RowIter<'_>> {
        self.rows.range(range, order)
    }

    fn position(&self) -> Position {
        self.position
    }
}

/// A store over such an engine, and the number of its superseded commits.
pub(crate) fn contended() -> (Store, Arc<AtomicU64>) {
    over(Contended::new(None))
}

fn over(engine: Contended) -> (Store, Arc<AtomicU64>) {
    let superseded = Arc::clone(&engine.superseded);
    (Store::over(Arc::new(engine), FeedLimits::default()), superseded)
}

/// Increments the number in a row.
fn increment(tx: &mut Write, key: &[u8]) -> Result<u64> {
    let number = tx.get(key)?.map_or(0, |value| u64::from_be_bytes(value.try_into().unwrap())) + 1;
    tx.change(key, |tx, _| tx.put(key.to_vec(), number.to_be_bytes().to_vec()))?;
    Ok(number)
}

/// Whether forty runs of `work` leave the same rows with and without superseded commits.
fn is_repeatable(work: &impl Fn(&mut Write) -> Result<()>) -> bool {
    let (plain, (contended, superseded)) = (memory(FeedLimits::default()), contended());
    for store in [&plain, &contended] {
        (0..40).for_each(|_| store.write(work).unwrap());
        assert!(store.verify_rows(|_, _| Ok(())).unwrap().is_clean());
    }
    assert!(superseded.load(Ordering::Relaxed) > 5, "{superseded:?}");
    objects(&plain.read().unwrap()) == objects(&contended.read().unwrap())
}

#[test]
fn rerunning_a_closure_does_not_repeat_its_effects() {
    assert!(is_repeatable(&|tx| increment(tx, &image_key("a")).map(drop)));
}

#[test]
fn a_closure_with_state_of_its_own_is_detected() {
    let runs = Cell::new(0_u64);
    let forgetful = |tx: &mut Write| {
        runs.set(runs.get() + 1);
        tx.put(image_key("a"), runs.get().to_be_bytes().to_vec())
    };
    assert!(!is_repeatable(&forgetful));
}

#[test]
fn each_run_takes_new_versions() {
    let (store, _) = contended();
    let versions: Vec<_> =
        (0..40).map(|_| store.write(|tx| tx.change(&image_key("a"), |_, version| Ok(version))).unwrap()).collect();
    assert_eq!(versions, (2..42).collect::<Vec<_>>());
}

/// Threads that each increment a counter of their own and a shared one, over `stores`.
fn count_in_threads(stores: &[Store], each: u64) {
    std::thread::scope(|scope| {
        for (thread, store) in stores.iter().enumerate() {
            scope.spawn(move || {
                for number in 1..=each {
                    let own = store
                        .write(|tx| {
                            increment(tx, &image_key("all"))?;
                            increment(tx, &image_key(&format!("thread {thread}")))
                        })
                        .unwrap();
                    assert_eq!(own, number);
                }
            });
        }
    });
}

fn count(store: &Store) -> u64 {
    u64::from_be_bytes(store.read().unwrap().get(&image_key("all")).unwrap().unwrap().try_into().unwrap())
}

#[test]
fn several_stores_over_one_engine_lose_nothing() {
    let engine: Arc<dyn Engine> = Arc::new(Contended::new(None));
    let stores: Vec<_> = (0..4).map(|_| Store::over(Arc::clone(&engine), FeedLimits::default())).collect();
    // Two writers per store, so that groups of several writers are superseded too.
    let writers: Vec<_> = stores.iter().chain(&stores).cloned().collect();
    count_in_threads(&writers, 30);
    for store in &stores {
        assert_eq!(count(store), 240);
        assert!(store.verify_rows(|_, _| Ok(())).unwrap().is_clean());
    }
}

#[test]
fn groups_are_filled_up_to_the_limit_of_the_engine() {
    // An increment of two counters writes five rows: the counters, their changes, and the state.
    let (store, _) = over(Contended::new(Some(BatchLimit { rows: 11, bytes: 10_000 })));
    count_in_threads(&vec![store.clone(); 8], 20);
    assert_eq!(count(&store), 160);
}

#[test]
fn a_change_over_the_limit_is_refused_and_changes_nothing() {
    for limit in [BatchLimit { rows: 3, bytes: 10_000 }, BatchLimit { rows: 100, bytes: 100 }] {
        let (store, _) = over(Contended::new(Some(limit)));
        let refused =
            store.write(|tx| (0..4).try_for_each(|number| tx.put(image_key(&number.to_string()), vec![7; 40])));
        let ErrorKind::TransactionTooLarge { rows: 4, bytes: 168, max_rows, max_bytes } = *refused.unwrap_err().kind()
        else {
            panic!("{limit:?}")
        };
        assert_eq!((max_rows, max_bytes), (limit.rows, limit.bytes));
        assert!(objects(&store.read().unwrap()).is_empty());
        store.write(|tx| tx.put(image_key("a"), vec![7; 40])).unwrap();
    }
}

#[test]
fn an_error_counts_only_if_the_rows_that_the_closure_read_are_committed() {
    let (store, superseded) = contended();
    let attempts = Cell::new(0);
    for _ in 0..20 {
        let refused = store.write(|tx| {
            attempts.set(attempts.get() + 1);
            tx.put(image_key("a"), Vec::new())?;
            Err::<(), _>(Error::internal("no"))
        });
        assert!(matches!(refused.as_ref().map_err(Error::kind), Err(ErrorKind::Internal(_))));
    }
    assert_eq!((attempts.get(), superseded.load(Ordering::Relaxed)), (20, 0), "nothing was committed");
    assert!(objects(&store.read().unwrap()).is_empty());
}
