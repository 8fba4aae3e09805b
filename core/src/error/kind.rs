//! The kinds of errors and their messages.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::api::group_of;
use crate::collected;
use crate::quote::Quoted;
use crate::rules::patch::FieldConflict;
use crate::rules::{FieldError, FieldErrors};

/// The error of an engine or a backend, of any type.
pub type Source = Arc<dyn std::error::Error + Send + Sync>;

/// Everything that can go wrong when using a store: one variant for each case that a caller may want to handle
/// differently.
///
/// The first variants are errors of the API. The others are about the file.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The object does not exist.
    #[error("{} {} not found", Grouped(.resource), Quoted(.name))]
    NotFound {
        /// The resource of the request (plural).
        resource: &'static str,
        /// The requested name.
        name: String,
    },
    /// An object with that name exists.
    #[error("{}{} {} already exists", if *.deleting { "object is being deleted: " } else { "" }, Grouped(.resource), Quoted(.name))]
    AlreadyExists {
        /// The resource of the request.
        resource: &'static str,
        /// The name that exists.
        name: String,
        /// Whether the existing object is being deleted and waits for its finalizers.
        deleting: bool,
    },
    /// The object changed since the caller read it, or a precondition failed; nothing was written.
    #[error("Operation cannot be fulfilled on {} {}: {reason}", Grouped(.resource), Quoted(.name))]
    Conflict {
        /// The resource of the request, or the kind if a precondition of a deletion failed.
        resource: &'static str,
        /// The object.
        name: String,
        /// Why.
        reason: String,
    },
    /// The object is invalid; nothing was written.
    #[error("{}", InvalidMessage(.subject, .name, .causes))]
    Invalid {
        /// The subject: a kind or resource of this group, or options of a request.
        subject: Subject,
        /// Its name.
        name: String,
        /// All validation errors, in field order.
        causes: Vec<FieldError>,
    },
    /// An applied patch would change fields of other managers; nothing was written.
    #[error("{}", ApplyConflicts(.conflicts))]
    ApplyConflict {
        /// All such fields.
        conflicts: Vec<FieldConflict>,
    },
    /// A patch can't be applied to the object; nothing was written.
    #[error("the server rejected our request due to an error in our request")]
    InapplicablePatch {
        /// The reason, which the API does not report.
        reason: String,
    },
    /// The request is malformed.
    #[error("{0}")]
    BadRequest(String),
    /// The caller is not allowed to do this.
    #[error("{}{} is forbidden: {reason}", Grouped(.resource), QuotedName(.name))]
    Forbidden {
        /// The resource of the request.
        resource: String,
        /// The object; may be empty.
        name: String,
        /// Why.
        reason: String,
    },
    /// The caller is not authenticated.
    #[error("Unauthorized")]
    Unauthorized,
    /// The resource does not support the verb.
    #[error("{verb} is not supported on resources of kind \"{}\"", Grouped(.resource))]
    MethodNotAllowed {
        /// The resource of the request.
        resource: &'static str,
        /// The verb.
        verb: String,
    },
    /// No supported format is acceptable to the caller.
    #[error("only the following media types are accepted: {0}")]
    NotAcceptable(&'static str),
    /// The format of the body is not supported.
    #[error("the body of the request was in an unknown format - accepted media types include: {0}")]
    UnsupportedMediaType(&'static str),
    /// The body is larger than the limit.
    #[error("Request entity too large: limit is {limit}")]
    RequestEntityTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// A JSON patch with more operations than the limit.
    #[error("Request entity too large: The allowed maximum operations in a JSON patch is {limit}, got {found}")]
    TooManyOperations {
        /// The limit.
        limit: usize,
        /// The number of operations in the patch.
        found: usize,
    },
    /// The operation did not complete; a retry may help.
    #[error("The {operation} operation against {} could not be completed at this time, please try again.", Grouped(.resource))]
    ServerTimeout {
        /// The resource of the request.
        resource: &'static str,
        /// The operation.
        operation: &'static str,
    },
    /// An internal error in the API, as the real server responds.
    #[error("Internal error occurred: {0}")]
    Internal(String),
    /// An error to which the real server gives no reason.
    #[error("{0}")]
    Unclassified(String),
    /// The requested version is no longer kept.
    #[error("{message}")]
    Expired {
        /// The message.
        message: String,
        /// A token with which the list can continue at another version; may be empty.
        continue_token: String,
    },
    /// The requested version does not exist yet.
    #[error("Timeout: Too large resource version: {requested}, current: {current}")]
    FutureVersion {
        /// The requested version.
        requested: u64,
        /// The newest version.
        current: u64,
    },

    /// Another process, or another handle in this process, has the file open.
    #[error("{path:?} is in use by {owner}")]
    Locked {
        /// The file.
        path: PathBuf,
        /// The owner of the lock.
        owner: LockOwner,
    },
    /// The file is not a store.
    #[error("{path:?} is not an imagestream store: {reason}")]
    NotAStore {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The file was written by a newer version of this library.
    #[error("{path:?} has store format {found}, and this version reads formats up to {supported}: use a newer version")]
    NewerFormat {
        /// The file.
        path: PathBuf,
        /// The format of the file.
        found: u32,
        /// The newest format that this library supports.
        supported: u32,
    },
    /// The file is a redb database, as stores of format 1 were. It can't be opened, but compaction converts it.
    #[error("{path:?} is a redb database: if it is a store of format 1, `imagestream compact` converts it")]
    OldFormat {
        /// The file.
        path: PathBuf,
    },
    /// A journal file is missing, or belongs to another store or to another state of the store; nothing was changed.
    #[error("the journal {path:?} does not match its store: {reason}")]
    JournalMismatch {
        /// The journal file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The file does not exist and must not be created.
    #[error("{path:?} does not exist")]
    NoSuchStore {
        /// The file.
        path: PathBuf,
    },
    /// The store is open read-only.
    #[error("the store is open for reading only")]
    ReadOnly,
    /// A record is damaged: it can't be decoded, or contradicts another one.
    #[error("damaged record in {table}: {reason}")]
    Corrupted {
        /// The table.
        table: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A record was written by a newer version of this library.
    #[error("a record in {table} has version {found}, and this version reads up to {supported}: use a newer version")]
    NewerRecord {
        /// The table.
        table: &'static str,
        /// The version of the record.
        found: u8,
        /// The newest version that this library supports.
        supported: u8,
    },
    /// A file operation failed.
    #[error("{action} {path:?} failed: {source}")]
    Io {
        /// What was attempted, for example `creating`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The cause.
        source: Arc<std::io::Error>,
    },
    /// The storage engine failed.
    #[error("the storage engine failed: {source}")]
    Storage {
        /// The cause.
        source: Source,
    },
    /// The transaction has more rows or bytes than the storage engine accepts; nothing was written.
    #[error(
        "the transaction writes {rows} rows of {bytes} bytes, but the storage engine accepts at most {max_rows} rows \
             of {max_bytes} bytes per transaction: split it, or raise the limit of the engine"
    )]
    TransactionTooLarge {
        /// The number of rows put or deleted.
        rows: usize,
        /// The size of their keys and values in bytes.
        bytes: usize,
        /// The maximum number of rows.
        max_rows: usize,
        /// The maximum size in bytes.
        max_bytes: usize,
    },
    /// A file can't be imported as a whole, and nothing of it was.
    #[error("importing {path} failed: {reason}")]
    Import {
        /// The file, with the archives around it.
        path: String,
        /// The cause.
        reason: String,
    },
    /// The caller cancelled an import. What it had written stays; repeating it does the rest.
    #[error("the import was cancelled; what it had written stays, and repeating it does the rest")]
    Cancelled,
    /// An earlier write failed, so it is uncertain what is on disk: reads work, but the store must be reopened to write.
    /// If the disk was full, the store does that itself once there is room.
    #[error("writes are refused because an earlier one failed: {reason}; open the store again")]
    Poisoned {
        /// The earlier failure.
        reason: String,
    },
}

/// The subject of an [`ErrorKind::Invalid`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A kind (or, where the real server says so, a resource) of this group.
    Kind(&'static str),
    /// Options of a request, for example `CreateOptions`, in the group `meta.k8s.io`.
    Options(&'static str),
    /// Something without a name, such as a patched object.
    Nameless,
}

/// The owner of a store's lock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LockOwner {
    /// The process id, if known.
    pub pid: Option<u32>,
    /// The host of that process, if it is another one.
    pub host: Option<String>,
    /// The address at which the owner serves the store, if it does.
    pub address: Option<String>,
}

impl fmt::Display for LockOwner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pid {
            Some(pid) => write!(formatter, "process {pid}")?,
            None => formatter.write_str("another process")?,
        }
        if let Some(host) = &self.host {
            write!(formatter, " on {host}")?;
        }
        if let Some(address) = &self.address {
            write!(formatter, ", which serves it at {address}")?;
        }
        Ok(())
    }
}

/// `resource.group`, and of the core group only the resource.
struct Grouped<'a>(&'a str);

impl fmt::Display for Grouped<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match group_of(self.0) {
            "" => formatter.write_str(self.0),
            group => write!(formatter, "{}.{group}", self.0),
        }
    }
}

struct QuotedName<'a>(&'a str);

impl fmt::Display for QuotedName<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(formatter, " {}", Quoted(self.0)) }
    }
}

struct InvalidMessage<'a>(&'a Subject, &'a str, &'a [FieldError]);

impl fmt::Display for InvalidMessage<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(subject, name, causes) = self;
        match subject {
            Subject::Kind(kind) => write!(formatter, "{}", Grouped(kind))?,
            Subject::Options(kind) => write!(formatter, "{kind}.meta.k8s.io")?,
            Subject::Nameless => {}
        }
        write!(formatter, " {} is invalid: {}", Quoted(name), FieldErrors(causes))
    }
}

/// The fields of an [`ErrorKind::ApplyConflict`], grouped by manager.
struct ApplyConflicts<'a>(&'a [FieldConflict]);

impl fmt::Display for ApplyConflicts<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [FieldConflict { manager, field }] = self.0 {
            return write!(formatter, "Apply failed with 1 conflict: conflict with {manager}: {field}");
        }
        let managers = collected::set(self.0.iter().map(|conflict| conflict.manager.as_str()));
        write!(formatter, "Apply failed with {} conflicts: ", self.0.len())?;
        for (index, manager) in managers.into_iter().enumerate() {
            let line = if index == 0 { "" } else { "\n" };
            write!(formatter, "{line}conflicts with {manager}:")?;
            for FieldConflict { field, .. } in self.0.iter().filter(|conflict| conflict.manager == manager) {
                write!(formatter, "\n- {field}")?;
            }
        }
        Ok(())
    }
}
