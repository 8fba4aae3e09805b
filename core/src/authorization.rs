//! Who asks, and whether they may.

/// Who a call is made for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct User {
    /// The name.
    pub name: String,
    /// The identity, unique in time and space.
    pub uid: String,
    /// The groups.
    pub groups: Vec<String>,
}

impl User {
    /// `system:admin` of the group `system:masters`, for whom calls are made that name nobody.
    #[must_use]
    pub fn system_admin() -> Self {
        Self { name: "system:admin".to_owned(), uid: String::new(), groups: vec!["system:masters".to_owned()] }
    }
}

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action<'a> {
    /// `get`, `list`, `create`, `update` or `delete`.
    pub verb: &'a str,
    /// The resource, for example `imagestreams`.
    pub resource: &'a str,
    /// The sub-resource, for example `status`; may be empty.
    pub subresource: &'a str,
    /// The namespace; empty for images, and for lists over all namespaces.
    pub namespace: &'a str,
    /// The object; empty for lists and creations.
    pub name: &'a str,
}

/// The answer of an [`Authorizer`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// They may.
    Allow,
    /// They may not.
    Deny {
        /// Why, to be shown to the user; may be empty.
        reason: String,
    },
}

/// Decides who may do what.
///
/// It is asked for every request over HTTP, and, as the real server does, for `get` of `imagestreams/layers` of another
/// namespace when a tag is to follow a stream there.
pub trait Authorizer: Send + Sync {
    /// Whether `user` may do `action`.
    fn authorize(&self, user: &User, action: &Action<'_>) -> Decision;
}

/// Allows everything, the default.
#[derive(Debug, Clone, Copy, Default)]
pub struct AllowAll;

impl Authorizer for AllowAll {
    fn authorize(&self, _user: &User, _action: &Action<'_>) -> Decision {
        Decision::Allow
    }
}
