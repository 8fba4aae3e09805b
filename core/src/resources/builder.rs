//! Opening a store.

use std::path::Path;
use std::sync::Arc;
#[cfg(not(target_family = "wasm"))]
use std::{fs, io};

use super::access::{Shared, StoreAccess};
use super::image_store::ImageStore;
#[cfg(not(target_family = "wasm"))]
use super::repair::RepairReport;
use super::settings::{ImportMode, Settings};
use super::workloads::Workloads;
use crate::authorization::{AllowAll, Authorizer};
#[cfg(not(target_family = "wasm"))]
use crate::environment::System;
use crate::environment::{Clock, UidSource};
#[cfg(not(target_family = "wasm"))]
use crate::error::Error;
use crate::error::Result;
#[cfg(not(target_family = "wasm"))]
use crate::importer::Importer;
#[cfg(not(target_family = "wasm"))]
use crate::store::FileOptions;
#[cfg(not(target_family = "wasm"))]
use crate::store::salvage::salvage_file;
use crate::store::{FeedLimits, JournalFile, JournalFiles, Store, StoreOptions};

/// The name of a caller's backend in errors.
const BACKEND: &str = "the given backend";

/// Options for opening a store.
#[must_use]
pub struct Builder {
    options: StoreOptions,
    create: bool,
    break_lock: bool,
    settings: Settings,
    clock: Arc<dyn Clock>,
    uids: Arc<dyn UidSource>,
    authorizer: Arc<dyn Authorizer>,
}

impl ImageStore {
    /// Opens the store in a file, and creates it if it is missing.
    ///
    /// # Errors
    ///
    /// [`Locked`](crate::ErrorKind::Locked) if another process or handle has it open;
    /// [`NotAStore`](crate::ErrorKind::NotAStore) and [`NewerFormat`](crate::ErrorKind::NewerFormat) if the file is
    /// something else, which leave it unchanged; [`Io`](crate::ErrorKind::Io) if it can't be read or created.
    #[cfg(not(target_family = "wasm"))]
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::builder().open(path)
    }

    /// Creates a store in memory, which is gone when it is dropped.
    ///
    /// # Errors
    ///
    /// Only if the storage engine fails.
    #[cfg(not(target_family = "wasm"))]
    pub fn in_memory() -> Result<Self> {
        Self::builder().open_in_memory()
    }

    /// Options for opening a store, with the system's clock and random uids.
    #[cfg(not(target_family = "wasm"))]
    pub fn builder() -> Builder {
        Builder::new(Arc::new(System), Arc::new(System))
    }
}

impl Builder {
    /// Options for opening a store with this clock and these uids.
    pub fn new(clock: Arc<dyn Clock>, uids: Arc<dyn UidSource>) -> Self {
        Self {
            options: StoreOptions::default(),
            create: true,
            break_lock: false,
            settings: Settings::default(),
            clock,
            uids,
            authorizer: Arc::new(AllowAll),
        }
    }

    /// The clock. Default: the system's.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// The source of uids for new objects. Default: the system's random numbers.
    pub fn uids(mut self, uids: Arc<dyn UidSource>) -> Self {
        self.uids = uids;
        self
    }

    /// `host[:port]` of the registry that serves the streams within the cluster. Default: empty, no registry.
    pub fn internal_registry(mut self, host: impl Into<String>) -> Self {
        self.settings.internal_registry = host.into();
        self
    }

    /// `host[:port]` of the same registry as seen from outside. Default: empty, no registry.
    pub fn external_registry(mut self, host: impl Into<String>) -> Self {
        self.settings.external_registry = host.into();
        self
    }

    /// The import mode of tags that do not set one. Default: [`ImportMode::Legacy`].
    pub fn import_mode(mut self, mode: ImportMode) -> Self {
        self.settings.import_mode = mode;
        self
    }

    /// Decides what callers may do. Default: everything is allowed.
    pub fn authorizer(mut self, authorizer: Arc<dyn Authorizer>) -> Self {
        self.authorizer = authorizer;
        self
    }

    /// Whether requests without an identity are refused. Default: `false`.
    pub fn require_identity(mut self, required: bool) -> Self {
        self.settings.require_identity = required;
        self
    }

    /// Reads images of registries for imports. Default: none, and imports are refused.
    #[cfg(not(target_family = "wasm"))]
    pub fn importer(mut self, importer: Arc<dyn Importer>) -> Self {
        self.settings.importer = Some(importer);
        self
    }

    /// The workloads and limit ranges of a cluster, which HTTP requests can then read. Default: none.
    pub fn workloads(mut self, workloads: Workloads) -> Self {
        self.settings.workloads = Arc::new(workloads);
        self
    }

    /// Size of the page cache in bytes. Default: 64 MiB; 32 MiB on 32-bit targets.
    ///
    /// Half of it holds pages that are being written; all pages that a [checkpoint](Builder::checkpoint_bytes) changes
    /// should fit there.
    pub fn cache_bytes(mut self, bytes: usize) -> Self {
        self.options.cache_size = bytes;
        self
    }

    /// How many bytes of new rows trigger a checkpoint, which writes them to the file. Default: 4 MiB; 2 MiB on 32-bit
    /// targets.
    ///
    /// Until then the rows are in memory and in the journal. A higher value makes pushes cheaper, up to a sixteenth of
    /// the cache; it takes about twice as much memory, and recovery after a crash takes longer. While a checkpoint
    /// runs, up to four times as many bytes may accumulate.
    pub fn checkpoint_bytes(mut self, bytes: usize) -> Self {
        self.options.journal.checkpoint_bytes = bytes;
        self
    }

    /// How many changes are kept for watches and for reads of older versions, and how many bytes they may take. The
    /// limit that is reached first applies. Default: 10,000 changes, 64 MiB.
    pub fn keep_changes(mut self, count: u64, bytes: u64) -> Self {
        self.options.feed_limits = FeedLimits { changes: count, bytes };
        self
    }

    /// Whether a missing file is created. Default: `true`.
    pub fn create(mut self, create: bool) -> Self {
        self.create = create;
        self
    }

    /// Whether to take over the lock of an owner that may still be alive. Default: `false`.
    ///
    /// Only for a lock that is known to be stale: two owners at once destroy the file.
    pub fn break_lock(mut self, break_lock: bool) -> Self {
        self.break_lock = break_lock;
        self
    }

    /// Opens the store in a file.
    ///
    /// # Errors
    ///
    /// As [`ImageStore::open`]; [`NoSuchStore`](crate::ErrorKind::NoSuchStore) if the file is missing and must not be
    /// created.
    #[cfg(not(target_family = "wasm"))]
    pub fn open(self, path: impl AsRef<Path>) -> Result<ImageStore> {
        let options = FileOptions { store: self.options, create: self.create, break_lock: self.break_lock };
        let uids = Arc::clone(&self.uids);
        let store = Store::open_file(path.as_ref(), &options, move || uids.uid())?;
        Ok(self.hold(store))
    }

    /// Opens the store in a file read-only: the file is never changed, and any number of readers may have it open.
    /// Calls that write fail with [`ReadOnly`](crate::ErrorKind::ReadOnly), except for dry runs.
    ///
    /// # Errors
    ///
    /// As [`ImageStore::open`]; [`NoSuchStore`](crate::ErrorKind::NoSuchStore) if the file is missing.
    #[cfg(not(target_family = "wasm"))]
    pub fn open_read_only(self, path: impl AsRef<Path>) -> Result<ImageStore> {
        let store = Store::open_file_read_only(path.as_ref(), &self.options)?;
        Ok(self.hold(store))
    }

    /// Converts the file of a closed store of format 1 to the present format. Other methods refuse such a file with
    /// [`OldFormat`](crate::ErrorKind::OldFormat).
    ///
    /// The rows are checked and written to a new file, which then replaces the old one.
    ///
    /// # Errors
    ///
    /// [`NotAStore`](crate::ErrorKind::NotAStore) if the file is something else;
    /// [`JournalMismatch`](crate::ErrorKind::JournalMismatch) if the store was not closed;
    /// [`NoSuchStore`](crate::ErrorKind::NoSuchStore), [`Locked`](crate::ErrorKind::Locked),
    /// [`Corrupted`](crate::ErrorKind::Corrupted), [`Io`](crate::ErrorKind::Io). Then nothing was changed.
    #[cfg(not(target_family = "wasm"))]
    pub fn convert(self, path: impl AsRef<Path>) -> Result<()> {
        crate::store::convert(path.as_ref(), &self.options, self.break_lock, || self.uids.uid())
    }

    /// Brings back what is intact in a damaged file, into a new one: [`ImageStore::restore_intact`] says what comes back. The
    /// damaged file is only read. If it has a journal, the store was not closed: then it is read as it is opened; only if
    /// that fails, without the journal.
    ///
    /// # Errors
    ///
    /// [`NoSuchStore`](crate::ErrorKind::NoSuchStore), [`Locked`](crate::ErrorKind::Locked),
    /// [`NotAStore`](crate::ErrorKind::NotAStore), [`Io`](crate::ErrorKind::Io), also if the new file exists.
    #[cfg(not(target_family = "wasm"))]
    pub fn repair(self, damaged: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<RepairReport> {
        let to = to.as_ref();
        let found = salvage_file(damaged.as_ref(), &self.options)?;
        if to.exists() {
            return Err(Error::io("creating", to, io::ErrorKind::AlreadyExists.into()));
        }
        let store = self.create(true).open(to)?;
        let report = store.restore_salvaged(&found);
        let closed = store.close();
        if report.is_err() {
            // A part of a repair is of no use. If that fails, too, it is still a valid store.
            let _ = fs::remove_file(to);
        }
        closed.and(report)
    }

    /// Creates a store in memory, which is gone when it is dropped.
    ///
    /// # Errors
    ///
    /// Only if the storage engine fails.
    pub fn open_in_memory(self) -> Result<ImageStore> {
        let store = Store::in_memory(&self.options, self.uids.uid())?;
        Ok(self.hold(store))
    }

    /// Opens the store in a backend of the caller, who must ensure that nobody else uses it. An empty backend becomes a
    /// new store, if [creating](Builder::create) one is allowed. Every commit goes to the backend with its own sync:
    /// [`Builder::open_files`] is faster.
    ///
    /// # Errors
    ///
    /// As [`ImageStore::open`], except for the lock.
    pub fn open_backend(self, backend: impl redb::StorageBackend) -> Result<ImageStore> {
        self.open_given(backend, None)
    }

    /// The same with two journal files beside the backend, for hosts where this library can't open files. They are
    /// empty once the store is closed.
    ///
    /// # Errors
    ///
    /// As [`Builder::open_backend`]; [`JournalMismatch`](crate::ErrorKind::JournalMismatch) if the files do not belong
    /// to the store.
    pub fn open_files(
        self,
        backend: impl redb::StorageBackend,
        journal: [Box<dyn JournalFile>; 2],
    ) -> Result<ImageStore> {
        self.open_given(backend, Some(journal))
    }

    /// The same, read-only: nothing is ever written to the backend or the files. Calls that write fail with
    /// [`ReadOnly`](crate::ErrorKind::ReadOnly), except for dry runs.
    ///
    /// # Errors
    ///
    /// As [`Builder::open_files`].
    pub fn open_files_read_only(
        self,
        backend: impl redb::StorageBackend,
        journal: [Box<dyn JournalFile>; 2],
    ) -> Result<ImageStore> {
        let store = Store::in_backend_read_only(backend, journal, Path::new(BACKEND), &self.options)?;
        Ok(self.hold(store))
    }

    fn open_given(self, backend: impl redb::StorageBackend, journal: Option<JournalFiles>) -> Result<ImageStore> {
        let path = Path::new(BACKEND);
        let uids = Arc::clone(&self.uids);
        let store = Store::with_backend(backend, journal, path, &self.options, self.create, move || uids.uid())?;
        Ok(self.hold(store))
    }

    pub(super) fn hold(self, store: Store) -> ImageStore {
        let Self { settings, clock, uids, authorizer, .. } = self;
        ImageStore::new(StoreAccess::new(Shared { store, settings, clock, uids, authorizer }))
    }
}
