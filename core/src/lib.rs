//! OpenShift image streams without the cluster.

pub mod api;
mod authorization;
mod environment;
mod error;
pub mod json;
pub mod printers;
pub mod request;
mod resources;
pub mod rules;
mod store;
pub mod yaml;

pub use authorization::{Action, AllowAll, Authorizer, Decision, User};
#[cfg(not(target_family = "wasm"))]
pub use environment::System;
pub use environment::{Clock, FixedClock, UidSource};
pub use error::{Error, FieldCause, FieldError, LockOwner, Result, Subject};
pub use resources::{
    Builder, Change, ChangedObject, DeleteParams, Deletion, ImageOutcome, ImageStore, ImageStreamImages,
    ImageStreamTags, ImageStreams, ImageTags, Images, ImportMode, MappingOutcome, Mappings, Namespace, PostParams,
    Preconditions, PropagationPolicy, ReplacedImage,
};
pub use rules::TagChange;
pub use store::{ImageUser, Statistics, Verification};
