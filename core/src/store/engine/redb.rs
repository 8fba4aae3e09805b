//! The embedded engine: one table of a redb database.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

use redb::{Database, DatabaseError, ReadOnlyTable, ReadableDatabase, StorageBackend, TableDefinition, TableError};

use super::blocks::Damage;
use super::journal::Mark;
use super::{Batch, Commit, Engine, Entry, Integrity, KeyRange, Order, Position, Row, RowIter, Snapshot};
use crate::error::{Error, Result};

/// Table: all rows of the store, in key order.
/// Key: see `store::keys`.
/// Value: a record, see `store::record`; empty where the key says everything.
const ROWS: TableDefinition<'static, &[u8], &[u8]> = TableDefinition::new("rows-1");

/// Table: the mark of the journal, one row.
/// Key: empty. It is a byte string as in the other table: another type would add a second copy of redb's write code to
/// every program.
/// Value: a [`Mark`].
const JOURNAL: TableDefinition<'static, &[u8], &[u8]> = TableDefinition::new("journal-1");

/// The key of the mark.
const MARK: &[u8] = &[];

/// The name of this layer in errors.
const ENGINE: &str = "the storage engine";

/// The action that most I/O errors report.
const READING: &str = "reading";

/// A redb database with all rows in one table.
#[derive(Debug)]
pub(crate) struct RedbEngine {
    /// Locked for writing only by checks and compaction, which need redb exclusively. `None` once closed.
    database: RwLock<Option<Database>>,
    failures: Arc<Failures>,
    newest: Mutex<Newest>,
}

/// Converts the errors of one database.
///
/// After the first failed read or write redb refuses everything, without saying why; so that one is kept.
#[derive(Debug)]
struct Failures {
    /// The path of the file, or a name for the backend.
    path: PathBuf,
    first: OnceLock<Error>,
}

impl Failures {
    fn error(&self, error: redb::Error, action: &'static str) -> Error {
        match (error, self.first.get()) {
            (redb::Error::PreviousIo, Some(first)) => first.clone(),
            (error @ redb::Error::Io(_), None) => {
                self.first.get_or_init(|| storage_error(error, action, &self.path)).clone()
            }
            (error, _) => storage_error(error, action, &self.path),
        }
    }
}

/// The newest snapshot, cached until the next commit: starting a read transaction costs more than reading a row.
#[derive(Debug, Default)]
struct Newest {
    /// How often a newer one has replaced it.
    generation: u64,
    snapshot: Option<Arc<RedbSnapshot>>,
}

impl RedbEngine {
    /// Opens the database in `backend`, or creates an empty one if the backend is empty.
    ///
    /// `cache_size` is in bytes. `path` is the file, or a name for the backend, for errors. After an unclean shutdown
    /// redb repairs the database here, which reads all of it.
    ///
    /// # Errors
    ///
    /// redb's own error, so that the caller can tell a foreign file from a locked one; `Err(Corrupted)` if redb panics.
    pub(crate) fn open(
        backend: impl StorageBackend,
        cache_size: usize,
        path: &Path,
    ) -> Result<Result<Self, DatabaseError>> {
        let opened = guarded(|| Ok(redb::Builder::new().set_cache_size(cache_size).create_with_backend(backend)))?;
        Ok(opened.map(|database| Self {
            database: RwLock::new(Some(database)),
            failures: Arc::new(Failures { path: path.into(), first: OnceLock::new() }),
            newest: Mutex::default(),
        }))
    }

    /// The mark of the journal in the file.
    pub(crate) fn mark(&self) -> Result<Mark> {
        let bytes = self.with(READING, |database| match database.begin_read()?.open_table(JOURNAL) {
            Ok(table) => Ok(table.get(MARK)?.map(|bytes| bytes.value().to_vec()).unwrap_or_default()),
            Err(TableError::TableDoesNotExist(_)) => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        })?;
        let damaged = || Error::corrupted("journal", "the mark of the journal is damaged");
        Mark::from_bytes(&bytes).ok_or_else(damaged)
    }

    /// Writes rows and the mark of the journal in one durable commit.
    ///
    /// `rows` receives a function that puts and deletes rows. With one more sync, the commit saves what redb needs to
    /// reopen the file after an unclean shutdown without reading all of it.
    pub(crate) fn commit_with_mark(
        &self,
        mark: Option<&Mark>,
        rows: impl FnOnce(&mut dyn FnMut(&[u8], Entry<'_>) -> Result<(), redb::Error>) -> Result<(), redb::Error>,
    ) -> Result<()> {
        self.with("writing", |database| {
            let mut transaction = database.begin_write()?;
            transaction.set_quick_repair(true);
            {
                let mut table = transaction.open_table(ROWS)?;
                rows(&mut |key, entry| {
                    match entry {
                        Entry::Put(value) => table.insert(key, value)?,
                        Entry::Delete => table.remove(key)?,
                    };
                    Ok(())
                })?;
            }
            if let Some(mark) = mark {
                transaction.open_table(JOURNAL)?.insert(MARK, mark.to_bytes().as_slice())?;
            }
            Ok(transaction.commit()?)
        })?;
        self.forget_newest();
        Ok(())
    }

    fn newest(&self) -> MutexGuard<'_, Newest> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin_read(&self) -> Result<Arc<RedbSnapshot>> {
        let table = self.with(READING, |database| match database.begin_read()?.open_table(ROWS) {
            Ok(table) => Ok(Some(table)),
            Err(TableError::TableDoesNotExist(_)) => Ok(None),
            Err(error) => Err(error.into()),
        })?;
        Ok(Arc::new(RedbSnapshot { table, failures: Arc::clone(&self.failures) }))
    }

    /// Caches a snapshot that was begun in `generation`, unless there was a commit since: it may predate that commit.
    fn keep_newest(&self, generation: u64, snapshot: &Arc<RedbSnapshot>) {
        let mut newest = self.newest();
        if newest.generation == generation {
            newest.snapshot = Some(Arc::clone(snapshot));
        }
    }

    /// Drops the cached snapshot: there is a newer one, or the database must have no readers.
    fn forget_newest(&self) {
        let mut newest = self.newest();
        newest.generation += 1;
        newest.snapshot = None;
    }

    /// Runs `work` on the open database.
    fn with<T>(&self, action: &'static str, work: impl FnOnce(&Database) -> Result<T, redb::Error>) -> Result<T> {
        // A poisoned lock means that a panic in redb was caught. redb itself decides whether it still works.
        let database = self.database.read().unwrap_or_else(PoisonError::into_inner);
        guarded(|| {
            let database = database.as_ref().ok_or(redb::Error::DatabaseClosed);
            database.and_then(work).map_err(|error| self.failures.error(error, action))
        })
    }
}

impl Engine for RedbEngine {
    fn snapshot(&self) -> Result<Arc<dyn Snapshot>> {
        let generation = {
            let newest = self.newest();
            if let Some(snapshot) = &newest.snapshot {
                return Ok(Arc::clone(snapshot) as Arc<dyn Snapshot>);
            }
            newest.generation
        };
        let snapshot = self.begin_read()?;
        self.keep_newest(generation, &snapshot);
        Ok(snapshot)
    }

    fn commit(&self, _base: Position, batch: &Batch) -> Result<Commit> {
        self.with("writing", |database| {
            let mut transaction = database.begin_write()?;
            // Otherwise redb decides after a crash by its checksums which of the last two commits is valid; with damage
            // that could be the older one.
            transaction.set_two_phase_commit(true);
            {
                let mut table = transaction.open_table(ROWS)?;
                for (key, entry) in batch.iter() {
                    match entry {
                        Entry::Put(value) => table.insert(key, value)?,
                        Entry::Delete => table.remove(key)?,
                    };
                }
            }
            Ok(transaction.commit()?)
        })?;
        self.forget_newest();
        Ok(Commit::ALONE)
    }

    fn check(&self) -> Result<Integrity> {
        let sound = self.alone(READING, |database| Ok(database.check_integrity()?))?;
        Ok(if sound { Integrity::Sound } else { Integrity::Repaired })
    }

    fn compact(&self) -> Result<bool> {
        self.alone("compacting", |database| Ok(database.compact()?))
    }
}

impl RedbEngine {
    /// Runs `work` on the database with exclusive access.
    fn alone<T>(&self, action: &'static str, work: impl FnOnce(&mut Database) -> Result<T, redb::Error>) -> Result<T> {
        let mut database = self.database.write().unwrap_or_else(PoisonError::into_inner);
        self.forget_newest();
        guarded(|| {
            let database = database.as_mut().ok_or(redb::Error::DatabaseClosed);
            database.and_then(work).map_err(|error| self.failures.error(error, action))
        })
    }
}

impl Drop for RedbEngine {
    fn drop(&mut self) {
        self.forget_newest();
        let database = self.database.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        // An error here leaves the file as a crash would, which the next opening repairs.
        let _ = guarded(|| {
            drop(database);
            Ok(())
        });
    }
}

/// The table as of one commit.
struct RedbSnapshot {
    /// `None` if the database has no table yet.
    table: Option<ReadOnlyTable<&'static [u8], &'static [u8]>>,
    failures: Arc<Failures>,
}

impl fmt::Debug for RedbSnapshot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RedbSnapshot").field("path", &self.failures.path).finish_non_exhaustive()
    }
}

impl Snapshot for RedbSnapshot {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        let Some(table) = &self.table else { return Ok(None) };
        guarded(|| match table.get_owned(key) {
            Ok(value) => Ok(value.map(|value| value.value().to_vec())),
            Err(error) => Err(self.failures.error(error.into(), READING)),
        })
    }

    fn range(&self, range: &KeyRange, order: Order) -> Result<RowIter<'_>> {
        let Some(table) = &self.table else { return Ok(Box::new(std::iter::empty())) };
        if range.is_empty() {
            return Ok(Box::new(std::iter::empty()));
        }
        let rows = guarded(|| {
            table.range_owned::<&[u8]>(range.bounds()).map_err(|error| self.failures.error(error.into(), READING))
        })?;
        Ok(Box::new(RedbRows { rows: Some(rows), range: range.clone(), order, failures: &self.failures }))
    }
}

/// Rows of a snapshot.
struct RedbRows<'a> {
    /// `None` at the end, and after an error.
    rows: Option<redb::OwnedRange<&'static [u8], &'static [u8]>>,
    /// Where the next row must be.
    range: KeyRange,
    order: Order,
    failures: &'a Failures,
}

impl RedbRows<'_> {
    fn read(&mut self) -> Result<Option<Row>> {
        let Some(rows) = &mut self.rows else { return Ok(None) };
        let (order, failures) = (self.order, self.failures);
        let row = guarded(|| {
            let next = match order {
                Order::Ascending => rows.next(),
                Order::Descending => rows.next_back(),
            };
            next.transpose()
                .map(|row| row.map(|(key, value)| (key.value().to_vec(), value.value().to_vec())))
                .map_err(|error| failures.error(error.into(), READING))
        })?;
        let Some((key, _)) = &row else { return Ok(None) };
        // redb trusts the order of its pages. Keys out of order show that some page is not the newest one.
        if !self.range.contains(key) {
            return Err(Error::corrupted(ENGINE, format!("the row {} is out of order", key.escape_ascii())));
        }
        self.range.advance(key, order);
        Ok(row)
    }
}

impl Iterator for RedbRows<'_> {
    type Item = Result<Row>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.read();
        if !matches!(next, Ok(Some(_))) {
            self.rows = None;
        }
        next.transpose()
    }
}

/// Converts an error of redb.
pub(crate) fn storage_error(error: redb::Error, action: &'static str, path: &Path) -> Error {
    match error {
        redb::Error::Corrupted(reason) => Error::corrupted(ENGINE, reason),
        redb::Error::Io(source) => match source.get_ref().and_then(|source| source.downcast_ref::<Damage>()) {
            Some(damage) => Error::corrupted(ENGINE, damage.to_string()),
            None => Error::io(action, path, source),
        },
        error => Error::storage(error),
    }
}

/// Runs `work` on redb, and turns a panic into an error: redb panics on some damaged files.
#[cfg(not(target_family = "wasm"))]
fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    // redb's panic leaves no state of ours half changed; redb's own state reports itself as poisoned.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("no panic message");
        Err(Error::corrupted(ENGINE, format!("redb panicked: {text}")))
    })
}

/// Runs `work` on redb. Here a panic ends the WebAssembly instance, since nothing can catch it.
#[cfg(target_family = "wasm")]
fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    work()
}

#[cfg(test)]
mod tests {
    use redb::backends::InMemoryBackend;

    use super::*;

    #[test]
    fn a_snapshot_from_before_a_commit_is_not_cached() {
        let engine = RedbEngine::open(InMemoryBackend::new(), 1 << 20, Path::new("memory")).unwrap().unwrap();
        let generation = engine.newest().generation;
        let before = engine.begin_read().unwrap();
        let mut batch = Batch::default();
        batch.put(b"a".to_vec(), b"1".to_vec());
        let _ = engine.commit(Position::default(), &batch).unwrap();
        engine.keep_newest(generation, &before);
        assert_eq!(engine.snapshot().unwrap().get(b"a").unwrap(), Some(b"1".to_vec()));
        assert!(engine.newest().snapshot.is_some(), "the current snapshot is cached");
    }
}
