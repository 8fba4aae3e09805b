//! Converting the file of an older format.

use std::fs;
use std::path::Path;

use redb::backends::FileBackend;

use super::backup::copy_rows;
use super::engine::{CopyOnWrite, Engine as _, FoundJournal, KeyRange, Order, RedbEngine, SUFFIXES};
use super::lock::FileLock;
use super::open::{self, StoreOptions, refusal};
use super::paths::with_suffix;
use super::record::StateRecord;
use super::{file, keys};
use crate::error::{Error, Result};

/// Converts a store of format 1, a redb database, to the present format.
///
/// The rows are checked and written to a new file beside it, which then replaces it. `new_id` returns unique ids.
///
/// # Errors
///
/// `NoSuchStore`; `Locked`; `NotAStore`, if it is another redb database or no redb database; `JournalMismatch`, if it
/// was not closed; `Corrupted`; `Io`. Then the file is unchanged.
pub(crate) fn convert(
    path: &Path,
    options: &StoreOptions,
    break_lock: bool,
    new_id: impl Fn() -> String,
) -> Result<()> {
    if !file::find(path)? {
        return Err(Error::no_such_store(path));
    }
    let path = &file::resolve(path)?;
    let _lock = FileLock::acquire(path, new_id(), break_lock)?;
    let old = open_old(path, options)?;
    let temporary = with_suffix(path, "converting");
    let result = copy(&old, &temporary, path, options, new_id()).and_then(|()| {
        drop(old);
        let permissions = fs::metadata(path).map(|old| old.permissions());
        let replaced = permissions.and_then(|permissions| fs::set_permissions(&temporary, permissions));
        replaced.and_then(|()| file::publish(&temporary, path)).map_err(|error| Error::io("converting", path, error))
    });
    if result.is_err() {
        // If that fails too, the next conversion overwrites the file.
        let _ = fs::remove_file(&temporary);
    }
    result
}

/// Opens a store of format 1. Nothing is written to its file.
fn open_old(path: &Path, options: &StoreOptions) -> Result<RedbEngine> {
    let reading = |error| Error::io("reading", path, error);
    let opened = fs::File::open(path).map_err(reading)?;
    let backend = FileBackend::new(opened).map_err(|error| refusal(error, path))?;
    if !open::is_redb(&backend).map_err(reading)? {
        return Err(Error::not_a_store(path, "it is not of format 1, which was a redb database"));
    }
    let held = CopyOnWrite::read_only(Box::new(backend)).map_err(reading)?;
    let engine = RedbEngine::open(held, options.cache_size, path)?.map_err(|error| refusal(error, path))?;
    let state = engine.snapshot()?.get(&keys::state()).ok().flatten();
    let state = state.ok_or_else(|| Error::not_a_store(path, "it is another redb database"))?;
    StateRecord::read(&keys::state(), &state)?;
    FoundJournal::require_none(&engine, path)?;
    for journal in SUFFIXES.map(|suffix| with_suffix(path, suffix)) {
        if journal.exists() {
            return Err(Error::journal_mismatch(
                journal,
                "the store was not closed: close it with the version that wrote it",
            ));
        }
    }
    let _ = engine.check()?;
    Ok(engine)
}

/// Writes all rows to a new file.
fn copy(old: &RedbEngine, to: &Path, path: &Path, options: &StoreOptions, id: String) -> Result<()> {
    copy_rows(old.snapshot()?.range(&KeyRange::all(), Order::Ascending)?, to, path, options, id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::store::{FileOptions, Rows as _, Store};

    const ROWS: redb::TableDefinition<'static, &[u8], &[u8]> = redb::TableDefinition::new("rows-1");

    /// The rows of a store as a file of format 1, closed.
    fn old_file(path: &Path, rows: &[(Vec<u8>, Vec<u8>)]) {
        let database = redb::Database::create(path).unwrap();
        let transaction = database.begin_write().unwrap();
        {
            let mut table = transaction.open_table(ROWS).unwrap();
            for (key, value) in rows {
                table.insert(&**key, &**value).unwrap();
            }
        }
        transaction.commit().unwrap();
    }

    fn rows() -> Vec<(Vec<u8>, Vec<u8>)> {
        let folder = tempfile::tempdir().unwrap();
        let options = FileOptions { create: true, ..FileOptions::default() };
        let store = Store::open_file(&folder.path().join("store.redb"), &options, || "an-id".to_owned()).unwrap();
        let key = keys::state();
        vec![(key.to_vec(), store.read().unwrap().get(&key).unwrap().unwrap())]
    }

    fn convert_it(path: &Path) -> Result<()> {
        convert(path, &StoreOptions::default(), false, || "another-id".to_owned())
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn every_row_is_in_the_new_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.redb");
        let rows = rows();
        old_file(&path, &rows);
        convert_it(&path).unwrap();
        assert_eq!(names(folder.path()), ["store.redb"]);
        let store = Store::open_file_read_only(&path, &StoreOptions::default()).unwrap();
        let found: Vec<_> =
            store.read().unwrap().range(&KeyRange::all(), Order::Ascending).unwrap().map(Result::unwrap).collect();
        assert_eq!(found, rows);
        drop(store);
        let error = convert_it(&path).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::NotAStore { .. }), "{error}");
    }

    #[test]
    fn a_file_that_can_not_be_converted_is_left_unchanged() {
        let damaged = {
            let mut rows = rows();
            rows.push((vec![keys::IMAGES, 1, 2, 3], vec![1, 2, 3]));
            rows
        };
        let other = vec![(b"key".to_vec(), b"value".to_vec())];
        for (rows, journal) in [(damaged, false), (other, false), (rows(), true)] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("store.redb");
            old_file(&path, &rows);
            if journal {
                fs::write(folder.path().join("store.redb.journal-a"), b"frames").unwrap();
            }
            let (bytes, files) = (fs::read(&path).unwrap(), names(folder.path()));
            convert_it(&path).unwrap_err();
            assert!(fs::read(&path).unwrap() == bytes);
            assert_eq!(names(folder.path()), files);
        }
    }
}
