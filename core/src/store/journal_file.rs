//! A file of a journal, in the file system.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use redb::StorageBackend;
use redb::backends::FileBackend;

use super::engine::{Files, JournalFile, SUFFIXES};
use super::paths::{folder, with_suffix};

/// The files of the journal of the store in the file `store`. Only those of a store that is opened for writing may be
/// written.
pub(super) fn files(store: &Path, writable: bool) -> Files {
    SUFFIXES.map(|suffix| {
        let path = with_suffix(store, suffix);
        Box::new(FileInFolder { path, writable, open: Mutex::default() }) as Box<dyn JournalFile>
    })
}

/// A file that is made when it is first written.
#[derive(Debug)]
struct FileInFolder {
    path: PathBuf,
    writable: bool,
    open: Mutex<Option<Open>>,
}

#[derive(Debug)]
struct Open {
    /// Positioned reads and writes on every platform are redb's; it is used for nothing else of it.
    bytes: FileBackend,
    /// That it exists is durable.
    named: bool,
}

impl FileInFolder {
    fn lock(&self) -> MutexGuard<'_, Option<Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `work` on the file, which is opened, and made if `create` says so.
    fn with<T>(&self, create: bool, work: impl FnOnce(&mut Open) -> io::Result<T>) -> io::Result<T> {
        let mut open = self.lock();
        let open = match &mut *open {
            Some(open) => open,
            none => {
                let file = fs::File::options()
                    .read(true)
                    .write(self.writable)
                    .create(create && self.writable)
                    .open(&self.path)?;
                let bytes = FileBackend::new(file).map_err(io::Error::other)?;
                none.insert(Open { bytes, named: !create })
            }
        };
        work(open)
    }
}

impl JournalFile for FileInFolder {
    fn len(&self) -> io::Result<u64> {
        match fs::metadata(&self.path) {
            Ok(found) => Ok(found.len()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error),
        }
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.with(false, |open| open.bytes.read(offset, out))
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.with(true, |open| open.bytes.write(offset, data))
    }

    fn sync(&self) -> io::Result<()> {
        self.with(true, |open| {
            open.bytes.sync_data()?;
            if !open.named {
                // Windows can't open folders, and does without.
                #[cfg(unix)]
                fs::File::open(folder(&self.path))?.sync_all()?;
                open.named = true;
            }
            Ok(())
        })
    }

    fn remove(&self) -> io::Result<()> {
        *self.lock() = None;
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}
