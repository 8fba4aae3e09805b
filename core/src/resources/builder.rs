//! Opening a store.

use std::path::Path;
use std::sync::Arc;

use super::access::{Shared, StoreAccess};
use super::image_store::ImageStore;
use super::settings::{ImportMode, Settings};
use crate::authorization::{AllowAll, Authorizer};
#[cfg(not(target_family = "wasm"))]
use crate::environment::System;
use crate::environment::{Clock, UidSource};
use crate::error::Result;
#[cfg(not(target_family = "wasm"))]
use crate::store::FileOptions;
use crate::store::{FeedLimits, JournalFile, JournalFiles, Store, StoreOptions};

/// The name of a backend of the caller's in errors.
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
    /// [`Locked`](crate::ErrorKind::Locked) where somebody has it open, [`NotAStore`](crate::ErrorKind::NotAStore) and
    /// [`NewerFormat`](crate::ErrorKind::NewerFormat) where the file is something else (it is left as it is),
    /// [`Io`](crate::ErrorKind::Io) where it can't be read or made.
    #[cfg(not(target_family = "wasm"))]
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::builder().open(path)
    }

    /// A new store that is kept in memory and gone when it is dropped.
    ///
    /// # Errors
    ///
    /// Only where the storage engine fails.
    #[cfg(not(target_family = "wasm"))]
    pub fn in_memory() -> Result<Self> {
        Self::builder().open_in_memory()
    }

    /// Options for opening a store, with the system's clock and random identities.
    #[cfg(not(target_family = "wasm"))]
    pub fn builder() -> Builder {
        Builder::new(Arc::new(System), Arc::new(System))
    }
}

impl Builder {
    /// Options for opening a store with that clock and those identities.
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

    /// The clock. Default: that of the system.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// The source of the uids of new objects. Default: random numbers of the system.
    pub fn uids(mut self, uids: Arc<dyn UidSource>) -> Self {
        self.uids = uids;
        self
    }

    /// `host[:port]` of the registry that serves the streams within the cluster. Default: empty, there is none.
    pub fn internal_registry(mut self, host: impl Into<String>) -> Self {
        self.settings.internal_registry = host.into();
        self
    }

    /// `host[:port]` of the same registry for the outside. Default: empty, there is none.
    pub fn external_registry(mut self, host: impl Into<String>) -> Self {
        self.settings.external_registry = host.into();
        self
    }

    /// How a tag without an import mode of its own is imported. Default: [`ImportMode::Legacy`].
    pub fn import_mode(mut self, mode: ImportMode) -> Self {
        self.settings.import_mode = mode;
        self
    }

    /// Who decides what callers may do. Default: everything is allowed.
    pub fn authorizer(mut self, authorizer: Arc<dyn Authorizer>) -> Self {
        self.authorizer = authorizer;
        self
    }

    /// Whether requests without an identity are refused. Default: `false`.
    pub fn require_identity(mut self, required: bool) -> Self {
        self.settings.require_identity = required;
        self
    }

    /// Bytes of memory for pages of the file. Default: 64 MiB; 32 MiB where memory is 32 bits wide.
    ///
    /// Half of it is for pages that are being written: all pages that a [checkpoint](Builder::checkpoint_bytes) changes should
    /// fit in.
    pub fn cache_bytes(mut self, bytes: usize) -> Self {
        self.options.cache_size = bytes;
        self
    }

    /// How many bytes of new rows a checkpoint writes into the file at once. Default: 4 MiB; 2 MiB where memory is 32 bits
    /// wide.
    ///
    /// Until then the rows are in memory and in the journal. A higher value makes pushes cheaper, up to a sixteenth of the
    /// cache. It takes about twice as much memory, and recovery after a kill takes longer. During a checkpoint up to four
    /// times as many bytes may gather.
    pub fn checkpoint_bytes(mut self, bytes: usize) -> Self {
        self.options.journal.checkpoint_bytes = bytes;
        self
    }

    /// How many changes are kept for watches and for lists of older versions, and how many bytes they may take. The limit
    /// that is reached first applies. Default: 10,000 changes, 64 MiB.
    pub fn keep_changes(mut self, count: u64, bytes: u64) -> Self {
        self.options.feed_limits = FeedLimits { changes: count, bytes };
        self
    }

    /// Whether a missing file is created. Default: `true`.
    pub fn create(mut self, create: bool) -> Self {
        self.create = create;
        self
    }

    /// Whether to take the store from an owner that can't be checked. Default: `false`.
    ///
    /// Only for a lock that is known to be left over: two owners at once destroy the file.
    pub fn break_lock(mut self, break_lock: bool) -> Self {
        self.break_lock = break_lock;
        self
    }

    /// Opens the store in a file.
    ///
    /// # Errors
    ///
    /// As [`ImageStore::open`]; [`NoSuchStore`](crate::ErrorKind::NoSuchStore) where a missing file is not to be created.
    #[cfg(not(target_family = "wasm"))]
    pub fn open(self, path: impl AsRef<Path>) -> Result<ImageStore> {
        let options = FileOptions { store: self.options, create: self.create, break_lock: self.break_lock };
        let store = Store::open_file(path.as_ref(), &options, || self.uids.uid())?;
        Ok(self.hold(store))
    }

    /// Opens the store in a file for reading: not a byte of the file changes, and any number may do so at once. Calls
    /// that write fail with [`ReadOnly`](crate::ErrorKind::ReadOnly), except for dry runs.
    ///
    /// # Errors
    ///
    /// As [`ImageStore::open`]; [`NoSuchStore`](crate::ErrorKind::NoSuchStore) where the file is missing.
    #[cfg(not(target_family = "wasm"))]
    pub fn open_read_only(self, path: impl AsRef<Path>) -> Result<ImageStore> {
        let store = Store::open_file_read_only(path.as_ref(), &self.options)?;
        Ok(self.hold(store))
    }

    /// A new store that is kept in memory and gone when it is dropped.
    ///
    /// # Errors
    ///
    /// Only where the storage engine fails.
    pub fn open_in_memory(self) -> Result<ImageStore> {
        let store = Store::in_memory(&self.options, self.uids.uid())?;
        Ok(self.hold(store))
    }

    /// Opens the store in a backend of the caller's, which must keep others away itself. An empty one becomes a new
    /// store, if it may be [created](Builder::create). Every commit goes to the backend with a sync of its own:
    /// [`Builder::open_files`] is faster.
    ///
    /// # Errors
    ///
    /// As [`ImageStore::open`], except for the lock.
    pub fn open_backend(self, backend: impl redb::StorageBackend) -> Result<ImageStore> {
        self.open_given(backend, None)
    }

    /// The same with the two files of a journal beside the backend, for hosts where this library can't open files. They
    /// are empty once the store is closed.
    ///
    /// # Errors
    ///
    /// As [`Builder::open_backend`]; [`JournalMismatch`](crate::ErrorKind::JournalMismatch) where the files are not those that
    /// the store needs.
    pub fn open_files(
        self,
        backend: impl redb::StorageBackend,
        journal: [Box<dyn JournalFile>; 2],
    ) -> Result<ImageStore> {
        self.open_given(backend, Some(journal))
    }

    /// The same for reading: nothing is ever written to. Calls that write fail with
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
        let store = Store::with_backend(backend, journal, path, &self.options, self.create, || self.uids.uid())?;
        Ok(self.hold(store))
    }

    pub(super) fn hold(self, store: Store) -> ImageStore {
        let Self { settings, clock, uids, authorizer, .. } = self;
        ImageStore::new(StoreAccess::new(Shared { store, settings, clock, uids, authorizer }))
    }
}
