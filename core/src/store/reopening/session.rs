//! The use of a storage backend by one database of several that follow each other.

use std::io;
use std::ops::Bound;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use redb::{BackendError, StorageBackend};

/// A backend for one database. The backend itself stays open, and locked, when the database is closed.
#[derive(Debug, Clone)]
pub(in crate::store) struct Session {
    backend: Arc<dyn StorageBackend>,
    ended: Arc<AtomicBool>,
    /// Whether this one takes the locks. They are kept for those that follow.
    locks: bool,
}

impl Session {
    /// The first use of the backend.
    pub(super) fn first(backend: Arc<dyn StorageBackend>) -> Self {
        Self { backend, ended: Arc::default(), locks: true }
    }

    /// A use after the first one.
    pub(super) fn next(backend: Arc<dyn StorageBackend>) -> Self {
        Self { locks: false, ..Self::first(backend) }
    }

    /// Ends it: its database fails from now on.
    pub(super) fn end(&self) {
        self.ended.store(true, Ordering::Release);
    }

    fn backend(&self) -> io::Result<&dyn StorageBackend> {
        if self.ended.load(Ordering::Acquire) {
            return Err(io::Error::other("the store was opened again since, because the disk was full; try again"));
        }
        Ok(self.backend.as_ref())
    }

    fn locks(&self) -> Result<&dyn StorageBackend, BackendError> {
        if self.locks { Ok(self.backend.as_ref()) } else { Err(BackendError::Unsupported) }
    }
}

impl StorageBackend for Session {
    fn len(&self) -> io::Result<u64> {
        self.backend()?.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.backend()?.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.backend()?.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.backend()?.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.backend()?.write(offset, data)
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.locks()?.try_lock_range(start, end)
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.locks()?.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.locks()?.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.locks()?.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.locks()?.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.locks()?.query_lock_range(start, end)
    }
}
