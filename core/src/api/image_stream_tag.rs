//! One tag of a stream with the image that it points to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::presence::is_zero;
use super::{Image, ImageLookupPolicy, ObjectMeta, TagEventCondition, TagReference};
use crate::json::members;

/// A tag of a stream and its newest image. It is made of the stream and the image, and stored in neither.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageStreamTag {
    /// `ImageStreamTag`, on an object that stands by itself.
    #[serde(skip_serializing_if = "is_zero")]
    pub kind: String,
    /// `image.openshift.io/v1`, on an object that stands by itself.
    #[serde(skip_serializing_if = "is_zero")]
    pub api_version: String,
    /// Its name is `<stream>:<tag>`; uid, version and labels are the stream's.
    pub metadata: ObjectMeta,
    /// What the tag should point to, `null` where nobody said.
    pub tag: Option<TagReference>,
    /// The generation of the newest entry.
    pub generation: i64,
    /// The stream's policy.
    pub lookup_policy: ImageLookupPolicy,
    /// What is known about the tag's import.
    #[serde(skip_serializing_if = "is_zero")]
    pub conditions: Vec<TagEventCondition>,
    /// The image, without the texts of manifest and config.
    pub image: Image,
}

members!(ImageStreamTag as "ImageStreamTag" {
    "kind" => kind,
    "apiVersion" => api_version,
    "metadata" => metadata,
    "tag" => tag,
    "generation" => generation,
    "lookupPolicy" => lookup_policy,
    "conditions" => conditions,
    "image" => image,
});
