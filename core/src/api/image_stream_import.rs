//! The request to import images from registries into a stream.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::image::Image;
use super::image_stream::{ImageStream, TagImportPolicy, TagReferencePolicy};
use super::meta::{ObjectMeta, ObjectReference};
use super::presence::is_zero;
use super::status::Status;
use crate::json::members;

/// A request to import images into a stream, with its results. It can only be created, and is not stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageStreamImport {
    /// `ImageStreamImport`, on an object that is not nested in another.
    #[serde(skip_serializing_if = "is_zero")]
    pub kind: String,
    /// `image.openshift.io/v1`, on an object that is not nested in another.
    #[serde(skip_serializing_if = "is_zero")]
    pub api_version: String,
    /// Name and namespace of the stream.
    pub metadata: ObjectMeta,
    /// The images to import.
    pub spec: ImageStreamImportSpec,
    /// The results.
    pub status: ImageStreamImportStatus,
}

members!(ImageStreamImport as "ImageStreamImport" {
    "kind" => kind,
    "apiVersion" => api_version,
    "metadata" => metadata,
    "spec" => spec,
    "status" => status,
});

/// The images to import into a stream.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageStreamImportSpec {
    /// Whether the stream is changed. Otherwise the answer only shows what would be imported.
    pub import: bool,
    /// A whole repository.
    #[serde(skip_serializing_if = "is_zero")]
    pub repository: Option<RepositoryImportSpec>,
    /// Single images.
    #[serde(skip_serializing_if = "is_zero")]
    pub images: Vec<ImageImportSpec>,
}

members!(ImageStreamImportSpec as "ImageStreamImportSpec" {
    "import" => import,
    "repository" => repository,
    "images" => images,
});

/// A repository whose tags are imported.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RepositoryImportSpec {
    /// The repository; its kind is `DockerImage`.
    pub from: ObjectReference,
    /// How it is imported.
    pub import_policy: TagImportPolicy,
    /// Whether the answer contains the manifests.
    #[serde(skip_serializing_if = "is_zero")]
    pub include_manifest: bool,
    /// Which pull spec is given to users of the tags.
    pub reference_policy: TagReferencePolicy,
}

members!(RepositoryImportSpec as "RepositoryImportSpec" {
    "from" => from,
    "importPolicy" => import_policy,
    "includeManifest" => include_manifest,
    "referencePolicy" => reference_policy,
});

/// An image that is imported.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageImportSpec {
    /// The image; its kind is `DockerImage`.
    pub from: ObjectReference,
    /// The tag that it becomes.
    #[serde(skip_serializing_if = "is_zero")]
    pub to: Option<LocalObjectReference>,
    /// How it is imported.
    pub import_policy: TagImportPolicy,
    /// Whether the answer contains the manifest.
    #[serde(skip_serializing_if = "is_zero")]
    pub include_manifest: bool,
    /// Which pull spec is given to users of the tag.
    pub reference_policy: TagReferencePolicy,
}

members!(ImageImportSpec as "ImageImportSpec" {
    "from" => from,
    "to" => to,
    "importPolicy" => import_policy,
    "includeManifest" => include_manifest,
    "referencePolicy" => reference_policy,
});

/// The name of something in the same place.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[schemars(extend("x-kubernetes-map-type" = "atomic"))]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct LocalObjectReference {
    /// The name.
    #[serde(skip_serializing_if = "is_zero")]
    pub name: String,
}

members!(LocalObjectReference as "LocalObjectReference" {
    "name" => name,
});

/// The results of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageStreamImportStatus {
    /// The stream after the import, if it was changed.
    #[serde(skip_serializing_if = "is_zero")]
    pub import: Option<Box<ImageStream>>,
    /// The result for the repository.
    #[serde(skip_serializing_if = "is_zero")]
    pub repository: Option<RepositoryImportStatus>,
    /// The result for each image, in the order of the spec.
    #[serde(skip_serializing_if = "is_zero")]
    pub images: Vec<ImageImportStatus>,
}

members!(ImageStreamImportStatus as "ImageStreamImportStatus" {
    "import" => import,
    "repository" => repository,
    "images" => images,
});

/// The result of the import of a repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RepositoryImportStatus {
    /// Whether the repository could be read, and why not.
    pub status: Status,
    /// The result for each of its images.
    #[serde(skip_serializing_if = "is_zero")]
    pub images: Vec<ImageImportStatus>,
    /// The tags that were too many to be imported.
    #[serde(skip_serializing_if = "is_zero")]
    pub additional_tags: Vec<String>,
}

members!(RepositoryImportStatus as "RepositoryImportStatus" {
    "status" => status,
    "images" => images,
    "additionalTags" => additional_tags,
});

/// The result of the import of an image.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageImportStatus {
    /// Whether the import succeeded, and why not.
    pub status: Status,
    /// The image.
    #[serde(skip_serializing_if = "is_zero")]
    pub image: Option<Box<Image>>,
    /// The tag that it has.
    #[serde(skip_serializing_if = "is_zero")]
    pub tag: String,
    /// The images of a manifest list, if the whole list was imported.
    #[serde(skip_serializing_if = "is_zero")]
    pub manifests: Vec<Image>,
}

members!(ImageImportStatus as "ImageImportStatus" {
    "status" => status,
    "image" => image,
    "tag" => tag,
    "manifests" => manifests,
});
