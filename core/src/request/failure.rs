//! Failed requests.

use http::StatusCode;

use crate::api::{ListMeta, Status, StatusDetails};
use crate::authorization::{Action, User};
use crate::error::Error;
use crate::quote::Quoted;

/// Why a request failed: the `Status` of the response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure(Box<Status>);

impl Failure {
    /// The path does not exist.
    pub(super) fn not_found() -> Self {
        Self::generic(404, "NotFound", "the server could not find the requested resource")
    }

    /// The path does not support the method.
    pub(super) fn method_not_allowed() -> Self {
        Self::generic(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")
    }

    /// The client accepts only formats that are unknown.
    pub(super) fn not_acceptable(message: &str) -> Self {
        Self::generic(406, "NotAcceptable", message)
    }

    /// The object is not available in the requested shape.
    pub(super) fn unfit(message: &str) -> Self {
        let mut failure = Self::not_acceptable(message);
        failure.0.details = None;
        failure
    }

    /// The format of the patch is unknown.
    pub(super) fn unsupported_patch() -> Self {
        Self::generic(415, "UnsupportedMediaType", "415: Unsupported Media Type")
    }

    /// A server refused the request before passing it on.
    pub(super) fn of_server(code: StatusCode, reason: &str, message: &str) -> Self {
        Self::generic(code.as_u16().into(), reason, message)
    }

    /// The user may not do this, on any resource.
    pub(super) fn denied(action: &Action<'_>, user: &User, reason: &str) -> Self {
        let of_group = if action.group.is_empty() { String::new() } else { format!(".{}", action.group) };
        let why = action.denied(user, reason);
        let object = Quoted(action.name);
        let mut failure =
            Self::generic(403, "Forbidden", &format!("{}{of_group} {object} is forbidden: {why}", action.resource));
        failure.0.details = Some(StatusDetails {
            name: action.name.to_owned(),
            group: action.group.to_owned(),
            kind: action.resource.to_owned(),
            ..StatusDetails::default()
        });
        failure
    }

    pub(super) fn status(&self) -> &Status {
        &self.0
    }

    /// A failure before a resource was involved: its details are present, but empty.
    fn generic(code: i32, reason: &str, message: &str) -> Self {
        Self(Box::new(Status {
            kind: "Status".to_owned(),
            api_version: "v1".to_owned(),
            metadata: ListMeta::default(),
            status: "Failure".to_owned(),
            message: message.to_owned(),
            reason: reason.to_owned(),
            details: Some(StatusDetails::default()),
            code,
        }))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(Box::new(error.status()))
    }
}
