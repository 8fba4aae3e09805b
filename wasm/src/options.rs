//! The options of calls, and the parameters of the library that they become.

use imagestream::json::{self, Names, members};
use imagestream::rules::patch::JsonPatch;
use imagestream::{
    DeleteParams, FieldValidation, ListParams, Patch, PatchParams, PostParams, Preconditions, PropagationPolicy,
    Result, User, VersionMatch, WatchParams,
};

use crate::error::bad;

/// How to create or replace an object.
#[derive(Debug, Default)]
pub(crate) struct PostOptions {
    dry_run: bool,
}

members!(PostOptions as "PostOptions" {
    "dryRun" => dry_run,
});

/// How to create mappings.
#[derive(Debug, Default)]
pub(crate) struct MappingOptions {
    dry_run: bool,
    pub(crate) create_streams: bool,
}

members!(MappingOptions as "MappingOptions" {
    "dryRun" => dry_run,
    "createStreams" => create_streams,
});

/// Which version of an object to get.
#[derive(Debug, Default)]
pub(crate) struct GetOptions {
    resource_version: Option<String>,
}

members!(GetOptions as "GetOptions" {
    "resourceVersion" => resource_version,
});

/// Options of a verb that has none.
#[derive(Debug, Default)]
pub(crate) struct NoOptions {}

members!(NoOptions as "NoOptions" {});

/// What to list.
#[derive(Debug, Default)]
pub(crate) struct ListOptions {
    label_selector: String,
    field_selector: String,
    limit: Option<u64>,
    continue_token: String,
    resource_version: Option<String>,
    resource_version_match: Option<String>,
}

members!(ListOptions as "ListOptions" {
    "labelSelector" => label_selector,
    "fieldSelector" => field_selector,
    "limit" => limit,
    "continue" => continue_token,
    "resourceVersion" => resource_version,
    "resourceVersionMatch" => resource_version_match,
});

/// How to delete an object.
#[derive(Debug, Default)]
pub(crate) struct DeleteOptions {
    dry_run: bool,
    preconditions: PreconditionOptions,
    propagation_policy: Option<String>,
}

members!(DeleteOptions as "DeleteOptions" {
    "dryRun" => dry_run,
    "preconditions" => preconditions,
    "propagationPolicy" => propagation_policy,
});

#[derive(Debug, Default)]
struct PreconditionOptions {
    uid: Option<String>,
    resource_version: Option<String>,
}

members!(PreconditionOptions as "PreconditionOptions" {
    "uid" => uid,
    "resourceVersion" => resource_version,
});

/// How to delete several objects, and which.
#[derive(Debug, Default)]
pub(crate) struct DeleteCollectionOptions {
    dry_run: bool,
    propagation_policy: Option<String>,
    label_selector: String,
    field_selector: String,
}

members!(DeleteCollectionOptions as "DeleteCollectionOptions" {
    "dryRun" => dry_run,
    "propagationPolicy" => propagation_policy,
    "labelSelector" => label_selector,
    "fieldSelector" => field_selector,
});

/// How to patch an object.
#[derive(Debug, Default)]
pub(crate) struct PatchOptions {
    patch_type: String,
    dry_run: bool,
    field_validation: Option<String>,
    field_manager: String,
    force: bool,
}

members!(PatchOptions as "PatchOptions" {
    "type" => patch_type,
    "dryRun" => dry_run,
    "fieldValidation" => field_validation,
    "fieldManager" => field_manager,
    "force" => force,
});

/// What to watch.
#[derive(Debug, Default)]
pub(crate) struct WatchOptions {
    label_selector: String,
    field_selector: String,
    resource_version: Option<String>,
    send_initial_events: Option<bool>,
    bookmarks: bool,
}

members!(WatchOptions as "WatchOptions" {
    "labelSelector" => label_selector,
    "fieldSelector" => field_selector,
    "resourceVersion" => resource_version,
    "sendInitialEvents" => send_initial_events,
    "bookmarks" => bookmarks,
});

/// Who calls.
#[derive(Debug, Clone, Default)]
pub(crate) struct Caller {
    name: String,
    uid: String,
    groups: Vec<String>,
}

members!(Caller as "Caller" {
    "name" => name,
    "uid" => uid,
    "groups" => groups,
});

impl From<Caller> for User {
    fn from(Caller { name, uid, groups }: Caller) -> Self {
        Self { name, uid, groups }
    }
}

impl PostOptions {
    pub(crate) fn params(&self) -> PostParams {
        PostParams { dry_run: self.dry_run, ..PostParams::default() }
    }
}

impl MappingOptions {
    pub(crate) fn params(&self) -> PostParams {
        PostParams { dry_run: self.dry_run, ..PostParams::default() }
    }
}

impl GetOptions {
    /// The version, where one is asked for.
    pub(crate) fn version(&self) -> Result<Option<u64>> {
        version(self.resource_version.as_deref())
    }
}

impl ListOptions {
    pub(crate) fn params(self) -> Result<ListParams> {
        Ok(ListParams {
            label_selector: self.label_selector,
            field_selector: self.field_selector,
            limit: self.limit,
            continue_token: self.continue_token,
            resource_version: version(self.resource_version.as_deref())?,
            resource_version_match: word(
                "resourceVersionMatch",
                self.resource_version_match.as_deref(),
                &[("Exact", VersionMatch::Exact), ("NotOlderThan", VersionMatch::NotOlderThan)],
            )?,
        })
    }
}

impl DeleteOptions {
    pub(crate) fn params(self) -> Result<DeleteParams> {
        let PreconditionOptions { uid, resource_version } = self.preconditions;
        Ok(DeleteParams {
            dry_run: self.dry_run,
            preconditions: Preconditions { uid, resource_version },
            propagation_policy: propagation(self.propagation_policy.as_deref())?,
        })
    }
}

impl DeleteCollectionOptions {
    pub(crate) fn params(self) -> Result<(DeleteParams, ListParams)> {
        let how = DeleteParams {
            dry_run: self.dry_run,
            propagation_policy: propagation(self.propagation_policy.as_deref())?,
            ..DeleteParams::default()
        };
        let which = ListParams::default().labels(&self.label_selector).fields(&self.field_selector);
        Ok((how, which))
    }
}

impl PatchOptions {
    pub(crate) fn params(&self) -> Result<PatchParams> {
        let validation = word(
            "fieldValidation",
            self.field_validation.as_deref(),
            &[
                ("Ignore", FieldValidation::Ignore),
                ("Warn", FieldValidation::Warn),
                ("Strict", FieldValidation::Strict),
            ],
        )?;
        let mut params = PatchParams::apply(&self.field_manager).validation(validation.unwrap_or_default());
        params.dry_run = self.dry_run;
        params.force = self.force;
        Ok(params)
    }

    /// Reads the patch itself.
    pub(crate) fn patch(&self, text: &[u8]) -> Result<Patch> {
        let unreadable = |error: String| bad(format!("the patch can't be read: {error}"));
        let read = || json::decode(text, Names::Exact).map_err(|error| unreadable(error.to_string()));
        match self.patch_type.as_str() {
            "json" => {
                let document = json::parse(text).map_err(|error| unreadable(error.to_string()))?;
                Ok(Patch::Json(JsonPatch::new(&document).map_err(unreadable)?))
            }
            "merge" | "" => Ok(Patch::Merge(read()?)),
            "strategic" => Ok(Patch::Strategic(read()?)),
            "apply" => Ok(Patch::Apply(read()?)),
            other => Err(bad(format!("type: expected json, merge, strategic or apply, found {other:?}"))),
        }
    }
}

impl WatchOptions {
    pub(crate) fn params(self) -> Result<WatchParams> {
        Ok(WatchParams {
            label_selector: self.label_selector,
            field_selector: self.field_selector,
            resource_version: version(self.resource_version.as_deref())?,
            send_initial_events: self.send_initial_events,
            bookmarks: self.bookmarks,
            timeout: None,
        })
    }
}

/// Versions are texts in the API, and numbers for us.
fn version(text: Option<&str>) -> Result<Option<u64>> {
    let read = |text: &str| text.parse().map_err(|_| bad(format!("resourceVersion: {text:?} is not a number")));
    text.filter(|text| !text.is_empty()).map(read).transpose()
}

fn propagation(text: Option<&str>) -> Result<Option<PropagationPolicy>> {
    word(
        "propagationPolicy",
        text,
        &[
            ("Orphan", PropagationPolicy::Orphan),
            ("Background", PropagationPolicy::Background),
            ("Foreground", PropagationPolicy::Foreground),
        ],
    )
}

/// What a word stands for.
fn word<T: Copy>(option: &str, text: Option<&str>, known: &[(&str, T)]) -> Result<Option<T>> {
    let Some(text) = text else { return Ok(None) };
    if let Some((_, meaning)) = known.iter().find(|(word, _)| *word == text) {
        return Ok(Some(*meaning));
    }
    let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
    Err(bad(format!("{option}: expected {}, found {text:?}", words.join(" or "))))
}
