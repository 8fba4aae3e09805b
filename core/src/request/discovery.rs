//! Discovery: the API groups, their versions, and the resources of each version.

use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::body::Body;
use super::failure::Failure;
use super::negotiation::{Offer, OutputForm, Representation, negotiate, wants_aggregated_discovery};
use super::options::Query;
use super::response::object;
use super::untyped::object_of;
use crate::api::{API_RESOURCES, ApiResource, Scope, Verb};

/// The content type of aggregated discovery.
const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/// A resource or subresource as discovery lists it; the Kubernetes `APIResource`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    name: String,
    /// Empty for subresources.
    singular_name: &'static str,
    namespaced: bool,
    kind: &'static str,
    verbs: &'static [Verb],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    short_names: &'static [&'static str],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    categories: &'static [&'static str],
    #[serde(skip_serializing_if = "str::is_empty")]
    storage_version_hash: &'static str,
}

/// The entries of a resource and its subresources.
fn listed(resource: &'static ApiResource) -> impl Iterator<Item = Listed> {
    let namespaced = resource.scope == Scope::Namespaced;
    let itself = Listed {
        name: resource.plural.to_owned(),
        singular_name: resource.singular,
        namespaced,
        kind: resource.kind,
        verbs: resource.verbs,
        short_names: resource.short_names,
        categories: resource.categories,
        storage_version_hash: resource.storage_version_hash,
    };
    let parts = resource.subresources.iter().map(move |part| Listed {
        name: format!("{}/{}", resource.plural, part.name),
        singular_name: "",
        namespaced,
        kind: part.kind,
        verbs: part.verbs,
        short_names: &[],
        categories: &[],
        storage_version_hash: "",
    });
    std::iter::once(itself).chain(parts)
}

/// A discovery document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DiscoveryDocument {
    /// The versions of the core group; the Kubernetes `APIVersions`.
    CoreVersions,
    /// All other groups; the Kubernetes `APIGroupList`.
    Groups,
    /// The group with that name; the Kubernetes `APIGroup`.
    Group(&'static str),
    /// The version of that group; the Kubernetes `APIResourceList`.
    Version(&'static str),
}

/// The first resource of each group except the core group.
pub(super) fn groups() -> impl Iterator<Item = &'static ApiResource> {
    let mut before = "";
    API_RESOURCES.iter().filter(move |resource| std::mem::replace(&mut before, resource.group) != resource.group)
}

/// The resources of a group; none if the group does not exist.
fn resources_of(group: &str) -> impl Iterator<Item = &'static ApiResource> {
    API_RESOURCES.iter().filter(move |resource| resource.group == group)
}

impl DiscoveryDocument {
    /// The document at a path, which may end with a slash.
    pub(super) fn at(path: &str) -> Option<Self> {
        let path = path.strip_suffix('/').unwrap_or(path);
        match path {
            "/api" => Some(Self::CoreVersions),
            "/apis" => Some(Self::Groups),
            _ => API_RESOURCES.iter().find_map(|resource| {
                let root = resource.root();
                let is_group = || Some(path) == root.rsplit_once('/').map(|(group, _)| group);
                if root == path {
                    Some(Self::Version(resource.group))
                } else {
                    is_group().then_some(Self::Group(resource.group))
                }
            }),
        }
    }

    /// The response to a request for the document.
    ///
    /// # Errors
    ///
    /// 405 for methods other than reading, 406 if the document is not available in an accepted format.
    pub(super) fn answer<B>(self, request: &Request<B>, query: &Query) -> Result<Response<Body>, Failure> {
        if request.method() != Method::GET {
            return Err(Failure::method_not_allowed());
        }
        if matches!(self, Self::CoreVersions | Self::Groups) && wants_aggregated_discovery(request.headers()) {
            let mut response = object(200, &aggregated(self == Self::CoreVersions), OutputForm::Json);
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(AGGREGATED));
            return Ok(response);
        }
        let Representation { form, .. } = negotiate(request.headers(), query.get("pretty"), Offer::Whole)?;
        Ok(object(200, &self.value(), form))
    }

    fn value(self) -> Value {
        match self {
            Self::CoreVersions => {
                json!({"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []})
            }
            Self::Groups => {
                json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups().map(group).collect::<Vec<_>>()})
            }
            Self::Group(name) => {
                let mut group = resources_of(name).next().map(group).unwrap_or_default();
                group.insert("kind".to_owned(), "APIGroup".into());
                group.insert("apiVersion".to_owned(), "v1".into());
                group.into()
            }
            Self::Version(group) => json!({
                "kind": "APIResourceList",
                "apiVersion": "v1",
                "groupVersion": resources_of(group).next().map(|resource| resource.api_version),
                "resources": resources_of(group).flat_map(listed).collect::<Vec<_>>(),
            }),
        }
    }
}

/// The group of a resource.
fn group(resource: &ApiResource) -> Map<String, Value> {
    let version = json!({"groupVersion": resource.api_version, "version": resource.version});
    object_of(vec![("name", resource.group.into()), ("versions", json!([version])), ("preferredVersion", version)])
}

/// The core group, or all other groups, with all resources in one document; the Kubernetes `APIGroupDiscoveryList`.
fn aggregated(core: bool) -> Value {
    let item = |first: &ApiResource| {
        let metadata = if core { json!({}) } else { json!({"name": first.group}) };
        let resources: Vec<_> = resources_of(first.group).map(aggregated_resource).collect();
        let version = json!({"version": first.version, "resources": resources, "freshness": "Current"});
        json!({"metadata": metadata, "versions": [version]})
    };
    let items: Vec<_> = if core { resources_of("").take(1).map(item).collect() } else { groups().map(item).collect() };
    json!({
        "kind": "APIGroupDiscoveryList",
        "apiVersion": "apidiscovery.k8s.io/v2",
        "metadata": {},
        "items": items,
    })
}

fn aggregated_resource(resource: &ApiResource) -> Value {
    // Parity: group and version are empty, which stands for those of the list.
    let kind = |kind: &str| json!({"group": "", "version": "", "kind": kind});
    let subresources = resource
        .subresources
        .iter()
        .map(|part| json!({"subresource": part.name, "responseKind": kind(part.kind), "verbs": part.verbs}));
    let subresources: Vec<_> = subresources.collect();
    let scope = match resource.scope {
        Scope::Namespaced => "Namespaced",
        Scope::Cluster => "Cluster",
    };
    let mut found = vec![
        ("resource", resource.plural.into()),
        ("responseKind", kind(resource.kind)),
        ("scope", scope.into()),
        ("singularResource", resource.singular.into()),
        ("verbs", json!(resource.verbs)),
    ];
    if !resource.short_names.is_empty() {
        found.push(("shortNames", json!(resource.short_names)));
    }
    if !resource.categories.is_empty() {
        found.push(("categories", json!(resource.categories)));
    }
    if !subresources.is_empty() {
        found.push(("subresources", subresources.into()));
    }
    object_of(found).into()
}

#[cfg(test)]
mod tests {
    use http::header::ACCEPT;

    use super::*;

    fn get(path: &str, accept: &str) -> Result<Response<Body>, Failure> {
        let request = Request::get(path).header(ACCEPT, accept).body(()).unwrap();
        DiscoveryDocument::at(path).unwrap().answer(&request, &Query::parse(""))
    }

    #[test]
    fn the_documents_have_their_paths() {
        for (path, document) in [
            ("/apis", Some(DiscoveryDocument::Groups)),
            ("/apis/", Some(DiscoveryDocument::Groups)),
            ("/apis/image.openshift.io", Some(DiscoveryDocument::Group("image.openshift.io"))),
            ("/apis/image.openshift.io/", Some(DiscoveryDocument::Group("image.openshift.io"))),
            ("/apis/image.openshift.io/v1", Some(DiscoveryDocument::Version("image.openshift.io"))),
            ("/apis/image.openshift.io/v1/", Some(DiscoveryDocument::Version("image.openshift.io"))),
            ("/apis/apps", Some(DiscoveryDocument::Group("apps"))),
            ("/api", Some(DiscoveryDocument::CoreVersions)),
            ("/api/v1", Some(DiscoveryDocument::Version(""))),
            ("/api/v1/", Some(DiscoveryDocument::Version(""))),
            ("/api/v2", None),
            ("/apis/v1", None),
            ("/apis/image.openshift.io/v2", None),
            ("/apis/image.openshift.io/v1/images", None),
            ("/apis//", None),
            ("/apisx", None),
        ] {
            assert_eq!(DiscoveryDocument::at(path), document, "{path}");
        }
    }

    #[test]
    fn aggregated_discovery_is_returned_on_request() {
        const V2BETA1: &str = "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList";
        let content_type = |accept: &str| {
            let response = get("/apis", accept).unwrap();
            response.headers()[CONTENT_TYPE].to_str().unwrap().to_owned()
        };
        assert_eq!(content_type(&format!("{AGGREGATED},{V2BETA1},application/json")), AGGREGATED);
        assert_eq!(content_type(&format!("{V2BETA1},application/json")), "application/json");
        assert_eq!(content_type(&format!("application/json,{AGGREGATED}")), "application/json");
        assert_eq!(get("/apis", V2BETA1).unwrap_err().status().code, 406);
        assert_eq!(get("/apis/image.openshift.io", AGGREGATED).unwrap_err().status().code, 406);
        let list = aggregated(false);
        let groups = list["items"].as_array().unwrap();
        let images = groups.iter().find(|group| group["metadata"]["name"] == "image.openshift.io").unwrap();
        let streams = &images["versions"][0]["resources"][5];
        assert_eq!(streams["resource"], "imagestreams");
        assert_eq!(streams["subresources"][2]["subresource"], "status");
        assert_eq!(streams["shortNames"], json!(["is"]));
    }

    #[test]
    fn the_core_group_is_listed_separately() {
        let value = |path: &str| DiscoveryDocument::at(path).unwrap().value();
        assert_eq!(value("/api")["versions"], json!(["v1"]));
        assert_eq!(value("/api/v1")["groupVersion"], "v1");
        let names = |list: &Value, name: &str| -> Vec<String> {
            let list = list.as_array().unwrap().iter();
            list.map(|item| item.pointer(name).and_then(Value::as_str).unwrap_or_default().to_owned()).collect()
        };
        let listed = names(&value("/apis")["groups"], "/name");
        assert!(listed.contains(&"apps".to_owned()) && !listed.contains(&String::new()), "{listed:?}");
        assert_eq!(names(&aggregated(false)["items"], "/metadata/name"), listed);
        assert_eq!(names(&aggregated(true)["items"], "/metadata/name"), [""]);
        let all: Vec<_> = API_RESOURCES.iter().map(|resource| resource.plural.to_owned()).collect();
        let found = std::iter::once("/api/v1".to_owned()).chain(listed.iter().map(|group| format!("/apis/{group}/v1")));
        let found: Vec<_> = found.flat_map(|path| names(&value(&path)["resources"], "/name")).collect();
        assert!(found.iter().filter(|name| !name.contains('/')).eq(&all));
    }

    #[test]
    fn documents_are_read_only() {
        let request = Request::post("/apis").body(()).unwrap();
        let failure = DiscoveryDocument::Groups.answer(&request, &Query::parse("")).unwrap_err();
        assert_eq!(failure.status().code, 405);
    }
}
