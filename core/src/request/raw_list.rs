//! Lists and objects of resources that are not stored.

use super::shape::{Answer, Objects, json};
use crate::api::{ApiResource, ListMeta};
use crate::error::Result;
use crate::resources::WorkloadItem;

/// A list of any kind, of workloads or empty.
#[derive(Debug)]
pub(super) struct RawList<'w> {
    kind: &'static str,
    api_version: &'static str,
    metadata: ListMeta,
    items: Vec<&'w WorkloadItem>,
}

impl<'w> RawList<'w> {
    /// A list without items.
    pub(super) fn empty(kind: &'static str, api_version: &'static str, metadata: ListMeta) -> Self {
        Self { kind, api_version, metadata, items: Vec::new() }
    }

    /// A list of a resource.
    pub(super) fn of(resource: &ApiResource, (metadata, items): (ListMeta, Vec<&'w WorkloadItem>)) -> Self {
        Self { kind: resource.list_kind.unwrap_or_default(), api_version: resource.api_version, metadata, items }
    }
}

impl Answer for RawList<'_> {
    fn json(&self) -> Result<Vec<u8>> {
        let Self { kind, api_version, metadata, items } = self;
        let mut text = format!(r#"{{"kind":"{kind}","apiVersion":"{api_version}","metadata":"#).into_bytes();
        text.extend(json(metadata)?);
        text.extend(b",\"items\":[");
        for (index, item) in items.iter().enumerate() {
            text.extend(if index > 0 { &b","[..] } else { b"" });
            text.extend(item.json.as_bytes());
        }
        text.extend(b"]}");
        Ok(text)
    }

    fn objects(&self) -> Option<Objects<'_>> {
        let items = self.items.iter().map(|item| &item.workload.metadata);
        Some(Objects::Many(self.kind, &self.metadata, items.collect()))
    }
}

/// One workload.
pub(super) struct RawObject<'w>(pub(super) &'w WorkloadItem);

impl Answer for RawObject<'_> {
    fn json(&self) -> Result<Vec<u8>> {
        let resource = self.0.resource;
        let mut text = format!(r#"{{"kind":"{}","apiVersion":"{}""#, resource.kind, resource.api_version).into_bytes();
        let members = self.0.json.strip_prefix('{').unwrap_or("}");
        text.extend(if members == "}" { &b""[..] } else { b"," });
        text.extend(members.as_bytes());
        Ok(text)
    }

    fn objects(&self) -> Option<Objects<'_>> {
        Some(Objects::One(self.0.resource.kind, &self.0.workload.metadata))
    }
}
