//! An in-memory disk with the files of a store. It outlives the stores on it, counts their operations, and can fail.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use imagestream::JournalFile;
use redb::StorageBackend;

/// Which operations of a [`Disk`] fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// None.
    None,
    /// Only the n-th operation, counted from 1.
    Once(u64),
    /// The n-th operation and all after it, as in a crash.
    From(u64),
}

/// The operations on a [`Disk`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Operations {
    /// Writes.
    pub writes: u64,
    /// Changes of the length, and removals.
    pub resizes: u64,
    /// Syncs.
    pub syncs: u64,
}

/// The bytes of a store's own file, and of both journal files; an empty file counts as missing.
pub type Contents = [Vec<u8>; 3];

/// The files of one store.
#[derive(Debug)]
pub struct Disk {
    contents: Mutex<Contents>,
    fault: Fault,
    /// Operations of every kind, including reads.
    steps: AtomicU64,
    writes: AtomicU64,
    resizes: AtomicU64,
    syncs: AtomicU64,
}

/// One of the files of a [`Disk`].
#[derive(Debug)]
struct File {
    disk: Arc<Disk>,
    number: usize,
}

impl Disk {
    /// A disk with these contents; the default is for a new store.
    #[must_use]
    pub fn new(contents: Contents, fault: Fault) -> Arc<Self> {
        Arc::new(Self {
            contents: Mutex::new(contents),
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
        File { disk: Arc::clone(self), number: 0 }
    }

    /// The journal files for a store on this disk.
    #[must_use]
    pub fn journal(self: &Arc<Self>) -> [Box<dyn JournalFile>; 2] {
        [1, 2].map(|number| Box::new(File { disk: Arc::clone(self), number }) as Box<dyn JournalFile>)
    }

    /// A copy of the contents.
    #[must_use]
    pub fn contents(&self) -> Contents {
        self.lock().clone()
    }

    /// The number of operations of every kind, including reads.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps.load(Ordering::SeqCst)
    }

    /// The operations so far, including failed ones.
    #[must_use]
    pub fn operations(&self) -> Operations {
        Operations {
            writes: self.writes.load(Ordering::SeqCst),
            resizes: self.resizes.load(Ordering::SeqCst),
            syncs: self.syncs.load(Ordering::SeqCst),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Contents> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
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

impl File {
    /// Runs `act` on the bytes, unless this operation must fail.
    fn act<T>(&self, act: impl FnOnce(&mut Vec<u8>) -> io::Result<T>) -> io::Result<T> {
        self.disk.step()?;
        act(self.disk.lock().get_mut(self.number).ok_or(io::ErrorKind::NotFound)?)
    }

    fn resize(&self, len: u64) -> io::Result<()> {
        self.disk.resizes.fetch_add(1, Ordering::SeqCst);
        self.act(|bytes| {
            bytes.resize(position(len)?, 0);
            Ok(())
        })
    }
}

impl StorageBackend for File {
    fn len(&self) -> io::Result<u64> {
        self.act(|bytes| Ok(bytes.len() as u64))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.act(|bytes| {
            out.copy_from_slice(bytes.get(range(offset, out.len())?).ok_or(io::ErrorKind::UnexpectedEof)?);
            Ok(())
        })
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.resize(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.disk.syncs.fetch_add(1, Ordering::SeqCst);
        self.disk.step()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.disk.writes.fetch_add(1, Ordering::SeqCst);
        self.act(|bytes| {
            let range = range(offset, data.len())?;
            bytes.get_mut(range).ok_or(io::ErrorKind::UnexpectedEof)?.copy_from_slice(data);
            Ok(())
        })
    }
}

impl JournalFile for File {
    fn len(&self) -> io::Result<u64> {
        StorageBackend::len(self)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        StorageBackend::read(self, offset, out)
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.disk.writes.fetch_add(1, Ordering::SeqCst);
        self.act(|bytes| {
            let range = range(offset, data.len())?;
            bytes.resize(bytes.len().max(range.end), 0);
            bytes.get_mut(range).ok_or(io::ErrorKind::UnexpectedEof)?.copy_from_slice(data);
            Ok(())
        })
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }

    fn remove(&self) -> io::Result<()> {
        self.resize(0)
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
