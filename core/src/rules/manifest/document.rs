//! Manifests and configs as JSON, read leniently: names without regard to case, unknown members ignored.

use crate::api::{DockerConfig, DockerImage, Time};
use crate::json::{Decode, DecodeError, Ignored, Names, decode, members};

/// Reads a text as the real server reads manifests, history entries and configs.
pub(super) fn read<T: Decode>(text: &str) -> Result<T, DecodeError> {
    decode(text.as_bytes(), Names::Folded)
}

/// A manifest of any schema, without those of a list.
#[derive(Debug, Default)]
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

members!(Manifest as "image.DockerImageManifest" {
    "schemaVersion" => schema_version,
    "mediaType" => media_type,
    "fsLayers" => fs_layers,
    "history" => history,
    "layers" => layers,
    "config" => config,
});

/// A layer of a schema 1 manifest.
#[derive(Debug, Default)]
pub(super) struct FsLayer {
    pub(super) blob_sum: String,
}

members!(FsLayer as "image.DockerFSLayer" {
    "blobSum" => blob_sum,
});

/// What a schema 1 manifest says of one layer: JSON in a string, the config as it was before schema 2.
#[derive(Debug, Default)]
pub(super) struct History {
    pub(super) v1_compatibility: String,
}

members!(History as "image.DockerHistory" {
    "v1Compatibility" => v1_compatibility,
});

/// A blob that a manifest points to.
#[derive(Debug, Default)]
pub(super) struct Descriptor {
    pub(super) media_type: String,
    pub(super) size: i64,
    pub(super) digest: String,
}

members!(Descriptor as "Descriptor" {
    "mediaType" => media_type,
    "size" => size,
    "digest" => digest,
});

/// A manifest list or image index.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) media_type: String,
    pub(super) manifests: Vec<IndexEntry>,
    /// Present only in what is no index.
    pub(super) config: Option<Ignored>,
    /// Present only in what is no index.
    pub(super) layers: Option<Ignored>,
}

members!(Index as "Index" {
    "mediaType" => media_type,
    "manifests" => manifests,
    "config" => config,
    "layers" => layers,
});

/// One manifest of a list.
#[derive(Debug, Default)]
pub(super) struct IndexEntry {
    pub(super) media_type: String,
    pub(super) size: i64,
    pub(super) digest: String,
    pub(super) platform: Platform,
}

members!(IndexEntry as "IndexEntry" {
    "mediaType" => media_type,
    "size" => size,
    "digest" => digest,
    "platform" => platform,
});

/// What a manifest of a list runs on.
#[derive(Debug, Default)]
pub(super) struct Platform {
    pub(super) architecture: String,
    pub(super) os: String,
    pub(super) variant: String,
}

members!(Platform as "Platform" {
    "architecture" => architecture,
    "os" => os,
    "variant" => variant,
});

/// Tells an index from a manifest.
#[derive(Debug, Default)]
pub(super) struct IndexMark {
    pub(super) manifests: Option<Ignored>,
}

members!(IndexMark as "IndexMark" {
    "manifests" => manifests,
});

/// The size in a history entry of schema 1.
#[derive(Debug, Default)]
pub(super) struct HistorySize {
    pub(super) size: i64,
}

members!(HistorySize as "image.DockerV1CompatibilityImageSize" {
    "size" => size,
});

/// The config of an image, or a whole history entry of schema 1, which has the same members.
#[derive(Debug, Default)]
pub(super) struct ImageConfig {
    id: String,
    parent: String,
    comment: String,
    /// Tools for reproducible builds write the first second of year 1, which is no time.
    created: Option<Time>,
    container: String,
    container_config: DockerConfig,
    docker_version: String,
    author: String,
    config: Option<DockerConfig>,
    architecture: String,
}

members!(ImageConfig as "image.DockerImageConfig" {
    "id" => id,
    "parent" => parent,
    "comment" => comment,
    "created" => created,
    "container" => container,
    "container_config" => container_config,
    "docker_version" => docker_version,
    "author" => author,
    "config" => config,
    "architecture" => architecture,
});

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
