//! Metadata that every Kubernetes object has.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::presence::{is_zero, unique_map};
use super::time::Time;
use super::time::optional_time;
use crate::json::members;

/// Name, identity, version and annotations of an object; the Kubernetes `ObjectMeta`.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ObjectMeta {
    /// Unique among the objects of a kind in a namespace. It can't be changed.
    #[serde(skip_serializing_if = "is_zero")]
    pub name: String,
    /// The prefix of a unique name, which the store makes if `name` is empty.
    #[serde(skip_serializing_if = "is_zero")]
    pub generate_name: String,
    /// The namespace, a DNS label; empty for objects of the cluster.
    #[serde(skip_serializing_if = "is_zero")]
    pub namespace: String,
    /// Never set by the store.
    #[serde(skip_serializing_if = "is_zero")]
    pub self_link: String,
    /// Unique among all objects that ever exist; set by the store.
    #[serde(skip_serializing_if = "is_zero")]
    pub uid: String,
    /// The version of the object. Clients may compare it for equality only.
    #[serde(skip_serializing_if = "is_zero")]
    pub resource_version: String,
    /// Counts the changes of the desired state; of image streams only.
    #[serde(skip_serializing_if = "is_zero")]
    pub generation: i64,
    /// When the store created the object.
    #[serde(skip_serializing_if = "is_zero", deserialize_with = "optional_time")]
    pub creation_timestamp: Option<Time>,
    /// When deletion was requested, if finalizers keep the object.
    #[serde(skip_serializing_if = "is_zero", deserialize_with = "optional_time")]
    pub deletion_timestamp: Option<Time>,
    /// Seconds until deletion; 0 if finalizers keep the object.
    #[serde(skip_serializing_if = "is_zero")]
    pub deletion_grace_period_seconds: Option<i64>,
    /// Labels, by which objects are selected.
    #[serde(skip_serializing_if = "is_zero", deserialize_with = "unique_map")]
    pub labels: BTreeMap<String, String>,
    /// Any data about the object, at most 262,144 bytes with keys.
    #[serde(skip_serializing_if = "is_zero", deserialize_with = "unique_map")]
    pub annotations: BTreeMap<String, String>,
    /// The objects that this one belongs to.
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(extend(
        "x-kubernetes-list-map-keys" = ["uid"],
        "x-kubernetes-list-type" = "map",
        "x-kubernetes-patch-merge-key" = "uid",
        "x-kubernetes-patch-strategy" = "merge"
    ))]
    pub owner_references: Vec<OwnerReference>,
    /// Names that must be removed before the object is deleted.
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(extend("x-kubernetes-list-type" = "set", "x-kubernetes-patch-strategy" = "merge"))]
    pub finalizers: Vec<String>,
    /// Which field manager set which fields.
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(extend("x-kubernetes-list-type" = "atomic"))]
    pub managed_fields: Vec<ManagedFieldsEntry>,
}

members!(ObjectMeta as "ObjectMeta" {
    "name" => name,
    "generateName" => generate_name,
    "namespace" => namespace,
    "selfLink" => self_link,
    "uid" => uid as "types.UID",
    "resourceVersion" => resource_version,
    "generation" => generation,
    "creationTimestamp" => creation_timestamp,
    "deletionTimestamp" => deletion_timestamp,
    "deletionGracePeriodSeconds" => deletion_grace_period_seconds,
    "labels" => labels,
    "annotations" => annotations,
    "ownerReferences" => owner_references,
    "finalizers" => finalizers,
    "managedFields" => managed_fields,
});

/// The owner of an object.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[schemars(extend("x-kubernetes-map-type" = "atomic"))]
pub struct OwnerReference {
    /// `group/version` of the owner.
    pub api_version: String,
    /// Kind of the owner.
    pub kind: String,
    /// Name of the owner.
    pub name: String,
    /// Identity of the owner.
    pub uid: String,
    /// Whether the owner manages this object; at most one does.
    #[serde(skip_serializing_if = "is_zero")]
    pub controller: Option<bool>,
    /// Whether a foreground deletion of the owner waits for this object.
    #[serde(skip_serializing_if = "is_zero")]
    pub block_owner_deletion: Option<bool>,
}

members!(OwnerReference as "OwnerReference" {
    "apiVersion" => api_version,
    "kind" => kind,
    "name" => name,
    "uid" => uid as "types.UID",
    "controller" => controller,
    "blockOwnerDeletion" => block_owner_deletion,
});

/// The fields that one manager set.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ManagedFieldsEntry {
    /// Name of the manager.
    #[serde(skip_serializing_if = "is_zero")]
    pub manager: String,
    /// `Apply` or `Update`.
    #[serde(skip_serializing_if = "is_zero")]
    pub operation: String,
    /// The `group/version` whose field names are used.
    #[serde(skip_serializing_if = "is_zero")]
    pub api_version: String,
    /// When the manager last changed its fields.
    #[serde(skip_serializing_if = "is_zero", deserialize_with = "optional_time")]
    pub time: Option<Time>,
    /// `FieldsV1`.
    #[serde(skip_serializing_if = "is_zero")]
    pub fields_type: String,
    /// The fields as a tree.
    #[serde(rename = "fieldsV1", skip_serializing_if = "is_zero")]
    pub fields_v1: Option<serde_json::Value>,
    /// The subresource through which the fields were set.
    #[serde(skip_serializing_if = "is_zero")]
    pub subresource: String,
}

members!(ManagedFieldsEntry as "ManagedFieldsEntry" {
    "manager" => manager,
    "operation" => operation as "v1.ManagedFieldsOperationType",
    "apiVersion" => api_version,
    "time" => time,
    "fieldsType" => fields_type,
    "fieldsV1" => fields_v1,
    "subresource" => subresource,
});

/// A reference to another object.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[schemars(extend("x-kubernetes-map-type" = "atomic"))]
pub struct ObjectReference {
    /// Kind of the object: for tags `DockerImage`, `ImageStreamImage` or `ImageStreamTag`.
    #[serde(skip_serializing_if = "is_zero")]
    pub kind: String,
    /// Namespace; that of the referring object if empty.
    #[serde(skip_serializing_if = "is_zero")]
    pub namespace: String,
    /// Name: for tags a pull spec, `stream@digest`, `stream:tag` or `tag`.
    #[serde(skip_serializing_if = "is_zero")]
    pub name: String,
    /// Identity of the object.
    #[serde(skip_serializing_if = "is_zero")]
    pub uid: String,
    /// `group/version` of the object.
    #[serde(skip_serializing_if = "is_zero")]
    pub api_version: String,
    /// Version of the object.
    #[serde(skip_serializing_if = "is_zero")]
    pub resource_version: String,
    /// The path of a field of the object.
    #[serde(skip_serializing_if = "is_zero")]
    pub field_path: String,
}

members!(ObjectReference as "ObjectReference" {
    "kind" => kind,
    "namespace" => namespace,
    "name" => name,
    "uid" => uid as "types.UID",
    "apiVersion" => api_version,
    "resourceVersion" => resource_version,
    "fieldPath" => field_path,
});

/// Metadata of a list; the Kubernetes `ListMeta`.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ListMeta {
    /// Never set by the store.
    #[serde(skip_serializing_if = "is_zero")]
    pub self_link: String,
    /// The version of the store that the list shows.
    #[serde(skip_serializing_if = "is_zero")]
    pub resource_version: String,
    /// The token of the next page; empty on the last page.
    #[serde(rename = "continue", skip_serializing_if = "is_zero")]
    pub continue_token: String,
    /// How many items follow this page, if known.
    #[serde(skip_serializing_if = "is_zero")]
    pub remaining_item_count: Option<i64>,
}

members!(ListMeta as "ListMeta" {
    "selfLink" => self_link,
    "resourceVersion" => resource_version,
    "continue" => continue_token,
    "remainingItemCount" => remaining_item_count,
});
