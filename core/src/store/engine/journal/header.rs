//! What the files of a journal begin with.

use std::io;

use xxhash_rust::xxh3::xxh3_64;

use super::JournalFile;

/// The first bytes of every file of a journal.
const MAGIC: &[u8; 8] = b"imgsjrnl";

/// The version of the layout of journals. Newer ones are refused.
pub(super) const VERSION: u32 = 1;

/// Where the frames begin: the header has a sector of its own, which no later write touches.
pub(super) const HEADER: usize = 4096;

/// Which journal a file belongs to. Both of its files say the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// The store whose journal it is.
    pub(super) store: String,
    /// The journal: a store gets a new one each time that it is opened and written to.
    pub(super) journal: String,
}

/// What a file has in the place of a header.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing at all.
    Nothing,
    /// None that can be read: making the file was cut short, or it was damaged.
    Unreadable,
    /// One of a layout that came later.
    Newer(u32),
    /// A header.
    Header(Header),
}

impl Header {
    /// What the checksums of frames are seeded with, so that those of no other journal are taken for its own.
    pub(super) fn seed(&self) -> u64 {
        xxh3_64(&self.names().unwrap_or_default())
    }

    /// Writes it to a file, in place of what is there.
    pub(super) fn write(&self, file: &dyn JournalFile) -> io::Result<()> {
        let names = self.names().ok_or(io::ErrorKind::InvalidInput)?;
        let mut bytes = [MAGIC.as_slice(), &VERSION.to_le_bytes(), &names].concat();
        bytes.extend(xxh3_64(&bytes).to_le_bytes());
        if bytes.len() > HEADER {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        bytes.resize(HEADER, 0);
        file.write(0, &bytes)
    }

    /// The store and the journal, each after its length.
    fn names(&self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        for name in [&self.store, &self.journal] {
            bytes.extend(u16::try_from(name.len()).ok()?.to_le_bytes());
            bytes.extend(name.as_bytes());
        }
        Some(bytes)
    }

    fn read_names(bytes: &[u8]) -> Option<(Self, usize)> {
        let mut rest = bytes;
        let mut name = || {
            let (length, behind) = rest.split_first_chunk()?;
            let (name, behind) = behind.split_at_checked(u16::from_le_bytes(*length).into())?;
            rest = behind;
            String::from_utf8(name.to_vec()).ok()
        };
        let header = Self { store: name()?, journal: name()? };
        Some((header, bytes.len() - rest.len()))
    }

    /// Reads what a file begins with.
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
        let (header, length) = Self::read_names(names)?;
        let (checked, rest) = bytes.split_at_checked(MAGIC.len() + 4 + length)?;
        let (checksum, _) = rest.split_first_chunk()?;
        (xxh3_64(checked) == u64::from_le_bytes(*checksum)).then_some(Found::Header(header))
    }
}
