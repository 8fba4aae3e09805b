//! Writing the two files of a journal.

use std::io;

use super::super::Batch;
use super::header::{HEADER, Header};
use super::{JournalFile, frame, note};

/// Both files.
pub(crate) type Files = [Box<dyn JournalFile>; 2];

/// Files are extended by this many bytes ahead of the frames: syncing bytes that exist takes half as long as syncing a
/// longer file (measured).
const AHEAD: usize = 256 << 10;

/// The files of a journal. Frames are appended to one of them until the rows of the other one are in the store's file;
/// then that one is written again from its beginning.
#[derive(Debug)]
pub(super) struct Segments {
    files: Files,
    header: Header,
    /// The index of the file being written.
    active: usize,
    /// The offset of the next frame.
    end: u64,
    /// The known lengths of the files.
    lengths: [u64; 2],
}

impl Segments {
    /// Starts a journal, and discards what the files had.
    pub(super) fn begin(files: Files, header: Header) -> io::Result<Self> {
        for (number, file) in (0..).zip(&files) {
            // A file of an older journal may be longer, and its frames must not look like damage to this one. The seeds
            // of their checksums differ, but removing the file is safer.
            file.remove()?;
            header.of_file(number).write(file.as_ref())?;
            file.sync()?;
        }
        Ok(Self { files, header, active: 0, end: HEADER as u64, lengths: [HEADER as u64; 2] })
    }

    /// Continues a journal that was read, while its frames are being written to the store's file. `active` must not be
    /// the file with the last frame, since that frame shows how far the journal goes.
    pub(super) fn resume(files: Files, header: Header, active: usize) -> io::Result<Self> {
        // The previous process may have been killed before it synced; what was read must survive a later power cut.
        files.iter().try_for_each(|file| file.sync())?;
        let [first, second] = &files;
        let lengths = [first.len()?, second.len()?];
        Ok(Self { files, header, active, end: HEADER as u64, lengths })
    }

    /// Both files.
    pub(super) fn files(&self) -> &Files {
        &self.files
    }

    /// The id of the journal.
    pub(super) fn journal(&self) -> &str {
        &self.header.journal
    }

    /// Appends a commit and syncs it.
    pub(super) fn append(&mut self, commit: u64, batch: &Batch) -> io::Result<()> {
        let frame = frame::encode(self.header.seed(), commit, batch)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "a row is larger than 4 GiB"))?;
        let (Some(file), Some(length)) = (self.files.get(self.active), self.lengths.get_mut(self.active)) else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        let end = self.end + frame.len() as u64;
        if end > *length {
            // A frame this long is written in one piece.
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
        // The commit is durable, and a missing note does no harm.
        if let Some(other) = self.files.get(1 - self.active.min(1)) {
            let _ = note::write(other.as_ref(), self.header.seed(), commit);
        }
        Ok(())
    }

    /// Switches to the other file, from its beginning: its rows are in the store's file.
    pub(super) fn switch(&mut self) {
        self.active = 1 - self.active.min(1);
        self.end = HEADER as u64;
    }

    /// Removes both files.
    pub(super) fn remove(&self) -> io::Result<()> {
        self.files.iter().try_for_each(|file| file.remove())
    }
}
