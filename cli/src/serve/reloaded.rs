//! Files that are reloaded when they change.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use crate::failure::Result;

/// Reads the files.
type Read<T> = Box<dyn Fn() -> Result<T> + Send + Sync>;

/// The content of files. It is reloaded when one of them changes; if that fails, the previous content stays in use.
pub(super) struct Reloaded<T> {
    files: Vec<PathBuf>,
    read: Read<T>,
    current: RwLock<Current<T>>,
}

struct Current<T> {
    stamps: Vec<Option<Stamp>>,
    value: Arc<T>,
}

/// Identifies a version of a file: inode, size and time of the last change.
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
    /// Errors of `read`.
    pub(super) fn new(files: Vec<PathBuf>, read: impl Fn() -> Result<T> + Send + Sync + 'static) -> Result<Self> {
        // Taken before reading: a change in between leads to another reload.
        let stamps = stamps(&files);
        let value = Arc::new(read()?);
        Ok(Self { files, read: Box::new(read), current: RwLock::new(Current { stamps, value }) })
    }

    /// The current content.
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
                Err(failure) => tracing::error!(reason = %failure, "the previous content stays in use"),
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
    fn a_change_is_loaded_and_a_broken_file_is_ignored() {
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
    fn a_replaced_file_is_loaded() {
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
