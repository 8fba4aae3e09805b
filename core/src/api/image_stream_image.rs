//! An image of a stream.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::image::Image;
use super::meta::ObjectMeta;
use super::presence::is_zero;
use crate::json::members;

/// An image in the history of a stream's tags. It can only be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageStreamImage {
    /// `ImageStreamImage`, on an object that is not nested in another.
    #[serde(skip_serializing_if = "is_zero")]
    pub kind: String,
    /// `image.openshift.io/v1`, on an object that is not nested in another.
    #[serde(skip_serializing_if = "is_zero")]
    pub api_version: String,
    /// The name is `<stream>@<digest>`, or with the beginning of the digest. Annotations are those of the stream.
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
