//! Errors as responses of the API.

use super::{Error, ErrorKind, Subject};
use crate::api::{ListMeta, Status, StatusCause, StatusDetails, group_of};
use crate::rules::patch::FieldConflict;

impl Error {
    /// The response of the API: HTTP status, reason, message and causes.
    #[must_use]
    pub fn status(&self) -> Status {
        let (code, reason) = match self.kind() {
            ErrorKind::NotFound { .. } => (404, "NotFound"),
            ErrorKind::AlreadyExists { .. } => (409, "AlreadyExists"),
            ErrorKind::Conflict { .. } | ErrorKind::ApplyConflict { .. } => (409, "Conflict"),
            ErrorKind::Invalid { .. } | ErrorKind::InapplicablePatch { .. } | ErrorKind::Import { .. } => {
                (422, "Invalid")
            }
            ErrorKind::BadRequest(_) => (400, "BadRequest"),
            ErrorKind::Forbidden { .. } => (403, "Forbidden"),
            ErrorKind::Unauthorized => (401, "Unauthorized"),
            ErrorKind::MethodNotAllowed { .. } => (405, "MethodNotAllowed"),
            ErrorKind::NotAcceptable(_) => (406, "NotAcceptable"),
            ErrorKind::UnsupportedMediaType(_) => (415, "UnsupportedMediaType"),
            ErrorKind::RequestEntityTooLarge { .. }
            | ErrorKind::TooManyOperations { .. }
            | ErrorKind::TransactionTooLarge { .. } => (413, "RequestEntityTooLarge"),
            ErrorKind::ServerTimeout { .. } => (500, "ServerTimeout"),
            ErrorKind::Expired { .. } => (410, "Expired"),
            ErrorKind::FutureVersion { .. } => (504, "Timeout"),
            ErrorKind::Unclassified(_) => (500, ""),
            ErrorKind::Internal(_)
            | ErrorKind::Locked { .. }
            | ErrorKind::NotAStore { .. }
            | ErrorKind::NewerFormat { .. }
            | ErrorKind::OldFormat { .. }
            | ErrorKind::JournalMismatch { .. }
            | ErrorKind::NoSuchStore { .. }
            | ErrorKind::ReadOnly
            | ErrorKind::Corrupted { .. }
            | ErrorKind::NewerRecord { .. }
            | ErrorKind::Io { .. }
            | ErrorKind::Storage { .. }
            | ErrorKind::Cancelled
            | ErrorKind::Poisoned { .. } => (500, "InternalError"),
        };
        Status {
            kind: "Status".to_owned(),
            api_version: "v1".to_owned(),
            metadata: ListMeta { continue_token: self.continue_token().to_owned(), ..ListMeta::default() },
            status: "Failure".to_owned(),
            message: self.to_string(),
            reason: reason.to_owned(),
            details: self.details(),
            code,
        }
    }

    fn continue_token(&self) -> &str {
        match self.kind() {
            ErrorKind::Expired { continue_token, .. } => continue_token,
            _ => "",
        }
    }

    fn details(&self) -> Option<StatusDetails> {
        let about = |resource: &str, name: &str| StatusDetails {
            name: name.to_owned(),
            group: group_of(resource).to_owned(),
            kind: resource.to_owned(),
            ..StatusDetails::default()
        };
        let caused = |reason: &str, message: String| StatusDetails {
            causes: vec![StatusCause { reason: reason.to_owned(), message, field: String::new() }],
            ..StatusDetails::default()
        };
        match self.kind() {
            ErrorKind::NotFound { resource, name }
            | ErrorKind::AlreadyExists { resource, name, .. }
            | ErrorKind::Conflict { resource, name, .. } => Some(about(resource, name)),
            ErrorKind::Forbidden { resource, name, .. } => Some(about(resource, name)),
            ErrorKind::MethodNotAllowed { resource, .. } => Some(about(resource, "")),
            ErrorKind::ServerTimeout { resource, operation } => {
                Some(StatusDetails { retry_after_seconds: 2, ..about(resource, operation) })
            }
            ErrorKind::Invalid { subject, name, causes } => {
                let (group, kind) = match subject {
                    Subject::Kind(kind) => (group_of(kind), *kind),
                    Subject::Options(kind) => ("meta.k8s.io", *kind),
                    Subject::Nameless => ("", ""),
                };
                Some(StatusDetails {
                    name: name.clone(),
                    group: group.to_owned(),
                    kind: kind.to_owned(),
                    causes: causes
                        .iter()
                        .map(|cause| StatusCause {
                            reason: cause.cause.reason().to_owned(),
                            message: cause.message.clone(),
                            field: if cause.field.is_empty() { "[]".to_owned() } else { cause.field.clone() },
                        })
                        .collect(),
                    ..StatusDetails::default()
                })
            }
            ErrorKind::FutureVersion { .. } => Some(StatusDetails {
                retry_after_seconds: 1,
                ..caused("ResourceVersionTooLarge", "Too large resource version".to_owned())
            }),
            ErrorKind::Internal(message) => Some(caused("", message.clone())),
            ErrorKind::InapplicablePatch { .. } => Some(StatusDetails::default()),
            ErrorKind::ApplyConflict { conflicts } => {
                let cause = |conflict: &FieldConflict| StatusCause {
                    reason: "FieldManagerConflict".to_owned(),
                    message: format!("conflict with {}", conflict.manager),
                    field: conflict.field.clone(),
                };
                Some(StatusDetails { causes: conflicts.iter().map(cause).collect(), ..StatusDetails::default() })
            }
            _ => None,
        }
    }
}
