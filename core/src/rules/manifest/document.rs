//! Manifests, configs and history entries with the types of the real server's package `docker10`.
//!
//! The types also have members that are not used: a wrong type in one of them makes the text unreadable.

use super::timestamp::Timestamp;
use crate::api::{DockerConfig, DockerImage};
use crate::json::{Decode, DecodeError, IgnoredString, Int, Names, decode, members};

/// Decodes a text as the real server decodes manifests, history entries and configs: member names are case-insensitive,
/// and unknown members are skipped.
pub(super) fn read<T: Decode>(text: &str) -> Result<T, DecodeError> {
    decode(text.as_bytes(), Names::Folded)
}

/// A manifest of any schema, or the members that a manifest list shares with one.
#[derive(Debug, Default)]
pub(super) struct Manifest {
    pub(super) schema_version: Int,
    pub(super) media_type: String,
    name: IgnoredString,
    tag: IgnoredString,
    architecture: IgnoredString,
    /// Schema 1: the layers, newest first.
    pub(super) fs_layers: Vec<FsLayer>,
    /// Schema 1: one entry per layer, newest first.
    pub(super) history: Vec<History>,
    /// Schema 2 and OCI: the layers, base first.
    pub(super) layers: Vec<Descriptor>,
    /// Schema 2 and OCI.
    pub(super) config: Descriptor,
}

members!(Manifest as "docker10.DockerImageManifest" {
    "schemaVersion" => schema_version,
    "mediaType" => media_type,
    "name" => name,
    "tag" => tag,
    "architecture" => architecture,
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

members!(FsLayer as "docker10.DockerFSLayer" {
    "blobSum" => blob_sum,
});

/// The history entry of a layer in a schema 1 manifest.
#[derive(Debug, Default)]
pub(super) struct History {
    /// JSON: a [`CompatibilityConfig`].
    pub(super) v1_compatibility: String,
}

members!(History as "docker10.DockerHistory" {
    "v1Compatibility" => v1_compatibility,
});

/// A reference to a blob.
#[derive(Debug, Default)]
pub(super) struct Descriptor {
    pub(super) media_type: String,
    pub(super) size: i64,
    pub(super) digest: String,
}

members!(Descriptor as "docker10.Descriptor" {
    "mediaType" => media_type,
    "size" => size,
    "digest" => digest,
});

/// The size in a history entry of schema 1.
#[derive(Debug, Default)]
pub(super) struct HistorySize {
    pub(super) size: i64,
}

members!(HistorySize as "docker10.DockerV1CompatibilityImageSize" {
    "size" => size,
});

/// The members that configs and history entries of schema 1 share.
#[derive(Debug, Default)]
struct CommonConfig {
    id: String,
    parent: String,
    comment: String,
    created: Timestamp,
    container: String,
    container_config: DockerConfig,
    docker_version: String,
    author: String,
    config: Option<DockerConfig>,
    architecture: String,
    size: i64,
}

impl From<CommonConfig> for DockerImage {
    /// The size is not set, since the size of the image is derived.
    fn from(config: CommonConfig) -> Self {
        Self {
            id: config.id,
            parent: config.parent,
            comment: config.comment,
            created: config.created.into(),
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

/// [`members!`] of a type with a [`CommonConfig`] in its field `common`: first those, then its own. They are ordered by
/// name, as most builders write them: a member is looked for behind the one before it.
macro_rules! config_members {
    ($type:ident as $name:literal { $($own:tt)* }) => {
        members!($type as $name {
            "architecture" => common.architecture,
            "author" => common.author,
            "comment" => common.comment,
            "config" => common.config,
            "container" => common.container,
            "container_config" => common.container_config,
            "created" => common.created,
            "docker_version" => common.docker_version,
            "id" => common.id,
            "parent" => common.parent,
            "size" => common.size,
            $($own)*
        });
    };
}

/// The config of a schema 2 or OCI image.
#[derive(Debug, Default)]
pub(super) struct ImageConfig {
    common: CommonConfig,
    rootfs: RootFs,
    history: Vec<ConfigHistory>,
    os: IgnoredString,
    os_version: IgnoredString,
    os_features: Vec<IgnoredString>,
}

config_members!(ImageConfig as "docker10.DockerImageConfig" {
    "history" => history,
    "os" => os,
    "os.features" => os_features,
    "os.version" => os_version,
    "rootfs" => rootfs,
});

impl From<ImageConfig> for DockerImage {
    fn from(config: ImageConfig) -> Self {
        config.common.into()
    }
}

/// The uncompressed layers of a config.
#[derive(Debug, Default)]
struct RootFs {
    kind: IgnoredString,
    diff_ids: Vec<IgnoredString>,
}

members!(RootFs as "docker10.DockerConfigRootFS" {
    "type" => kind,
    "diff_ids" => diff_ids,
});

/// A build step in a config.
#[derive(Debug, Default)]
struct ConfigHistory {
    created: Timestamp,
    author: IgnoredString,
    created_by: IgnoredString,
    comment: IgnoredString,
    empty_layer: bool,
}

members!(ConfigHistory as "docker10.DockerConfigHistory" {
    "created" => created,
    "author" => author,
    "created_by" => created_by,
    "comment" => comment,
    "empty_layer" => empty_layer,
});

/// The config of a schema 1 image, stored in its newest history entry.
#[derive(Debug, Default)]
pub(super) struct CompatibilityConfig {
    common: CommonConfig,
}

config_members!(CompatibilityConfig as "docker10.DockerV1CompatibilityImage" {});

impl From<CompatibilityConfig> for DockerImage {
    fn from(config: CompatibilityConfig) -> Self {
        config.common.into()
    }
}
