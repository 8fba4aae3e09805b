//! The API group and its version.

/// The API group.
pub const GROUP: &str = "image.openshift.io";
/// The version of the API group.
pub const VERSION: &str = "v1";
/// `group/version`, the `apiVersion` of every object of this group.
pub const API_VERSION: &str = "image.openshift.io/v1";
