//! A tag of a stream with its newest image.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::image::Image;
use super::image_stream::{ImageLookupPolicy, TagEventCondition, TagReference};
use super::meta::ObjectMeta;
use super::presence::is_zero;
use crate::json::members;

/// A tag of a stream with its newest image. It is a view of the stream and the image, and has no copy of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageStreamTag {
    /// `ImageStreamTag`, on an object that is not nested in another.
    #[serde(skip_serializing_if = "is_zero")]
    pub kind: String,
    /// `image.openshift.io/v1`, on an object that is not nested in another.
    #[serde(skip_serializing_if = "is_zero")]
    pub api_version: String,
    /// The name is `<stream>:<tag>`. Uid, version and labels are those of the stream.
    pub metadata: ObjectMeta,
    /// The desired state of the tag; `null` if there is none, as for a tag that was only pushed.
    pub tag: Option<TagReference>,
    /// The generation of the newest entry.
    pub generation: i64,
    /// The lookup policy of the stream.
    pub lookup_policy: ImageLookupPolicy,
    /// The results of the tag's import.
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
