//! The options of calls, as in `npm/types/store.d.ts`, and their conversion to the parameters of the library.
//!
//! A missing member has the default of the parameter. An unknown member is an error: ignoring a mistyped `dryRun` would be a
//! disaster.

use imagestream::json::{self, Names, members};
use imagestream::rules::patch::JsonPatch;
use imagestream::{
    DeleteParams, FieldValidation, ListParams, Patch, PatchParams, PostParams, Preconditions, Result, RollbackParams,
    RollbackTarget, User, VersionMatch, WatchParams,
};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use crate::convert::{strict, whole_number};
use crate::error::bad;

/// Options for creating or replacing an object.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PostOptions {
    dry_run: bool,
    field_manager: String,
}

/// Options for creating mappings.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct MappingOptions {
    dry_run: bool,
    pub(crate) create_streams: bool,
}

/// Options for rolling a tag back.
#[derive(Default)]
pub(crate) struct RollbackOptions {
    dry_run: bool,
    to: Option<String>,
    pin: bool,
}

members!(RollbackOptions as "RollbackOptions" { "dryRun" => dry_run, "to" => to, "pin" => pin });

impl RollbackOptions {
    pub(crate) fn params(self) -> Result<RollbackParams> {
        let to = match self.to {
            Some(text) => text.parse().map_err(|error| bad(format!("the options: to: {error}")))?,
            None => RollbackTarget::Previous,
        };
        Ok(RollbackParams { dry_run: self.dry_run, to, pin: self.pin })
    }
}

/// The version of an object to get.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct GetOptions {
    #[serde(deserialize_with = "version")]
    pub(crate) resource_version: Option<u64>,
}

/// The options of a verb without options.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NoOptions {}

/// The objects to list, and the version to list them at.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ListOptions {
    label_selector: String,
    field_selector: String,
    #[serde(deserialize_with = "limit")]
    limit: Option<u64>,
    #[serde(rename = "continue")]
    continue_token: String,
    #[serde(deserialize_with = "version")]
    resource_version: Option<u64>,
    resource_version_match: Option<Matching>,
}

/// [`VersionMatch`] in JavaScript.
#[derive(Deserialize)]
enum Matching {
    Exact,
    NotOlderThan,
}

/// Options for deleting an object.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct DeleteOptions {
    dry_run: bool,
    #[serde(deserialize_with = "strict")]
    preconditions: PreconditionOptions,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
struct PreconditionOptions {
    uid: Option<String>,
    resource_version: Option<String>,
}

/// Options for deleting several objects, and the selection of these.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct DeleteCollectionOptions {
    dry_run: bool,
    label_selector: String,
    field_selector: String,
}

/// Options for patching an object.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PatchOptions {
    #[serde(rename = "type")]
    patch_type: PatchType,
    dry_run: bool,
    field_validation: Validation,
    field_manager: String,
    force: bool,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum PatchType {
    Json,
    #[default]
    Merge,
    Strategic,
    Apply,
}

/// [`FieldValidation`] in JavaScript.
#[derive(Clone, Copy, Default, Deserialize)]
enum Validation {
    Ignore,
    #[default]
    Warn,
    Strict,
}

/// The objects to watch, and the version to start at.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct WatchOptions {
    label_selector: String,
    field_selector: String,
    #[serde(deserialize_with = "version")]
    resource_version: Option<u64>,
    send_initial_events: Option<bool>,
    bookmarks: bool,
}

/// The user of a call.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Caller {
    name: String,
    uid: String,
    groups: Vec<String>,
}

impl From<Caller> for User {
    fn from(Caller { name, uid, groups }: Caller) -> Self {
        Self { name, uid, groups, ..Self::default() }
    }
}

impl From<PostOptions> for PostParams {
    fn from(PostOptions { dry_run, field_manager }: PostOptions) -> Self {
        Self { dry_run, field_manager }
    }
}

impl MappingOptions {
    pub(crate) fn params(&self) -> PostParams {
        PostParams { dry_run: self.dry_run, ..PostParams::default() }
    }
}

impl From<ListOptions> for ListParams {
    fn from(options: ListOptions) -> Self {
        Self {
            label_selector: options.label_selector,
            field_selector: options.field_selector,
            limit: options.limit,
            continue_token: options.continue_token,
            resource_version: options.resource_version,
            resource_version_match: options.resource_version_match.map(|matching| match matching {
                Matching::Exact => VersionMatch::Exact,
                Matching::NotOlderThan => VersionMatch::NotOlderThan,
            }),
        }
    }
}

impl From<DeleteOptions> for DeleteParams {
    fn from(options: DeleteOptions) -> Self {
        let PreconditionOptions { uid, resource_version } = options.preconditions;
        Self { dry_run: options.dry_run, preconditions: Preconditions { uid, resource_version } }
    }
}

impl DeleteCollectionOptions {
    pub(crate) fn params(self) -> (DeleteParams, ListParams) {
        let how = DeleteParams { dry_run: self.dry_run, ..DeleteParams::default() };
        let which = ListParams::default().labels(&self.label_selector).fields(&self.field_selector);
        (how, which)
    }
}

impl PatchOptions {
    pub(crate) fn params(&self) -> PatchParams {
        let validation = match self.field_validation {
            Validation::Ignore => FieldValidation::Ignore,
            Validation::Warn => FieldValidation::Warn,
            Validation::Strict => FieldValidation::Strict,
        };
        let mut params = PatchParams::apply(&self.field_manager).validation(validation);
        params.dry_run = self.dry_run;
        params.force = self.force;
        params
    }

    /// Reads the patch itself.
    pub(crate) fn patch(&self, text: &[u8]) -> Result<Patch> {
        let unreadable = |error: String| bad(format!("the patch can't be read: {error}"));
        let read = || json::decode(text, Names::Exact).map_err(|error| unreadable(error.to_string()));
        match self.patch_type {
            PatchType::Json => {
                let document = json::parse(text).map_err(|error| unreadable(error.to_string()))?;
                Ok(Patch::Json(JsonPatch::new(&document).map_err(unreadable)?))
            }
            PatchType::Merge => Ok(Patch::Merge(read()?)),
            PatchType::Strategic => Ok(Patch::Strategic(read()?)),
            PatchType::Apply => Ok(Patch::Apply(read()?)),
        }
    }
}

impl From<WatchOptions> for WatchParams {
    fn from(options: WatchOptions) -> Self {
        Self {
            label_selector: options.label_selector,
            field_selector: options.field_selector,
            resource_version: options.resource_version,
            send_initial_events: options.send_initial_events,
            bookmarks: options.bookmarks,
            timeout: None,
        }
    }
}

fn limit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    whole_number(deserializer).map(Some)
}

/// Reads a resource version, which is a text in the API. An empty text means that there is none.
fn version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| D::Error::custom(format_args!("{text:?} is not a resource version")))
}
