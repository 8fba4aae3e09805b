//! What there is to say about a resource: names, scope, verbs, sub-resources, columns.

use serde::Serialize;

use super::column::Column;
use super::group::{API_VERSION, GROUP, VERSION};

/// Whether the objects of a kind are in namespaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// In a namespace.
    Namespaced,
    /// In no namespace.
    Cluster,
}

/// What can be done with the objects of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verb {
    /// Make a new object: `POST`.
    Create,
    /// Delete one object: `DELETE`.
    Delete,
    /// Delete all objects that are selected: `DELETE` without a name.
    DeleteCollection,
    /// Read one object: `GET`.
    Get,
    /// Read all objects that are selected: `GET` without a name.
    List,
    /// Change one object by a patch: `PATCH`.
    Patch,
    /// Replace one object: `PUT`.
    Update,
    /// Follow the changes of objects: `GET` with `watch=true`.
    Watch,
}

impl Verb {
    /// Every verb, ordered by name.
    pub const ALL: [Self; 8] = [
        Self::Create,
        Self::Delete,
        Self::DeleteCollection,
        Self::Get,
        Self::List,
        Self::Patch,
        Self::Update,
        Self::Watch,
    ];

    /// Its name in discovery and for an [`Authorizer`](crate::Authorizer), for example `deletecollection`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Delete => "delete",
            Self::DeleteCollection => "deletecollection",
            Self::Get => "get",
            Self::List => "list",
            Self::Patch => "patch",
            Self::Update => "update",
            Self::Watch => "watch",
        }
    }

    /// Whether it is about one object, which the path names.
    pub(crate) const fn names_object(self) -> bool {
        matches!(self, Self::Delete | Self::Get | Self::Patch | Self::Update)
    }

    /// Whether it can be done over all namespaces at once.
    pub(crate) const fn spans_namespaces(self) -> bool {
        matches!(self, Self::List | Self::Watch)
    }
}

/// A resource of a group; the Kubernetes `APIResource`, with its sub-resources and the columns of its tables.
///
/// ```
/// use imagestream::api::{API_RESOURCES, ImageStream, Resource, Verb};
///
/// let found = API_RESOURCES.iter().find(|resource| resource.is_called("is"));
/// assert_eq!(found, Some(ImageStream::API_RESOURCE));
/// assert!(ImageStream::API_RESOURCE.verbs.contains(&Verb::Watch));
/// ```
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiResource {
    /// Its group, for example `image.openshift.io`; empty for the core group.
    pub group: &'static str,
    /// The version of the group, for example `v1`.
    pub version: &'static str,
    /// `group/version`, or the version alone for the core group: the `apiVersion` of its objects.
    pub api_version: &'static str,
    /// The kind of its objects, for example `ImageStream`.
    pub kind: &'static str,
    /// Its name, as in a path, for example `imagestreams`.
    pub plural: &'static str,
    /// The name of one, for example `imagestream`.
    pub singular: &'static str,
    /// Other names that clients take, for example `is`.
    pub short_names: &'static [&'static str],
    /// The groups of resources that it belongs to, for example `all` (`kubectl get all`).
    pub categories: &'static [&'static str],
    /// Whether its objects are in namespaces.
    pub scope: Scope,
    /// What can be done with them, ordered by name.
    pub verbs: &'static [Verb],
    /// The parts of an object that have a path of their own, ordered by name.
    pub subresources: &'static [Subresource],
    /// The columns of a table of its objects; empty where they have no table.
    pub columns: &'static [Column],
    /// Whether it is one of workloads or limit ranges, which are not stored: clients that list them get an empty list, or what
    /// the server was given ([`Builder::workloads`](crate::Builder::workloads)).
    pub is_workload: bool,
    /// The kind of a list of its objects, for example `ImageStreamList`; nothing where they can't be listed.
    pub list_kind: Option<&'static str>,
    /// Equal on two servers that store the objects in the same way: the first eight bytes of the SHA-256 of
    /// `group/version/kind`, in base64. Empty for what is not stored.
    pub storage_version_hash: &'static str,
}

impl ApiResource {
    /// Whether that is one of its names: plural, singular or short.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        name == self.plural || name == self.singular || self.short_names.contains(&name)
    }

    /// Whether its objects are namespaces. A request for a namespace is also authorized in that namespace.
    pub(crate) fn is_namespace(&self) -> bool {
        self.group.is_empty() && self.kind == "Namespace"
    }

    /// Whether its objects are reviews, which are answered and not stored.
    pub(crate) fn is_review(&self) -> bool {
        self.kind.ends_with("Review")
    }

    /// The path of its group and version, for example `/apis/image.openshift.io/v1`.
    pub(crate) fn root(&self) -> String {
        let root = if self.group.is_empty() { "api" } else { "apis" };
        format!("/{root}/{}", self.api_version)
    }

    /// What can be done with a sub-resource, or with the objects themselves where its name is empty.
    pub(crate) fn verbs_of(&self, subresource: &str) -> &'static [Verb] {
        let part = self.subresources.iter().find(|part| part.name == subresource);
        part.map_or(if subresource.is_empty() { self.verbs } else { &[] }, |part| part.verbs)
    }

    /// A resource of `image.openshift.io` without sub-resources and tables, whose objects are not stored as such.
    pub(super) const fn new(
        kind: &'static str,
        plural: &'static str,
        singular: &'static str,
        scope: Scope,
        verbs: &'static [Verb],
    ) -> Self {
        Self {
            group: GROUP,
            version: VERSION,
            api_version: API_VERSION,
            kind,
            plural,
            singular,
            short_names: &[],
            categories: &[],
            scope,
            verbs,
            subresources: &[],
            columns: &[],
            is_workload: false,
            list_kind: None,
            storage_version_hash: "",
        }
    }
}

/// A part of an object that has a path of its own, for example `status`.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Subresource {
    /// Its name, the last segment of the path.
    pub name: &'static str,
    /// The kind of what is read and written there.
    pub kind: &'static str,
    /// What can be done with it, ordered by name.
    pub verbs: &'static [Verb],
}
