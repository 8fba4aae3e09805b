//! Recovery: reading the commits that only the journal has.

use std::path::{Path, PathBuf};

use super::frame::{Frame, Head};
use super::header::{self, Found, HEADER, Header};
use super::segments::Files;
use super::{JournalFile, Mark, SUFFIXES, note};
use crate::error::{Error, Result};
use crate::store::engine::memtable::Memtable;

/// A frame with a commit number up to this far beyond the last commit shows that a frame in between is damaged.
const FAR: u64 = 1 << 32;

/// The contents of a journal that was not closed.
pub(super) struct Recovered {
    pub(super) header: Header,
    /// The rows that are not in the store's file yet.
    pub(super) rows: Memtable,
    /// The number of the last commit.
    pub(super) commit: u64,
    /// The index of the file that does not hold the last frame.
    pub(super) free: usize,
}

/// Reads the part of a store's journal that is not in the store's file according to its mark. Writes nothing.
///
/// # Errors
///
/// `JournalMismatch` if a file is missing, or belongs to another store or an older journal; `NewerFormat`; `Corrupted`;
/// `Io`.
pub(super) fn recover(mark: &Mark, store: &str, files: &Files, path: &Path) -> Result<Option<Recovered>> {
    let files: Vec<File<'_>> = files
        .iter()
        .zip(SUFFIXES)
        .map(|(file, suffix)| File::open(file.as_ref(), path, suffix))
        .collect::<Result<_>>()?;
    match mark {
        Mark::InUse { journal, applied } => {
            let header = Header { store: store.to_owned(), journal: journal.clone(), file: 0 };
            (0..).zip(&files).try_for_each(|(number, file)| file.expect(&header.of_file(number)))?;
            replay(header, *applied, &files).map(Some)
        }
        Mark::None | Mark::Closed { .. } => {
            files.iter().try_for_each(|file| file.expect_leftover(mark, store))?;
            Ok(None)
        }
    }
}

/// A journal file.
struct File<'a> {
    content: &'a dyn JournalFile,
    path: PathBuf,
    found: Found,
}

impl<'a> File<'a> {
    fn open(file: &'a dyn JournalFile, store: &Path, suffix: &str) -> Result<Self> {
        let mut path = store.as_os_str().to_owned();
        path.push(".");
        path.push(suffix);
        let path = PathBuf::from(path);
        match Header::find(file) {
            Ok(Found::Newer(found)) => Err(Error::newer_format(path, found, header::VERSION)),
            Ok(found) => Ok(Self { content: file, path, found }),
            Err(error) => Err(Error::io("reading", path, error)),
        }
    }

    /// Refuses a file that does not belong to this journal.
    fn expect(&self, wanted: &Header) -> Result<()> {
        match &self.found {
            Found::Header(found) if found == wanted => Ok(()),
            Found::Header(found) if *found == wanted.of_file(found.file) => {
                Err(self.mismatch("it is the other file of the journal"))
            }
            Found::Header(found) if found.store == wanted.store => {
                Err(self.mismatch("it belongs to an older or newer state of the store's file"))
            }
            Found::Header(_) => Err(self.mismatch("it belongs to another store")),
            Found::Unreadable | Found::Newer(_) => Err(self.damaged("its header can't be read")),
            Found::Nothing => Err(self.mismatch(
                "it is missing, but the store was not closed cleanly: the journal has commits that its file has not",
            )),
        }
    }

    /// Refuses a file whose content may be missing from every store's file.
    fn expect_leftover(&self, mark: &Mark, store: &str) -> Result<()> {
        let Found::Header(found) = &self.found else { return Ok(()) };
        let ours = found.store == store;
        // The journal was closed, but its files were not removed in time.
        if ours && matches!(mark, Mark::Closed { journal } if *journal == found.journal) {
            return Ok(());
        }
        let bytes = self.bytes()?;
        if Frame::read(found.seed(), bytes.get(HEADER..).unwrap_or_default()).is_none() {
            return Ok(());
        }
        let reason = if ours {
            "it belongs to an older or newer state of the store's file"
        } else {
            "it belongs to another store"
        };
        Err(self.mismatch(&format!("{reason}, which does not need it; move it away to open the store without it")))
    }

    fn bytes(&self) -> Result<Vec<u8>> {
        let read = || {
            let length = usize::try_from(self.content.len()?).map_err(std::io::Error::other)?;
            let mut bytes = vec![0; length];
            self.content.read(0, &mut bytes)?;
            Ok(bytes)
        };
        read().map_err(|error| Error::io("reading", self.path.clone(), error))
    }

    fn mismatch(&self, reason: &str) -> Error {
        Error::journal_mismatch(self.path.clone(), reason)
    }

    fn damaged(&self, reason: &str) -> Error {
        Error::corrupted("journal", format!("{}: {reason}", self.path.display()))
    }
}

/// The frames of one file.
struct Frames<'a> {
    number: usize,
    file: &'a File<'a>,
    bytes: Vec<u8>,
    first: Option<u64>,
}

/// Collects the rows of every commit after `applied`.
fn replay(header: Header, applied: u64, files: &[File<'_>]) -> Result<Recovered> {
    let seed = header.seed();
    let mut read = Vec::new();
    for (number, file) in files.iter().enumerate() {
        let bytes = file.bytes()?;
        let first = Head::read_if(seed, bytes.get(HEADER..).unwrap_or_default(), |_| true).map(|head| head.commit);
        read.push(Frames { number, file, bytes, first });
    }
    // The file with the older frames first; one without frames does not matter.
    read.sort_by_key(|frames| frames.first);

    let rows = Memtable::default();
    let (mut commit, mut highest, mut free) = (applied, 0, 0);
    let mut rest = Vec::new();
    for Frames { number, file, bytes, first } in &read {
        let mut expected = *first;
        let mut bytes = bytes.get(HEADER..).unwrap_or_default();
        // Behind the current frames the file may have frames from before it was reused.
        while let Some(frame) = Frame::read_if(seed, bytes, |found| Some(found) == expected) {
            if frame.commit > commit {
                if frame.commit != commit + 1 {
                    return Err(file.damaged(&format!("commit {} is missing", commit + 1)));
                }
                let batch = frame.batch();
                let batch = batch.ok_or_else(|| file.damaged(&format!("commit {} can't be read", frame.commit)))?;
                rows.insert(frame.commit, &batch);
                commit = frame.commit;
            }
            if frame.commit >= highest {
                highest = frame.commit;
                free = 1 - (*number).min(1);
            }
            expected = frame.commit.checked_add(1);
            bytes = bytes.get(frame.length..).unwrap_or_default();
        }
        rest.push((file, bytes));
    }
    for (file, bytes) in rest {
        // The last frame may be incomplete. If another frame begins behind it, it is damaged, because it was synced
        // before that one was written.
        let later = |found: u64| found > commit.saturating_add(1) && found - commit < FAR;
        // No frame begins in the zeros by which files are extended.
        let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        if (0..end).any(|at| Head::read_if(seed, bytes.get(at..).unwrap_or_default(), later).is_some()) {
            return Err(file.damaged(&format!("commit {} is damaged", commit + 1)));
        }
    }
    let noted = read.iter().map(|frames| note::read(&frames.bytes, seed)).max().unwrap_or_default();
    if commit < noted {
        let file = files.get(1 - free).or(files.first());
        let reason = format!("it ends with commit {commit}, but commit {noted} was successful");
        return Err(file.map_or_else(|| Error::internal(reason.clone()), |file| file.damaged(&reason)));
    }
    if highest < applied {
        let reason = format!("it ends with commit {highest}, and the store's file has commit {applied} of it");
        let file = files.get(1 - free).or(files.first());
        return Err(file.map_or_else(|| Error::internal(reason.clone()), |file| file.mismatch(&reason)));
    }
    Ok(Recovered { header, rows, commit, free })
}
