//! What a journal has that its store's file has not.

use std::path::{Path, PathBuf};

use super::frame::Frame;
use super::header::{self, Found, HEADER, Header};
use super::segments::Files;
use super::{JournalFile, Mark, SUFFIXES};
use crate::error::{Error, Result};
use crate::store::engine::memtable::Memtable;

/// So far beyond the last commit a frame is looked for that shows that one in between is damaged.
const FAR: u64 = 1 << 32;

/// A journal that was not closed.
pub(super) struct Recovered {
    pub(super) header: Header,
    /// The rows that are still to be written to the store's file.
    pub(super) rows: Memtable,
    /// The last commit.
    pub(super) commit: u64,
    /// The number of the file that does not have the last frame.
    pub(super) free: usize,
}

/// Reads the journal of a store, as far as the mark in the store's file says that it matters. Writes nothing.
///
/// # Errors
///
/// `JournalMismatch` where a file is missing, or belongs to another store or another time; `NewerFormat`; `Corrupted`;
/// `Io`.
pub(super) fn recover(mark: &Mark, store: &str, files: &Files, path: &Path) -> Result<Option<Recovered>> {
    let files: Vec<File<'_>> = files
        .iter()
        .zip(SUFFIXES)
        .map(|(file, suffix)| File::open(file.as_ref(), path, suffix))
        .collect::<Result<_>>()?;
    match mark {
        Mark::InUse { journal, applied } => {
            let header = Header { store: store.to_owned(), journal: journal.clone() };
            files.iter().try_for_each(|file| file.expect(&header))?;
            replay(header, *applied, &files).map(Some)
        }
        Mark::None | Mark::Closed { .. } => {
            files.iter().try_for_each(|file| file.expect_leftover(mark, store))?;
            Ok(None)
        }
    }
}

/// A file of a journal.
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

    /// Refuses all but a file of that journal.
    fn expect(&self, wanted: &Header) -> Result<()> {
        match &self.found {
            Found::Header(found) if found == wanted => Ok(()),
            Found::Header(found) if found.store == wanted.store => {
                Err(self.mismatch("it is of another time than the store's file"))
            }
            Found::Header(_) => Err(self.mismatch("it belongs to another store")),
            Found::Unreadable | Found::Newer(_) => Err(self.damaged("its header can't be read")),
            Found::Nothing => Err(self
                .mismatch("it is missing, and the store was not closed: what it holds is not in the store's file yet")),
        }
    }

    /// Refuses a file that has something which no store's file has, as far as can be known.
    fn expect_leftover(&self, mark: &Mark, store: &str) -> Result<()> {
        let Found::Header(found) = &self.found else { return Ok(()) };
        let ours = found.store == store;
        // It was closed, and not removed in time.
        if ours && matches!(mark, Mark::Closed { journal } if *journal == found.journal) {
            return Ok(());
        }
        let bytes = self.bytes()?;
        if Frame::read(found.seed(), bytes.get(HEADER..).unwrap_or_default()).is_none() {
            return Ok(());
        }
        let reason = if ours { "it is of another time than the store's file" } else { "it belongs to another store" };
        Err(self.mismatch(&format!("{reason}, which does not need it; move it away to go on without it")))
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

/// Takes the rows of every commit after `applied`.
fn replay(header: Header, applied: u64, files: &[File<'_>]) -> Result<Recovered> {
    let seed = header.seed();
    let mut read = Vec::new();
    for (number, file) in files.iter().enumerate() {
        let bytes = file.bytes()?;
        let first = Frame::read(seed, bytes.get(HEADER..).unwrap_or_default()).map(|frame| frame.commit);
        read.push(Frames { number, file, bytes, first });
    }
    // The one with older frames first; one without any has none to be asked.
    read.sort_by_key(|frames| frames.first);

    let rows = Memtable::default();
    let (mut commit, mut highest, mut free) = (applied, 0, 0);
    let mut rest = Vec::new();
    for Frames { number, file, bytes, first } in &read {
        let mut expected = *first;
        let mut bytes = bytes.get(HEADER..).unwrap_or_default();
        // Behind the frames of this round there may be those of an earlier one.
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
        // The last commit may be there in part. If there is one behind it, it is damaged: it was synced before.
        let later = |found: u64| found > commit && found - commit < FAR;
        // None begins in the zeros that files are made longer with.
        let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        if (0..end).any(|at| Frame::read_if(seed, bytes.get(at..).unwrap_or_default(), later).is_some()) {
            return Err(file.damaged(&format!("commit {} is damaged", commit + 1)));
        }
    }
    if highest < applied {
        let reason = format!("it ends with commit {highest}, and the store's file has commit {applied} of it");
        let file = files.get(1 - free).or(files.first());
        return Err(file.map_or_else(|| Error::internal(reason.clone()), |file| file.mismatch(&reason)));
    }
    Ok(Recovered { header, rows, commit, free })
}
