//! OpenShift image streams without the cluster.

pub mod api;
mod error;
pub mod json;
pub mod yaml;

pub use error::{Error, FieldCause, FieldError, LockOwner, Result, Subject};
