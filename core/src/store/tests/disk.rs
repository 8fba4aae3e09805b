//! An in-memory disk with the files of a store. It records what is done to them, and can fail on purpose.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Condvar, Mutex};

use redb::StorageBackend;

use crate::store::{JournalFile, JournalFiles};

/// The bytes of a store's own file and of its two journal files; an empty file counts as missing.
pub(crate) type Files = [Vec<u8>; 3];

/// The unit in which room on the disk is taken, in bytes.
const SECTOR: usize = 512;

/// Files that outlive the store in them. Clones share the same disk; to redb, it is the store's own file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Disk {
    inner: Arc<Mutex<Inner>>,
    /// Whether changes to the store's own file have to wait.
    held: Arc<(Mutex<bool>, Condvar)>,
}

#[derive(Debug, Default)]
struct Inner {
    files: Files,
    trace: Vec<Step>,
    operations: usize,
    failure: Option<Failure>,
    /// Count only writes and syncs of the store's own file.
    only_store: bool,
    /// The sectors of each file that occupy the disk. A file can have holes.
    occupied: [BTreeSet<usize>; 3],
    /// How many sectors the disk has.
    size: Option<usize>,
}

/// An operation, and the index of its file.
pub(crate) type Step = (usize, Operation);

/// An operation that changes a file.
#[derive(Debug, Clone)]
pub(crate) enum Operation {
    SetLen(usize),
    Write(usize, Vec<u8>),
    Remove,
    Sync,
}

/// When operations fail. All operations count, including reads, from 0.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Failure {
    pub(crate) operation: usize,
    /// Fail from there on, or only once.
    pub(crate) forever: bool,
    /// Write half of the bytes before failing.
    pub(crate) half: bool,
}

impl Disk {
    pub(crate) fn with(files: Files) -> Self {
        let disk = Self::default();
        {
            let inner = &mut *disk.inner.lock().unwrap();
            inner.occupied = files.each_ref().map(|file| (0..file.len().div_ceil(SECTOR)).collect());
            inner.files = files;
        }
        disk
    }

    /// Leaves room for this many sectors more; `None` for any number.
    pub(crate) fn leave_room(&self, sectors: Option<usize>) {
        let inner = &mut *self.inner.lock().unwrap();
        let occupied: usize = inner.occupied.iter().map(BTreeSet::len).sum();
        inner.size = sectors.map(|sectors| occupied + sectors);
    }

    /// The files of the journal.
    pub(crate) fn journal(&self) -> JournalFiles {
        [1, 2].map(|file| Box::new(FileOfJournal { disk: self.clone(), file }) as Box<dyn JournalFile>)
    }

    /// Makes operations fail.
    pub(crate) fn fail(&self, failure: Failure) {
        self.inner.lock().unwrap().failure = Some(failure);
    }

    /// Makes changes to the store's own file fail, counted from now on.
    pub(crate) fn fail_the_store(&self, failure: Failure) {
        let inner = &mut *self.inner.lock().unwrap();
        (inner.operations, inner.only_store, inner.failure) = (0, true, Some(failure));
    }

    /// Makes changes to the store's own file wait until this is called with `false`.
    pub(crate) fn hold_the_store(&self, held: bool) {
        *self.held.0.lock().unwrap() = held;
        self.held.1.notify_all();
    }

    pub(crate) fn files(&self) -> Files {
        self.inner.lock().unwrap().files.clone()
    }

    /// All operations that changed the disk, in order.
    pub(crate) fn trace(&self) -> Vec<Step> {
        self.inner.lock().unwrap().trace.clone()
    }

    /// The number of changes so far.
    pub(crate) fn steps(&self) -> usize {
        self.inner.lock().unwrap().trace.len()
    }

    /// The number of attempted operations so far.
    pub(crate) fn operations(&self) -> usize {
        self.inner.lock().unwrap().operations
    }

    /// `changed` is the index of the file that changes.
    fn act<T>(&self, changed: Option<usize>, act: impl FnOnce(&mut Inner) -> T) -> io::Result<T> {
        let inner = &mut *self.inner.lock().unwrap();
        if inner.only_store && changed != Some(0) {
            return Ok(act(inner));
        }
        let number = inner.operations;
        inner.operations += 1;
        let fails = |failure: Failure| number == failure.operation || failure.forever && number > failure.operation;
        if inner.failure.is_some_and(fails) {
            return Err(io::Error::other("the disk fails"));
        }
        Ok(act(inner))
    }

    fn length(&self, file: usize) -> io::Result<u64> {
        self.act(None, |inner| inner.files[file].len() as u64)
    }

    fn get(&self, file: usize, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let offset = usize::try_from(offset).unwrap();
        self.act(None, |inner| {
            let found = inner.files[file].get(offset..offset + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
            out.copy_from_slice(found);
            Ok(())
        })?
    }

    fn change(&self, file: usize, operation: Operation) -> io::Result<()> {
        if file == 0 {
            drop(self.held.1.wait_while(self.held.0.lock().unwrap(), |held| *held).unwrap());
        }
        let half = match &operation {
            Operation::Write(offset, data) => Some(Operation::Write(*offset, data[..data.len() / 2].to_vec())),
            _ => None,
        };
        let result = self.act(Some(file), |inner| {
            inner.occupy(file, &operation)?;
            operation.apply(&mut inner.files[file]);
            inner.trace.push((file, operation));
            Ok(())
        });
        let result = result.and_then(|done| done);
        let inner = &mut *self.inner.lock().unwrap();
        if let (Err(_), Some(half), true) = (&result, half, inner.failure.is_some_and(|failure| failure.half)) {
            half.apply(&mut inner.files[file]);
        }
        result
    }
}

impl Inner {
    /// Takes room for what an operation writes; if there is not enough, writes what fits and fails.
    fn occupy(&mut self, file: usize, operation: &Operation) -> io::Result<()> {
        let end = match operation {
            Operation::SetLen(len) => *len,
            Operation::Remove => 0,
            Operation::Sync => return Ok(()),
            Operation::Write(offset, data) => {
                let mut room = self
                    .size
                    .map_or(usize::MAX, |size| size.saturating_sub(self.occupied.iter().map(BTreeSet::len).sum()));
                for sector in offset / SECTOR..(offset + data.len()).div_ceil(SECTOR) {
                    if self.occupied[file].contains(&sector) {
                        continue;
                    }
                    if room == 0 {
                        let fits = (sector * SECTOR).saturating_sub(*offset);
                        Operation::Write(*offset, data[..fits].to_vec()).apply(&mut self.files[file]);
                        return Err(io::ErrorKind::StorageFull.into());
                    }
                    room -= 1;
                    self.occupied[file].insert(sector);
                }
                return Ok(());
            }
        };
        self.occupied[file].split_off(&end.div_ceil(SECTOR));
        Ok(())
    }
}

impl Operation {
    pub(crate) fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::SetLen(len) => bytes.resize(*len, 0),
            Self::Write(offset, data) => {
                let end = offset + data.len();
                bytes.resize(bytes.len().max(end), 0);
                bytes[*offset..end].copy_from_slice(data);
            }
            Self::Remove => bytes.clear(),
            Self::Sync => {}
        }
    }
}

fn write(offset: u64, data: &[u8]) -> Operation {
    Operation::Write(usize::try_from(offset).unwrap(), data.to_vec())
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        self.length(0)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.get(0, offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.change(0, Operation::SetLen(usize::try_from(len).unwrap()))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.change(0, Operation::Sync)
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.change(0, write(offset, data))
    }
}

#[derive(Debug)]
struct FileOfJournal {
    disk: Disk,
    file: usize,
}

impl JournalFile for FileOfJournal {
    fn len(&self) -> io::Result<u64> {
        self.disk.length(self.file)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.disk.get(self.file, offset, out)
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        assert!(offset <= self.disk.inner.lock().unwrap().files[self.file].len() as u64, "a write beyond the end");
        self.disk.change(self.file, write(offset, data))
    }

    fn sync(&self) -> io::Result<()> {
        self.disk.change(self.file, Operation::Sync)
    }

    fn remove(&self) -> io::Result<()> {
        self.disk.change(self.file, Operation::Remove)
    }
}
