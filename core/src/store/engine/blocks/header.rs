//! The header of the file: its format, and redb's own header.

use std::io;

use redb::StorageBackend;
use xxhash_rust::xxh3::xxh3_64;

use super::damage::Damage;

/// The first bytes of a store. The last five are those of redb and PNG: they show when a transfer has changed line ends.
pub(crate) const MAGIC: [u8; 16] = *b"imagestream\x1a\x0a\xa9\x0d\x0a";

/// The format of the file. Format 1 was a redb database without this header.
pub(crate) const FORMAT: u32 = 2;

/// The size of the header: a sector, which a disk writes completely or not at all.
pub(super) const SECTOR: usize = 512;

/// The file begins with two copies of the header. Both are written before a sync, so in a file at rest they are equal,
/// and damage of one does no harm. If a write is interrupted, one of them is intact.
pub(super) const COPIES: [u64; 2] = [0, SECTOR as u64];

/// The size of both copies.
pub(super) const BEGINNING: usize = COPIES.len() * SECTOR;

/// The size of redb's header. The rest of redb's first block is unused.
pub(super) const REDB_HEADER: usize = 320;

/// redb's header.
pub(super) type RedbHeader = [u8; REDB_HEADER];

/// The header, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// Makes the checksums of this file differ from those of every other file.
    pub(super) seed: u64,
    /// How many headers were written before; 0 until the creation of the file is finished.
    pub(super) number: u64,
    /// How many bytes redb had before this header was written: the file can't have fewer.
    pub(super) len: u64,
    pub(super) redb: RedbHeader,
}

/// Why a header can't be used.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unusable {
    /// The file does not begin like a store.
    Foreign,
    /// The checksum does not match.
    Damaged,
    /// The format is newer than this library.
    Newer(u32),
}

impl Header {
    /// The encoding: magic, format, seed, number, length, redb's header, zeros, and XXH3 of all that.
    pub(super) fn to_bytes(&self) -> [u8; SECTOR] {
        self.with_format(FORMAT)
    }

    fn with_format(&self, format: u32) -> [u8; SECTOR] {
        let numbers = [self.seed, self.number, self.len].map(u64::to_le_bytes);
        let parts = [&MAGIC[..], &format.to_le_bytes(), numbers.as_flattened(), &self.redb];
        let mut bytes = [0; SECTOR];
        let (content, checksum) = bytes.split_at_mut(SECTOR - 8);
        for (to, from) in content.iter_mut().zip(parts.into_iter().flatten()) {
            *to = *from;
        }
        checksum.copy_from_slice(&xxh3_64(content).to_le_bytes());
        bytes
    }

    pub(super) fn from_bytes(bytes: &[u8; SECTOR]) -> Result<Self, Unusable> {
        let (magic, rest) = bytes.split_first_chunk().ok_or(Unusable::Foreign)?;
        if *magic != MAGIC {
            return Err(Unusable::Foreign);
        }
        let (content, checksum) = bytes.split_last_chunk().ok_or(Unusable::Damaged)?;
        if xxh3_64(content) != u64::from_le_bytes(*checksum) {
            return Err(Unusable::Damaged);
        }
        let (format, rest) = rest.split_first_chunk().ok_or(Unusable::Damaged)?;
        let format = u32::from_le_bytes(*format);
        if format > FORMAT {
            return Err(Unusable::Newer(format));
        }
        let (seed, rest) = rest.split_first_chunk().ok_or(Unusable::Damaged)?;
        let (number, rest) = rest.split_first_chunk().ok_or(Unusable::Damaged)?;
        let (len, rest) = rest.split_first_chunk().ok_or(Unusable::Damaged)?;
        let redb = rest.first_chunk().ok_or(Unusable::Damaged)?;
        let [seed, number, len] = [seed, number, len].map(|bytes| u64::from_le_bytes(*bytes));
        Ok(Self { seed, number, len, redb: *redb })
    }

    /// Reads the newer intact copy.
    pub(super) fn read(file: &dyn StorageBackend) -> io::Result<Result<Self, Unusable>> {
        let len = usize::try_from(file.len()?).unwrap_or(usize::MAX);
        let mut bytes = [[0; SECTOR]; COPIES.len()];
        let readable = bytes.as_flattened_mut().get_mut(..len.min(BEGINNING));
        file.read(0, readable.unwrap_or_default())?;
        if (1..MAGIC.len()).contains(&len) && bytes.as_flattened().get(..len) == MAGIC.get(..len) {
            return Ok(Err(Unusable::Damaged));
        }
        let [one, two] = bytes.map(|bytes| Self::from_bytes(&bytes));
        Ok(match (one, two) {
            (Ok(one), Ok(two)) if one.seed != two.seed => Err(Unusable::Damaged),
            (Ok(one), Ok(two)) => Ok(if two.number > one.number { two } else { one }),
            (Ok(intact), Err(_)) | (Err(_), Ok(intact)) => Ok(intact),
            (Err(Unusable::Foreign), Err(other)) | (Err(other), Err(_)) => Err(other),
        })
    }

    /// The beginning of a file whose creation is not finished.
    pub(super) fn unfinished(seed: u64) -> [u8; BEGINNING] {
        let bytes = Self { seed, number: 0, len: 0, redb: [0; REDB_HEADER] }.to_bytes();
        let mut copies = [0; BEGINNING];
        copies.chunks_mut(SECTOR).for_each(|copy| copy.copy_from_slice(&bytes));
        copies
    }

    pub(super) fn write(&self, file: &dyn StorageBackend) -> io::Result<()> {
        let bytes = self.to_bytes();
        COPIES.iter().try_for_each(|offset| file.write(*offset, &bytes))
    }

    /// The header after this one.
    pub(super) const fn next(&self, len: u64, redb: &RedbHeader) -> Self {
        Self { seed: self.seed, number: self.number.saturating_add(1), len, redb: *redb }
    }

    /// Whether this header may refer to blocks that `old` does not refer to.
    ///
    /// redb's header (`docs/design.md` of redb, "Database header") has two slots for the roots of its trees, and a bit
    /// that selects one of them. If another bit says that the last commit had two phases, only the selected slot is ever
    /// used; otherwise the other one is used if it is newer.
    pub(super) fn refers_to_other_blocks(&self, old: &Self) -> bool {
        const FLAGS: usize = 9;
        const PRIMARY: u8 = 1;
        const TWO_PHASES: u8 = 4;
        const SLOTS: usize = 64;
        const SLOT: usize = 128;
        let flags = self.redb.get(FLAGS).copied().unwrap_or_default();
        let old_flags = old.redb.get(FLAGS).copied().unwrap_or_default();
        let used = if flags & TWO_PHASES == 0 {
            SLOTS..SLOTS + 2 * SLOT
        } else {
            let start = SLOTS + usize::from(flags & PRIMARY) * SLOT;
            start..start + SLOT
        };
        (flags ^ old_flags) & (PRIMARY | TWO_PHASES) != 0 || self.redb.get(used.clone()) != old.redb.get(used)
    }
}

/// The error for a file without a usable header.
pub(super) fn unusable() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, Damage::Header)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header {
            seed: 0x0123_4567_89ab_cdef,
            number: 7,
            len: 8192,
            redb: std::array::from_fn(|at| u8::try_from(at % 251).unwrap()),
        }
    }

    #[test]
    fn every_changed_bit_is_noticed() {
        let bytes = header().to_bytes();
        assert_eq!(Header::from_bytes(&bytes).unwrap(), header());
        for bit in 0..SECTOR * 8 {
            let mut damaged = bytes;
            damaged[bit / 8] ^= 1 << (bit % 8);
            let expected = if bit < MAGIC.len() * 8 { Unusable::Foreign } else { Unusable::Damaged };
            assert_eq!(Header::from_bytes(&damaged).unwrap_err(), expected, "bit {bit}");
        }
    }

    #[test]
    fn a_newer_format_is_recognised() {
        assert_eq!(Header::from_bytes(&header().with_format(3)).unwrap_err(), Unusable::Newer(3));
        assert!(Header::from_bytes(&header().with_format(1)).is_ok());
    }

    #[test]
    fn a_slot_that_is_not_in_use_refers_to_nothing() {
        let changed = |flags: u8, at: usize| {
            let mut old = header();
            old.redb[9] = flags;
            let mut redb = old.redb;
            redb[at] ^= 1;
            old.next(0, &redb).refers_to_other_blocks(&old)
        };
        let [one, two] = [64, 64 + 128];
        for flags in 0..16 {
            let two_phases = flags & 4 != 0;
            assert!(changed(flags, 9), "another slot is selected");
            assert_eq!(changed(flags, one), !two_phases || flags & 1 == 0, "{flags}");
            assert_eq!(changed(flags, two), !two_phases || flags & 1 == 1, "{flags}");
            assert!(!changed(flags, 12) && !changed(flags, two - 129), "the layout");
        }
    }
}
