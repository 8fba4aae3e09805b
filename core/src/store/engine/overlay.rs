//! Rows in memory over those of another engine, which gets them later.

use std::sync::{Arc, PoisonError, RwLock};

use super::memtable::Memtable;
use super::{Batch, Engine, KeyRange, LayerRows, Order, RowIter, Snapshot, merge};
use crate::error::{Error, Result};

/// What was committed and is not in the engine below yet.
#[derive(Debug, Default)]
pub(super) struct Overlay {
    state: RwLock<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Takes what is committed.
    active: Arc<Memtable>,
    /// What the engine below is being given. Nothing is added to it.
    frozen: Option<Arc<Memtable>>,
    /// The last commit.
    commit: u64,
}

impl Overlay {
    /// With rows that the engine below is still to be given, up to a commit.
    pub(super) fn with_frozen(rows: Memtable, commit: u64) -> Self {
        let frozen = Some(Arc::new(rows));
        Self { state: RwLock::new(State { active: Arc::default(), frozen, commit }) }
    }

    /// Adds a commit: every later snapshot shows it.
    pub(super) fn insert(&self, commit: u64, batch: &Batch) {
        let active = self.read(|state| Arc::clone(&state.active));
        // No snapshot shows these rows before the number is known.
        active.insert(commit, batch);
        self.change(|state| state.commit = commit);
    }

    /// The bytes that were added since the last freezing, about.
    pub(super) fn bytes(&self) -> usize {
        self.read(|state| state.active.bytes())
    }

    /// Sets apart what was added, for the engine below. It must have what was set apart before ([`Overlay::settle`]).
    pub(super) fn freeze(&self) -> Result<()> {
        self.change(|state| {
            if state.frozen.is_some() {
                return Err(Error::internal("the last checkpoint is not done"));
            }
            state.frozen = Some(std::mem::take(&mut state.active));
            Ok(())
        })
    }

    /// What was frozen, if the engine below does not have it yet.
    pub(super) fn frozen(&self) -> Option<Arc<Memtable>> {
        self.read(|state| state.frozen.clone())
    }

    /// Forgets what was frozen: the engine below has it.
    pub(super) fn settle(&self) {
        self.change(|state| state.frozen = None);
    }

    /// The rows as they are now.
    pub(super) fn snapshot(&self, below: &dyn Engine) -> Result<Arc<dyn Snapshot>> {
        self.read(|state| {
            // Within the lock: what is frozen may be forgotten as soon as the engine below shows it.
            let below = below.snapshot()?;
            let layers = [Some(&state.active), state.frozen.as_ref()];
            let layers: Vec<_> = layers.into_iter().flatten().filter(|layer| !layer.is_empty()).cloned().collect();
            if layers.is_empty() {
                return Ok(below);
            }
            Ok(Arc::new(OverlaySnapshot { layers, commit: state.commit, below }) as Arc<dyn Snapshot>)
        })
    }

    fn read<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.write().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The rows as of one commit.
struct OverlaySnapshot {
    /// The newest first.
    layers: Vec<Arc<Memtable>>,
    commit: u64,
    below: Arc<dyn Snapshot>,
}

impl Snapshot for OverlaySnapshot {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        match self.layers.iter().find_map(|layer| layer.get(key, self.commit)) {
            Some(value) => Ok(value),
            None => self.below.get(key),
        }
    }

    fn range(&self, range: &KeyRange, order: Order) -> Result<RowIter<'_>> {
        let layers = self.layers.iter().map(|layer| Box::new(layer.layer(range, order, self.commit)) as LayerRows<'_>);
        Ok(merge(layers.collect(), self.below.range(range, order)?, order))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn put(overlay: &Overlay, commit: u64, key: &[u8]) {
        let mut batch = Batch::default();
        batch.put(key.to_vec(), Vec::new());
        overlay.insert(commit, &batch);
    }

    #[test]
    fn what_was_set_apart_is_kept_until_the_engine_below_has_it() {
        let overlay = Overlay::default();
        put(&overlay, 1, b"a");
        overlay.freeze().unwrap();
        put(&overlay, 2, b"b");
        // The checkpoint has failed, and somebody begins another one.
        assert!(matches!(overlay.freeze().as_ref().map_err(Error::kind), Err(ErrorKind::Internal(_))));
        assert_eq!(overlay.frozen().unwrap().get(b"a", 2), Some(Some(Vec::new())));
        assert!(overlay.bytes() > 0);
        overlay.settle();
        overlay.freeze().unwrap();
        assert_eq!(overlay.frozen().unwrap().get(b"b", 2), Some(Some(Vec::new())));
    }

    #[test]
    fn the_number_of_a_commit_comes_after_its_rows() {
        let overlay = Overlay::default();
        put(&overlay, 1, b"a");
        let number = || overlay.read(|state| state.commit);
        let active = overlay.read(|state| Arc::clone(&state.active));
        std::thread::scope(|scope| {
            let held = active.for_each(|_, _| {
                // Its rows can't be added yet.
                scope.spawn(|| put(&overlay, 2, b"b"));
                std::thread::sleep(std::time::Duration::from_millis(50));
                assert_eq!(number(), 1);
                Ok::<_, ()>(())
            });
            held.unwrap();
        });
        assert_eq!(number(), 2);
    }
}
