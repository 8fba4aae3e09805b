//! Recovery from a full disk: the files of a store are opened again, as after a crash, while the store stays open.
//!
//! redb refuses everything after its first failed write. If that failed because the disk is full, nothing is wrong with
//! the files: they are opened again without writing to them, so that reads go on, and for writing as soon as there is
//! room. What was acknowledged is in the files, since opening is what a crash is recovered by.

mod session;

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};
use std::time::Duration;

use redb::StorageBackend;

use self::session::Session;
use super::engine::{Batch, BatchLimit, Commit, Engine, Files, Integrity, JournalFile, Position, Snapshot};
use super::open::{self, Access, StoreOptions};
use crate::error::{Error, Result};

/// The files of a store, and how they are opened.
pub(super) struct Reopenable {
    pub(super) backend: Arc<dyn StorageBackend>,
    pub(super) journal: Option<[Arc<dyn JournalFile>; 2]>,
    /// The file, or a name for the backend, for errors.
    pub(super) path: PathBuf,
    pub(super) options: StoreOptions,
    pub(super) new_id: Box<dyn Fn() -> String + Send + Sync>,
}

impl Reopenable {
    /// `backend` and `journal` for one engine.
    pub(super) fn new(
        backend: Box<dyn StorageBackend>,
        journal: Option<Files>,
        path: PathBuf,
        options: StoreOptions,
        new_id: impl Fn() -> String + Send + Sync + 'static,
    ) -> Self {
        let journal = journal.map(|files| files.map(Arc::from));
        Self { backend: Arc::from(backend), journal, path, options, new_id: Box::new(new_id) }
    }

    /// The journal files for one engine.
    pub(super) fn journal(&self) -> Option<Files> {
        let share = |file: &Arc<dyn JournalFile>| Box::new(Arc::clone(file)) as Box<dyn JournalFile>;
        self.journal.as_ref().map(|[first, second]| [share(first), share(second)])
    }

    fn open(&self, session: Session, access: Access) -> Result<Arc<dyn Engine>> {
        open::open(Box::new(session), self.journal(), &self.path, &self.options, access, (self.new_id)())
    }
}

/// An engine that opens its files again after the disk was full.
pub(super) struct Reopening {
    files: Reopenable,
    current: RwLock<Current>,
}

struct Current {
    engine: Result<Arc<dyn Engine>>,
    session: Session,
    /// Writing failed because the disk was full; the engine only reads.
    full: Option<Full>,
}

/// That the disk was full.
struct Full {
    error: Error,
    tried: Attempt,
}

/// When opening the files for writing was last tried.
#[derive(Debug, Clone, Copy)]
struct Attempt {
    #[cfg(not(target_family = "wasm"))]
    at: std::time::Instant,
}

impl Attempt {
    fn now() -> Self {
        Self {
            #[cfg(not(target_family = "wasm"))]
            at: std::time::Instant::now(),
        }
    }

    /// Whether it is time for another one. While a disk is full, every write asks.
    #[cfg(not(target_family = "wasm"))]
    fn is_older_than(self, interval: Duration) -> bool {
        self.at.elapsed() >= interval
    }

    #[cfg(target_family = "wasm")]
    #[allow(clippy::unused_self, reason = "there is no clock")]
    fn is_older_than(self, _: Duration) -> bool {
        true
    }
}

impl Reopening {
    /// Opens the files of a store, which must exist, for reading and writing.
    pub(super) fn open(files: Reopenable) -> Result<Self> {
        let session = Session::first(Arc::clone(&files.backend));
        let engine = files.open(session.clone(), Access::ReadWrite)?;
        Ok(Self::over(files, session, engine))
    }

    /// `engine` is open on `session`, which is one of the backend in `files`.
    pub(super) fn over(files: Reopenable, session: Session, engine: Arc<dyn Engine>) -> Self {
        Self { files, current: RwLock::new(Current { engine: Ok(engine), session, full: None }) }
    }

    /// A session for an engine that is made outside.
    pub(super) fn session(files: &Reopenable) -> Session {
        Session::first(Arc::clone(&files.backend))
    }

    fn with<T>(&self, work: impl FnOnce(&dyn Engine) -> Result<T>) -> Result<T> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        work(current.engine.as_ref().map_err(Clone::clone)?.as_ref())
    }

    /// Runs `work`, which writes. If that fails since the disk is full, the files are opened for reading.
    fn write<T>(&self, work: impl FnOnce(&dyn Engine) -> Result<T>) -> Result<T> {
        if let Some(error) = self.full()
            && !self.recover()
        {
            return Err(error);
        }
        let result = self.with(work);
        if let Err(error) = &result
            && error.is_disk_full()
        {
            let mut current = self.lock();
            current.full = Some(Full { error: error.clone(), tried: Attempt::now() });
            self.replace(&mut current, Access::ReadOnly);
        }
        result
    }

    fn full(&self) -> Option<Error> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.full.as_ref().map(|full| full.error.clone())
    }

    /// Closes the engine, and opens the files again.
    fn replace(&self, current: &mut Current, access: Access) {
        // Dropping the engine closes it, as far as that is possible. Snapshots can outlive it, and with them its
        // database: that must neither write any more, nor read what was written since.
        current.engine = Err(Error::poisoned("the store is being opened again"));
        current.session.end();
        current.session = Session::next(Arc::clone(&self.files.backend));
        current.engine = self.files.open(current.session.clone(), access);
    }

    fn lock(&self) -> RwLockWriteGuard<'_, Current> {
        self.current.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine for Reopening {
    fn snapshot(&self) -> Result<Arc<dyn Snapshot>> {
        self.with(|engine| engine.snapshot())
    }

    fn commit(&self, base: Position, batch: &Batch) -> Result<Commit> {
        self.write(|engine| engine.commit(base, batch))
    }

    fn recover(&self) -> bool {
        let mut current = self.lock();
        let interval = self.files.options.retry_full_disk;
        match &mut current.full {
            Some(full) if full.tried.is_older_than(interval) => full.tried = Attempt::now(),
            _ => return false,
        }
        self.replace(&mut current, Access::ReadWrite);
        if current.engine.is_ok() {
            current.full = None;
            return true;
        }
        self.replace(&mut current, Access::ReadOnly);
        false
    }

    fn batch_limit(&self) -> Option<BatchLimit> {
        self.with(|engine| Ok(engine.batch_limit())).ok().flatten()
    }

    fn check(&self) -> Result<Integrity> {
        self.write(|engine| engine.check())
    }

    fn compact(&self) -> Result<bool> {
        self.write(|engine| engine.compact())
    }

    fn close(&self) -> Result<()> {
        let mut current = self.lock();
        if current.full.is_some() {
            self.replace(&mut current, Access::ReadWrite);
        }
        current.engine.as_ref().map_err(Clone::clone)?.close()
    }
}

impl fmt::Debug for Reopening {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Reopening").field("path", &self.files.path).finish_non_exhaustive()
    }
}
