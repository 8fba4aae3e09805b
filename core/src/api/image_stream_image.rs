//! One image as seen through a stream.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::presence::is_zero;
use super::{Image, ObjectMeta};
use crate::json::members;

/// An image that some tag of a stream points to or pointed to. It can only be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageStreamImage {
    /// `ImageStreamImage`, on an object that stands by itself.
    #[serde(skip_serializing_if = "is_zero")]
    pub kind: String,
    /// `image.openshift.io/v1`, on an object that stands by itself.
    #[serde(skip_serializing_if = "is_zero")]
    pub api_version: String,
    /// Its name is `<stream>@<digest or the beginning of it>`; annotations are the stream's.
    pub metadata: ObjectMeta,
    /// The image, without the texts of manifest and config.
    pub image: Image,
}

members!(ImageStreamImage as "ImageStreamImage" {
    "kind" => kind,
    "apiVersion" => api_version,
    "metadata" => metadata,
    "image" => image,
});
