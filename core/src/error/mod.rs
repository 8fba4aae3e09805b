//! Errors, and how the API reports them.

mod kind;
mod status;

use std::path::PathBuf;
use std::sync::Arc;
use std::{fmt, io};

pub use kind::{ErrorKind, LockOwner, Source, Subject};

use crate::rules::FieldError;
use crate::rules::manifest::DeriveError;
use crate::rules::patch::FieldConflict;

/// The result of a call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The error of any call of this library: a pointer to its [`ErrorKind`], cheap to pass and to clone.
///
/// [`Error::kind`] says what went wrong, [`Error::code`] is a stable name for it, and [`Error::status`] is the response
/// of the API.
///
/// ```
/// use imagestream::{ErrorKind, ImageStore};
///
/// let store = ImageStore::in_memory()?;
/// let error = store.images().get("sha256:12").unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::NotFound { .. }));
/// assert_eq!(error.to_string(), r#"images.image.openshift.io "sha256:12" not found"#);
/// assert_eq!(error.status().code, 404);
/// # Ok::<(), imagestream::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Error(Box<ErrorKind>);

impl Error {
    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }

    /// What went wrong, by value.
    #[must_use]
    pub fn into_kind(self) -> ErrorKind {
        *self.0
    }

    /// A stable name for programs: the API's reason, or the name of the variant.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.kind() {
            ErrorKind::NotFound { .. } => "NotFound",
            ErrorKind::AlreadyExists { .. } => "AlreadyExists",
            ErrorKind::Conflict { .. } => "Conflict",
            ErrorKind::Invalid { .. } => "Invalid",
            ErrorKind::ApplyConflict { .. } => "ApplyConflict",
            ErrorKind::InapplicablePatch { .. } => "InapplicablePatch",
            ErrorKind::BadRequest(_) => "BadRequest",
            ErrorKind::Forbidden { .. } => "Forbidden",
            ErrorKind::Unauthorized => "Unauthorized",
            ErrorKind::MethodNotAllowed { .. } => "MethodNotAllowed",
            ErrorKind::NotAcceptable(_) => "NotAcceptable",
            ErrorKind::UnsupportedMediaType(_) => "UnsupportedMediaType",
            ErrorKind::RequestEntityTooLarge { .. } | ErrorKind::TooManyOperations { .. } => "RequestEntityTooLarge",
            ErrorKind::ServerTimeout { .. } => "ServerTimeout",
            ErrorKind::Internal(_) => "InternalError",
            ErrorKind::Unclassified(_) => "Unclassified",
            ErrorKind::Expired { .. } => "Expired",
            ErrorKind::FutureVersion { .. } => "Timeout",
            ErrorKind::Locked { .. } => "Locked",
            ErrorKind::NotAStore { .. } => "NotAStore",
            ErrorKind::NewerFormat { .. } => "NewerFormat",
            ErrorKind::OldFormat { .. } => "OldFormat",
            ErrorKind::JournalMismatch { .. } => "JournalMismatch",
            ErrorKind::NoSuchStore { .. } => "NoSuchStore",
            ErrorKind::ReadOnly => "ReadOnly",
            ErrorKind::Corrupted { .. } => "Corrupted",
            ErrorKind::NewerRecord { .. } => "NewerRecord",
            ErrorKind::Io { .. } => "Io",
            ErrorKind::Storage { .. } => "Storage",
            ErrorKind::TransactionTooLarge { .. } => "TransactionTooLarge",
            ErrorKind::Import { .. } => "Import",
            ErrorKind::Cancelled => "Cancelled",
            ErrorKind::Poisoned { .. } => "Poisoned",
        }
    }
}

/// Constructors, named after the kinds.
impl Error {
    pub(crate) fn not_found(resource: &'static str, name: impl Into<String>) -> Self {
        ErrorKind::NotFound { resource, name: name.into() }.into()
    }

    pub(crate) fn already_exists(resource: &'static str, name: impl Into<String>, deleting: bool) -> Self {
        ErrorKind::AlreadyExists { resource, name: name.into(), deleting }.into()
    }

    pub(crate) fn conflict(resource: &'static str, name: impl Into<String>, reason: impl Into<String>) -> Self {
        ErrorKind::Conflict { resource, name: name.into(), reason: reason.into() }.into()
    }

    pub(crate) fn invalid(subject: Subject, name: impl Into<String>, causes: Vec<FieldError>) -> Self {
        ErrorKind::Invalid { subject, name: name.into(), causes }.into()
    }

    pub(crate) fn apply_conflict(conflicts: Vec<FieldConflict>) -> Self {
        ErrorKind::ApplyConflict { conflicts }.into()
    }

    pub(crate) fn inapplicable_patch(reason: impl Into<String>) -> Self {
        ErrorKind::InapplicablePatch { reason: reason.into() }.into()
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        ErrorKind::BadRequest(message.into()).into()
    }

    pub(crate) fn forbidden(resource: &str, name: impl Into<String>, reason: impl Into<String>) -> Self {
        ErrorKind::Forbidden { resource: resource.to_owned(), name: name.into(), reason: reason.into() }.into()
    }

    pub(crate) fn method_not_allowed(resource: &'static str, verb: impl Into<String>) -> Self {
        ErrorKind::MethodNotAllowed { resource, verb: verb.into() }.into()
    }

    pub(crate) fn not_acceptable(accepted: &'static str) -> Self {
        ErrorKind::NotAcceptable(accepted).into()
    }

    pub(crate) fn internal(message: impl Into<String>) -> Self {
        ErrorKind::Internal(message.into()).into()
    }

    pub(crate) fn unclassified(message: impl Into<String>) -> Self {
        ErrorKind::Unclassified(message.into()).into()
    }

    pub(crate) fn expired(message: impl Into<String>, continue_token: impl Into<String>) -> Self {
        ErrorKind::Expired { message: message.into(), continue_token: continue_token.into() }.into()
    }

    pub(crate) fn future_version(requested: u64, current: u64) -> Self {
        ErrorKind::FutureVersion { requested, current }.into()
    }

    pub(crate) fn locked(path: impl Into<PathBuf>, owner: LockOwner) -> Self {
        ErrorKind::Locked { path: path.into(), owner }.into()
    }

    pub(crate) fn not_a_store(path: impl Into<PathBuf>, reason: impl Into<String>) -> Self {
        ErrorKind::NotAStore { path: path.into(), reason: reason.into() }.into()
    }

    pub(crate) fn newer_format(path: impl Into<PathBuf>, found: u32, supported: u32) -> Self {
        ErrorKind::NewerFormat { path: path.into(), found, supported }.into()
    }

    pub(crate) fn old_format(path: impl Into<PathBuf>) -> Self {
        ErrorKind::OldFormat { path: path.into() }.into()
    }

    pub(crate) fn journal_mismatch(path: impl Into<PathBuf>, reason: impl Into<String>) -> Self {
        ErrorKind::JournalMismatch { path: path.into(), reason: reason.into() }.into()
    }

    #[cfg(not(target_family = "wasm"))]
    pub(crate) fn no_such_store(path: impl Into<PathBuf>) -> Self {
        ErrorKind::NoSuchStore { path: path.into() }.into()
    }

    pub(crate) fn corrupted(table: &'static str, reason: impl Into<String>) -> Self {
        ErrorKind::Corrupted { table, reason: reason.into() }.into()
    }

    pub(crate) fn newer_record(table: &'static str, found: u8, supported: u8) -> Self {
        ErrorKind::NewerRecord { table, found, supported }.into()
    }

    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>, source: io::Error) -> Self {
        ErrorKind::Io { action, path: path.into(), source: Arc::new(source) }.into()
    }

    /// Whether a file could not be written because the disk, or what this user or process may use of it, is full.
    pub(crate) fn is_disk_full(&self) -> bool {
        let ErrorKind::Io { source, .. } = self.kind() else { return false };
        matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge)
    }

    pub(crate) fn storage(source: impl std::error::Error + Send + Sync + 'static) -> Self {
        ErrorKind::Storage { source: Arc::new(source) }.into()
    }

    pub(crate) fn import(path: impl fmt::Display, reason: impl fmt::Display) -> Self {
        ErrorKind::Import { path: path.to_string(), reason: reason.to_string() }.into()
    }

    pub(crate) fn poisoned(reason: impl Into<String>) -> Self {
        ErrorKind::Poisoned { reason: reason.into() }.into()
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self(Box::new(kind))
    }
}

impl From<DeriveError> for Error {
    /// A response with status 500 and no reason, as for reads of tags.
    fn from(error: DeriveError) -> Self {
        ErrorKind::Unclassified(error.to_string()).into()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}
