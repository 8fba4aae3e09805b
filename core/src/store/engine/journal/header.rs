//! The header of a journal file.

use std::io;

use xxhash_rust::xxh3::xxh3_64;

use super::JournalFile;

/// The first bytes of every journal file.
const MAGIC: &[u8; 8] = b"imgsjrnl";

/// The version of the journal format. Others are refused; version 1 belongs to stores of format 1.
pub(super) const VERSION: u32 = 2;

/// The size of the header, in bytes. It has sectors of its own, which no frame overwrites.
pub(super) const HEADER: usize = 4096;

/// Where the note (`note.rs`) is: in the last sector.
pub(super) const NOTE: usize = HEADER - 512;

/// Identifies the journal that a file belongs to, and which of its two files it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// The id of the store.
    pub(super) store: String,
    /// The id of the journal: a store gets a new journal each time that it is opened and written.
    pub(super) journal: String,
    /// The number of the file, from 0: one can't take the place of the other.
    pub(super) file: u8,
}

/// The header as found in a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The file is empty.
    Nothing,
    /// Not a readable header: creating the file was interrupted, or it was damaged.
    Unreadable,
    /// A header of a newer format.
    Newer(u32),
    /// A valid header.
    Header(Header),
}

impl Header {
    /// The seed for the checksums of frames, so that frames of another journal are never accepted.
    pub(super) fn seed(&self) -> u64 {
        xxh3_64(&self.names().unwrap_or_default())
    }

    /// The header of the file with this number in the same journal.
    pub(super) fn of_file(&self, file: u8) -> Self {
        Self { file, ..self.clone() }
    }

    /// Writes the header over what the file has there.
    pub(super) fn write(&self, file: &dyn JournalFile) -> io::Result<()> {
        let names = self.names().ok_or(io::ErrorKind::InvalidInput)?;
        let mut bytes = [MAGIC.as_slice(), &VERSION.to_le_bytes(), &[self.file], &names].concat();
        bytes.extend(xxh3_64(&bytes).to_le_bytes());
        if bytes.len() > NOTE {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        bytes.resize(HEADER, 0);
        file.write(0, &bytes)
    }

    /// The ids of store and journal, each preceded by its length.
    fn names(&self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        for name in [&self.store, &self.journal] {
            bytes.extend(u16::try_from(name.len()).ok()?.to_le_bytes());
            bytes.extend(name.as_bytes());
        }
        Some(bytes)
    }

    fn read_names(file: u8, bytes: &[u8]) -> Option<(Self, usize)> {
        let mut rest = bytes;
        let mut name = || {
            let (length, behind) = rest.split_first_chunk()?;
            let (name, behind) = behind.split_at_checked(u16::from_le_bytes(*length).into())?;
            rest = behind;
            String::from_utf8(name.to_vec()).ok()
        };
        let header = Self { store: name()?, journal: name()?, file };
        Some((header, bytes.len() - rest.len()))
    }

    /// Reads the header of a file.
    pub(super) fn find(file: &dyn JournalFile) -> io::Result<Found> {
        let length = usize::try_from(file.len()?).unwrap_or(usize::MAX);
        if length == 0 {
            return Ok(Found::Nothing);
        }
        let mut bytes = vec![0; length.min(HEADER)];
        file.read(0, &mut bytes)?;
        Ok(Self::parse(&bytes).unwrap_or(Found::Unreadable))
    }

    fn parse(bytes: &[u8]) -> Option<Found> {
        let (version, names) = bytes.strip_prefix(MAGIC)?.split_first_chunk()?;
        let version = u32::from_le_bytes(*version);
        if version > VERSION {
            return Some(Found::Newer(version));
        }
        let (&file, names) = names.split_first().filter(|_| version == VERSION)?;
        let (header, length) = Self::read_names(file, names)?;
        let (checked, rest) = bytes.split_at_checked(MAGIC.len() + 5 + length)?;
        let (checksum, _) = rest.split_first_chunk()?;
        (xxh3_64(checked) == u64::from_le_bytes(*checksum)).then_some(Found::Header(header))
    }
}
