//! What a journal asks of the places that it lies in.

use std::fmt::Debug;
use std::io;

/// What the names of the journal's files end with, behind the name of the store's file and a dot.
pub(crate) const SUFFIXES: [&str; 2] = ["journal-a", "journal-b"];

/// One of the two files of a store's journal.
///
/// A host that keeps stores where this library can't open files itself (in Node, in a browser) hands in two of these with
/// the store's bytes: [`Builder::open_files`](crate::Builder::open_files). They are used by one store at a time. A file
/// that does not exist and an empty one are the same.
pub trait JournalFile: Debug + Send + Sync {
    /// The length in bytes; 0 where there is no file.
    ///
    /// # Errors
    ///
    /// Where it can't be found out.
    fn len(&self) -> io::Result<u64>;

    /// Whether it has no bytes.
    ///
    /// # Errors
    ///
    /// Where it can't be found out.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Fills `out` with the bytes from `offset` on.
    ///
    /// # Errors
    ///
    /// Where there are not as many.
    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()>;

    /// Writes `data` at `offset`, which is never beyond the end. Makes the file if there is none, and makes it longer
    /// where it has to.
    ///
    /// # Errors
    ///
    /// Where not all of it could be written.
    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()>;

    /// Makes durable what was written, and that the file exists.
    ///
    /// # Errors
    ///
    /// Where that is not certain.
    fn sync(&self) -> io::Result<()>;

    /// Removes the file, or empties it; nothing where there is none. A crash may undo that.
    ///
    /// # Errors
    ///
    /// Where it is still there.
    fn remove(&self) -> io::Result<()>;
}
