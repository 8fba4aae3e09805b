//! Creating and opening the engine of a store in any storage backend.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use redb::{DatabaseError, StorageBackend, StorageError};
use xxhash_rust::xxh3::xxh3_64;

use super::engine::{
    Batch, Blocks, CopyOnWrite, Engine, FORMAT, Files, FoundJournal, JournalOptions, JournaledEngine, Position,
    RedbEngine, Refusal, storage_error,
};
use super::record::{self, Record, StateRecord};
use super::{FeedLimits, keys};
use crate::error::{Error, ErrorKind, LockOwner, Result};

/// The first bytes of a redb database.
const REDB_MAGIC: &[u8] = b"redb\x1a\x0a\xa9\x0d\x0a";

/// Options of a store.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StoreOptions {
    /// Size of redb's cache in bytes. Default: 64 MiB; 32 MiB on 32-bit targets.
    pub(crate) cache_size: usize,
    /// How much of the change feed is kept.
    pub(crate) feed_limits: FeedLimits,
    /// Options of the journal.
    pub(crate) journal: JournalOptions,
    /// While the disk is full, how long to wait before trying again. Ignored where there is no clock (WebAssembly).
    pub(crate) retry_full_disk: Duration,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            cache_size: if cfg!(target_pointer_width = "32") { 32 << 20 } else { 64 << 20 },
            feed_limits: FeedLimits::default(),
            journal: JournalOptions::default(),
            retry_full_disk: Duration::from_secs(1),
        }
    }
}

/// The access to a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// No byte is changed; other readers are allowed.
    ReadOnly,
    /// Reading and writing, exclusively.
    ReadWrite,
}

/// Creates a store in `backend`, and discards what is there. Until it is completely durable it is recognisable as
/// unfinished.
pub(crate) fn create(
    backend: Box<dyn StorageBackend>,
    path: &Path,
    options: &StoreOptions,
    store_id: String,
) -> Result<RedbEngine> {
    let creating = |source| Error::io("creating", path, source);
    backend.set_len(0).map_err(creating)?;
    let held = CopyOnWrite::new(backend).map_err(creating)?;
    let seed = xxh3_64(store_id.as_bytes());
    let blocks = Blocks::create(held.clone(), seed);
    let engine = engine(blocks, path, options)?;
    put_state(&engine, store_id)?;
    held.release_new(Blocks::unfinished(seed).as_ref()).map_err(creating)?;
    Ok(engine)
}

pub(super) fn engine(backend: impl StorageBackend, path: &Path, options: &StoreOptions) -> Result<RedbEngine> {
    RedbEngine::open(backend, options.cache_size, path)?.map_err(|error| refusal(error, path))
}

/// Writes the state of a new store.
pub(super) fn put_state(engine: &RedbEngine, store_id: String) -> Result<()> {
    let key = keys::state();
    let mut batch = Batch::default();
    batch.put(key.to_vec(), record::encode(&key, &StateRecord::new(store_id))?);
    // Nobody else uses the engine yet.
    let _ = engine.commit(Position::default(), &batch)?;
    Ok(())
}

/// Opens the store in `backend`, including its journal. Nothing is changed before it is certain that this is a store of
/// a known format, and that the journal belongs to it. `journal_id` is the id of the next journal.
pub(crate) fn open(
    backend: Box<dyn StorageBackend>,
    journal: Option<Files>,
    path: &Path,
    options: &StoreOptions,
    access: Access,
    journal_id: String,
) -> Result<Arc<dyn Engine>> {
    let foreign = |reason: &str| Error::not_a_store(path, reason);
    if is_redb(backend.as_ref()).map_err(|error| reading(path, error))? {
        return Err(Error::old_format(path));
    }
    let held = match access {
        Access::ReadOnly => CopyOnWrite::read_only(backend),
        Access::ReadWrite => CopyOnWrite::new(backend),
    };
    let held = held.map_err(|error| reading(path, error))?;
    let blocks = match Blocks::open(held.clone()) {
        Ok(blocks) => blocks,
        Err(Refusal::Foreign) => return Err(foreign("it does not begin like one")),
        Err(Refusal::Unfinished) => return Err(foreign("its creation was interrupted")),
        Err(Refusal::Newer(found)) => return Err(Error::newer_format(path, found, FORMAT)),
        Err(Refusal::Io(error)) => return Err(storage_error(error.into(), "reading", path)),
    };
    let engine = engine(blocks, path, options)?;
    let key = keys::state();
    let state = engine.snapshot()?.get(&key)?;
    let state = state.ok_or_else(|| Error::corrupted(StateRecord::TABLE, "it is missing"))?;
    let store_id = match StateRecord::read(&key, &state) {
        Ok(state) => state.store_id,
        Err(error) => {
            return Err(match *error.kind() {
                ErrorKind::NewerRecord { found, .. } => {
                    Error::newer_format(path, found.into(), StateRecord::VERSION.into())
                }
                _ => error,
            });
        }
    };
    let found = journal.map(|files| FoundJournal::read(&engine, &store_id, files, path)).transpose()?;
    if found.is_none() {
        FoundJournal::require_none(&engine, path)?;
    }
    if access == Access::ReadWrite {
        let writing = |source| Error::io("writing", path, source);
        held.release().map_err(writing)?;
    }
    Ok(match (found, access) {
        (None, _) => Arc::new(engine),
        (Some(found), Access::ReadOnly) => Arc::new(JournaledEngine::read_only(engine, found, path)),
        (Some(found), Access::ReadWrite) => {
            Arc::new(JournaledEngine::open(engine, found, store_id, journal_id, options.journal, path)?)
        }
    })
}

/// Whether the file begins as a redb database.
pub(super) fn is_redb(backend: &dyn StorageBackend) -> io::Result<bool> {
    let mut bytes = [0; REDB_MAGIC.len()];
    let long_enough = backend.len()? >= bytes.len() as u64;
    if long_enough {
        backend.read(0, &mut bytes)?;
    }
    Ok(long_enough && bytes == *REDB_MAGIC)
}

pub(super) fn reading(path: &Path, source: io::Error) -> Error {
    Error::io("reading", path, source)
}

/// The error for a database that redb refuses to open.
pub(crate) fn refusal(error: DatabaseError, path: &Path) -> Error {
    match error {
        DatabaseError::DatabaseAlreadyOpen => Error::locked(path, LockOwner::default()),
        // For instance a truncated file.
        DatabaseError::Storage(StorageError::Io(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
            Error::corrupted("the storage engine", error.to_string())
        }
        error => storage_error(error.into(), "opening", path),
    }
}
