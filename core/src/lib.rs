//! OpenShift image streams without the cluster: a store of Image and ImageStream objects of `image.openshift.io/v1` in
//! one file, with the rules and responses of the real API server.
//!
//! [`ImageStore`] is the store. [`Mappings::create`] is its central operation: it adds an image by its digest and makes
//! it the newest entry of a tag's history, atomically. The API objects are in [`api`], decisions about them that need
//! no store in [`rules`], and [`request::handle`] answers HTTP requests without a server.
//!
//! ```
//! use imagestream::api::{ImageStream, ImageStreamMapping};
//! use imagestream::{ImageStore, PostParams, TagChange};
//!
//! let store = ImageStore::in_memory()?;
//! let shop = store.namespace("shop");
//! let stream: ImageStream = serde_json::from_str(r#"{"metadata": {"name": "web"}}"#)?;
//! shop.image_streams().create(&PostParams::default(), &stream)?;
//!
//! let mapping: ImageStreamMapping = serde_json::from_str(
//!     r#"{"metadata": {"name": "web"}, "tag": "latest",
//!         "image": {"metadata": {"name": "sha256:12"}, "dockerImageReference": "quay.io/shop/web:1"}}"#,
//! )?;
//! let outcome = shop.mappings().create(&PostParams::default(), &mapping)?;
//! assert_eq!(outcome.tags, [("latest".to_owned(), TagChange::Pushed)]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Calls that write block until a sync is done; concurrent writers share one.
//!
//! In WebAssembly there is neither [`ImageStore::open`] nor a clock: [`Builder::new`] takes a clock and a source of
//! uids, and [`Builder::open_backend`] any storage for the bytes.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod api;
mod authorization;
mod collected;
mod environment;
mod error;
#[cfg(not(target_family = "wasm"))]
mod importer;
pub mod json;
#[cfg(feature = "kube")]
pub mod kube;
mod media_type;
pub mod printers;
mod quote;
pub mod request;
mod resources;
pub mod rules;
mod store;
pub mod transfer;
pub mod yaml;

pub use authorization::{Action, AllowAll, Authorizer, Decision, User};
#[cfg(not(target_family = "wasm"))]
pub use environment::System;
pub use environment::{Clock, FixedClock, UidSource};
pub use error::{Error, ErrorKind, LockOwner, Result, Source, Subject};
#[cfg(not(target_family = "wasm"))]
pub use importer::{FetchFailure, FetchedImage, Importer};
#[cfg(not(target_family = "wasm"))]
pub use resources::Subscription;
pub use resources::{
    Builder, Change, ChangedObject, ConflictRule, DeleteParams, Deletion, FieldValidation, Finding, FoundBy,
    FoundImage, FoundStream, HistoryPage, ImageOutcome, ImageSignatures, ImageSizes, ImageStore, ImageStreamImages,
    ImageStreamImports, ImageStreamTags, ImageStreams, ImageTags, ImageUsage, Images, ImportMode, LayerUse, ListParams,
    MappingOutcome, Mappings, Namespace, Namespaces, Patch, PatchParams, Patched, PlannedEntry, PlannedImage,
    PlannedStream, PlannedTag, PostParams, Preconditions, PruneMode, PruneOutcome, PruneParams, PrunePlan,
    PruneSummary, RepairReport, ReplacedImage, ReplacedTag, Restored, Rollback, RollbackParams, SearchResult,
    StoredImage, StreamSummary, StreamUsage, Summaries, SummaryOrder, SummaryParams, TagParams, TagPosition, Tagged,
    VersionMatch, Watch, WatchEvent, WatchParams, WatchStopper, Workloads,
};
pub use rules::prune::PruneRule;
pub use rules::{ExpectedImage, FieldCause, FieldError, RollbackTarget, TagChange, TagPattern, UndoneBy};
pub use store::{ImageUser, JournalFile, ObjectCounts, Statistics, TableStatistics, Verification};

// The library's own tests also compile the model of the integration tests.
#[cfg(test)]
extern crate self as imagestream;
