//! The result of a request that returns no object.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::meta::ListMeta;
use super::presence::is_zero;
use crate::json::members;

/// Success or failure of a request; the Kubernetes `Status`.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Status {
    /// `Status`.
    #[serde(skip_serializing_if = "is_zero")]
    pub kind: String,
    /// `v1`.
    #[serde(skip_serializing_if = "is_zero")]
    pub api_version: String,
    /// Empty, but for the token with which an expired list can be continued.
    pub metadata: ListMeta,
    /// `Success` or `Failure`.
    #[serde(skip_serializing_if = "is_zero")]
    pub status: String,
    /// The error as text.
    #[serde(skip_serializing_if = "is_zero")]
    pub message: String,
    /// The error in one word, for example `NotFound`.
    #[serde(skip_serializing_if = "is_zero")]
    pub reason: String,
    /// Details of the error.
    #[serde(skip_serializing_if = "is_zero")]
    pub details: Option<StatusDetails>,
    /// The HTTP status.
    #[serde(skip_serializing_if = "is_zero")]
    pub code: i32,
}

members!(Status as "Status" {
    "kind" => kind,
    "apiVersion" => api_version,
    "metadata" => metadata,
    "status" => status,
    "message" => message,
    "reason" => reason,
    "details" => details,
    "code" => code,
});

/// The object of a [`Status`], and the causes of an error.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct StatusDetails {
    /// Name of the object.
    #[serde(skip_serializing_if = "is_zero")]
    pub name: String,
    /// Its API group.
    #[serde(skip_serializing_if = "is_zero")]
    pub group: String,
    /// Its resource (plural), or its kind where the object itself is invalid.
    #[serde(skip_serializing_if = "is_zero")]
    pub kind: String,
    /// Its identity.
    #[serde(skip_serializing_if = "is_zero")]
    pub uid: String,
    /// The single errors.
    #[serde(skip_serializing_if = "is_zero")]
    pub causes: Vec<StatusCause>,
    /// After how many seconds the request may be repeated.
    #[serde(skip_serializing_if = "is_zero")]
    pub retry_after_seconds: i32,
}

members!(StatusDetails as "StatusDetails" {
    "name" => name,
    "group" => group,
    "kind" => kind,
    "uid" => uid,
    "causes" => causes,
    "retryAfterSeconds" => retry_after_seconds,
});

/// One error in an object.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct StatusCause {
    /// The error in one word, for example `FieldValueRequired`.
    #[serde(skip_serializing_if = "is_zero")]
    pub reason: String,
    /// The error as text.
    #[serde(skip_serializing_if = "is_zero")]
    pub message: String,
    /// Path of the field.
    #[serde(skip_serializing_if = "is_zero")]
    pub field: String,
}

members!(StatusCause as "StatusCause" {
    "reason" => reason,
    "message" => message,
    "field" => field,
});
