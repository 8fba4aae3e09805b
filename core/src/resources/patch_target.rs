//! The target of a patch.

use crate::api::Time;
use crate::json::{self, Decode, DecodeError};
use crate::rules::patch::{Mergeable, Schema};

/// The object to patch, and the current time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    /// Empty for cluster-scoped kinds.
    pub(super) namespace: &'a str,
    pub(super) name: &'a str,
    /// Empty for the object itself.
    pub(super) subresource: &'a str,
    /// The import mode of tags that do not set one.
    pub(super) import_mode: &'static str,
    pub(super) now: Time,
}

/// The properties of a kind that patches need.
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) api_version: &'static str,
    pub(super) schema: Schema,
    /// Decodes a JSON text as an object of the kind, and returns the findings of strict field validation.
    pub(super) check: fn(&[u8]) -> Result<Vec<String>, DecodeError>,
}

impl Kind {
    pub(super) fn of<T: Mergeable + Decode>() -> Self {
        let check = |json: &[u8]| json::decode_strictly::<T>(json).map(|(_, findings)| findings);
        Self { name: T::KIND, api_version: T::API_RESOURCE.api_version, schema: T::SCHEMA, check }
    }
}
