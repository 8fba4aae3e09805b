//! A journal file in the file system.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redb::StorageBackend;
use redb::backends::FileBackend;

use super::engine::{Files, JournalFile, SUFFIXES};
use super::paths::{folder, with_suffix};
use super::place::Place;

/// The journal files of the store in the file `store`; read-only unless they are to be written together with the store's
/// own file, which lies at `place`.
pub(super) fn files(store: &Path, place: Option<Place>) -> Files {
    let place = place.map(Arc::new);
    SUFFIXES.map(|suffix| {
        let path = with_suffix(store, suffix);
        Box::new(FileInFolder { path, store: place.clone(), open: Mutex::default() }) as Box<dyn JournalFile>
    })
}

/// A file that is created when it is first written.
#[derive(Debug)]
struct FileInFolder {
    path: PathBuf,
    /// The place of the store's own file; `None` if nothing is written.
    store: Option<Arc<Place>>,
    open: Mutex<Option<Open>>,
}

#[derive(Debug)]
struct Open {
    /// Used only for redb's positioned reads and writes, which work on every platform.
    bytes: FileBackend,
    place: Place,
    /// Whether the file's directory entry is durable.
    named: bool,
}

impl FileInFolder {
    fn lock(&self) -> MutexGuard<'_, Option<Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `work` on the file. Opens it first, and creates it if `create` is set.
    fn with<T>(&self, create: bool, work: impl FnOnce(&mut Open) -> io::Result<T>) -> io::Result<T> {
        let mut open = self.lock();
        let open = match &mut *open {
            Some(open) => open,
            none => {
                let file = fs::File::options()
                    .read(true)
                    .write(self.store.is_some())
                    .create(create && self.store.is_some())
                    .open(&self.path)?;
                let place = Place::of(&file, &self.path)?;
                let bytes = FileBackend::new(file).map_err(io::Error::other)?;
                none.insert(Open { bytes, place, named: !create })
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
                // Windows can't open folders; there this is skipped.
                #[cfg(unix)]
                fs::File::open(folder(&self.path))?.sync_all()?;
                open.named = true;
            }
            Ok(())
        })
    }

    fn remove(&self) -> io::Result<()> {
        if let Some(open) = self.lock().take() {
            // Another store's file must not be removed.
            open.place.check(true)?;
        }
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn check_place(&self, now: bool) -> io::Result<()> {
        if let Some(open) = &*self.lock() {
            open.place.check(now)?;
        }
        self.store.as_ref().map_or(Ok(()), |store| store.check(now))
    }
}
