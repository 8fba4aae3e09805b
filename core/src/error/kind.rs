//! The kinds of errors, and their texts.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::api::GROUP;
use crate::collected;
use crate::quote::Quoted;
use crate::rules::patch::FieldConflict;
use crate::rules::{FieldError, FieldErrors};

/// What an engine or a backend says about its failure, whatever its type.
pub type Source = Arc<dyn std::error::Error + Send + Sync>;

/// Everything that can go wrong when using a store: one variant for each thing that a caller may want to tell apart.
///
/// The first variants are answers of the API. The others are about the file.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The object does not exist.
    #[error("{} {} not found", Grouped(.resource), Quoted(.name))]
    NotFound {
        /// The resource of the request (plural).
        resource: &'static str,
        /// The name that was looked for.
        name: String,
    },
    /// An object of that name exists.
    #[error("{}{} {} already exists", if *.deleting { "object is being deleted: " } else { "" }, Grouped(.resource), Quoted(.name))]
    AlreadyExists {
        /// The resource of the request.
        resource: &'static str,
        /// The name that is taken.
        name: String,
        /// Whether the object that has the name is being deleted and waits for its finalizers.
        deleting: bool,
    },
    /// The object changed since the caller read it, or a precondition does not hold; nothing was written.
    #[error("Operation cannot be fulfilled on {} {}: {reason}", Grouped(.resource), Quoted(.name))]
    Conflict {
        /// The resource of the request, or the kind where a precondition of a deletion failed.
        resource: &'static str,
        /// The object.
        name: String,
        /// Why.
        reason: String,
    },
    /// The object breaks rules of the API; nothing was written.
    #[error("{}", InvalidMessage(.subject, .name, .causes))]
    Invalid {
        /// What the object is: a kind or resource of this group, or options of a request.
        subject: Subject,
        /// Its name.
        name: String,
        /// Every broken rule, in the order of the fields.
        causes: Vec<FieldError>,
    },
    /// An applied patch would change fields that other managers have; nothing was written.
    #[error("{}", ApplyConflicts(.conflicts))]
    ApplyConflict {
        /// Every such field.
        conflicts: Vec<FieldConflict>,
    },
    /// A patch does not fit the object; nothing was written.
    #[error("the server rejected our request due to an error in our request")]
    InapplicablePatch {
        /// Why, which the API does not say.
        reason: String,
    },
    /// The request can't be understood.
    #[error("{0}")]
    BadRequest(String),
    /// The caller may not do that.
    #[error("{}{} is forbidden: {reason}", Grouped(.resource), QuotedName(.name))]
    Forbidden {
        /// The resource of the request.
        resource: &'static str,
        /// The object, empty where there is none.
        name: String,
        /// Why.
        reason: String,
    },
    /// The caller did not say who it is, or not credibly.
    #[error("Unauthorized")]
    Unauthorized,
    /// The resource does not know that verb.
    #[error("{verb} is not supported on resources of kind \"{}\"", Grouped(.resource))]
    MethodNotAllowed {
        /// The resource of the request.
        resource: &'static str,
        /// The verb.
        verb: String,
    },
    /// No answer in a form that the caller accepts.
    #[error("only the following media types are accepted: {0}")]
    NotAcceptable(&'static str),
    /// A body in a form that is not known.
    #[error("the body of the request was in an unknown format - accepted media types include: {0}")]
    UnsupportedMediaType(&'static str),
    /// A body over the limit.
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
        /// How many it has.
        found: usize,
    },
    /// The operation did not come to an end; trying again may help.
    #[error("The {operation} operation against {} could not be completed at this time, please try again.", Grouped(.resource))]
    ServerTimeout {
        /// The resource of the request.
        resource: &'static str,
        /// The operation.
        operation: &'static str,
    },
    /// What the real server answers with an internal error of the API.
    #[error("Internal error occurred: {0}")]
    Internal(String),
    /// What the real server answers with an error that has no reason at all.
    #[error("{0}")]
    Unclassified(String),
    /// The version asked for is no longer kept.
    #[error("{message}")]
    Expired {
        /// The error as text.
        message: String,
        /// A token with which the list can go on at another version; may be empty.
        continue_token: String,
    },
    /// The version asked for does not exist yet.
    #[error("Timeout: Too large resource version: {requested}, current: {current}")]
    FutureVersion {
        /// The version asked for.
        requested: u64,
        /// The newest version.
        current: u64,
    },

    /// Another process, or another handle of this one, has the file open.
    #[error("{path:?} is in use by {owner}")]
    Locked {
        /// The file.
        path: PathBuf,
        /// Who has it.
        owner: LockOwner,
    },
    /// The file is not a store.
    #[error("{path:?} is not an imagestream store: {reason}")]
    NotAStore {
        /// The file.
        path: PathBuf,
        /// What gives it away.
        reason: String,
    },
    /// The file was written by a newer version of this library.
    #[error("{path:?} has store format {found}, and this version reads formats up to {supported}: use a newer version")]
    NewerFormat {
        /// The file.
        path: PathBuf,
        /// The format of the file.
        found: u32,
        /// The newest format that this library reads.
        supported: u32,
    },
    /// A file of the journal beside the store's file is missing, or belongs to another store or another time; nothing was
    /// changed.
    #[error("the journal {path:?} does not fit its store: {reason}")]
    JournalMismatch {
        /// The file of the journal.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The file does not exist and was not to be created.
    #[error("{path:?} does not exist")]
    NoSuchStore {
        /// The file.
        path: PathBuf,
    },
    /// The store was opened for reading only.
    #[error("the store is open for reading only")]
    ReadOnly,
    /// A record is damaged: it can't be read, or contradicts another.
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
        /// The newest version that this library reads.
        supported: u8,
    },
    /// A file operation failed.
    #[error("{action} {path:?} failed: {source}")]
    Io {
        /// What was tried, for example `creating`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why it failed.
        source: Arc<std::io::Error>,
    },
    /// The storage engine failed.
    #[error("the storage engine failed: {source}")]
    Storage {
        /// Why.
        source: Source,
    },
    /// The change has more rows or bytes than the storage engine takes in one transaction; nothing was written.
    #[error(
        "the change writes {rows} rows of {bytes} bytes, and the storage engine takes at most {max_rows} rows of \
             {max_bytes} bytes in one transaction: divide it, or raise the limit of the engine"
    )]
    TransactionTooLarge {
        /// The rows that it puts or deletes.
        rows: usize,
        /// The bytes of their keys and values.
        bytes: usize,
        /// The most rows that the engine takes.
        max_rows: usize,
        /// The most bytes that it takes.
        max_bytes: usize,
    },
    /// An earlier write failed, so what is on disk is not certain: reads go on, writes need the store opened anew.
    #[error("the store refuses writes since one failed: {reason}; open it again")]
    Poisoned {
        /// The failure.
        reason: String,
    },
}

/// What an [`ErrorKind::Invalid`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A kind (or, where the real server says so, a resource) of this group.
    Kind(&'static str),
    /// Options of a request, for example `CreateOptions`, in the group `meta.k8s.io`.
    Options(&'static str),
    /// Nothing that has a name, as for a patched object.
    Nameless,
}

/// Who has a store open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LockOwner {
    /// The process, where known.
    pub pid: Option<u32>,
    /// The host of that process, where it is another one.
    pub host: Option<String>,
    /// The address at which the owner serves the store, where it does.
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

/// `resource.group`
struct Grouped<'a>(&'a str);

impl fmt::Display for Grouped<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{GROUP}", self.0)
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
            Subject::Kind(kind) => write!(formatter, "{kind}.{GROUP}")?,
            Subject::Options(kind) => write!(formatter, "{kind}.meta.k8s.io")?,
            Subject::Nameless => {}
        }
        write!(formatter, " {} is invalid: {}", Quoted(name), FieldErrors(causes))
    }
}

/// The fields of an [`ErrorKind::ApplyConflict`] by the managers that have them.
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
