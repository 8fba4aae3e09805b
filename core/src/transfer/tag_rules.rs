//! The rules for tags in exports: one object of a kind of its own.

use serde::Serialize;
use serde_json::Value;

use crate::api::ObjectMeta;
use crate::error::{Error, Result};
use crate::json::{self, members};
use crate::rules::TagRules;

/// The group and version of what clusters do not have.
pub(super) const API_VERSION: &str = "imagestream/v1";
/// The kind of the object.
pub(super) const KIND: &str = "TagRules";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'r> {
    api_version: &'static str,
    kind: &'static str,
    metadata: Metadata,
    #[serde(flatten)]
    rules: &'r TagRules,
}

#[derive(Serialize)]
struct Metadata {
    name: &'static str,
}

/// The object.
pub(super) fn document(rules: &TagRules) -> Result<Value> {
    let metadata = Metadata { name: "tag-rules" };
    let document = Document { api_version: API_VERSION, kind: KIND, metadata, rules };
    serde_json::to_value(&document).map_err(|error| Error::internal(error.to_string()))
}

/// The object as it is read: with the members of any object.
#[derive(Default)]
struct Read {
    kind: String,
    api_version: String,
    metadata: ObjectMeta,
    rules: TagRules,
}

members!(Read as "TagRules" {
    "kind" => kind,
    "apiVersion" => api_version,
    "metadata" => metadata,
    "immutable" => rules.immutable,
    "histories" => rules.histories,
});

/// Reads the object, or says why that is not possible.
pub(super) fn read(json: &[u8]) -> Result<TagRules, String> {
    json::decode_strictly::<Read>(json).map_err(|error| error.to_string()).and_then(|(read, unknown)| {
        match unknown.first() {
            None => Ok(read.rules),
            // A rule that is not understood must not be lost.
            Some(unknown) => Err(unknown.clone()),
        }
    })
}
