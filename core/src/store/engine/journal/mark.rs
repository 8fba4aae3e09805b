//! What the store's file records about its journal.

use xxhash_rust::xxh3::xxh3_64;

/// Whether the store has a journal, which one, and how much of it the store's file already contains. Written in one
/// transaction with the rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Mark {
    /// There has never been a journal.
    #[default]
    None,
    /// The file is complete only together with a journal.
    InUse {
        /// The id of the journal.
        journal: String,
        /// The last commit of the journal whose rows are in the file.
        applied: u64,
    },
    /// The file contains all of its last journal.
    Closed {
        /// The id of that journal, whose files may still exist.
        journal: String,
    },
}

const IN_USE: u8 = 1;
const CLOSED: u8 = 2;

impl Mark {
    /// The encoding: a checksum (eight bytes: XXH3 of the rest), a byte for the variant, the commit number, the
    /// journal's id.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let (kind, applied, journal) = match self {
            Self::None => return Vec::new(),
            Self::InUse { journal, applied } => (IN_USE, *applied, journal),
            Self::Closed { journal } => (CLOSED, 0, journal),
        };
        let rest = [&[kind][..], &applied.to_le_bytes(), journal.as_bytes()].concat();
        [&xxh3_64(&rest).to_le_bytes()[..], &rest].concat()
    }

    /// The decoded mark; `None` if the bytes are damaged.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.is_empty() {
            return Some(Self::None);
        }
        let (checksum, rest) = bytes.split_first_chunk()?;
        if xxh3_64(rest) != u64::from_le_bytes(*checksum) {
            return None;
        }
        let (&kind, behind) = rest.split_first()?;
        let (applied, journal) = behind.split_first_chunk()?;
        let journal = String::from_utf8(journal.to_vec()).ok()?;
        match kind {
            IN_USE => Some(Self::InUse { journal, applied: u64::from_le_bytes(*applied) }),
            CLOSED => Some(Self::Closed { journal }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_restored_and_damage_is_detected() {
        let journal = || "a-journal".to_owned();
        for mark in [Mark::None, Mark::InUse { journal: journal(), applied: 7 }, Mark::Closed { journal: journal() }] {
            let bytes = mark.to_bytes();
            assert_eq!(Mark::from_bytes(&bytes), Some(mark));
            for bit in 0..bytes.len() * 8 {
                let mut damaged = bytes.clone();
                damaged[bit / 8] ^= 1 << (bit % 8);
                assert_eq!(Mark::from_bytes(&damaged), None, "bit {bit}");
            }
        }
    }
}
