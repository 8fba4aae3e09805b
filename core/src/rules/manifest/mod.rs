//! Decoding the manifests and configs of images.
//!
//! Manifests come in five formats: Docker schema 1 (plain or signed), Docker schema 2, Docker manifest list, OCI image
//! manifest and OCI image index. Like the real server, this module decodes them in two ways:
//!
//! - [`derive_metadata`] goes by the `schemaVersion` in the text, to fill in layers, media type and metadata.
//! - [`sub_manifests`], [`manifest_matches_name`] and [`config_matches_manifest`] go by the media type of the image,
//!   and refuse a text of another format.
//!
//! Both ignore the case of member names and skip unknown members. The texts are never changed: digests are those of the
//! bytes that a client sent.

mod derive;
mod derive_error;
mod distribution;
mod document;
mod layers;
mod matching;
mod registry_document;
mod signed;
mod timestamp;

pub use derive::{derive_metadata, is_derived};
pub use derive_error::DeriveError;
pub use distribution::sub_manifests;
pub use layers::order_layers;
pub use matching::{config_matches_manifest, manifest_matches_name};
pub use signed::signed_payload;
