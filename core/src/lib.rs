//! OpenShift image streams without the cluster.

pub mod api;
mod error;
pub mod json;
// Nothing uses it yet.
#[allow(dead_code, unused_imports)]
mod store;

pub use error::{Error, FieldCause, FieldError, LockOwner, Result, Subject};
