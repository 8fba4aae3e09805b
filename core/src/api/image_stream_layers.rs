//! Every blob that the images of a stream need.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ObjectMeta;
use super::presence::{is_zero, unique_map};
use crate::json::members;

/// The blobs of a stream, and which image needs which. It can only be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageStreamLayers {
    /// `ImageStreamLayers`, on an object that stands by itself.
    #[serde(skip_serializing_if = "is_zero")]
    pub kind: String,
    /// `image.openshift.io/v1`, on an object that stands by itself.
    #[serde(skip_serializing_if = "is_zero")]
    pub api_version: String,
    /// The stream's.
    pub metadata: ObjectMeta,
    /// Layers, configs and manifests by digest.
    #[serde(deserialize_with = "unique_map")]
    pub blobs: BTreeMap<String, ImageLayerData>,
    /// Images by name.
    #[serde(deserialize_with = "unique_map")]
    pub images: BTreeMap<String, ImageBlobReferences>,
}

members!(ImageStreamLayers as "ImageStreamLayers" {
    "kind" => kind,
    "apiVersion" => api_version,
    "metadata" => metadata,
    "blobs" => blobs,
    "images" => images,
});

/// What is known of a blob.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageLayerData {
    /// Bytes; `null` where that is not known, as for manifests and configs.
    pub size: Option<i64>,
    /// The media type.
    pub media_type: String,
}

members!(ImageLayerData as "ImageLayerData" {
    "size" => size,
    "mediaType" => media_type,
});

/// The blobs of one image.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageBlobReferences {
    /// Whether a tag names the image but the store does not have it.
    pub image_missing: bool,
    /// Layers, base first; `null` for a list or a missing image.
    pub layers: Option<Vec<String>>,
    /// The config, `null` for kinds of images that have none.
    pub config: Option<String>,
    /// The images of a list.
    #[serde(skip_serializing_if = "is_zero")]
    pub manifests: Vec<String>,
}

members!(ImageBlobReferences as "ImageBlobReferences" {
    "imageMissing" => image_missing,
    "layers" => layers,
    "config" => config,
    "manifests" => manifests,
});
