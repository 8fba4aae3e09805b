//! Lists of resources that the store has no objects of.

use serde::Serialize;

use super::shape::{Answer, Objects, json};
use crate::api::{ApiResource, ListMeta};
use crate::error::Result;

/// An empty list of any kind.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EmptyList {
    kind: &'static str,
    api_version: &'static str,
    metadata: ListMeta,
    items: [(); 0],
}

impl EmptyList {
    pub(super) fn new(kind: &'static str, api_version: &'static str, metadata: ListMeta) -> Self {
        Self { kind, api_version, metadata, items: [] }
    }

    /// An empty list of a resource.
    pub(super) fn of(resource: &ApiResource, metadata: ListMeta) -> Self {
        Self::new(resource.list_kind.unwrap_or_default(), resource.api_version, metadata)
    }
}

impl Answer for EmptyList {
    fn json(&self) -> Result<Vec<u8>> {
        json(self)
    }

    fn objects(&self) -> Option<Objects<'_>> {
        Some(Objects::Many(self.kind, &self.metadata, Vec::new()))
    }
}
