//! Namespaces, and projects, which are namespaces as OpenShift shows them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::meta::ObjectMeta;
use super::presence::is_zero;
use crate::json::members;

/// A place for image streams; of the kind `Namespace`, or `Project`, which has the same members.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Namespace {
    /// `Namespace` or `Project`.
    #[serde(skip_serializing_if = "is_zero")]
    pub kind: String,
    /// `v1` or `project.openshift.io/v1`.
    #[serde(skip_serializing_if = "is_zero")]
    pub api_version: String,
    /// The name is a DNS label. A namespace that is not stored has no uid.
    pub metadata: ObjectMeta,
    /// The same for all.
    pub spec: NamespaceSpec,
    /// Whether it is being deleted.
    pub status: NamespaceStatus,
}

/// The desired state of a namespace.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct NamespaceSpec {
    /// Always `kubernetes`.
    #[serde(skip_serializing_if = "is_zero")]
    pub finalizers: Vec<String>,
}

/// The phase of a namespace.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct NamespaceStatus {
    /// `Active`, or `Terminating` while finalizers of the metadata keep it.
    #[serde(skip_serializing_if = "is_zero")]
    pub phase: String,
}

members!(Namespace as "Namespace" {
    "kind" => kind,
    "apiVersion" => api_version,
    "metadata" => metadata,
    "spec" => spec,
    "status" => status,
});

members!(NamespaceSpec as "NamespaceSpec" {
    "finalizers" => finalizers,
});

members!(NamespaceStatus as "NamespaceStatus" {
    "phase" => phase as "NamespacePhase",
});
