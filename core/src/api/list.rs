//! Lists of objects.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::meta::ListMeta;
use super::presence::is_zero;
use super::resource::Resource;

/// A list of objects of one kind, for example an `ImageStreamList`.
///
/// Its items have neither `kind` nor `apiVersion`.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[schemars(rename = "{T}List")]
pub struct List<T> {
    /// The kind of the items followed by `List`.
    #[serde(skip_serializing_if = "is_zero")]
    pub kind: String,
    /// That of the items, for example `image.openshift.io/v1`.
    #[serde(skip_serializing_if = "is_zero")]
    pub api_version: String,
    /// The version of the list, and the token of its next page.
    pub metadata: ListMeta,
    /// The objects, ordered by the bytes of `namespace/name`.
    pub items: Vec<T>,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { kind: String::new(), api_version: String::new(), metadata: ListMeta::default(), items: Vec::new() }
    }
}

impl<T: Resource> List<T> {
    /// Makes a list with its kind set.
    #[must_use]
    pub fn new(metadata: ListMeta, items: Vec<T>) -> Self {
        Self { kind: format!("{}List", T::KIND), api_version: T::API_RESOURCE.api_version.to_owned(), metadata, items }
    }
}
