//! Pure decisions about the objects of the API: what is valid, what a reference means, which pull spec a tag gives.
//!
//! Nothing here reads a store, a clock or a source of randomness. Validation collects every broken rule, in an order
//! that clients may rely on, as [`FieldError`](crate::FieldError)s.

mod digest;
mod reference;

pub use digest::{Algorithm, Digest, InvalidDigest, digest_or_image_match};
pub use reference::{DEFAULT_TAG, ImageReference, InvalidReference};
