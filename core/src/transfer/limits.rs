//! The bounds of what is read from files that may be hostile.

/// Files in an archive or a folder.
pub(super) const MAX_FILES: usize = 100_000;

/// Folders above a file in an archive or a folder.
pub(super) const MAX_DEPTH: usize = 32;

/// Containers in each other, such as a tar file in a gzip file in a zip file.
pub(super) const MAX_NESTING: usize = 6;

/// Bytes of one object.
pub(super) const MAX_OBJECT: usize = 64 << 20;

/// Bytes that may be unpacked from any number of bytes.
pub(super) const UNPACKED_FREE: u64 = 64 << 20;

/// Bytes that may be unpacked from each byte beyond that.
pub(super) const MAX_RATIO: u64 = 200;

/// Bytes of an unpacked xz file, which is unpacked in memory.
#[cfg(not(target_family = "wasm"))]
pub(super) const MAX_XZ: usize = 256 << 20;

/// Bytes by which the content of a file is recognized.
pub(super) const BEGINNING: usize = 64 << 10;

/// Findings that are kept; the others are only counted.
pub(super) const MAX_FINDINGS: usize = 10_000;
