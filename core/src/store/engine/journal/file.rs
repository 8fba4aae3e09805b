//! What the journal needs of its files.

use std::fmt::Debug;
use std::io;
use std::sync::Arc;

/// The suffixes of the journal files, appended to the name of the store's file with a dot.
pub(crate) const SUFFIXES: [&str; 2] = ["journal-a", "journal-b"];

/// One of the two files of a store's journal.
///
/// A host that stores bytes where this library can't open files (Node, a browser) passes two of these together with the
/// store's bytes: [`Builder::open_files`](crate::Builder::open_files). Only one store may use them at a time. A missing
/// file and an empty one are equivalent.
pub trait JournalFile: Debug + Send + Sync {
    /// The length in bytes; 0 if the file does not exist.
    ///
    /// # Errors
    ///
    /// If the length can't be determined.
    fn len(&self) -> io::Result<u64>;

    /// Whether the file is empty or missing.
    ///
    /// # Errors
    ///
    /// If the length can't be determined.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Fills `out` with the bytes starting at `offset`.
    ///
    /// # Errors
    ///
    /// If the file has fewer bytes.
    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()>;

    /// Writes `data` at `offset`, which is at most the length of the file. Creates and extends the file as needed.
    ///
    /// # Errors
    ///
    /// If not all of `data` could be written.
    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()>;

    /// Makes everything written durable, and the existence of the file too.
    ///
    /// # Errors
    ///
    /// If durability is not certain.
    fn sync(&self) -> io::Result<()>;

    /// Removes or empties the file; does nothing if there is none. A crash may undo the removal.
    ///
    /// # Errors
    ///
    /// If the file is still there.
    fn remove(&self) -> io::Result<()>;

    /// Checks that the file, and the store's own, still lie where they were opened. Called before every commit and, with
    /// `now`, before checkpoints and before closing; without it, a check a short while ago is sufficient. By default the
    /// host vouches for that.
    ///
    /// # Errors
    ///
    /// If they have been moved, removed or replaced: then the store must not write any more.
    fn check_place(&self, now: bool) -> io::Result<()> {
        let _ = now;
        Ok(())
    }
}

/// A shared file.
impl JournalFile for Arc<dyn JournalFile> {
    fn len(&self) -> io::Result<u64> {
        self.as_ref().len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.as_ref().read(offset, out)
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.as_ref().write(offset, data)
    }

    fn sync(&self) -> io::Result<()> {
        self.as_ref().sync()
    }

    fn remove(&self) -> io::Result<()> {
        self.as_ref().remove()
    }

    fn check_place(&self, now: bool) -> io::Result<()> {
        self.as_ref().check_place(now)
    }
}
