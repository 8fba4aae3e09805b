//! The request that registers an image and tags it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::image::Image;
use super::meta::ObjectMeta;
use super::presence::is_zero;
use crate::json::members;

/// A request to register an image and make it the newest entry of a tag. It can only be created, and is not stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageStreamMapping {
    /// `ImageStreamMapping`, on an object that is not nested in another.
    #[serde(skip_serializing_if = "is_zero")]
    pub kind: String,
    /// `image.openshift.io/v1`, on an object that is not nested in another.
    #[serde(skip_serializing_if = "is_zero")]
    pub api_version: String,
    /// Name and namespace of the stream, which must exist.
    pub metadata: ObjectMeta,
    /// The image. If it exists already it is not changed.
    pub image: Image,
    /// The tag; any text that is not empty.
    pub tag: String,
}

members!(ImageStreamMapping as "ImageStreamMapping" {
    "kind" => kind,
    "apiVersion" => api_version,
    "metadata" => metadata,
    "image" => image,
    "tag" => tag,
});
