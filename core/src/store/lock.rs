//! The lock file: one process owns a store, and others can see which.
//!
//! redb locks the store's file too, but not everywhere: JavaScript has no such locks. So native and JavaScript
//! processes create this file exclusively beside the store, and remove it when they close the store.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::paths::with_suffix;
use super::process::{self, Process};
use crate::error::{Error, LockOwner, Result};

/// The tokens of the locks that this process holds.
static HELD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// How long a lock file may be unreadable: it is created before it is written.
const BEING_WRITTEN: Duration = Duration::from_secs(2);

/// How often to try for a lock that others keep changing.
const ATTEMPTS: usize = 10;

/// The content of a lock file, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Owner {
    pid: u32,
    /// See [`Process::Alive`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    start_time: Option<u64>,
    host: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    boot_id: Option<String>,
    /// Unique to this lock: distinguishes the locks of one process, and a process from an older one with the same pid.
    token: String,
    /// The address at which the owner serves the store, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<String>,
}

/// A lock held by this process, released when dropped.
#[derive(Debug)]
pub(crate) struct FileLock {
    path: PathBuf,
    owner: Mutex<Owner>,
}

/// The state of a lock file.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    Nothing,
    /// Its owner is alive, or may be.
    Held(LockOwner),
    /// Its owner is gone. Holds the content, to recognise the file again.
    Stale(Vec<u8>),
}

impl FileLock {
    /// Locks the store in the file `store`. `token` must be unique.
    ///
    /// A lock whose owner is gone is taken over; with `break_lock`, also a lock of another process that seems alive.
    ///
    /// # Errors
    ///
    /// `Locked`; `Io` if the lock file can't be written.
    pub(crate) fn acquire(store: &Path, token: String, break_lock: bool) -> Result<Self> {
        let path = lock_path(store);
        let locking = |source| Error::io("locking", path.clone(), source);
        let pid = std::process::id();
        let owner = Owner {
            pid,
            start_time: Process::find(pid).started(),
            host: process::host_name(),
            boot_id: process::boot_id(),
            token,
            address: None,
        };
        held().insert(owner.token.clone());
        let lock = Self { path: path.clone(), owner: Mutex::new(owner.clone()) };
        for _ in 0..ATTEMPTS {
            match fs::File::create_new(&path) {
                Ok(file) => {
                    // From here on, dropping `lock` removes the file.
                    write(file, &owner).map_err(locking)?;
                    return Ok(lock);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(locking(error)),
            }
            match find(&path, break_lock).map_err(locking)? {
                Found::Nothing => {}
                Found::Stale(content) => remove_stale(&path, &content).map_err(locking)?,
                Found::Held(owner) => return Err(Error::locked(store, owner)),
            }
        }
        Err(Error::locked(store, LockOwner::default()))
    }

    /// The owner of the lock on the store in the file `store`, unless it is known to be gone.
    pub(crate) fn holder(store: &Path) -> Result<Option<LockOwner>> {
        let path = lock_path(store);
        match find(&path, false) {
            Ok(Found::Held(owner)) => Ok(Some(owner)),
            Ok(Found::Nothing | Found::Stale(_)) => Ok(None),
            Err(error) => Err(Error::io("reading", path, error)),
        }
    }

    /// Records the address at which the store is served in the lock file; `None` removes it.
    pub(crate) fn set_address(&self, address: Option<&str>) -> Result<()> {
        let mut owner = self.owner();
        owner.address = address.map(str::to_owned);
        // Replaced atomically: a reader must never see half of it.
        let new = with_suffix(&self.path, &owner.token);
        fs::File::create(&new)
            .and_then(|file| write(file, &owner))
            .and_then(|()| fs::rename(&new, &self.path))
            .map_err(|error| Error::io("writing", self.path.clone(), error))
    }

    fn owner(&self) -> MutexGuard<'_, Owner> {
        self.owner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        let owner = self.owner();
        // Another process may have broken this lock and written its own.
        let ours =
            |content: Vec<u8>| serde_json::from_slice::<Owner>(&content).is_ok_and(|found| found.token == owner.token);
        if read(&self.path).is_ok_and(ours) {
            // If that fails, the next process finds a stale lock, as after a crash.
            let _ = fs::remove_file(&self.path);
        }
        held().remove(&owner.token);
    }
}

/// The lock file of the store in the file `store`.
fn lock_path(store: &Path) -> PathBuf {
    with_suffix(store, "lock")
}

fn held() -> MutexGuard<'static, BTreeSet<String>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

fn write(mut file: fs::File, owner: &Owner) -> io::Result<()> {
    let mut content = serde_json::to_vec(owner)?;
    content.push(b'\n');
    file.write_all(&content)
}

/// Reads a file; anything else is an error, since reading a named pipe would wait for a writer for ever.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a file; remove it, if no process has the store open"));
    }
    fs::read(path)
}

/// Reads a lock file. With `break_lock`, a lock of another process is always stale.
fn find(path: &Path, break_lock: bool) -> io::Result<Found> {
    let content = match read(path) {
        Ok(content) => content,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(error),
    };
    let Ok(owner) = serde_json::from_slice::<Owner>(&content) else {
        // It is being written right now, or the machine crashed before its content was on the disk.
        let changed = fs::metadata(path).and_then(|file| file.modified());
        // A time to come, after the clock was set back, is as good as one that is long ago.
        let distance = changed.ok().map(|time| time.elapsed().unwrap_or_else(|ahead| ahead.duration()));
        let stale = break_lock || distance.is_some_and(|distance| distance > BEING_WRITTEN);
        return Ok(if stale { Found::Stale(content) } else { Found::Held(LockOwner::default()) });
    };
    let own = owner.pid == std::process::id() && held().contains(&owner.token);
    if !own && (break_lock || owner.is_gone()) {
        return Ok(Found::Stale(content));
    }
    let elsewhere = owner.host != process::host_name();
    Ok(Found::Held(LockOwner { pid: Some(owner.pid), host: elsewhere.then_some(owner.host), address: owner.address }))
}

impl Owner {
    /// Whether the owner has certainly ended.
    fn is_gone(&self) -> bool {
        if self.host != process::host_name() {
            // Processes of another host are not visible from here.
            return false;
        }
        if let (Some(theirs), Some(ours)) = (&self.boot_id, process::boot_id())
            && *theirs != ours
        {
            return true;
        }
        if self.pid == std::process::id() {
            return !held().contains(&self.token);
        }
        match Process::find(self.pid) {
            Process::Gone => true,
            Process::Alive { started } => self.start_time.is_some() && started.is_some() && started != self.start_time,
        }
    }
}

/// Removes a stale lock file, if its content is still `content`.
///
/// Another process may be taking the lock over too, and may already have created its own. So the file is first locked
/// with a lock of the operating system, which ends with the process that holds it; a process that waited for that lock
/// finds another file at the path.
fn remove_stale(path: &Path, content: &[u8]) -> io::Result<()> {
    let gone = |error: io::Error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) };
    let stale = match fs::File::open(path) {
        Ok(stale) => stale,
        Err(error) => return gone(error),
    };
    stale.lock()?;
    match read(path) {
        Ok(found) if found == content => fs::remove_file(path),
        Ok(_) => Ok(()),
        Err(error) => gone(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use tempfile::TempDir;

    fn folder() -> (TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("images.redb");
        (folder, store)
    }

    fn locked(result: &Result<FileLock>) -> LockOwner {
        match result.as_ref().map_err(Error::kind) {
            Err(ErrorKind::Locked { owner, .. }) => owner.clone(),
            other => panic!("{other:?}"),
        }
    }

    /// The lock of a running process of this host: the parent of this process.
    fn other_owner() -> Owner {
        let pid = parent();
        Owner {
            pid,
            start_time: Process::find(pid).started(),
            host: process::host_name(),
            boot_id: process::boot_id(),
            token: "theirs".to_owned(),
            address: Some("http://127.0.0.1:5000".to_owned()),
        }
    }

    #[cfg(unix)]
    fn parent() -> u32 {
        std::os::unix::process::parent_id()
    }

    fn leave(store: &Path, owner: &Owner) {
        write(fs::File::create(lock_path(store)).unwrap(), owner).unwrap();
    }

    fn token_in(store: &Path) -> String {
        serde_json::from_slice::<Owner>(&fs::read(lock_path(store)).unwrap()).unwrap().token
    }

    #[test]
    fn the_lock_file_is_beside_the_store_and_removed_on_close() {
        let (_folder, store) = folder();
        let lock = FileLock::acquire(&store, "a1".to_owned(), false).unwrap();
        let text = fs::read_to_string(store.with_file_name("images.redb.lock")).unwrap();
        assert!(text.contains(&format!("\"pid\":{}", std::process::id())), "{text}");
        drop(lock);
        assert!(!lock_path(&store).exists());
        assert_eq!(FileLock::holder(&store).unwrap(), None);
    }

    #[test]
    fn the_same_process_can_not_lock_twice_nor_break_its_own_lock() {
        let (_folder, store) = folder();
        let lock = FileLock::acquire(&store, "b1".to_owned(), false).unwrap();
        for break_lock in [false, true] {
            let owner = locked(&FileLock::acquire(&store, "b2".to_owned(), break_lock));
            assert_eq!(owner, LockOwner { pid: Some(std::process::id()), host: None, address: None });
        }
        assert_eq!(token_in(&store), "b1");
        drop(lock);
        drop(FileLock::acquire(&store, "b3".to_owned(), false).unwrap());
    }

    #[test]
    fn one_of_two_concurrent_openers_gets_the_lock() {
        let (folder, store) = folder();
        leave(&store, &Owner { pid: u32::MAX, ..other_owner() });
        let barrier = std::sync::Barrier::new(8);
        let results: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|number| {
                    let (barrier, store) = (&barrier, &store);
                    scope.spawn(move || {
                        barrier.wait();
                        FileLock::acquire(store, format!("c{number}"), false)
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
        drop(results);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "no file is left");
    }

    #[test]
    fn a_living_owner_is_named_with_its_address() {
        let (_folder, store) = folder();
        leave(&store, &other_owner());
        let owner = locked(&FileLock::acquire(&store, "d1".to_owned(), false));
        let expected = LockOwner { pid: Some(parent()), host: None, address: Some("http://127.0.0.1:5000".to_owned()) };
        assert_eq!(owner, expected);
        assert_eq!(FileLock::holder(&store).unwrap(), Some(expected));
        assert_eq!(token_in(&store), "theirs");
    }

    #[test]
    fn the_address_can_be_set_and_removed() {
        let (folder, store) = folder();
        let lock = FileLock::acquire(&store, "e1".to_owned(), false).unwrap();
        lock.set_address(Some("http://[::1]:80")).unwrap();
        assert_eq!(FileLock::holder(&store).unwrap().unwrap().address.as_deref(), Some("http://[::1]:80"));
        lock.set_address(None).unwrap();
        assert_eq!(FileLock::holder(&store).unwrap().unwrap().address, None);
        drop(lock);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_lock_of_an_owner_that_is_gone_is_taken_over() {
        let gone = [
            ("no such process", Owner { pid: u32::MAX, ..other_owner() }),
            ("its pid was reused", Owner { start_time: Some(1), ..other_owner() }),
            ("the host was rebooted", Owner { boot_id: Some("earlier".to_owned()), ..other_owner() }),
            ("an earlier process with this pid", Owner { pid: std::process::id(), ..other_owner() }),
        ];
        for (number, (case, owner)) in gone.into_iter().enumerate() {
            let (folder, store) = folder();
            leave(&store, &owner);
            assert_eq!(FileLock::holder(&store).unwrap(), None, "{case}");
            let lock = FileLock::acquire(&store, format!("f{number}"), false);
            let _lock = lock.unwrap_or_else(|error| panic!("{case}: {error}"));
            assert_eq!(token_in(&store), format!("f{number}"), "{case}");
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "{case}");
        }
    }

    #[test]
    fn a_living_process_with_unknown_start_time_keeps_its_lock() {
        let (_folder, store) = folder();
        leave(&store, &Owner { start_time: None, ..other_owner() });
        locked(&FileLock::acquire(&store, "g1".to_owned(), false));
    }

    #[test]
    fn the_lock_of_another_host_is_kept_until_it_is_broken() {
        let (_folder, store) = folder();
        leave(&store, &Owner { pid: u32::MAX, host: "elsewhere".to_owned(), ..other_owner() });
        let owner = locked(&FileLock::acquire(&store, "h1".to_owned(), false));
        assert_eq!(owner.host.as_deref(), Some("elsewhere"));
        let _lock = FileLock::acquire(&store, "h2".to_owned(), true).unwrap();
        assert_eq!(token_in(&store), "h2");
    }

    #[test]
    fn an_owner_whose_lock_was_broken_does_not_remove_the_new_lock() {
        let (_folder, store) = folder();
        let robbed = FileLock::acquire(&store, "i1".to_owned(), false).unwrap();
        leave(&store, &other_owner());
        drop(robbed);
        assert_eq!(token_in(&store), "theirs");
    }

    #[test]
    fn an_unreadable_lock_is_respected_only_while_it_may_be_being_written() {
        let (_folder, store) = folder();
        fs::write(lock_path(&store), b"{").unwrap();
        assert_eq!(locked(&FileLock::acquire(&store, "j1".to_owned(), false)), LockOwner::default());
        let file = fs::File::options().write(true).open(lock_path(&store)).unwrap();
        file.set_modified(std::time::SystemTime::now() - 2 * BEING_WRITTEN).unwrap();
        let _lock = FileLock::acquire(&store, "j2".to_owned(), false).unwrap();
    }

    #[test]
    fn a_lock_taken_over_by_another_process_stays() {
        let (folder, store) = folder();
        leave(&store, &other_owner());
        remove_stale(&lock_path(&store), b"an older content").unwrap();
        assert_eq!(token_in(&store), "theirs");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn an_unwritable_folder_is_an_error_with_the_path() {
        let (folder, _) = folder();
        let error = FileLock::acquire(&folder.path().join("missing/images.redb"), "l1".to_owned(), false).unwrap_err();
        assert!(error.to_string().contains("images.redb.lock\" failed: "), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_lock_that_is_no_file_is_an_error_that_says_what_to_do() {
        let (folder, store) = folder();
        let path = lock_path(&store);
        let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
        assert!(made.success());
        for _ in ["a named pipe", "a folder"] {
            for error in [
                FileLock::acquire(&store, "token".to_owned(), true).unwrap_err(),
                FileLock::holder(&store).unwrap_err(),
            ] {
                assert!(
                    error.to_string().contains("images.redb.lock") && error.to_string().contains("remove it"),
                    "{error}"
                );
            }
            fs::remove_file(&path).and_then(|()| fs::create_dir(&path)).unwrap_or_default();
        }
        drop(folder);
    }

    #[test]
    fn an_unreadable_lock_of_a_time_to_come_is_stale() {
        let (_folder, store) = folder();
        let file = fs::File::create(lock_path(&store)).unwrap();
        file.set_modified(std::time::SystemTime::now() + Duration::from_secs(3600)).unwrap();
        drop(FileLock::acquire(&store, "token".to_owned(), false).unwrap());
    }
}
