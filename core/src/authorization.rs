//! Who asks, and whether they may.

use std::collections::BTreeMap;

use crate::quote::Quoted;

/// Who a call is made for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct User {
    /// The name.
    pub name: String,
    /// The identity, unique in time and space.
    pub uid: String,
    /// The groups.
    pub groups: Vec<String>,
    /// What else is known: several values for a key.
    pub extra: BTreeMap<String, Vec<String>>,
}

impl User {
    /// `system:admin` of the group `system:masters`, for whom calls are made that name nobody.
    #[must_use]
    pub fn system_admin() -> Self {
        Self { name: "system:admin".to_owned(), groups: vec!["system:masters".to_owned()], ..Self::default() }
    }
}

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action<'a> {
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection` or `impersonate`.
    pub verb: &'a str,
    /// The group of the resource, `image.openshift.io`; empty for the core group.
    pub group: &'static str,
    /// The resource, for example `imagestreams`.
    pub resource: &'static str,
    /// The sub-resource, for example `status`; may be empty.
    pub subresource: &'a str,
    /// The namespace; empty for images, and for lists over all namespaces.
    pub namespace: &'a str,
    /// The object; empty for lists and creations.
    pub name: &'a str,
}

impl Action<'_> {
    /// Why a user may not do it, in the words of Kubernetes.
    pub(crate) fn denied(&self, user: &User, reason: &str) -> String {
        let resource = match self.subresource {
            "" => self.resource.to_owned(),
            subresource => format!("{}/{subresource}", self.resource),
        };
        let scope = match self.namespace {
            "" => "at the cluster scope".to_owned(),
            namespace => format!("in the namespace {}", Quoted(namespace)),
        };
        let because = if reason.is_empty() { String::new() } else { format!(": {reason}") };
        format!(
            "User {} cannot {} resource {} in API group {:?} {scope}{because}",
            Quoted(&user.name),
            self.verb,
            Quoted(&resource),
            self.group
        )
    }
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
/// It is asked about every request over HTTP, and about `impersonate` where a request is to be done as another user: on
/// `users`, `groups` and `serviceaccounts` of the core group, `uids` and `userextras/KEY` of `authentication.k8s.io`. As the
/// real server does, the store also asks about `get` of `imagestreams/layers` of another namespace when a tag is to follow a
/// stream there, and about `create` of a tag whose replacement creates its stream.
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
