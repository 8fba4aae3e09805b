//! What is found in files.

use sha2::{Digest as _, Sha256};

/// An image that was found in files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::transfer) struct ArchivedImage {
    /// The path of the archive or folder.
    pub(in crate::transfer) path: String,
    /// Its names: pull specs, or tags alone.
    pub(in crate::transfer) names: Vec<String>,
    pub(in crate::transfer) digest: String,
    pub(in crate::transfer) manifest: String,
    /// The text of the config; empty if it is not there, and for lists.
    pub(in crate::transfer) config: String,
    /// The annotation `org.opencontainers.image.created` of its entry in an index; mostly empty.
    pub(in crate::transfer) created: String,
    /// Whether the manifest was made up from a `docker save` archive, which has none.
    pub(in crate::transfer) is_made_up: bool,
}

/// What was found, and what is missing or broken.
#[derive(Debug, Default)]
pub(in crate::transfer) struct Archived {
    pub(in crate::transfer) images: Vec<ArchivedImage>,
    /// A path, and what is wrong with it.
    pub(in crate::transfer) faults: Vec<(String, String)>,
}

/// The digest of a text.
pub(super) fn digest_of(text: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(text)))
}

/// Checks that a text has the digest by which it was found; others than SHA-256 are trusted.
pub(super) fn has_digest(text: &[u8], digest: &str) -> bool {
    !digest.starts_with("sha256:") || digest_of(text) == digest
}
