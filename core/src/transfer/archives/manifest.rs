//! Manifests, lists and indexes, as far as importing needs them.

use std::collections::BTreeMap;

use crate::json::members;

/// An index, a manifest, or a manifest list.
#[derive(Default)]
pub(super) struct Manifest {
    pub(super) manifests: Vec<Descriptor>,
    pub(super) config: Descriptor,
}

members!(Manifest as "Index" { "manifests" => manifests, "config" => config });

/// What a document says of another blob.
#[derive(Default)]
pub(super) struct Descriptor {
    pub(super) media_type: String,
    pub(super) digest: String,
    annotations: BTreeMap<String, String>,
    platform: Platform,
}

members!(Descriptor as "Descriptor" {
    "mediaType" => media_type,
    "digest" => digest,
    "annotations" => annotations,
    "platform" => platform,
});

#[derive(Default)]
struct Platform {
    os: String,
}

members!(Platform as "Platform" { "os" => os });

impl Descriptor {
    /// The name by which the writer of the layout called the image.
    pub(super) fn name(&self) -> Option<&str> {
        let full = self.annotations.get("io.containerd.image.name").filter(|name| name.contains('/'));
        let name = full.or_else(|| self.annotations.get("org.opencontainers.image.ref.name"));
        name.map(String::as_str).filter(|name| !name.is_empty())
    }

    /// When the image was made, as the index says; mostly empty.
    pub(super) fn created(&self) -> &str {
        self.annotations.get("org.opencontainers.image.created").map_or("", String::as_str)
    }

    /// Whether it is something about another image: an attestation, a signature.
    pub(super) fn is_about_another(&self) -> bool {
        self.annotations.contains_key("vnd.docker.reference.type")
            || self.annotations.contains_key("io.containerd.manifest.subject")
            || self.platform.os == "unknown"
    }
}
