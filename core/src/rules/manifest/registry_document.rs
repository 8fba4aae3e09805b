//! Manifests and lists as a registry decodes them, with the types of the package `distribution`.
//!
//! As in `document`, some members are not used: a wrong type in one of them makes the text unreadable.

use std::collections::BTreeMap;

use crate::json::{Ignored, IgnoredString, Int, members};

/// A schema 2 manifest.
#[derive(Debug, Default)]
pub(super) struct Schema2Manifest {
    schema_version: Int,
    pub(super) media_type: String,
    pub(super) config: Blob,
    layers: Vec<Blob>,
}

members!(Schema2Manifest as "schema2.Manifest" {
    "schemaVersion" => schema_version,
    "mediaType" => media_type,
    "config" => config,
    "layers" => layers,
});

/// An OCI image manifest.
#[derive(Debug, Default)]
pub(super) struct OciManifest {
    schema_version: Int,
    pub(super) media_type: String,
    pub(super) config: Blob,
    layers: Vec<Blob>,
    annotations: BTreeMap<String, String>,
    /// Its presence shows that this is not a manifest.
    pub(super) manifests: Option<Ignored>,
}

members!(OciManifest as "ocischema.Manifest" {
    "schemaVersion" => schema_version,
    "mediaType" => media_type,
    "config" => config,
    "layers" => layers,
    "annotations" => annotations,
    "manifests" => manifests,
});

/// [`members!`] of a descriptor, the same for blobs and for the manifests of a list.
macro_rules! descriptor_members {
    ($type:ident as $name:literal) => {
        members!($type as $name {
            "mediaType" => media_type,
            "size" => size,
            "digest" => digest,
            "urls" => urls,
            "annotations" => annotations,
            "platform" => platform,
        });
    };
}

/// A reference to a blob.
#[derive(Debug, Default)]
pub(super) struct Blob {
    media_type: IgnoredString,
    size: i64,
    pub(super) digest: String,
    urls: Vec<IgnoredString>,
    annotations: BTreeMap<String, String>,
    platform: OciPlatform,
}

descriptor_members!(Blob as "distribution.Descriptor");

/// The platform of a blob.
#[derive(Debug, Default)]
struct OciPlatform {
    architecture: IgnoredString,
    os: IgnoredString,
    os_version: IgnoredString,
    os_features: Vec<IgnoredString>,
    variant: IgnoredString,
}

members!(OciPlatform as "Platform" {
    "architecture" => architecture,
    "os" => os,
    "os.version" => os_version,
    "os.features" => os_features,
    "variant" => variant,
});

/// A manifest list or image index.
#[derive(Debug, Default)]
pub(super) struct Index {
    schema_version: Int,
    pub(super) media_type: String,
    pub(super) manifests: Vec<IndexEntry>,
    /// Its presence shows that this is not an index.
    pub(super) config: Option<Ignored>,
    /// Its presence shows that this is not an index.
    pub(super) layers: Option<Ignored>,
}

members!(Index as "manifestlist.ManifestList" {
    "schemaVersion" => schema_version,
    "mediaType" => media_type,
    "manifests" => manifests,
    "config" => config,
    "layers" => layers,
});

/// A manifest in a list.
#[derive(Debug, Default)]
pub(super) struct IndexEntry {
    pub(super) media_type: String,
    pub(super) size: i64,
    pub(super) digest: String,
    urls: Vec<IgnoredString>,
    annotations: BTreeMap<String, String>,
    pub(super) platform: Platform,
}

descriptor_members!(IndexEntry as "manifestlist.ManifestDescriptor");

/// The platform of a manifest in a list.
#[derive(Debug, Default)]
pub(super) struct Platform {
    pub(super) architecture: String,
    pub(super) os: String,
    os_version: IgnoredString,
    os_features: Vec<IgnoredString>,
    pub(super) variant: String,
    features: Vec<IgnoredString>,
}

members!(Platform as "manifestlist.PlatformSpec" {
    "architecture" => architecture,
    "os" => os,
    "os.version" => os_version,
    "os.features" => os_features,
    "variant" => variant,
    "features" => features,
});
