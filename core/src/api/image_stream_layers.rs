//! The blobs of the images of a stream.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::meta::ObjectMeta;
use super::presence::{is_zero, unique_map};
use crate::json::members;

/// The blobs of a stream's images, and which image uses which. It can only be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageStreamLayers {
    /// `ImageStreamLayers`, on an object that is not nested in another.
    #[serde(skip_serializing_if = "is_zero")]
    pub kind: String,
    /// `image.openshift.io/v1`, on an object that is not nested in another.
    #[serde(skip_serializing_if = "is_zero")]
    pub api_version: String,
    /// The metadata of the stream.
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

/// A blob.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageLayerData {
    /// Its size in bytes; `null` if unknown, as for manifests and configs.
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
    /// Whether the image is missing: a tag names it, but it is not stored.
    pub image_missing: bool,
    /// Layers, base first; `null` for a list or a missing image.
    pub layers: Option<Vec<String>>,
    /// The config; `null` if the image has none.
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
