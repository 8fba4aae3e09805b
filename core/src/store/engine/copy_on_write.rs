//! A storage backend that buffers writes until they may reach the file.

use std::collections::BTreeMap;
use std::io;
use std::ops::Bound;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redb::{BackendError, StorageBackend};

/// The unit in which changed bytes are buffered.
const BLOCK: u64 = BLOCK_LEN as u64;
const BLOCK_LEN: usize = 4096;

/// A backend that keeps writes in memory, on top of another backend.
///
/// redb changes a file by opening it, so every file is opened through this backend first: permanently where it is only
/// read, or until it is known to be a store that this library can write. Then the buffered operations are replayed, and
/// everything goes directly to the other backend. Clones share the same backend.
#[derive(Debug, Clone)]
pub(crate) struct CopyOnWrite {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    backend: Box<dyn StorageBackend>,
    read_only: bool,
    /// Whether the buffered operations have been replayed, so that nothing is buffered any more.
    released: AtomicBool,
    held: Mutex<Held>,
}

/// The buffered writes.
#[derive(Default)]
struct Held {
    /// The length that readers see.
    len: u64,
    /// How many bytes of the other backend are visible where no block covers them.
    visible: u64,
    /// Changed blocks by block number. They may extend beyond the end, filled with zeros.
    blocks: BTreeMap<u64, Vec<u8>>,
    /// The same writes, in the order in which they came.
    operations: Vec<Operation>,
}

enum Operation {
    SetLen(u64),
    Write(u64, Vec<u8>),
    Sync,
}

impl CopyOnWrite {
    /// Buffers writes until [`release`](Self::release). Locks are those of `backend`.
    pub(crate) fn new(backend: Box<dyn StorageBackend>) -> io::Result<Self> {
        Self::over(backend, false)
    }

    /// Never changes `backend`, and takes shared locks instead of exclusive ones, so that any number of readers may
    /// open it.
    pub(crate) fn read_only(backend: Box<dyn StorageBackend>) -> io::Result<Self> {
        Self::over(backend, true)
    }

    fn over(backend: Box<dyn StorageBackend>, read_only: bool) -> io::Result<Self> {
        let len = backend.len()?;
        let held = Mutex::new(Held { len, visible: len, ..Held::default() });
        Ok(Self { shared: Arc::new(Shared { backend, read_only, released: AtomicBool::new(false), held }) })
    }

    /// Replays the buffered operations on the other backend, in the same order and with the same syncs: if this fails
    /// or is interrupted, the bytes are in a state that a crash could have left.
    pub(crate) fn release(&self) -> io::Result<()> {
        let mut held = self.held();
        for operation in &held.operations {
            match operation {
                Operation::SetLen(len) => self.shared.backend.set_len(*len)?,
                Operation::Write(offset, data) => self.shared.backend.write(*offset, data)?,
                Operation::Sync => self.shared.backend.sync_data()?,
            }
        }
        self.done(&mut held);
        Ok(())
    }

    /// Writes everything to the other backend, which was empty, with the first block last. Until then the file begins
    /// with `unfinished`, so an interrupted creation is recognised.
    pub(crate) fn release_new(&self, unfinished: &[u8]) -> io::Result<()> {
        let mut held = self.held();
        let backend = &self.shared.backend;
        backend.set_len(unfinished.len() as u64)?;
        backend.write(0, unfinished)?;
        backend.sync_data()?;
        backend.set_len(held.len)?;
        let mut first = None;
        for (number, block) in held.blocks.range(..held.len.div_ceil(BLOCK)) {
            let offset = number * BLOCK;
            let end = clamp(held.len.saturating_sub(offset), block.len());
            let bytes = block.get(..end).unwrap_or(block);
            if offset == 0 {
                first = Some(bytes);
            } else {
                backend.write(offset, bytes)?;
            }
        }
        backend.sync_data()?;
        backend.write(0, first.unwrap_or_default())?;
        backend.sync_data()?;
        self.done(&mut held);
        Ok(())
    }

    fn done(&self, held: &mut Held) {
        *held = Held::default();
        self.shared.released.store(true, Ordering::Release);
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.shared.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The buffer, or `None` once everything goes directly to the other backend.
    fn holding(&self) -> Option<MutexGuard<'_, Held>> {
        let released = || self.shared.released.load(Ordering::Acquire);
        if released() {
            return None;
        }
        let held = self.held();
        // Checked again: it may have been released while this thread waited for the lock.
        (!released()).then_some(held)
    }
}

impl Held {
    fn read(&self, backend: &dyn StorageBackend, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let end = offset.checked_add(out.len() as u64).filter(|end| *end <= self.len);
        let end = end.ok_or(io::ErrorKind::UnexpectedEof)?;
        let below = clamp(self.visible.saturating_sub(offset), out.len());
        if let Some((below, beyond)) = out.split_at_mut_checked(below) {
            if !below.is_empty() {
                backend.read(offset, below)?;
            }
            beyond.fill(0);
        }
        for (number, block) in self.blocks.range(offset / BLOCK..end.div_ceil(BLOCK)) {
            overlay(out, offset, block, number * BLOCK);
        }
        Ok(())
    }

    fn write(&mut self, backend: &dyn StorageBackend, offset: u64, data: &[u8]) -> io::Result<()> {
        let end = offset.checked_add(data.len() as u64).filter(|end| *end <= self.len);
        let end = end.ok_or(io::ErrorKind::UnexpectedEof)?;
        for number in offset / BLOCK..end.div_ceil(BLOCK) {
            let start = number * BLOCK;
            let mut block = vec![0; BLOCK_LEN];
            if let Some(within) = block.get_mut(..clamp(self.len - start, BLOCK_LEN)) {
                self.read(backend, start, within)?;
            }
            overlay(&mut block, start, data, offset);
            self.blocks.insert(number, block);
        }
        Ok(())
    }

    fn set_len(&mut self, len: u64) {
        if len < self.len {
            self.visible = self.visible.min(len);
            // Bytes cut off here read as zeros if the file grows again.
            for (number, block) in self.blocks.range_mut(len / BLOCK..) {
                let kept = clamp(len.saturating_sub(number * BLOCK), block.len());
                if let Some(cut) = block.get_mut(kept..) {
                    cut.fill(0);
                }
            }
        }
        self.len = len;
    }
}

/// Copies the part of `source` (at `source_offset`) that overlaps with `target` (at `target_offset`).
fn overlay(target: &mut [u8], target_offset: u64, source: &[u8], source_offset: u64) {
    let start = clamp(source_offset.saturating_sub(target_offset), target.len());
    let skipped = clamp(target_offset.saturating_sub(source_offset), source.len());
    let (target, source) = (target.get_mut(start..), source.get(skipped..));
    if let (Some(target), Some(source)) = (target, source) {
        let common = target.len().min(source.len());
        if let (Some(target), Some(source)) = (target.get_mut(..common), source.get(..common)) {
            target.copy_from_slice(source);
        }
    }
}

/// `number`, but at most `most`.
fn clamp(number: u64, most: usize) -> usize {
    usize::try_from(number).map_or(most, |number| number.min(most))
}

impl std::fmt::Debug for Held {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Held")
            .field("len", &self.len)
            .field("blocks", &self.blocks.len())
            .finish_non_exhaustive()
    }
}

impl StorageBackend for CopyOnWrite {
    fn len(&self) -> io::Result<u64> {
        self.holding().map_or_else(|| self.shared.backend.len(), |held| Ok(held.len))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let backend = self.shared.backend.as_ref();
        match self.holding() {
            Some(held) => held.read(backend, offset, out),
            None => backend.read(offset, out),
        }
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let Some(mut held) = self.holding() else { return self.shared.backend.set_len(len) };
        held.set_len(len);
        self.note(&mut held, || Operation::SetLen(len));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let Some(mut held) = self.holding() else { return self.shared.backend.sync_data() };
        self.note(&mut held, || Operation::Sync);
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let backend = self.shared.backend.as_ref();
        let Some(mut held) = self.holding() else { return backend.write(offset, data) };
        held.write(backend, offset, data)?;
        self.note(&mut held, || Operation::Write(offset, data.to_vec()));
        Ok(())
    }

    fn close(&self) -> io::Result<()> {
        self.shared.backend.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        if self.shared.read_only {
            self.shared.backend.try_lock_shared_range(start, end)
        } else {
            self.shared.backend.try_lock_range(start, end)
        }
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.shared.backend.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        if self.shared.read_only {
            self.shared.backend.lock_shared_range(start, end)
        } else {
            self.shared.backend.lock_range(start, end)
        }
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.shared.backend.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.shared.backend.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.shared.backend.query_lock_range(start, end)
    }
}

impl CopyOnWrite {
    /// Records an operation for `release`.
    fn note(&self, held: &mut Held, operation: impl FnOnce() -> Operation) {
        if !self.shared.read_only {
            held.operations.push(operation());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use redb::backends::InMemoryBackend;

    #[derive(Debug, Clone)]
    enum Step {
        SetLen(u64),
        Write(u64, Vec<u8>),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (0..5 * BLOCK).prop_map(Step::SetLen),
            (0..5 * BLOCK, prop::collection::vec(any::<u8>(), 1..6000))
                .prop_map(|(offset, data)| Step::Write(offset, data)),
        ]
    }

    fn bytes(backend: &dyn StorageBackend) -> Vec<u8> {
        let mut bytes = vec![1; usize::try_from(backend.len().unwrap()).unwrap()];
        backend.read(0, &mut bytes).unwrap();
        bytes
    }

    /// A backend that outlives the buffer on top of it.
    fn memory(bytes: &[u8]) -> CopyOnWrite {
        let backend = InMemoryBackend::new();
        backend.set_len(bytes.len() as u64).unwrap();
        backend.write(0, bytes).unwrap();
        let backend = CopyOnWrite::new(Box::new(backend)).unwrap();
        backend.release().unwrap();
        backend
    }

    proptest! {
        #[test]
        fn reads_include_buffered_writes_and_release_replays_them(
            first in prop::collection::vec(any::<u8>(), 0..9000),
            steps in prop::collection::vec(step(), 0..12),
        ) {
            let below = memory(&first);
            let held = CopyOnWrite::new(Box::new(below.clone())).unwrap();
            let direct = memory(&first);
            for step in steps {
                match step {
                    Step::SetLen(len) => {
                        held.set_len(len).unwrap();
                        direct.set_len(len).unwrap();
                    }
                    Step::Write(offset, data) => {
                        let fits = offset + data.len() as u64 <= direct.len().unwrap();
                        prop_assert_eq!(held.write(offset, &data).is_ok(), fits);
                        if fits {
                            direct.write(offset, &data).unwrap();
                        }
                    }
                }
                prop_assert_eq!(bytes(&held), bytes(&direct));
                let half = held.len().unwrap() / 2;
                let mut part = vec![0; usize::try_from(half / 2).unwrap()];
                held.read(half, &mut part).unwrap();
                prop_assert_eq!(&part[..], &bytes(&direct)[usize::try_from(half).unwrap()..][..part.len()]);
            }
            prop_assert_eq!(bytes(&below), first, "nothing is changed before the release");
            held.release().unwrap();
            prop_assert_eq!(bytes(&below), bytes(&direct));
            prop_assert_eq!(bytes(&held), bytes(&direct));
        }
    }

    #[test]
    fn release_new_writes_everything() {
        let below = memory(&[]);
        let held = CopyOnWrite::new(Box::new(below.clone())).unwrap();
        held.set_len(3 * BLOCK + 10).unwrap();
        held.write(BLOCK - 1, &[7; 3]).unwrap();
        held.write(3 * BLOCK, &[9; 10]).unwrap();
        let expected = bytes(&held);
        held.release_new(&[1; 100]).unwrap();
        assert_eq!(bytes(&below), expected);
    }
}
