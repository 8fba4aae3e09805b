//! The two files of a journal, as they are written.

use std::io;

use super::super::Batch;
use super::header::{HEADER, Header};
use super::{JournalFile, frame};

/// Both files.
pub(crate) type Files = [Box<dyn JournalFile>; 2];

/// By so many bytes a file is made longer, ahead of what is written: a sync of bytes that were there takes half as long as
/// one that makes the file longer (measured).
const AHEAD: usize = 256 << 10;

/// The files of a journal. Frames go to the end of one of them, until the rows of the other one are in the store's file:
/// then that one is written from its beginning.
#[derive(Debug)]
pub(super) struct Segments {
    files: Files,
    header: Header,
    /// Which of them is written.
    active: usize,
    /// Where the next frame goes.
    end: u64,
    /// How long the files are, as far as that is known.
    lengths: [u64; 2],
}

impl Segments {
    /// Begins a journal: what the files had is gone.
    pub(super) fn begin(files: Files, header: Header) -> io::Result<Self> {
        for file in &files {
            // A file of another journal may be longer, and its frames must not be taken for damage of this one. Their
            // checksums tell them apart, but nobody should have to rely on that.
            file.remove()?;
            header.write(file.as_ref())?;
            file.sync()?;
        }
        Ok(Self { files, header, active: 0, end: HEADER as u64, lengths: [HEADER as u64; 2] })
    }

    /// Goes on with a journal that was read, when all of its frames are in the store's file: with `active`, which must not
    /// be the file that has the last of them, since that tells how far the journal had come.
    pub(super) fn resume(files: Files, header: Header, active: usize) -> io::Result<Self> {
        // A process may have been killed before it did so: what was read must not be gone when the power is cut later.
        files.iter().try_for_each(|file| file.sync())?;
        let [first, second] = &files;
        let lengths = [first.len()?, second.len()?];
        Ok(Self { files, header, active, end: HEADER as u64, lengths })
    }

    /// The identity of the journal.
    pub(super) fn journal(&self) -> &str {
        &self.header.journal
    }

    /// Writes a commit, durably.
    pub(super) fn append(&mut self, commit: u64, batch: &Batch) -> io::Result<()> {
        let frame = frame::encode(self.header.seed(), commit, batch)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "a row has more than four gigabytes"))?;
        let (Some(file), Some(length)) = (self.files.get(self.active), self.lengths.get_mut(self.active)) else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        let end = self.end + frame.len() as u64;
        if end > *length {
            // What is long enough is written at once.
            if frame.len() < AHEAD {
                file.write(*length, &vec![0; AHEAD])?;
                *length += AHEAD as u64;
            } else {
                *length = end;
            }
        }
        file.write(self.end, &frame)?;
        file.sync()?;
        self.end = end;
        Ok(())
    }

    /// Writes the other file from now on, from its beginning: its rows are in the store's file.
    pub(super) fn switch(&mut self) {
        self.active = 1 - self.active.min(1);
        self.end = HEADER as u64;
    }

    /// Removes both files.
    pub(super) fn remove(&self) -> io::Result<()> {
        self.files.iter().try_for_each(|file| file.remove())
    }
}
