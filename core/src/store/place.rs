//! Whether an open file still lies at its path.
//!
//! A folder can be moved or replaced while a store in it is open. Then the files at its paths belong to another store:
//! they must not be removed, and commits into the open ones would be lost to everybody who opens the path.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A check is valid for this long, so that commits that follow each other need none.
const VALID: Duration = Duration::from_secs(1);

/// An open file and its path.
#[derive(Debug)]
pub(super) struct Place {
    path: PathBuf,
    identity: Identity,
    checked: Mutex<Instant>,
}

/// What the system calls a file, whatever its path is; the same for all files where it has no such names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Identity {
    #[cfg(unix)]
    device: u64,
    #[cfg(unix)]
    inode: u64,
}

impl Identity {
    #[cfg(unix)]
    fn of(file: &fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self { device: file.dev(), inode: file.ino() }
    }

    #[cfg(not(unix))]
    fn of(_: &fs::Metadata) -> Self {
        Self {}
    }
}

impl Place {
    /// The place of a file that was opened at this path.
    pub(super) fn of(file: &fs::File, path: &Path) -> io::Result<Self> {
        let identity = Identity::of(&file.metadata()?);
        Ok(Self { path: path.to_owned(), identity, checked: Mutex::new(Instant::now()) })
    }

    /// Checks that the file is still there. Without `now`, a check of the last second is sufficient.
    pub(super) fn check(&self, now: bool) -> io::Result<()> {
        let mut checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        if !now && checked.elapsed() < VALID {
            return Ok(());
        }
        let found = match fs::metadata(&self.path) {
            Ok(found) => Some(Identity::of(&found)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        if found != Some(self.identity) {
            let path = self.path.display();
            return Err(io::Error::other(format!(
                "{path} was moved, removed or replaced while it was open; close the store, and open it where it is now"
            )));
        }
        *checked = Instant::now();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_file_that_is_moved_removed_or_replaced_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("file"), folder.path().join("other"));
        let file = fs::File::create(&path).unwrap();
        let place = Place::of(&file, &path).unwrap();
        place.check(true).unwrap();
        fs::rename(&path, &other).unwrap();
        place.check(false).unwrap();
        assert!(place.check(true).is_err(), "it was moved");
        fs::write(&path, b"").unwrap();
        assert!(place.check(true).unwrap_err().to_string().contains("moved, removed or replaced"));
        fs::rename(&other, &path).unwrap();
        place.check(true).unwrap();
        fs::remove_file(&path).unwrap();
        assert!(place.check(true).is_err(), "it was removed");
    }
}
