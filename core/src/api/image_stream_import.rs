//! The request to import images from registries into a stream.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::presence::is_zero;
use super::{Image, ImageStream, ObjectMeta, ObjectReference, Status, TagImportPolicy, TagReferencePolicy};
use crate::json::members;

/// Images to be imported into a stream, and what became of that. It can only be created, and is stored nowhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageStreamImport {
    /// `ImageStreamImport`, on an object that stands by itself.
    #[serde(skip_serializing_if = "is_zero")]
    pub kind: String,
    /// `image.openshift.io/v1`, on an object that stands by itself.
    #[serde(skip_serializing_if = "is_zero")]
    pub api_version: String,
    /// Name and namespace of the stream.
    pub metadata: ObjectMeta,
    /// What to import.
    pub spec: ImageStreamImportSpec,
    /// What became of it.
    pub status: ImageStreamImportStatus,
}

members!(ImageStreamImport as "ImageStreamImport" {
    "kind" => kind,
    "apiVersion" => api_version,
    "metadata" => metadata,
    "spec" => spec,
    "status" => status,
});

/// What to import.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageStreamImportSpec {
    /// Whether the stream is to be written, and not only looked what would come.
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

/// A repository whose tags are to be imported.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RepositoryImportSpec {
    /// The repository; its kind is `DockerImage`.
    pub from: ObjectReference,
    /// How to import.
    pub import_policy: TagImportPolicy,
    /// Whether the answer is to have the texts of the manifests.
    #[serde(skip_serializing_if = "is_zero")]
    pub include_manifest: bool,
    /// Which pull spec users of the tags get.
    pub reference_policy: TagReferencePolicy,
}

members!(RepositoryImportSpec as "RepositoryImportSpec" {
    "from" => from,
    "importPolicy" => import_policy,
    "includeManifest" => include_manifest,
    "referencePolicy" => reference_policy,
});

/// An image to be imported.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageImportSpec {
    /// The image; its kind is `DockerImage`.
    pub from: ObjectReference,
    /// The tag that it becomes.
    #[serde(skip_serializing_if = "is_zero")]
    pub to: Option<LocalObjectReference>,
    /// How to import.
    pub import_policy: TagImportPolicy,
    /// Whether the answer is to have the text of the manifest.
    #[serde(skip_serializing_if = "is_zero")]
    pub include_manifest: bool,
    /// Which pull spec users of the tag get.
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
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct LocalObjectReference {
    /// The name.
    #[serde(skip_serializing_if = "is_zero")]
    pub name: String,
}

members!(LocalObjectReference as "LocalObjectReference" {
    "name" => name,
});

/// What became of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageStreamImportStatus {
    /// The stream afterwards, where it was written.
    #[serde(skip_serializing_if = "is_zero")]
    pub import: Option<Box<ImageStream>>,
    /// What became of the repository.
    #[serde(skip_serializing_if = "is_zero")]
    pub repository: Option<RepositoryImportStatus>,
    /// What became of each image, in the order of the spec.
    #[serde(skip_serializing_if = "is_zero")]
    pub images: Vec<ImageImportStatus>,
}

members!(ImageStreamImportStatus as "ImageStreamImportStatus" {
    "import" => import,
    "repository" => repository,
    "images" => images,
});

/// What became of the import of a repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RepositoryImportStatus {
    /// Whether the repository could be read.
    pub status: Status,
    /// What became of each of its images.
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

/// What became of the import of an image.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageImportStatus {
    /// Whether it succeeded.
    pub status: Status,
    /// The image.
    #[serde(skip_serializing_if = "is_zero")]
    pub image: Option<Box<Image>>,
    /// The tag that it has.
    #[serde(skip_serializing_if = "is_zero")]
    pub tag: String,
    /// The images of a manifest list, where the list was imported whole.
    #[serde(skip_serializing_if = "is_zero")]
    pub manifests: Vec<Image>,
}

members!(ImageImportStatus as "ImageImportStatus" {
    "status" => status,
    "image" => image,
    "tag" => tag,
    "manifests" => manifests,
});
