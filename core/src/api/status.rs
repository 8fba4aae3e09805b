//! The answer of a call that returns no object.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ListMeta;
use super::presence::is_zero;
use crate::json::members;

/// Success or failure of a call; the Kubernetes `Status`.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Status {
    /// `Status`.
    #[serde(skip_serializing_if = "is_zero")]
    pub kind: String,
    /// `v1`.
    #[serde(skip_serializing_if = "is_zero")]
    pub api_version: String,
    /// Always empty, except for the token that lets a list go on after its version has expired.
    pub metadata: ListMeta,
    /// `Success` or `Failure`.
    #[serde(skip_serializing_if = "is_zero")]
    pub status: String,
    /// The error as text.
    #[serde(skip_serializing_if = "is_zero")]
    pub message: String,
    /// The error as one word, for example `NotFound`.
    #[serde(skip_serializing_if = "is_zero")]
    pub reason: String,
    /// What the error is about.
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

/// The object that a [`Status`] is about, and what is wrong with it.
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
    /// Every single mistake.
    #[serde(skip_serializing_if = "is_zero")]
    pub causes: Vec<StatusCause>,
    /// After how many seconds trying again makes sense.
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

/// One mistake in an object.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct StatusCause {
    /// The mistake as one word, for example `FieldValueRequired`.
    #[serde(skip_serializing_if = "is_zero")]
    pub reason: String,
    /// The mistake as text.
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
