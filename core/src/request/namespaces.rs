//! Namespaces, and projects: the same objects under another kind.

use serde_json::Value;

use crate::Patch;
use crate::api::{ApiResource, List, Namespace, Resource as _};
use crate::authorization::User;
use crate::error::{Error, Result};
use crate::json::{self, Names};
use crate::printers::namespace_resource;

/// A namespace as an object of a resource: of namespaces or projects.
pub(super) fn shown(mut namespace: Namespace, resource: &ApiResource) -> Namespace {
    namespace.set_type_of(resource);
    namespace
}

/// The same of a list.
pub(super) fn shown_list(mut list: List<Namespace>, resource: &ApiResource) -> List<Namespace> {
    resource.list_kind.unwrap_or_default().clone_into(&mut list.kind);
    resource.api_version.clone_into(&mut list.api_version);
    list
}

/// The project that somebody asks for, as a namespace: what they say about it are annotations.
///
/// # Errors
///
/// 400 where the metadata can't be read.
pub(super) fn requested(request: &Value, user: &User) -> Result<Namespace> {
    let metadata = request.get("metadata").unwrap_or(&Value::Null).to_string();
    let metadata =
        json::decode(metadata.as_bytes(), Names::Exact).map_err(|error| Error::bad_request(error.to_string()))?;
    let mut namespace = Namespace { metadata, ..Namespace::default() };
    let text = |member| request.get(member).and_then(Value::as_str).unwrap_or_default();
    let said = [
        ("openshift.io/display-name", text("displayName")),
        ("openshift.io/description", text("description")),
        ("openshift.io/requester", &user.name),
    ];
    let said = said.into_iter().filter(|(_, text)| !text.is_empty());
    namespace.metadata.annotations.extend(said.map(|(name, text)| (name.to_owned(), text.to_owned())));
    Ok(namespace)
}

/// A namespace as a project.
pub(super) fn project(namespace: Namespace) -> Namespace {
    shown(namespace, namespace_resource("Project"))
}

/// A patch for an object of a resource, as one for a namespace: it may name the kind.
pub(super) fn of_namespace(patch: &Patch, resource: &ApiResource) -> Patch {
    let mut patch = patch.clone();
    if let Patch::Merge(document) | Patch::Strategic(document) | Patch::Apply(document) = &mut patch
        && document.get("kind").is_some_and(|kind| kind == resource.kind)
        && document.get("apiVersion").is_some_and(|version| version == resource.api_version)
        && let Some(members) = document.as_object_mut()
    {
        members.insert("kind".to_owned(), Namespace::KIND.into());
        members.insert("apiVersion".to_owned(), Namespace::API_RESOURCE.api_version.into());
    }
    patch
}
