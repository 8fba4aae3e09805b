//! The one verb that moves a stream: register an image and make it the newest of a tag.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::presence::is_zero;
use super::{Image, ObjectMeta};
use crate::json::members;

/// An image and the tag that it becomes the newest entry of. It can only be created.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageStreamMapping {
    /// `ImageStreamMapping`, on an object that stands by itself.
    #[serde(skip_serializing_if = "is_zero")]
    pub kind: String,
    /// `image.openshift.io/v1`, on an object that stands by itself.
    #[serde(skip_serializing_if = "is_zero")]
    pub api_version: String,
    /// Name and namespace of the stream, which must exist.
    pub metadata: ObjectMeta,
    /// The image. One that exists already is left as it is.
    pub image: Image,
    /// The tag; any text but an empty one.
    pub tag: String,
}

members!(ImageStreamMapping as "ImageStreamMapping" {
    "kind" => kind,
    "apiVersion" => api_version,
    "metadata" => metadata,
    "image" => image,
    "tag" => tag,
});
