//! What all objects have.

use std::collections::BTreeMap;

use crate::api::{ObjectMeta, Time};

/// The age of an object.
pub(super) fn age(metadata: &ObjectMeta, now: Time) -> String {
    metadata.creation_timestamp.map_or_else(|| "<unknown>".to_owned(), |time| super::super::age::age(time, now))
}

/// Labels or annotations, one in each line.
pub(super) fn pairs(pairs: &BTreeMap<String, String>) -> Vec<String> {
    pairs.iter().map(|(key, value)| format!("{key}={value}")).collect()
}
