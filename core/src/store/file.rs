//! A store in a file.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::backends::FileBackend;

use super::engine::{Files, FoundJournal, RedbEngine, SUFFIXES};
use super::journal_file;
use super::lock::FileLock;
use super::open::{self, Access, StoreOptions};
use super::paths::{folder, with_suffix};
use super::place::Place;
use super::reopening::{Reopenable, Reopening};
use super::{Inner, Store};
use crate::error::{Error, ErrorKind, Result};

/// Options for opening a file.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct FileOptions {
    /// Options of the store.
    pub(crate) store: StoreOptions,
    /// Create the store if the file does not exist.
    pub(crate) create: bool,
    /// Take over the lock of another process, which must no longer be running.
    pub(crate) break_lock: bool,
}

impl Store {
    /// Opens the store in a file for reading and writing.
    ///
    /// `new_id` returns unique ids: for the lock, and for a store that is created. A new store is built under a
    /// temporary name beside the file and then renamed, so that the file never holds an incomplete store.
    ///
    /// # Errors
    ///
    /// `NoSuchStore`; `Locked`; `NotAStore`, `NewerFormat` and `Corrupted`, which leave the file unchanged; `Io`.
    pub(crate) fn open_file(
        path: &Path,
        options: &FileOptions,
        new_id: impl Fn() -> String + Send + Sync + 'static,
    ) -> Result<Self> {
        if !find(path)? && !options.create {
            return Err(Error::no_such_store(path));
        }
        let path = &resolve(path)?;
        let lock = FileLock::acquire(path, new_id(), options.break_lock)?;
        // Checked again: another process may have created it before the lock was taken.
        if !find(path)? {
            let id = new_id();
            FoundJournal::of_new_store(&id, journal_file::files(path, None), path)?;
            create(path, &options.store, id)?;
        }
        let (backend, journal) = files(path, Access::ReadWrite)?;
        let files = Reopenable::new(backend, Some(journal), path.clone(), options.store, new_id);
        let engine = Reopening::open(files).map_err(name_owner)?;
        Ok(Inner { lock: Some(lock), ..Inner::over(Arc::new(engine), options.store.feed_limits) }.into())
    }

    /// Opens the store in a file read-only. The file is never changed, whatever state it is in. Any number of readers
    /// may have it open at once, but no writer.
    ///
    /// # Errors
    ///
    /// As [`Store::open_file`].
    pub(crate) fn open_file_read_only(path: &Path, options: &StoreOptions) -> Result<Self> {
        if !find(path)? {
            return Err(Error::no_such_store(path));
        }
        let path = &resolve(path)?;
        if let Some(owner) = FileLock::holder(path)? {
            return Err(Error::locked(path.clone(), owner));
        }
        let (backend, journal) = files(path, Access::ReadOnly)?;
        let engine = open::open(backend, Some(journal), path, options, Access::ReadOnly, String::new());
        Ok(Inner::read_only(engine.map_err(name_owner)?).into())
    }
}

/// Whether there is a journal with commits beside the file of a store, which nobody has open.
///
/// # Errors
///
/// `NoSuchStore`, `Locked`, `Io`.
pub(super) fn has_journal(path: &Path) -> Result<bool> {
    if !find(path)? {
        return Err(Error::no_such_store(path));
    }
    let path = &resolve(path)?;
    if let Some(owner) = FileLock::holder(path)? {
        return Err(Error::locked(path.clone(), owner));
    }
    Ok(SUFFIXES.iter().any(|suffix| fs::metadata(with_suffix(path, suffix)).is_ok_and(|journal| journal.len() > 0)))
}

/// Opens a file that may be damaged, for reading.
pub(super) fn open_to_salvage(path: &Path) -> Result<Box<FileBackend>> {
    Ok(files(path, Access::ReadOnly)?.0)
}

/// Whether the file exists.
pub(super) fn find(path: &Path) -> Result<bool> {
    match fs::metadata(path) {
        Ok(found) if found.is_file() => Ok(true),
        Ok(found) if found.is_dir() => Err(io_error("opening", path, io::ErrorKind::IsADirectory.into())),
        Ok(_) => Err(Error::not_a_store(path, "it is not a file")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(io_error("opening", path, error)),
    }
}

/// The path with symbolic links resolved, so that everybody who opens the file uses the same lock.
pub(super) fn resolve(path: &Path) -> Result<PathBuf> {
    let resolved = match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let name =
                path.file_name().ok_or_else(|| io_error("creating", path, io::ErrorKind::InvalidInput.into()))?;
            fs::canonicalize(folder(path)).map(|folder| folder.join(name))
        }
        resolved => resolved,
    };
    resolved.map_err(|error| io_error("opening", path, error))
}

/// Creates a store at `path`, which does not exist. The caller holds the lock.
fn create(path: &Path, options: &StoreOptions, store_id: String) -> Result<()> {
    let temporary = with_suffix(path, "creating");
    let result = create_at(&temporary, path, options, store_id)
        .map(drop)
        .and_then(|()| publish(&temporary, path).map_err(|error| io_error("creating", path, error)));
    if result.is_err() {
        // If that fails too, the next creation overwrites the file.
        let _ = fs::remove_file(&temporary);
    }
    result
}

/// Creates a store in the file `temporary`, which is replaced if it exists. `path` is its final name, for errors.
pub(super) fn create_at(temporary: &Path, path: &Path, options: &StoreOptions, store_id: String) -> Result<RedbEngine> {
    let file = fs::File::options().read(true).write(true).create(true).truncate(true).open(temporary);
    let file = file.map_err(|error| io_error("creating", temporary, error))?;
    open::create(backend(file, path)?, path, options, store_id)
}

/// Renames a finished file to its final name, durably.
pub(super) fn publish(temporary: &Path, path: &Path) -> io::Result<()> {
    fs::File::options().write(true).open(temporary)?.sync_all()?;
    fs::rename(temporary, path)?;
    // The rename is durable only after this. Windows can't open folders; there it is skipped.
    #[cfg(unix)]
    fs::File::open(folder(path))?.sync_all()?;
    Ok(())
}

/// The store's own file and its journal files.
fn files(path: &Path, access: Access) -> Result<(Box<FileBackend>, Files)> {
    let writable = access == Access::ReadWrite;
    let file = fs::File::options().read(true).write(writable).open(path);
    let file = file.map_err(|error| io_error("opening", path, error))?;
    let place = writable.then(|| Place::of(&file, path)).transpose();
    let journal = journal_file::files(path, place.map_err(|error| io_error("opening", path, error))?);
    Ok((backend(file, path)?, journal))
}

fn backend(file: fs::File, path: &Path) -> Result<Box<FileBackend>> {
    match FileBackend::new(file) {
        Ok(backend) => Ok(Box::new(backend)),
        Err(error) => Err(open::refusal(error, path)),
    }
}

/// Adds the owner of the lock, where redb only knows that there is one.
fn name_owner(error: Error) -> Error {
    match error.kind() {
        ErrorKind::Locked { path, owner } if owner.pid.is_none() => match FileLock::holder(path) {
            Ok(Some(holder)) if holder.pid != Some(std::process::id()) => Error::locked(path, holder),
            _ => error,
        },
        _ => error,
    }
}

fn io_error(action: &'static str, path: &Path, source: io::Error) -> Error {
    Error::io(action, path, source)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Read, Rows, keys};
    use std::cell::Cell;
    use tempfile::TempDir;

    fn folder() -> (TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("images.redb");
        (folder, path)
    }

    /// Ids that are unique in this process.
    fn ids() -> impl Fn() -> String {
        static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
        || format!("file-test-{}", NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
    }

    fn create_or_open(path: &Path) -> Result<Store> {
        Store::open_file(path, &FileOptions { create: true, ..FileOptions::default() }, ids())
    }

    fn open_existing(path: &Path) -> Result<Store> {
        Store::open_file(path, &FileOptions::default(), ids())
    }

    fn read_only(path: &Path) -> Result<Store> {
        Store::open_file_read_only(path, &StoreOptions::default())
    }

    fn key(number: u32) -> Vec<u8> {
        [&[keys::IMAGES][..], &number.to_be_bytes()].concat()
    }

    fn put(store: &Store, number: u32) {
        store.write(|tx| tx.change(&key(number), |tx, _| tx.put(key(number), vec![7; 300]))).unwrap();
    }

    fn count(read: &Read) -> usize {
        read.prefix(&[keys::IMAGES]).unwrap().map(Result::unwrap).count()
    }

    /// The files of a store by suffix; its own file comes first.
    type Files = Vec<(&'static str, Vec<u8>)>;

    fn files(path: &Path) -> Files {
        let present = ["", ".journal-a", ".journal-b"].map(|end| (end, fs::read(named(path, end))));
        present.into_iter().filter_map(|(end, bytes)| Some((end, bytes.ok()?))).collect()
    }

    fn named(path: &Path, end: &str) -> PathBuf {
        format!("{}{end}", path.display()).into()
    }

    fn leave(path: &Path, files: &Files) {
        for (end, bytes) in files {
            fs::write(named(path, end), bytes).unwrap();
        }
    }

    /// The files of a store with 50 images after a crash, with a journal if there are that many commits.
    fn unclean(commits: u32) -> Files {
        let (_folder, path) = folder();
        let store = create_or_open(&path).unwrap();
        let each = 50 / commits;
        for commit in 0..commits {
            store
                .write(|tx| {
                    (commit * each..(commit + 1) * each)
                        .try_for_each(|number| tx.change(&key(number), |tx, _| tx.put(key(number), vec![7; 300])))
                })
                .unwrap();
        }
        files(&path)
    }

    /// The file of a cleanly closed store with 50 images.
    fn clean() -> Vec<u8> {
        let (folder, path) = folder();
        leave(&path, &unclean(50));
        drop(open_existing(&path).unwrap());
        assert_eq!(names(folder.path()), ["images.redb"]);
        fs::read(&path).unwrap()
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_closed_store_is_one_file_and_opens_again() {
        let (folder, path) = folder();
        let store = create_or_open(&path).unwrap();
        let id = store.read().unwrap().state().unwrap().store_id;
        put(&store, 1);
        assert_eq!(names(folder.path()), ["images.redb", "images.redb.lock"]);
        store.close().unwrap();
        assert_eq!(names(folder.path()), ["images.redb"]);
        let store = open_existing(&path).unwrap();
        let state = store.read().unwrap().state().unwrap();
        assert_eq!((state.store_id, state.version), (id, 2));
        put(&store, 2);
        assert_eq!(count(&store.read().unwrap()), 2);
    }

    #[test]
    fn a_missing_file_is_created_only_on_request() {
        let (folder, path) = folder();
        assert!(matches!(open_existing(&path).as_ref().map_err(Error::kind), Err(ErrorKind::NoSuchStore { .. })));
        assert!(matches!(read_only(&path).as_ref().map_err(Error::kind), Err(ErrorKind::NoSuchStore { .. })));
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn an_interrupted_creation_can_be_repeated() {
        let (folder, path) = folder();
        fs::write(folder.path().join("images.redb.creating"), clean()).unwrap();
        let store = create_or_open(&path).unwrap();
        assert_eq!(count(&store.read().unwrap()), 0);
        drop(store);
        assert_eq!(names(folder.path()), ["images.redb"]);
    }

    #[test]
    fn a_creation_that_fails_leaves_nothing() {
        let (folder, path) = folder();
        // Occupies the temporary name.
        fs::create_dir(folder.path().join("images.redb.creating")).unwrap();
        let error = create_or_open(&path).err().unwrap();
        assert!(matches!(error.kind(), ErrorKind::Io { action: "creating", .. }), "{error:?}");
        assert_eq!(names(folder.path()), ["images.redb.creating"]);
    }

    #[test]
    fn errors_of_the_file_system_name_path_and_cause() {
        let (folder, _) = folder();
        let missing = folder.path().join("missing/images.redb");
        for (path, text) in [
            (missing.as_path(), "missing/images.redb\" failed: No such file or directory"),
            (folder.path(), "failed: is a directory"),
            #[cfg(target_os = "linux")]
            (Path::new("/proc/images.redb"), "/proc/images.redb.lock\" failed: "),
        ] {
            let error = create_or_open(path).err().unwrap();
            assert!(matches!(error.kind(), ErrorKind::Io { .. }), "{error:?}");
            assert!(error.to_string().contains(text), "{error}");
        }
    }

    #[test]
    fn a_second_opener_is_refused_at_once() {
        let (folder, path) = folder();
        let store = create_or_open(&path).unwrap();
        store.set_address(Some("http://127.0.0.1:1")).unwrap();
        #[cfg(unix)]
        let linked = {
            let linked = folder.path().join("link.redb");
            std::os::unix::fs::symlink(&path, &linked).unwrap();
            linked
        };
        #[cfg(not(unix))]
        let linked = folder.path().join("../").join(folder.path()).join("images.redb");
        for refused in [create_or_open(&path), open_existing(&linked), read_only(&path), read_only(&linked)] {
            let Err(error) = refused else { panic!("the store should be locked") };
            let ErrorKind::Locked { owner, .. } = error.kind() else { panic!("{error}") };
            assert_eq!(owner.pid, Some(std::process::id()));
            assert_eq!(owner.address.as_deref(), Some("http://127.0.0.1:1"));
        }
        let clone = store.clone();
        drop(store);
        assert!(
            matches!(open_existing(&path).as_ref().map_err(Error::kind), Err(ErrorKind::Locked { .. })),
            "another handle is still open"
        );
        drop(clone);
        drop(open_existing(&path).unwrap());
    }

    #[test]
    fn readers_share_a_file_and_keep_writers_away() {
        let (_folder, path) = folder();
        fs::write(&path, clean()).unwrap();
        let (one, two) = (read_only(&path).unwrap(), read_only(&path).unwrap());
        assert_eq!((count(&one.read().unwrap()), count(&two.read().unwrap())), (50, 50));
        assert!(matches!(one.write(|_| Ok(())).as_ref().map_err(Error::kind), Err(ErrorKind::ReadOnly)));
        assert!(matches!(open_existing(&path).as_ref().map_err(Error::kind), Err(ErrorKind::Locked { .. })));
        drop((one, two));
        put(&open_existing(&path).unwrap(), 1000);
    }

    #[test]
    fn reading_changes_no_byte_whatever_the_state_of_the_file() {
        for before in [vec![("", clean())], unclean(5), unclean(50)] {
            let (folder, path) = folder();
            leave(&path, &before);
            let present = names(folder.path());
            let store = read_only(&path).unwrap();
            assert_eq!(count(&store.read().unwrap()), 50);
            assert_eq!(store.verify_rows(|_, _| Ok(())).unwrap().problems.len(), 0);
            drop(store);
            assert!(files(&path) == before);
            assert_eq!(names(folder.path()), present);
        }
    }

    #[test]
    fn a_journal_without_its_store_is_left_unchanged() {
        for kept in [&[1][..], &[2], &[1, 2]] {
            let (folder, path) = folder();
            let mut left = unclean(50);
            left[2].1 = left[1].1.clone();
            let left: Files = kept.iter().map(|file| left[*file].clone()).collect();
            leave(&path, &left);
            let present = names(folder.path());
            let error = create_or_open(&path).err().unwrap();
            assert!(matches!(error.kind(), ErrorKind::JournalMismatch { .. }), "{error:?}");
            assert!(matches!(open_existing(&path).as_ref().map_err(Error::kind), Err(ErrorKind::NoSuchStore { .. })));
            assert!(matches!(read_only(&path).as_ref().map_err(Error::kind), Err(ErrorKind::NoSuchStore { .. })));
            assert!(files(&path) == left);
            assert_eq!(names(folder.path()), present);
        }
    }

    /// A folder is moved away while a store in it is open, and another store is made at its path.
    #[cfg(unix)]
    #[test]
    fn a_store_that_was_moved_removes_nothing_of_another_one() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (folder.path().join("old"), folder.path().join("new"));
        fs::create_dir(&old).unwrap();
        let path = old.join("images.redb");
        let moved = create_or_open(&path).unwrap();
        (0..20).for_each(|number| put(&moved, number));
        fs::rename(&old, &new).unwrap();
        fs::create_dir(&old).unwrap();
        let other = create_or_open(&path).unwrap();
        (0..30).for_each(|number| put(&other, number));
        let present = names(&old);
        assert!(present.contains(&"images.redb.journal-a".to_owned()), "{present:?}");

        let error = moved.close().unwrap_err();
        assert!(error.to_string().contains("moved, removed or replaced"), "{error}");
        assert_eq!(names(&old), present);
        put(&other, 30);
        other.close().unwrap();
        let count_of = |path: &Path| count(&read_only(path).unwrap().read().unwrap());
        assert_eq!(count_of(&path), 31);
        fs::remove_file(new.join("images.redb.lock")).unwrap();
        assert_eq!(count_of(&new.join("images.redb")), 20, "what it acknowledged is where it is now");
    }

    #[test]
    fn reading_needs_no_write_permission() {
        let (_folder, path) = folder();
        let left = unclean(50);
        leave(&path, &left);
        for (end, _) in left {
            let path = named(&path, end);
            let mut permissions = fs::metadata(&path).unwrap().permissions();
            permissions.set_readonly(true);
            fs::set_permissions(&path, permissions).unwrap();
        }
        assert_eq!(count(&read_only(&path).unwrap().read().unwrap()), 50);
    }

    #[test]
    fn other_files_are_refused_and_left_unchanged() {
        let foreign_redb = || {
            let definition = redb::TableDefinition::<&str, u64>::new("other");
            let (_folder, path) = folder();
            let database = redb::Database::create(&path).unwrap();
            let transaction = database.begin_write().unwrap();
            transaction.open_table(definition).unwrap().insert("a", 1).unwrap();
            transaction.commit().unwrap();
            drop(database);
            fs::read(&path).unwrap()
        };
        let cases: [(&str, Vec<u8>, &str); 6] = [
            ("empty", Vec::new(), "it does not begin like one"),
            ("one byte", b"r".to_vec(), "it does not begin like one"),
            ("text", b"kind: ImageStream\n".repeat(1000), "it does not begin like one"),
            ("SQLite", [b"SQLite format 3\0".to_vec(), vec![0; 8000]].concat(), "it does not begin like one"),
            ("zeros", vec![0; 100_000], "it does not begin like one"),
            ("redb", foreign_redb(), "OldFormat"),
        ];
        for (case, bytes, expected) in cases {
            let (folder, path) = folder();
            fs::write(&path, &bytes).unwrap();
            for refused in [create_or_open(&path), open_existing(&path), read_only(&path)] {
                match refused.err().as_ref().map(Error::kind) {
                    Some(ErrorKind::NotAStore { reason, .. }) => assert_eq!(reason, expected, "{case}"),
                    Some(ErrorKind::OldFormat { .. }) => assert_eq!(case, "redb"),
                    other => panic!("{case}: {other:?}"),
                }
            }
            assert!(fs::read(&path).unwrap() == bytes, "{case} was changed");
            assert_eq!(names(folder.path()), ["images.redb"], "{case}");
        }
    }

    #[test]
    fn a_store_of_a_newer_format_is_refused_and_left_unchanged() {
        // A state of a newer version, in a file that was closed and in one that was not.
        let (_folder, path) = folder();
        let store = create_or_open(&path).unwrap();
        store.write(|tx| tx.put(keys::state().to_vec(), crate::store::record::tests::newer_state())).unwrap();
        let unclean = fs::read(&path).unwrap();
        drop(store);
        for bytes in [unclean, fs::read(&path).unwrap()] {
            fs::write(&path, &bytes).unwrap();
            for refused in [open_existing(&path), read_only(&path)] {
                let error = refused.err().unwrap();
                assert!(matches!(error.kind(), ErrorKind::NewerFormat { found: 255, supported: 2, .. }), "{error:?}");
            }
            assert!(fs::read(&path).unwrap() == bytes);
        }
    }

    #[test]
    fn a_truncated_file_is_refused_and_left_unchanged() {
        for (whole, closed) in [(vec![("", clean())], true), (unclean(5), false), (unclean(50), false)] {
            let bytes = whole[0].1.clone();
            for len in [10, 320, 5000, bytes.len() / 2, bytes.len() - 4096, bytes.len() - 1] {
                let (_folder, path) = folder();
                let mut cut = whole.clone();
                cut[0].1.truncate(len);
                for open in [read_only, open_existing] {
                    leave(&path, &cut);
                    match open(&path) {
                        // In a file that was not closed, the missing bytes may be unused pages.
                        Ok(store) => assert!(!closed && count(&store.read().unwrap()) == 50, "{len}"),
                        Err(error) => {
                            assert!(matches!(error.kind(), ErrorKind::Corrupted { .. }), "{len}: {error:?}");
                            assert!(files(&path) == cut, "{len}");
                        }
                    }
                }
            }
        }
    }

    /// Every read of a damaged file is correct or an error, and verification finds the damage that reads find.
    #[test]
    fn flipped_bits_give_errors_and_no_wrong_results() {
        let bytes = clean();
        let (_folder, path) = folder();
        let expected: Vec<_> = (0..50).map(key).collect();
        let state = Cell::new(0x2545_f491_4f6c_dd1d_u64);
        let random = |below: usize| {
            let mut next = state.get();
            next ^= next << 13;
            next ^= next >> 7;
            next ^= next << 17;
            state.set(next);
            usize::try_from(next % below as u64).unwrap()
        };
        let (mut refused, mut found) = (0, 0);
        for _ in 0..300 {
            let mut damaged = bytes.clone();
            let bit = random(damaged.len() * 8);
            damaged[bit / 8] ^= 1 << (bit % 8);
            fs::write(&path, &damaged).unwrap();
            let store = match read_only(&path) {
                Ok(store) => store,
                Err(error) => {
                    let known = matches!(error.kind(), ErrorKind::Corrupted { .. } | ErrorKind::NotAStore { .. });
                    assert!(known || matches!(error.kind(), ErrorKind::Storage { .. }), "bit {bit}: {error:?}");
                    refused += 1;
                    continue;
                }
            };
            let read = store.read().unwrap();
            let rows: Result<Vec<_>> = read.prefix(&[keys::IMAGES]).and_then(Iterator::collect);
            drop(read);
            let sound = rows.map(|rows| {
                assert!(rows.iter().all(|(_, value)| value == &[7; 300]), "bit {bit}");
                assert!(rows.into_iter().map(|(key, _)| key).eq(expected.clone()), "bit {bit}");
            });
            let verification = store.verify_rows(|_, _| Ok(()));
            let clean = verification.is_ok_and(|found| found.is_clean() && !found.repaired);
            assert!(sound.is_ok() || !clean, "bit {bit}: verification found nothing");
            found += u32::from(!clean);
        }
        assert!(refused + found > 50, "{refused} refused, {found} found: too few flipped bits had an effect");
    }
}
