//! A disk in memory that outlives the stores on it, counts what they do, and can fail.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redb::StorageBackend;

/// When the operations of a [`Disk`] fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Never.
    None,
    /// The n-th operation, counted from 1, and no other.
    Once(u64),
    /// The n-th operation and all that follow, as after a crash.
    From(u64),
}

/// What was done to a [`Disk`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Operations {
    /// Changes of a part of the contents.
    pub writes: u64,
    /// Changes of the length.
    pub resizes: u64,
    /// Requests to make durable what was written.
    pub syncs: u64,
}

/// The contents of one file.
#[derive(Debug)]
pub struct Disk {
    bytes: Mutex<Vec<u8>>,
    fault: Fault,
    /// Operations of every kind, reads included.
    steps: AtomicU64,
    writes: AtomicU64,
    resizes: AtomicU64,
    syncs: AtomicU64,
}

/// The storage backend of a [`Disk`].
#[derive(Debug)]
struct DiskBackend(Arc<Disk>);

impl Disk {
    /// A disk with these contents; empty for a new store.
    #[must_use]
    pub fn new(bytes: Vec<u8>, fault: Fault) -> Arc<Self> {
        Arc::new(Self {
            bytes: Mutex::new(bytes),
            fault,
            steps: AtomicU64::new(0),
            writes: AtomicU64::new(0),
            resizes: AtomicU64::new(0),
            syncs: AtomicU64::new(0),
        })
    }

    /// A backend for a store on this disk.
    #[must_use]
    pub fn backend(self: &Arc<Self>) -> impl StorageBackend + use<> {
        DiskBackend(Arc::clone(self))
    }

    /// A copy of the contents.
    #[must_use]
    pub fn contents(&self) -> Vec<u8> {
        self.lock().clone()
    }

    /// How many operations of every kind, reads included, there were.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps.load(Ordering::SeqCst)
    }

    /// What was done so far, failed operations included.
    #[must_use]
    pub fn operations(&self) -> Operations {
        Operations {
            writes: self.writes.load(Ordering::SeqCst),
            resizes: self.resizes.load(Ordering::SeqCst),
            syncs: self.syncs.load(Ordering::SeqCst),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn step(&self) -> io::Result<()> {
        let step = self.steps.fetch_add(1, Ordering::SeqCst) + 1;
        let fails = match self.fault {
            Fault::None => false,
            Fault::Once(n) => step == n,
            Fault::From(n) => step >= n,
        };
        if fails { Err(io::Error::other(format!("operation {step} was made to fail"))) } else { Ok(()) }
    }
}

impl StorageBackend for DiskBackend {
    fn len(&self) -> io::Result<u64> {
        self.0.step()?;
        Ok(self.0.lock().len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.step()?;
        let bytes = self.0.lock();
        let range = range(offset, out.len())?;
        out.copy_from_slice(bytes.get(range).ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.resizes.fetch_add(1, Ordering::SeqCst);
        self.0.step()?;
        self.0.lock().resize(position(len)?, 0);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.syncs.fetch_add(1, Ordering::SeqCst);
        self.0.step()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.writes.fetch_add(1, Ordering::SeqCst);
        self.0.step()?;
        let mut bytes = self.0.lock();
        let range = range(offset, data.len())?;
        bytes.get_mut(range).ok_or(io::ErrorKind::UnexpectedEof)?.copy_from_slice(data);
        Ok(())
    }
}

fn range(offset: u64, len: usize) -> io::Result<std::ops::Range<usize>> {
    let start = position(offset)?;
    let end = start.checked_add(len).ok_or(io::ErrorKind::InvalidInput)?;
    Ok(start..end)
}

fn position(offset: u64) -> io::Result<usize> {
    usize::try_from(offset).map_err(|_| io::ErrorKind::InvalidInput.into())
}
