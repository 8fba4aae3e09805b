//! The resources: the operations on the objects of a store.
//!
//! Each resource has a file, and each verb follows the same steps: prepare what the caller sent, validate it (all
//! errors at once), then run one closure on one snapshot of the store. The resulting batch is committed, or dropped on
//! a dry run and on any error.

mod access;
mod applied;
mod builder;
mod changes;
mod collection;
#[cfg(test)]
mod contended;
mod continue_token;
mod derived_image;
mod document;
mod find;
mod finding;
mod image_signatures;
mod image_store;
mod image_stream_images;
mod image_stream_imports;
mod image_stream_tags;
mod image_streams;
mod image_tags;
mod image_writes;
mod images;
mod layer_use;
mod layers;
mod lifecycle;
mod list_params;
mod managed_fields;
mod mappings;
mod namespace;
mod namespaces;
mod other_streams;
mod parallel;
mod params;
mod patch;
mod patch_params;
mod patch_target;
mod prune;
#[cfg(not(target_family = "wasm"))]
mod registry_import;
mod repair;
mod repository;
mod restore;
mod rollback;
mod search;
mod selection;
mod settings;
mod stored;
mod stored_image;
mod stream_writes;
mod summaries;
mod tag;
mod tag_rules;
mod tag_writes;
mod usage;
mod versions;
mod watch;
mod watch_params;
mod workload_lists;
mod workloads;

pub use builder::Builder;
pub use changes::{Change, ChangedObject};
pub(crate) use document::as_document;
pub use find::{FoundBy, FoundImage, TagPosition};
pub use finding::Finding;
pub use image_signatures::ImageSignatures;
pub use image_store::ImageStore;
pub use image_stream_images::ImageStreamImages;
pub use image_stream_imports::ImageStreamImports;
pub use image_stream_tags::ImageStreamTags;
pub use image_streams::{HistoryPage, ImageStreams};
pub use image_tags::ImageTags;
pub use image_writes::ReplacedImage;
pub use images::Images;
pub use layer_use::LayerUse;
pub use list_params::{ListParams, VersionMatch};
pub(crate) use managed_fields::clears_managed_fields;
pub use mappings::{ImageOutcome, MappingOutcome, Mappings};
pub use namespace::Namespace;
pub use namespaces::Namespaces;
pub use params::{DeleteParams, Deletion, FieldValidation, PostParams, Preconditions, ReplacedTag};
pub use patch_params::{Patch, PatchParams, Patched};
pub use prune::{
    PlannedEntry, PlannedImage, PlannedStream, PlannedTag, PruneMode, PruneOutcome, PruneParams, PrunePlan,
    PruneSummary,
};
pub use repair::RepairReport;
pub(crate) use restore::WholeObject;
pub use restore::{ConflictRule, Restored};
pub use rollback::{Rollback, RollbackParams};
pub use search::{FoundStream, SearchResult};
pub use settings::ImportMode;
pub use stored_image::StoredImage;
pub use summaries::{StreamSummary, Summaries, SummaryOrder, SummaryParams};
pub use usage::{ImageSizes, ImageUsage, StreamUsage};

pub use tag::{TagParams, Tagged};
#[cfg(not(target_family = "wasm"))]
pub use watch::Subscription;
pub use watch::{Watch, WatchEvent, WatchStopper};
pub use watch_params::WatchParams;
pub(crate) use workloads::WorkloadItem;
pub use workloads::Workloads;
