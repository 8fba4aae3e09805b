//! A tag of a stream with its history.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::image::Image;
use super::image_stream::{NamedTagEventList, TagReference};
use super::meta::ObjectMeta;
use super::presence::is_zero;
use crate::json::members;

/// A tag of a stream: its desired state, its history and its newest image.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageTag {
    /// `ImageTag`, on an object that is not nested in another.
    #[serde(skip_serializing_if = "is_zero")]
    pub kind: String,
    /// `image.openshift.io/v1`, on an object that is not nested in another.
    #[serde(skip_serializing_if = "is_zero")]
    pub api_version: String,
    /// The name is `<stream>:<tag>`. Everything else is that of the stream.
    pub metadata: ObjectMeta,
    /// The desired state of the tag; `null` if there is none, as for a tag that was only pushed.
    pub spec: Option<TagReference>,
    /// Its history; `null` if it never had an image.
    pub status: Option<NamedTagEventList>,
    /// Its newest image; `null` if that is not stored.
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
