//! Why metadata can't be derived from manifest and config.

use crate::api::Image;
use crate::json::DecodeError;
use crate::quote::Quoted;

/// Why metadata can't be derived, or only in part, from the manifest and config of an image.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeriveError {
    /// The manifest is not JSON, or a member has a wrong type.
    #[error("{0}")]
    Manifest(DecodeError),
    /// The newest history entry of a schema 1 manifest is not JSON, or a member has a wrong type.
    #[error("{0}")]
    History(DecodeError),
    /// A schema 1 manifest does not have one history entry for each layer.
    #[error("the image {name} ({reference}) has mismatched history and fslayer cardinality ({history} != {layers})")]
    MismatchedHistory {
        /// Name of the image.
        name: String,
        /// Its `dockerImageReference`.
        reference: String,
        /// The number of history entries.
        history: usize,
        /// The number of layers.
        layers: usize,
    },
    /// A schema 1 manifest has no history.
    #[error("the image {name} ({reference}) has a schema 1 manifest, but it doesn't have history")]
    NoHistory {
        /// Name of the image.
        name: String,
        /// Its `dockerImageReference`.
        reference: String,
    },
    /// `dockerImageConfig` is empty, but the manifest is of schema 2 or OCI.
    #[error("dockerImageConfig must not be empty for manifest type {}", Quoted(.media_type))]
    NoConfig {
        /// The media type of the manifest.
        media_type: String,
    },
    /// The config is not JSON, or a member has a wrong type.
    #[error("failed to parse dockerImageConfig: {0}")]
    Config(DecodeError),
    /// The `schemaVersion` is neither 1 nor 2.
    #[error("unrecognized container image manifest schema {schema_version} for {} ({reference})", Quoted(.name))]
    UnrecognizedSchema {
        /// The `schemaVersion` of the manifest; 0 if it has none.
        schema_version: i64,
        /// Name of the image.
        name: String,
        /// Its `dockerImageReference`.
        reference: String,
    },
}

impl DeriveError {
    pub(super) fn unrecognized(image: &Image, schema_version: i64) -> Self {
        Self::UnrecognizedSchema {
            schema_version,
            name: image.metadata.name.clone(),
            reference: image.docker_image_reference.clone(),
        }
    }
}
