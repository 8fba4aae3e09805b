//! Users and authorization.

use std::collections::BTreeMap;

use crate::quote::Quoted;

/// The user on whose behalf a call is made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct User {
    /// The name.
    pub name: String,
    /// The uid, unique in time and space.
    pub uid: String,
    /// The groups.
    pub groups: Vec<String>,
    /// Further attributes: several values per key.
    pub extra: BTreeMap<String, Vec<String>>,
}

impl User {
    /// `system:admin` in the group `system:masters`, the default user of calls.
    #[must_use]
    pub fn system_admin() -> Self {
        Self { name: "system:admin".to_owned(), groups: vec!["system:masters".to_owned()], ..Self::default() }
    }
}

/// An action that a user requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action<'a> {
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection` or `impersonate`.
    pub verb: &'a str,
    /// The group of the resource, for example `image.openshift.io`; empty for the core group.
    pub group: &'a str,
    /// The resource, for example `imagestreams`.
    pub resource: &'a str,
    /// The subresource, for example `status`; may be empty.
    pub subresource: &'a str,
    /// The namespace; empty for images, and for lists over all namespaces.
    pub namespace: &'a str,
    /// The name of the object; empty for lists and creations.
    pub name: &'a str,
}

impl Action<'_> {
    /// Why a user may not do it, worded like Kubernetes.
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

/// The decision of an [`Authorizer`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The action is allowed.
    Allow,
    /// The action is denied.
    Deny {
        /// The reason, which is shown to the user; may be empty.
        reason: String,
    },
}

/// Decides who may do what.
///
/// It is asked for every HTTP request, and for the verb `impersonate` if a request acts as another user: on `users`,
/// `groups` and `serviceaccounts` of the core group, and on `uids` and `userextras/KEY` of `authentication.k8s.io`.
/// Like the real server, the store also asks for `get` on `imagestreams/layers` in another namespace when a tag refers
/// to a stream there, and for `create` on a tag whose replacement creates its stream.
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
