//! Options of an import.

use crate::resources::ConflictRule;

/// Options of an import.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// The namespace of streams that have none, which can't be imported without it, and of images in archives. Default: empty,
    /// for images that of the name of each.
    pub namespace: String,
    /// The stream of all images in archives. Default: empty, the last part of the name of each.
    pub stream: String,
    /// What to do with objects that the store already has, with another content.
    pub conflicts: ConflictRule,
    /// The time of images in archives, and of their entries in histories.
    pub created: Created,
    /// Whether an object that can't be imported is an error, and nothing is imported.
    pub strict: bool,
    /// Whether the content of all blobs in archives, layers too, is compared with the SHA-256 digests in their names. Without
    /// it, layers are skipped.
    pub verify_blobs: bool,
    /// Report what would happen, and write nothing.
    pub dry_run: bool,
}

/// The time of a named image from an archive, and of its entry in the history of a tag. Images without a name, such as
/// members of lists, have the time of the import.
///
/// An archive says when an image was built, if it says anything, and not when it came to a tag. An image that does not say
/// it has the time of the import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Created {
    /// That of the import.
    #[default]
    Now,
    /// The annotation `org.opencontainers.image.created` of the entry in the index, or that of the manifest.
    Annotation,
    /// `created` of the config.
    Config,
}
