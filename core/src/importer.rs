//! What the store needs to import from registries.

/// Reads images of registries.
///
/// A store has none unless it is given one ([`Builder::importer`](crate::Builder::importer)): then nothing is ever requested from a
/// registry, and imports are refused.
pub trait Importer: Send + Sync {
    /// The image that a pull spec names: its manifest, with those of a list.
    ///
    /// # Errors
    ///
    /// Why it can't be read.
    fn image(&self, pull_spec: &str, insecure: bool) -> Result<FetchedImage, FetchFailure>;

    /// The tags of a repository, which a pull spec without tag and digest names.
    ///
    /// # Errors
    ///
    /// Why they can't be read.
    fn tags(&self, repository: &str, insecure: bool) -> Result<Vec<String>, FetchFailure>;
}

/// An image of a registry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FetchedImage {
    /// The digest of the manifest.
    pub digest: String,
    /// Its media type.
    pub media_type: String,
    /// Its text.
    pub manifest: String,
    /// The text of the config; empty for a list.
    pub config: String,
    /// The images of a list, in its order.
    pub members: Vec<FetchedImage>,
}

/// Why an image can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchFailure {
    /// There is no such image.
    #[error("there is no such image")]
    NotFound,
    /// The registry does not allow it.
    #[error("you may not have access to it")]
    Unauthorized,
    /// Anything else.
    #[error("{0}")]
    Other(String),
}
