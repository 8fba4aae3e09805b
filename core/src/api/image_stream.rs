//! Image streams: tags, what they should point to, and the history of what they did point to.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::presence::{is_zero, optional_unique_map};
use super::time::optional_time;
use super::{ObjectMeta, ObjectReference, Time};
use crate::json::members;

/// A named set of tags, each with its history of images.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageStream {
    /// `ImageStream`, on an object that stands by itself.
    #[serde(skip_serializing_if = "is_zero")]
    pub kind: String,
    /// `image.openshift.io/v1`, on an object that stands by itself.
    #[serde(skip_serializing_if = "is_zero")]
    pub api_version: String,
    /// Name, namespace, version.
    pub metadata: ObjectMeta,
    /// What is wanted.
    pub spec: ImageStreamSpec,
    /// What is.
    pub status: ImageStreamStatus,
}

members!(ImageStream as "ImageStream" {
    "kind" => kind,
    "apiVersion" => api_version,
    "metadata" => metadata,
    "spec" => spec,
    "status" => status,
});

/// What is wanted of a stream.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageStreamSpec {
    /// Whether workloads of the namespace may name the stream in place of an image.
    pub lookup_policy: ImageLookupPolicy,
    /// Deprecated: a repository that the stream stands for, without tag and digest.
    #[serde(skip_serializing_if = "is_zero")]
    pub docker_image_repository: String,
    /// The tags that follow something, by name; the last of two with one name counts.
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(extend("x-kubernetes-patch-merge-key" = "name", "x-kubernetes-patch-strategy" = "merge"))]
    pub tags: Vec<TagReference>,
}

members!(ImageStreamSpec as "ImageStreamSpec" {
    "lookupPolicy" => lookup_policy,
    "dockerImageRepository" => docker_image_repository,
    "tags" => tags,
});

/// Whether a stream's name may be used in place of an image's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageLookupPolicy {
    /// Whether it may within the namespace.
    pub local: bool,
}

members!(ImageLookupPolicy as "ImageLookupPolicy" {
    "local" => local,
});

/// What one tag should point to.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct TagReference {
    /// The tag.
    pub name: String,
    /// Free data of the tag.
    #[serde(deserialize_with = "optional_unique_map")]
    pub annotations: Option<BTreeMap<String, String>>,
    /// What the tag follows: an image, a tag of a stream, or an image of a stream.
    #[serde(skip_serializing_if = "is_zero")]
    pub from: Option<ObjectReference>,
    /// Whether the tag only points to a pull spec that is never imported.
    #[serde(skip_serializing_if = "is_zero")]
    pub reference: bool,
    /// The stream's generation when the tag last changed; 0 asks for an import.
    pub generation: Option<i64>,
    /// How to import.
    pub import_policy: TagImportPolicy,
    /// Which pull spec users of the tag get.
    pub reference_policy: TagReferencePolicy,
}

members!(TagReference as "TagReference" {
    "name" => name,
    "annotations" => annotations,
    "from" => from,
    "reference" => reference,
    "generation" => generation,
    "importPolicy" => import_policy,
    "referencePolicy" => reference_policy,
});

/// How a tag is imported from its registry.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct TagImportPolicy {
    /// Whether without TLS, too.
    #[serde(skip_serializing_if = "is_zero")]
    pub insecure: bool,
    /// Whether again and again.
    #[serde(skip_serializing_if = "is_zero")]
    pub scheduled: bool,
    /// `Legacy` (one image of a manifest list) or `PreserveOriginal` (all of them).
    #[serde(skip_serializing_if = "is_zero")]
    pub import_mode: String,
}

members!(TagImportPolicy as "TagImportPolicy" {
    "insecure" => insecure,
    "scheduled" => scheduled,
    "importMode" => import_mode,
});

/// Which pull spec users of a tag get.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct TagReferencePolicy {
    /// `Source` (where it was imported from) or `Local` (the integrated registry).
    #[serde(rename = "type")]
    pub policy_type: String,
}

members!(TagReferencePolicy as "TagReferencePolicy" {
    "type" => policy_type,
});

/// What a stream is.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageStreamStatus {
    /// Where the integrated registry serves the stream.
    pub docker_image_repository: String,
    /// Where it serves the stream to the outside.
    #[serde(skip_serializing_if = "is_zero")]
    pub public_docker_image_repository: String,
    /// The history of every tag, by name.
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(extend("x-kubernetes-patch-merge-key" = "tag", "x-kubernetes-patch-strategy" = "merge"))]
    pub tags: Vec<NamedTagEventList>,
}

members!(ImageStreamStatus as "ImageStreamStatus" {
    "dockerImageRepository" => docker_image_repository,
    "publicDockerImageRepository" => public_docker_image_repository,
    "tags" => tags,
});

/// The history of one tag.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct NamedTagEventList {
    /// The tag.
    pub tag: String,
    /// What the tag pointed to, newest first; `null` where it never pointed to anything.
    pub items: Option<Vec<TagEvent>>,
    /// What is known about its import.
    #[serde(skip_serializing_if = "is_zero")]
    pub conditions: Vec<TagEventCondition>,
}

members!(NamedTagEventList as "NamedTagEventList" {
    "tag" => tag,
    "items" => items,
    "conditions" => conditions,
});

/// One entry of a tag's history.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct TagEvent {
    /// When the tag came to point there.
    #[serde(deserialize_with = "optional_time")]
    pub created: Option<Time>,
    /// The pull spec.
    pub docker_image_reference: String,
    /// The name of the image, usually its digest; empty for a tag that is only a reference.
    pub image: String,
    /// The stream's generation that the entry belongs to.
    pub generation: i64,
}

members!(TagEvent as "TagEvent" {
    "created" => created,
    "dockerImageReference" => docker_image_reference,
    "image" => image,
    "generation" => generation,
});

/// One finding about the import of a tag.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct TagEventCondition {
    /// `ImportSuccess`.
    #[serde(rename = "type")]
    pub condition_type: String,
    /// `True`, `False` or `Unknown`.
    pub status: String,
    /// When the status last changed.
    #[serde(deserialize_with = "optional_time")]
    pub last_transition_time: Option<Time>,
    /// The cause as one word.
    #[serde(skip_serializing_if = "is_zero")]
    pub reason: String,
    /// The cause as text.
    #[serde(skip_serializing_if = "is_zero")]
    pub message: String,
    /// The tag's generation that the finding belongs to.
    pub generation: i64,
}

members!(TagEventCondition as "TagEventCondition" {
    "type" => condition_type,
    "status" => status,
    "lastTransitionTime" => last_transition_time,
    "reason" => reason,
    "message" => message,
    "generation" => generation,
});
