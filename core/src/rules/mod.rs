//! Pure decisions about the objects of the API: what is valid, what a reference means, what an event does to a tag,
//! which pull spec a tag gives.
//!
//! Nothing here reads a store, a clock or a source of randomness. Validation collects every broken rule, in an order
//! that clients may rely on, as [`FieldError`](crate::FieldError)s.

mod digest;
mod field;
pub mod generation;
mod image;
pub mod image_strategy;
pub mod manifest;
mod metadata;
mod names;
mod quote;
mod reference;
mod resolve;
mod signature;
mod stream_state;
mod tag_event;

pub use digest::{Algorithm, Digest, InvalidDigest, digest_or_image_match};
pub use field::{BadValue, Path};
pub use image::{validate_image, validate_image_update};
pub use metadata::{MAX_ANNOTATIONS_SIZE, validate_generic_update, validate_metadata, validate_metadata_update};
pub use names::{
    InvalidName, NameForm, NameRule, StreamTagName, dns1123_label, dns1123_subdomain, generated_name, label_value,
    parse_signature_name, parse_stream_image, parse_stream_tag, path_segment_name, qualified_name, split_stream_tag,
    stream_name,
};
pub use quote::Quoted;
pub use reference::{DEFAULT_TAG, ImageReference, InvalidReference};
pub use resolve::{OtherStreams, ResolveContext, follow_moved_tags, resolve_image, resolve_spec_tags};
pub use signature::{prepare_signature, validate_signature};
pub use stream_state::{StreamState, apply_tag_defaults, followed_tag};
pub use tag_event::{TagChange, TagHead};
