//! One tag of a stream as it is wanted and as it is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::presence::is_zero;
use super::{Image, NamedTagEventList, ObjectMeta, TagReference};
use crate::json::members;

/// A tag of a stream: what it should point to, its history and its newest image.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageTag {
    /// `ImageTag`, on an object that stands by itself.
    #[serde(skip_serializing_if = "is_zero")]
    pub kind: String,
    /// `image.openshift.io/v1`, on an object that stands by itself.
    #[serde(skip_serializing_if = "is_zero")]
    pub api_version: String,
    /// Its name is `<stream>:<tag>`; everything else is the stream's.
    pub metadata: ObjectMeta,
    /// What the tag should point to, `null` where nobody said.
    pub spec: Option<TagReference>,
    /// Its history, `null` where it never pointed to anything.
    pub status: Option<NamedTagEventList>,
    /// Its newest image, `null` where the image is not in the store.
    pub image: Option<Image>,
}

members!(ImageTag as "ImageTag" {
    "kind" => kind,
    "apiVersion" => api_version,
    "metadata" => metadata,
    "spec" => spec,
    "status" => status,
    "image" => image,
});
