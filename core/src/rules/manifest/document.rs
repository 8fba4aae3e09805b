//! Manifests and configs as JSON, read leniently: names without regard to case, unknown members ignored.

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::api::{DockerConfig, DockerImage, Time, optional_time};
use crate::json::{DecodeError, Names, SyntaxError, decode, parse};

/// Why the text of a manifest, a history entry or a config can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// It is not JSON.
    #[error(transparent)]
    Syntax(#[from] SyntaxError),
    /// A member has a wrong type.
    #[error(transparent)]
    Type(#[from] DecodeError),
}

/// Reads a text as the real server reads manifests, history entries and configs.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, InvalidText> {
    Ok(decode(&parse(text.as_bytes())?, Names::Folded)?)
}

/// A manifest of any schema, without those of a list.
#[derive(Debug, Default, Deserialize)]
#[serde(rename = "image.DockerImageManifest", rename_all = "camelCase", default)]
pub(super) struct Manifest {
    pub(super) schema_version: i64,
    pub(super) media_type: String,
    /// Schema 1: the layers, newest first.
    pub(super) fs_layers: Vec<FsLayer>,
    /// Schema 1: one entry per layer, newest first.
    pub(super) history: Vec<History>,
    /// Schema 2 and OCI: the layers, base first.
    pub(super) layers: Vec<Descriptor>,
    /// Schema 2 and OCI.
    pub(super) config: Descriptor,
}

/// A layer of a schema 1 manifest.
#[derive(Debug, Default, Deserialize)]
#[serde(rename = "image.DockerFSLayer", rename_all = "camelCase", default)]
pub(super) struct FsLayer {
    pub(super) blob_sum: String,
}

/// What a schema 1 manifest says of one layer: JSON in a string, the config as it was before schema 2.
#[derive(Debug, Default, Deserialize)]
#[serde(rename = "image.DockerHistory", default)]
pub(super) struct History {
    #[serde(rename = "v1Compatibility")]
    pub(super) v1_compatibility: String,
}

/// A blob that a manifest points to.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Descriptor {
    pub(super) media_type: String,
    pub(super) size: i64,
    pub(super) digest: String,
}

/// A manifest list or image index.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Index {
    pub(super) media_type: String,
    pub(super) manifests: Vec<IndexEntry>,
    /// Present only in what is no index.
    pub(super) config: Option<IgnoredAny>,
    /// Present only in what is no index.
    pub(super) layers: Option<IgnoredAny>,
}

/// One manifest of a list.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct IndexEntry {
    pub(super) media_type: String,
    pub(super) size: i64,
    pub(super) digest: String,
    pub(super) platform: Platform,
}

/// What a manifest of a list runs on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Platform {
    pub(super) architecture: String,
    pub(super) os: String,
    pub(super) variant: String,
}

/// Tells an index from a manifest.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct IndexMark {
    pub(super) manifests: Option<IgnoredAny>,
}

/// The size in a history entry of schema 1.
#[derive(Debug, Default, Deserialize)]
#[serde(rename = "image.DockerV1CompatibilityImageSize", default)]
pub(super) struct HistorySize {
    pub(super) size: i64,
}

/// The config of an image, or a whole history entry of schema 1, which has the same members.
#[derive(Debug, Default, Deserialize)]
#[serde(rename = "image.DockerImageConfig", default)]
pub(super) struct ImageConfig {
    id: String,
    parent: String,
    comment: String,
    /// Tools for reproducible builds write the first second of year 1, which is no time.
    #[serde(deserialize_with = "optional_time")]
    created: Option<Time>,
    container: String,
    container_config: DockerConfig,
    docker_version: String,
    author: String,
    config: Option<DockerConfig>,
    architecture: String,
}

impl From<ImageConfig> for DockerImage {
    fn from(config: ImageConfig) -> Self {
        Self {
            id: config.id,
            parent: config.parent,
            comment: config.comment,
            created: config.created,
            container: config.container,
            container_config: config.container_config,
            docker_version: config.docker_version,
            author: config.author,
            config: config.config,
            architecture: config.architecture,
            size: 0,
        }
    }
}
