//! What a patch is for.

use crate::api::Time;
use crate::json::{self, Decode, DecodeError};
use crate::rules::patch::{Mergeable, Schema};

/// The object that a patch is for, and the time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    /// Empty where the kind has none.
    pub(super) namespace: &'a str,
    pub(super) name: &'a str,
    /// Empty for the object itself.
    pub(super) subresource: &'a str,
    /// How tags are imported that do not say how.
    pub(super) import_mode: &'static str,
    pub(super) now: Time,
}

/// What a patch must know of the kind of its object.
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) api_version: &'static str,
    pub(super) schema: Schema,
    /// Reads a JSON text as an object of the kind, and says what strict field validation says about it.
    pub(super) check: fn(&[u8]) -> Result<Vec<String>, DecodeError>,
}

impl Kind {
    pub(super) fn of<T: Mergeable + Decode>() -> Self {
        let check = |json: &[u8]| json::decode_strictly::<T>(json).map(|(_, findings)| findings);
        Self { name: T::KIND, api_version: T::API_RESOURCE.api_version, schema: T::SCHEMA, check }
    }
}
