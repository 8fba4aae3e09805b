//! Namespaces and projects, which are the same objects under two kinds.

use serde_json::Value;

use crate::Patch;
use crate::api::{ApiResource, List, Namespace, Resource as _};
use crate::authorization::User;
use crate::error::{Error, Result};
use crate::json::{self, Names};
use crate::printers::namespace_resource;

/// Sets the kind of a namespace: that of namespaces or of projects.
pub(super) fn shown(mut namespace: Namespace, resource: &ApiResource) -> Namespace {
    namespace.set_type_of(resource);
    namespace
}

/// Sets the kind of a list of namespaces in the same way.
pub(super) fn shown_list(mut list: List<Namespace>, resource: &ApiResource) -> List<Namespace> {
    resource.list_kind.unwrap_or_default().clone_into(&mut list.kind);
    resource.api_version.clone_into(&mut list.api_version);
    list
}

/// The namespace for a project request: display name, description and requester become annotations.
///
/// # Errors
///
/// 400 if the metadata can't be decoded.
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

/// Converts a patch of a namespace or project to a patch of a namespace: the patch may contain the kind.
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
