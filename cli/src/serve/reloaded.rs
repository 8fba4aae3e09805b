//! Files that are read again when they change.

use std::io::Write;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use crate::failure::Result;

/// How files are read.
type Read<T> = Box<dyn Fn() -> Result<T> + Send + Sync>;

/// What was read from files. It is read again when one of them changes; a file that can't be read then leaves what was
/// read before in use.
pub(super) struct Reloaded<T> {
    files: Vec<PathBuf>,
    read: Read<T>,
    current: RwLock<Current<T>>,
}

struct Current<T> {
    stamps: Vec<Option<Stamp>>,
    value: Arc<T>,
}

/// What tells one version of a file from another: the inode, the size and the time of the last change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp(u64, u64, SystemTime);

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        let metadata = std::fs::metadata(path).ok()?;
        Some(Self(metadata.ino(), metadata.len(), metadata.modified().ok()?))
    }
}

impl<T> Reloaded<T> {
    /// Reads the files for the first time.
    ///
    /// # Errors
    ///
    /// Those of `read`.
    pub(super) fn new(files: Vec<PathBuf>, read: impl Fn() -> Result<T> + Send + Sync + 'static) -> Result<Self> {
        // Taken before the reading: a change in between leads to another reading.
        let stamps = stamps(&files);
        let value = Arc::new(read()?);
        Ok(Self { files, read: Box::new(read), current: RwLock::new(Current { stamps, value }) })
    }

    /// What the files say now.
    pub(super) fn get(&self) -> Arc<T> {
        let stamps = stamps(&self.files);
        {
            let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
            if current.stamps == stamps {
                return Arc::clone(&current.value);
            }
        }
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if current.stamps != stamps {
            match (self.read)() {
                Ok(value) => current.value = Arc::new(value),
                Err(failure) => {
                    // There is no other place to say that standard error is closed.
                    let _ = writeln!(std::io::stderr(), "{failure}\nwhat was read before stays in use");
                }
            }
            current.stamps = stamps;
        }
        Arc::clone(&current.value)
    }
}

fn stamps(files: &[PathBuf]) -> Vec<Option<Stamp>> {
    files.iter().map(|path| Stamp::of(path)).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::failure::Failure;

    #[test]
    fn a_change_is_seen_and_a_broken_file_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("number");
        fs::write(&path, "1").unwrap();
        let file = path.clone();
        let number = Reloaded::new(vec![path.clone()], move || {
            let text = fs::read_to_string(&file).map_err(|error| Failure::file("reading", &file, error))?;
            text.parse::<u32>().map_err(|error| Failure::file("reading", &file, error))
        })
        .unwrap();
        assert_eq!(*number.get(), 1);
        fs::write(&path, "23").unwrap();
        assert_eq!(*number.get(), 23);
        fs::write(&path, "many").unwrap();
        assert_eq!(*number.get(), 23);
        fs::remove_file(&path).unwrap();
        assert_eq!(*number.get(), 23);
        fs::write(&path, "456").unwrap();
        assert_eq!(*number.get(), 456);
    }

    #[test]
    fn a_file_that_is_replaced_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("number");
        fs::write(&path, "1").unwrap();
        let file = path.clone();
        let read = move || fs::read_to_string(&file).map_err(|error| Failure::file("reading", &file, error));
        let text = Reloaded::new(vec![path.clone()], read).unwrap();
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        let other = folder.path().join("other");
        fs::write(&other, "2").unwrap();
        fs::File::options().write(true).open(&other).unwrap().set_modified(modified).unwrap();
        fs::rename(&other, &path).unwrap();
        assert_eq!(*text.get(), "2");
    }
}
