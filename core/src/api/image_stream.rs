//! Image streams: tags with what they follow and the history of their images.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::meta::{ObjectMeta, ObjectReference};
use super::presence::{is_zero, optional_unique_map};
use super::time::Time;
use super::time::optional_time;
use crate::json::members;

/// A named set of tags, each with its history of images.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageStream {
    /// `ImageStream`, on an object that is not nested in another.
    #[serde(skip_serializing_if = "is_zero")]
    pub kind: String,
    /// `image.openshift.io/v1`, on an object that is not nested in another.
    #[serde(skip_serializing_if = "is_zero")]
    pub api_version: String,
    /// Name, namespace, version.
    pub metadata: ObjectMeta,
    /// The desired state.
    pub spec: ImageStreamSpec,
    /// The observed state.
    pub status: ImageStreamStatus,
}

members!(ImageStream as "ImageStream" {
    "kind" => kind,
    "apiVersion" => api_version,
    "metadata" => metadata,
    "spec" => spec,
    "status" => status,
});

/// The desired state of an image stream.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageStreamSpec {
    /// Whether workloads in the namespace may use the stream's name in place of an image's.
    pub lookup_policy: ImageLookupPolicy,
    /// Deprecated: a repository from which all tags are imported, without tag and digest.
    #[serde(skip_serializing_if = "is_zero")]
    pub docker_image_repository: String,
    /// The tags that follow an image or another tag. If two have the same name the last one is used.
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(extend("x-kubernetes-patch-merge-key" = "name", "x-kubernetes-patch-strategy" = "merge"))]
    pub tags: Vec<TagReference>,
}

members!(ImageStreamSpec as "ImageStreamSpec" {
    "lookupPolicy" => lookup_policy,
    "dockerImageRepository" => docker_image_repository,
    "tags" => tags,
});

/// Whether the name of a stream may be used in place of an image's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageLookupPolicy {
    /// Whether it may be used within the namespace.
    pub local: bool,
}

members!(ImageLookupPolicy as "ImageLookupPolicy" {
    "local" => local,
});

/// A tag of the desired state: what it follows and how it is imported.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct TagReference {
    /// The tag.
    pub name: String,
    /// Any data about the tag.
    #[serde(deserialize_with = "optional_unique_map")]
    pub annotations: Option<BTreeMap<String, String>>,
    /// What the tag follows: an image in a registry, a tag of a stream, or an image of a stream.
    #[serde(skip_serializing_if = "is_zero")]
    pub from: Option<ObjectReference>,
    /// Whether the tag is only a pull spec, of which nothing is imported.
    #[serde(skip_serializing_if = "is_zero")]
    pub reference: bool,
    /// The generation of the stream when the tag last changed. 0 requests an import.
    pub generation: Option<i64>,
    /// How it is imported.
    pub import_policy: TagImportPolicy,
    /// Which pull spec is given to users of the tag.
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
    /// Whether the registry may be accessed without TLS, or with a certificate that is not trusted.
    #[serde(skip_serializing_if = "is_zero")]
    pub insecure: bool,
    /// Whether the import is repeated from time to time.
    #[serde(skip_serializing_if = "is_zero")]
    pub scheduled: bool,
    /// `Legacy` (one image of a manifest list) or `PreserveOriginal` (all of them).
    #[serde(skip_serializing_if = "is_zero")]
    pub import_mode: String,
}

members!(TagImportPolicy as "TagImportPolicy" {
    "insecure" => insecure,
    "scheduled" => scheduled,
    "importMode" => import_mode as "v1.ImportModeType",
});

/// Which pull spec is given to users of a tag.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct TagReferencePolicy {
    /// `Source` (the registry it was imported from) or `Local` (the integrated registry).
    #[serde(rename = "type")]
    pub policy_type: String,
}

members!(TagReferencePolicy as "TagReferencePolicy" {
    "type" => policy_type as "v1.TagReferencePolicyType",
});

/// The observed state of an image stream.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageStreamStatus {
    /// The repository of the stream in the integrated registry.
    pub docker_image_repository: String,
    /// The same repository at the public address of the registry.
    #[serde(skip_serializing_if = "is_zero")]
    pub public_docker_image_repository: String,
    /// The history of every tag.
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
    /// The history, newest first; `null` if the tag never had an image.
    pub items: Option<Vec<TagEvent>>,
    /// The results of its import.
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
    /// When this became the newest entry.
    #[serde(deserialize_with = "optional_time")]
    pub created: Option<Time>,
    /// The pull spec.
    pub docker_image_reference: String,
    /// The name of the image, usually its digest; empty if the tag is only a pull spec.
    pub image: String,
    /// The generation of the stream to which the entry belongs.
    pub generation: i64,
}

members!(TagEvent as "TagEvent" {
    "created" => created,
    "dockerImageReference" => docker_image_reference,
    "image" => image,
    "generation" => generation,
});

/// A result of the import of a tag.
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
    /// The cause in one word.
    #[serde(skip_serializing_if = "is_zero")]
    pub reason: String,
    /// The cause as text.
    #[serde(skip_serializing_if = "is_zero")]
    pub message: String,
    /// The generation of the tag to which the condition belongs.
    pub generation: i64,
}

members!(TagEventCondition as "TagEventCondition" {
    "type" => condition_type as "v1.TagEventConditionType",
    "status" => status as "v1.ConditionStatus",
    "lastTransitionTime" => last_transition_time,
    "reason" => reason,
    "message" => message,
    "generation" => generation,
});
