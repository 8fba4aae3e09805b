//! What an image is, read from its manifest and its config.
//!
//! Manifests come in five formats: Docker schema 1 (plain or signed), Docker schema 2, Docker manifest list, OCI image
//! manifest and OCI image index. Two kinds of readers look at them, as in the real server:
//!
//! - [`derive_metadata`] is lenient. It goes by the `schemaVersion` of the text, takes names of members without regard
//!   to case and ignores what it does not know. It fills in layers, media type and metadata.
//! - [`sub_manifests`], [`manifest_matches_name`] and [`config_matches_manifest`] are strict. They go by the media type
//!   that the image claims, and refuse a text of another format.
//!
//! The texts themselves are never changed: digests are those of the bytes that a client sent.

mod derive;
mod distribution;
mod document;
mod layers;
mod matching;
mod signed;

pub use derive::{DeriveError, derive_metadata, is_derived};
pub use distribution::sub_manifests;
pub use layers::order_layers;
pub use matching::{config_matches_manifest, manifest_matches_name};
pub use signed::signed_payload;
