//! Rows in memory on top of those of another engine, which receives them later.

use std::sync::{Arc, PoisonError, RwLock};

use super::memtable::Memtable;
use super::{Batch, Engine, KeyRange, LayerRows, Order, RowIter, Snapshot, merge};
use crate::error::{Error, Result};

/// What was committed and is not in the engine below yet.
#[derive(Debug, Default)]
pub(super) struct Overlay {
    layers: RwLock<Layers>,
}

#[derive(Debug, Default)]
struct Layers {
    /// Receives commits.
    active: Arc<Memtable>,
    /// What is being written to the engine below; it does not change any more.
    frozen: Option<Arc<Memtable>>,
    /// The number of the last commit.
    commit: u64,
}

impl Overlay {
    /// An overlay with rows, up to a commit, that have yet to be written to the engine below.
    pub(super) fn with_frozen(rows: Memtable, commit: u64) -> Self {
        let frozen = Some(Arc::new(rows));
        Self { layers: RwLock::new(Layers { active: Arc::default(), frozen, commit }) }
    }

    /// Adds a commit, which every later snapshot shows.
    pub(super) fn insert(&self, commit: u64, batch: &Batch) {
        let active = self.read(|layers| Arc::clone(&layers.active));
        // No snapshot shows these rows until `commit` is set below.
        active.insert(commit, batch);
        self.change(|layers| layers.commit = commit);
    }

    /// The approximate bytes added since the last freeze.
    pub(super) fn bytes(&self) -> usize {
        self.read(|layers| layers.active.bytes())
    }

    /// Freezes what was added, to be written to the engine below. That engine must have what was frozen before
    /// ([`Overlay::settle`]).
    pub(super) fn freeze(&self) -> Result<()> {
        self.change(|layers| {
            if layers.frozen.is_some() {
                return Err(Error::internal("the last checkpoint is not finished"));
            }
            layers.frozen = Some(std::mem::take(&mut layers.active));
            Ok(())
        })
    }

    /// What was frozen, if the engine below does not have it yet.
    pub(super) fn frozen(&self) -> Option<Arc<Memtable>> {
        self.read(|layers| layers.frozen.clone())
    }

    /// Drops what was frozen: the engine below has it.
    pub(super) fn settle(&self) {
        self.change(|layers| layers.frozen = None);
    }

    /// A snapshot of the current rows.
    pub(super) fn snapshot(&self, below: &dyn Engine) -> Result<Arc<dyn Snapshot>> {
        self.read(|layers| {
            // Taken under the lock: frozen rows may be dropped as soon as the engine below shows them.
            let below = below.snapshot()?;
            let commit = layers.commit;
            let layers = [Some(&layers.active), layers.frozen.as_ref()];
            let layers: Vec<_> = layers.into_iter().flatten().filter(|layer| !layer.is_empty()).cloned().collect();
            if layers.is_empty() {
                return Ok(below);
            }
            Ok(Arc::new(OverlaySnapshot { layers, commit, below }) as Arc<dyn Snapshot>)
        })
    }

    fn read<T>(&self, read: impl FnOnce(&Layers) -> T) -> T {
        read(&self.layers.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn change<T>(&self, change: impl FnOnce(&mut Layers) -> T) -> T {
        change(&mut self.layers.write().unwrap_or_else(PoisonError::into_inner))
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
    fn frozen_rows_are_kept_until_the_engine_below_has_them() {
        let overlay = Overlay::default();
        put(&overlay, 1, b"a");
        overlay.freeze().unwrap();
        put(&overlay, 2, b"b");
        // The checkpoint has failed, and another one is attempted.
        assert!(matches!(overlay.freeze().as_ref().map_err(Error::kind), Err(ErrorKind::Internal(_))));
        assert_eq!(overlay.frozen().unwrap().get(b"a", 2), Some(Some(Vec::new())));
        assert!(overlay.bytes() > 0);
        overlay.settle();
        overlay.freeze().unwrap();
        assert_eq!(overlay.frozen().unwrap().get(b"b", 2), Some(Some(Vec::new())));
    }

    #[test]
    fn a_commit_becomes_visible_after_its_rows_are_added() {
        let overlay = Overlay::default();
        put(&overlay, 1, b"a");
        let number = || overlay.read(|layers| layers.commit);
        let active = overlay.read(|layers| Arc::clone(&layers.active));
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
