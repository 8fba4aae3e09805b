//! A note in one journal file about how far the journal goes.
//!
//! Each frame is synced, but a file that loses its end looks as if the last commits had never been. So after each commit
//! its number is noted in the other file, without a sync of its own. After a kill the note is always there, and commits
//! that are missing are noticed. After a power cut it may be an older one.

use std::io;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::JournalFile;
use super::header::NOTE;

const LENGTH: usize = 16;

/// Distinguishes the checksums of notes from those of frames.
const SALT: u64 = u64::from_le_bytes(*b"noted as");

/// Notes that the commit is durable.
pub(super) fn write(file: &dyn JournalFile, seed: u64, commit: u64) -> io::Result<()> {
    let commit = commit.to_le_bytes();
    let checksum = xxh3_64_with_seed(&commit, seed ^ SALT).to_le_bytes();
    file.write(NOTE as u64, [checksum, commit].as_flattened())
}

/// The noted commit in the bytes of a file; 0 if there is none.
pub(super) fn read(bytes: &[u8], seed: u64) -> u64 {
    let note = bytes.get(NOTE..NOTE + LENGTH).and_then(|note| note.split_first_chunk());
    let Some((checksum, commit)) = note else { return 0 };
    let sound = xxh3_64_with_seed(commit, seed ^ SALT) == u64::from_le_bytes(*checksum);
    commit.first_chunk().filter(|_| sound).map_or(0, |commit| u64::from_le_bytes(*commit))
}
