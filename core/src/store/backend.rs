//! A store in any storage backend, or in memory.

use std::path::Path;
use std::sync::Arc;

use redb::StorageBackend;
use redb::backends::InMemoryBackend;

use super::engine::{Blocks, Engine, Files, FoundJournal, JournaledEngine};
use super::open::{self, Access, StoreOptions};
use super::reopening::{Reopenable, Reopening};
use super::{Inner, Store};
use crate::error::Result;

impl Store {
    /// Creates a store in memory, which is gone when its last handle is dropped.
    pub(crate) fn in_memory(options: &StoreOptions, store_id: String) -> Result<Self> {
        let path = Path::new("memory");
        // Memory needs no checksums of blocks.
        let engine = open::engine(InMemoryBackend::new(), path, options)?;
        open::put_state(&engine, store_id)?;
        let engine = JournaledEngine::in_memory(engine, options.journal, path);
        Ok(Self::over(Arc::new(engine), options.feed_limits))
    }

    /// Opens the store in `backend`. With `create`, it is created if the backend is empty or an earlier creation was
    /// interrupted. Without journal files every commit goes directly to the backend. Nobody else may use the backend or
    /// the files. `path` names the backend in errors.
    ///
    /// # Errors
    ///
    /// `NotAStore`, `NewerFormat`, `JournalMismatch`, `Corrupted`: then nothing was changed. `Locked`, `Io`, `Storage`.
    pub(crate) fn with_backend(
        backend: impl StorageBackend,
        journal: Option<Files>,
        path: &Path,
        options: &StoreOptions,
        create_new: bool,
        new_id: impl Fn() -> String + Send + Sync + 'static,
    ) -> Result<Self> {
        let files = Reopenable::new(Box::new(backend), journal, path.into(), *options, new_id);
        if !create_new || !Blocks::is_unfinished(files.backend.as_ref()).map_err(|error| open::reading(path, error))? {
            return Ok(Self::over(Arc::new(Reopening::open(files)?), options.feed_limits));
        }
        let store_id = (files.new_id)();
        let found = files.journal().map(|files| FoundJournal::of_new_store(&store_id, files, path)).transpose()?;
        let session = Reopening::session(&files);
        let engine = open::create(Box::new(session.clone()), path, options, store_id.clone())?;
        let engine: Arc<dyn Engine> = match found {
            Some(found) => {
                let journal_id = (files.new_id)();
                Arc::new(JournaledEngine::open(engine, found, store_id, journal_id, options.journal, path)?)
            }
            None => Arc::new(engine),
        };
        Ok(Self::over(Arc::new(Reopening::over(files, session, engine)), options.feed_limits))
    }

    /// Opens the store in `backend`, which must exist, read-only. Nothing is ever written to the backend.
    ///
    /// # Errors
    ///
    /// As [`Store::with_backend`].
    pub(crate) fn in_backend_read_only(
        backend: impl StorageBackend,
        journal: Files,
        path: &Path,
        options: &StoreOptions,
    ) -> Result<Self> {
        let engine = open::open(Box::new(backend), Some(journal), path, options, Access::ReadOnly, String::new())?;
        Ok(Inner::read_only(engine).into())
    }
}
