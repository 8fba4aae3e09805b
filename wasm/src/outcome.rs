//! Results and reports in the form that JavaScript receives. Objects of the API in them are JSON, which the JavaScript side
//! parses: this is faster than building them value by value.

use imagestream::api::TagEvent;
use imagestream::{
    Change, ChangedObject, Deletion, ImageOutcome, ImageUser, MappingOutcome, Patched, ReplacedImage, ReplacedTag,
    Result, Rollback, Statistics, TagChange, UndoneBy, Verification,
};
use serde::Serialize;

use crate::convert::to_text;

/// The result of a mapping; its own tag is the first one.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Mapped {
    stream_created: bool,
    /// `created` or `existing`
    image: &'static str,
    tags: Vec<Tag>,
    resource_version: String,
}

#[derive(Serialize)]
struct Tag {
    tag: String,
    /// `unchanged`, `folded` (into the newest entry) or `pushed` (a new entry)
    change: &'static str,
}

impl From<(String, TagChange)> for Tag {
    fn from((tag, change): (String, TagChange)) -> Self {
        let change = match change {
            TagChange::Unchanged => "unchanged",
            TagChange::Folded => "folded",
            TagChange::Pushed => "pushed",
        };
        Self { tag, change }
    }
}

impl From<MappingOutcome> for Mapped {
    fn from(outcome: MappingOutcome) -> Self {
        let image = match outcome.image {
            ImageOutcome::Created => "created",
            ImageOutcome::Existing => "existing",
        };
        Self {
            stream_created: outcome.stream_created,
            image,
            tags: outcome.tags.into_iter().map(Tag::from).collect(),
            resource_version: outcome.resource_version.to_string(),
        }
    }
}

/// The result of a rollback.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RolledBack {
    before: TagEvent,
    entry: TagEvent,
    tags: Vec<Tag>,
    undone_by: Option<Undoing>,
    image_missing: bool,
    resource_version: String,
}

/// What may move a tag again.
#[derive(Serialize)]
struct Undoing {
    /// `scheduledImport` or `import` of the pull spec `name`, or `followedTag`
    kind: &'static str,
    name: String,
}

impl From<Rollback> for RolledBack {
    fn from(rollback: Rollback) -> Self {
        let undoing = |undone_by| {
            let (kind, name) = match undone_by {
                UndoneBy::ScheduledImport(name) => ("scheduledImport", name),
                UndoneBy::Import(name) => ("import", name),
                UndoneBy::FollowedTag(name) => ("followedTag", name),
            };
            Undoing { kind, name }
        };
        Self {
            before: rollback.before,
            entry: rollback.entry,
            tags: rollback.tags.into_iter().map(Tag::from).collect(),
            undone_by: rollback.undone_by.map(undoing),
            image_missing: rollback.image_missing,
            resource_version: rollback.resource_version.to_string(),
        }
    }
}

/// The result of a deletion.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Deleted {
    Done { done: bool, uid: String },
    Waiting { done: bool, waiting: String },
}

impl Deleted {
    pub(crate) fn of<T: Serialize>(deletion: Deletion<T>) -> Result<Self> {
        Ok(match deletion {
            Deletion::Done { uid } => Self::Done { done: true, uid },
            Deletion::Waiting(waiting) => Self::Waiting { done: false, waiting: to_text(&waiting)? },
        })
    }
}

/// The result of a patch.
#[derive(Serialize)]
pub(crate) struct PatchedObject {
    object: String,
    created: bool,
    warnings: Vec<String>,
}

impl PatchedObject {
    pub(crate) fn of<T: Serialize>(Patched { object, created, warnings, .. }: Patched<T>) -> Result<Self> {
        Ok(Self { object: to_text(&object)?, created, warnings })
    }
}

/// The result of replacing a tag.
#[derive(Serialize)]
pub(crate) struct Replaced {
    object: String,
    created: bool,
}

impl Replaced {
    pub(crate) fn of<T: Serialize>(replaced: &ReplacedTag<T>) -> Result<Self> {
        Ok(Self { object: to_text(&replaced.tag)?, created: replaced.created })
    }
}

/// The result of replacing an image.
#[derive(Serialize)]
pub(crate) struct ImageReplaced {
    object: String,
    ignored: Vec<String>,
}

impl ImageReplaced {
    pub(crate) fn of(replaced: &ReplacedImage) -> Result<Self> {
        let ignored = replaced.ignored.iter().map(ToString::to_string).collect();
        Ok(Self { object: to_text(&replaced.image)?, ignored })
    }
}

/// A tag that uses an image.
#[derive(Serialize)]
pub(crate) struct User {
    namespace: String,
    stream: String,
    tag: String,
    entries: u64,
}

impl From<ImageUser> for User {
    fn from(ImageUser { namespace, stream, tag, entries }: ImageUser) -> Self {
        Self { namespace, stream, tag, entries }
    }
}

/// The result of a verification.
#[derive(Serialize)]
pub(crate) struct Verified {
    clean: bool,
    rows: u64,
    repaired: bool,
    problems: Vec<String>,
}

impl From<Verification> for Verified {
    fn from(found: Verification) -> Self {
        Self {
            clean: found.is_clean(),
            rows: found.rows,
            repaired: found.repaired,
            problems: found.problems.iter().map(ToString::to_string).collect(),
        }
    }
}

/// The statistics of a store.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Counts {
    rows_read: u64,
    rows_written: u64,
    transactions: u64,
    commits: u64,
}

impl From<Statistics> for Counts {
    fn from(counted: Statistics) -> Self {
        let Statistics { rows_read, rows_written, transactions, commits } = counted;
        Self { rows_read, rows_written, transactions, commits }
    }
}

/// A change of an object.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Changed {
    resource_version: String,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    name: String,
}

impl Changed {
    /// `None` for a kind of object that this version of the package does not know.
    pub(crate) fn of(change: Change) -> Option<Self> {
        let (kind, namespace, name) = match change.object {
            ChangedObject::Image { name } => ("Image", None, name),
            ChangedObject::ImageStream { namespace, name } => ("ImageStream", Some(namespace), name),
            ChangedObject::Namespace { name } => ("Namespace", None, name),
            _ => return None,
        };
        Some(Self { resource_version: change.resource_version.to_string(), kind, namespace, name })
    }
}
