//! The lock file: one process owns a store, and others can see which.
//!
//! Native and JavaScript processes create this file exclusively beside the store, and remove it when they close the
//! store. Native processes also hold a lock of the operating system on it, where there are such: among them that lock
//! decides, whatever the content says, since it ends with its process. JavaScript has no such locks; the content serves
//! it, and everybody who wants to know the owner.

use std::collections::BTreeSet;
use std::fs::{self, TryLockError};
use std::io::{self, Read, Write};
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
    /// The namespace of the pid, if known: in another one the same pid is another process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pid_namespace: Option<String>,
    /// Whether the owner also holds a lock of the operating system on the file.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    system_lock: bool,
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
    /// The open file: closing it releases the lock of the operating system.
    file: Mutex<Option<fs::File>>,
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
    /// A lock whose owner is gone is taken over; with `break_lock`, also a lock of another process that seems alive,
    /// unless it certainly is: a native process of this system.
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
            pid_namespace: process::pid_namespace(),
            system_lock: false,
            token,
            address: None,
        };
        held().insert(owner.token.clone());
        let lock = Self { path: path.clone(), owner: Mutex::new(owner), file: Mutex::default() };
        for attempt in 0..ATTEMPTS {
            match fs::File::create_new(&path) {
                Ok(file) => {
                    // From here on, dropping `lock` removes the file, unless nothing could be written to it.
                    return match lock.fill(file) {
                        Ok(()) => Ok(lock),
                        Err(error) => {
                            let _ = fs::remove_file(&path);
                            Err(locking(error))
                        }
                    };
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(locking(error)),
            }
            match find(&path, break_lock).map_err(locking)? {
                Found::Nothing => {}
                Found::Stale(content) => {
                    if !remove_stale(&path, &content).map_err(locking)? {
                        // Another process is looking at it, or removing it.
                        std::thread::sleep(Duration::from_millis(1 << attempt));
                    }
                }
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
        let new = {
            let mut owner = self.owner();
            owner.address = address.map(str::to_owned);
            with_suffix(&self.path, &owner.token)
        };
        // Replaced atomically: a reader must never see half of it.
        fs::File::create(&new)
            .and_then(|file| self.fill(file))
            .and_then(|()| fs::rename(&new, &self.path))
            .inspect_err(|_| fs::remove_file(&new).unwrap_or_default())
            .map_err(|error| Error::io("writing", self.path.clone(), error))
    }

    /// Locks a new file, and writes the owner to it.
    fn fill(&self, mut file: fs::File) -> io::Result<()> {
        let mut owner = self.owner();
        owner.system_lock = system_lock(&file)?;
        let mut content = serde_json::to_vec(&*owner)?;
        content.push(b'\n');
        file.write_all(&content)?;
        *self.file.lock().unwrap_or_else(PoisonError::into_inner) = Some(file);
        Ok(())
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

/// Takes the lock of the operating system on a new file; returns whether the file system has such locks. Others that
/// look at the file hold it for a moment.
#[cfg(unix)]
fn system_lock(file: &fs::File) -> io::Result<bool> {
    match file.lock() {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
        Err(_) => Ok(false),
    }
}

/// Elsewhere a locked file can't be read, not even to find out who the owner is.
#[cfg(not(unix))]
fn system_lock(_: &fs::File) -> io::Result<bool> {
    Ok(false)
}

/// Whether another open file has the lock of the operating system.
fn is_system_locked(file: &fs::File) -> bool {
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
}

/// Opens a file; anything else is an error, since reading a named pipe would wait for a writer for ever.
fn open(path: &Path) -> io::Result<fs::File> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a file; remove it, if no process has the store open"));
    }
    fs::File::open(path)
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    open(path)?.read_to_end(&mut content)?;
    Ok(content)
}

/// Reads a lock file. With `break_lock`, a lock of another process is stale unless that is certainly alive.
fn find(path: &Path, break_lock: bool) -> io::Result<Found> {
    let mut file = match open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(error),
    };
    let alive = is_system_locked(&file);
    let mut content = Vec::new();
    file.read_to_end(&mut content)?;
    let Ok(owner) = serde_json::from_slice::<Owner>(&content) else {
        if alive {
            return Ok(Found::Held(LockOwner::default()));
        }
        // It is being written right now, or the machine crashed before its content was on the disk.
        let changed = fs::metadata(path).and_then(|file| file.modified());
        // A time to come, after the clock was set back, is as good as one that is long ago.
        let distance = changed.ok().map(|time| time.elapsed().unwrap_or_else(|ahead| ahead.duration()));
        let stale = break_lock || distance.is_some_and(|distance| distance > BEING_WRITTEN);
        return Ok(if stale { Found::Stale(content) } else { Found::Held(LockOwner::default()) });
    };
    let own = owner.pid == std::process::id() && held().contains(&owner.token);
    if !own && !alive && (break_lock || owner.is_gone()) {
        return Ok(Found::Stale(content));
    }
    let elsewhere = owner.host != process::host_name();
    Ok(Found::Held(LockOwner { pid: Some(owner.pid), host: elsewhere.then_some(owner.host), address: owner.address }))
}

impl Owner {
    /// Whether the owner has certainly ended, if nobody has the lock of the operating system.
    fn is_gone(&self) -> bool {
        if self.system_lock && self.boot_id.is_some() && self.boot_id == process::boot_id() {
            // It would have that lock: it ran on this system, if perhaps in a container with a name of its own.
            return true;
        }
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
        if self.pid_namespace.is_some() && self.pid_namespace != process::pid_namespace() {
            // Nor are those of another container.
            return false;
        }
        match Process::find(self.pid) {
            Process::Gone => true,
            Process::Alive { started } => self.start_time.is_some() && started.is_some() && started != self.start_time,
        }
    }
}

/// Removes a stale lock file, if its content is still `content`; returns whether there is another one now, or none.
///
/// Another process may be taking the lock over too, and may already have created its own. So the file is first locked
/// with a lock of the operating system, which ends with the process that holds it.
fn remove_stale(path: &Path, content: &[u8]) -> io::Result<bool> {
    let gone = |error: io::Error| if error.kind() == io::ErrorKind::NotFound { Ok(true) } else { Err(error) };
    let stale = match open(path) {
        Ok(stale) => stale,
        Err(error) => return gone(error),
    };
    if let Err(TryLockError::WouldBlock) = stale.try_lock() {
        return Ok(false);
    }
    match read(path) {
        Ok(found) if found == content => fs::remove_file(path).map(|()| true).or_else(gone),
        Ok(_) => Ok(true),
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
            pid_namespace: process::pid_namespace(),
            system_lock: false,
            token: "theirs".to_owned(),
            address: Some("http://127.0.0.1:5000".to_owned()),
        }
    }

    #[cfg(unix)]
    fn parent() -> u32 {
        std::os::unix::process::parent_id()
    }

    fn leave(store: &Path, owner: &Owner) {
        fs::write(lock_path(store), serde_json::to_vec(owner).unwrap()).unwrap();
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

    #[cfg(unix)]
    #[test]
    fn the_lock_of_the_system_decides_among_native_processes() {
        let theirs = Owner { pid: u32::MAX, host: "container".to_owned(), system_lock: true, ..other_owner() };
        let (_folder, store) = folder();
        leave(&store, &theirs);
        let file = fs::File::open(lock_path(&store)).unwrap();
        file.lock().unwrap();
        for break_lock in [false, true] {
            assert_eq!(locked(&FileLock::acquire(&store, "m1".to_owned(), break_lock)).pid, Some(u32::MAX));
            assert!(FileLock::holder(&store).unwrap().is_some(), "a process that no pid shows is alive");
        }
        drop(file);
        let lock = FileLock::acquire(&store, "m2".to_owned(), false).unwrap();
        lock.set_address(Some("http://127.0.0.1:1")).unwrap();
        let file = fs::File::open(lock_path(&store)).unwrap();
        assert!(is_system_locked(&file), "the file with the address is locked, too");
        drop(lock);
        let elsewhere = Owner { boot_id: Some("another machine".to_owned()), ..theirs };
        leave(&store, &elsewhere);
        locked(&FileLock::acquire(&store, "m3".to_owned(), false));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_pid_of_another_namespace_says_nothing() {
        let (_folder, store) = folder();
        leave(&store, &Owner { pid: u32::MAX, pid_namespace: Some("pid:[1]".to_owned()), ..other_owner() });
        locked(&FileLock::acquire(&store, "n1".to_owned(), false));
        drop(FileLock::acquire(&store, "n2".to_owned(), true).unwrap());
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
        assert!(remove_stale(&lock_path(&store), b"an older content").unwrap());
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
