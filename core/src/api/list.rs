//! Lists of objects.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::presence::is_zero;
use super::{API_VERSION, ListMeta, Resource};

/// A list of objects of one kind, for example an `ImageStreamList`.
///
/// Its items carry neither `kind` nor `apiVersion`; those of the list say what they are.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[schemars(rename = "{T}List")]
pub struct List<T> {
    /// The kind of the items with `List` behind it.
    #[serde(skip_serializing_if = "is_zero")]
    pub kind: String,
    /// `image.openshift.io/v1`.
    #[serde(skip_serializing_if = "is_zero")]
    pub api_version: String,
    /// Version and place of the list.
    pub metadata: ListMeta,
    /// The objects, ordered bytewise by `namespace/name`.
    pub items: Vec<T>,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { kind: String::new(), api_version: String::new(), metadata: ListMeta::default(), items: Vec::new() }
    }
}

impl<T: Resource> List<T> {
    /// A list of `items` as of `metadata`, with its own kind set.
    #[must_use]
    pub fn new(metadata: ListMeta, items: Vec<T>) -> Self {
        Self { kind: format!("{}List", T::KIND), api_version: API_VERSION.to_owned(), metadata, items }
    }
}
