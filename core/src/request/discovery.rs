//! What the API has: its group, the version of the group, and the resources of that.

use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::body::Body;
use super::failure::Failure;
use super::negotiation::{Offer, OutputForm, Representation, negotiate, wants_aggregated_discovery};
use super::options::Query;
use super::response::object;
use crate::api::{API_RESOURCES, API_VERSION, ApiResource, GROUP, Scope, VERSION, Verb};

/// Where the version of the group is.
pub(super) const PATH: &str = "/apis/image.openshift.io/v1";

/// The content type of aggregated discovery.
const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/// A resource or a sub-resource as discovery lists it; the Kubernetes `APIResource`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    name: String,
    /// Empty for sub-resources.
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

/// A resource and its sub-resources.
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

/// A document of discovery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DiscoveryDocument {
    /// The groups; the Kubernetes `APIGroupList`.
    Groups,
    /// The group; the Kubernetes `APIGroup`.
    Group,
    /// Its version; the Kubernetes `APIResourceList`.
    Version,
}

impl DiscoveryDocument {
    /// The document at a path, which may end in a slash.
    pub(super) fn at(path: &str) -> Option<Self> {
        let path = path.strip_prefix("/apis")?;
        match path.strip_suffix('/').unwrap_or(path) {
            "" => Some(Self::Groups),
            path => match path.strip_prefix('/')? {
                GROUP => Some(Self::Group),
                API_VERSION => Some(Self::Version),
                _ => None,
            },
        }
    }

    /// The answer to a request for it.
    ///
    /// # Errors
    ///
    /// 405 where it is not read, 406 where it is wanted in a form that it does not have.
    pub(super) fn answer<B>(self, request: &Request<B>, query: &Query) -> Result<Response<Body>, Failure> {
        if request.method() != Method::GET {
            return Err(Failure::method_not_allowed());
        }
        if self == Self::Groups && wants_aggregated_discovery(request.headers()) {
            let mut response = object(200, &aggregated(), OutputForm::Json);
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(AGGREGATED));
            return Ok(response);
        }
        let Representation { form, .. } = negotiate(request.headers(), query.get("pretty"), Offer::Whole)?;
        Ok(object(200, &self.value(), form))
    }

    fn value(self) -> Value {
        match self {
            Self::Groups => json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": [group()]}),
            Self::Group => {
                let mut group = group();
                group.insert("kind".to_owned(), "APIGroup".into());
                group.insert("apiVersion".to_owned(), "v1".into());
                group.into()
            }
            Self::Version => json!({
                "kind": "APIResourceList",
                "apiVersion": "v1",
                "groupVersion": API_VERSION,
                "resources": API_RESOURCES.iter().flat_map(listed).collect::<Vec<_>>(),
            }),
        }
    }
}

fn group() -> Map<String, Value> {
    let version = json!({"groupVersion": API_VERSION, "version": VERSION});
    let members = [("name", GROUP.into()), ("versions", json!([version])), ("preferredVersion", version)];
    object_of(members)
}

/// All groups with all resources in one document; the Kubernetes `APIGroupDiscoveryList`.
fn aggregated() -> Value {
    let version = json!({
        "version": VERSION,
        "resources": API_RESOURCES.iter().map(aggregated_resource).collect::<Vec<_>>(),
        "freshness": "Current",
    });
    json!({
        "kind": "APIGroupDiscoveryList",
        "apiVersion": "apidiscovery.k8s.io/v2",
        "metadata": {},
        "items": [{"metadata": {"name": GROUP}, "versions": [version]}],
    })
}

fn aggregated_resource(resource: &ApiResource) -> Value {
    // Parity: group and version are empty, which means those of the list.
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

fn object_of(members: impl IntoIterator<Item = (&'static str, Value)>) -> Map<String, Value> {
    let mut object = Map::new();
    object.extend(members.into_iter().map(|(name, value)| (name.to_owned(), value)));
    object
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
            ("/apis/image.openshift.io", Some(DiscoveryDocument::Group)),
            ("/apis/image.openshift.io/", Some(DiscoveryDocument::Group)),
            ("/apis/image.openshift.io/v1", Some(DiscoveryDocument::Version)),
            ("/apis/image.openshift.io/v1/", Some(DiscoveryDocument::Version)),
            ("/apis/image.openshift.io/v2", None),
            ("/apis/image.openshift.io/v1/images", None),
            ("/apis//", None),
            ("/apisx", None),
            ("/api", None),
        ] {
            assert_eq!(DiscoveryDocument::at(path), document, "{path}");
        }
    }

    #[test]
    fn aggregated_discovery_is_given_to_those_who_ask_for_it() {
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
        let list = aggregated();
        let streams = &list["items"][0]["versions"][0]["resources"][5];
        assert_eq!(streams["resource"], "imagestreams");
        assert_eq!(streams["subresources"][2]["subresource"], "status");
        assert_eq!(streams["shortNames"], json!(["is"]));
    }

    #[test]
    fn documents_are_only_read() {
        let request = Request::post("/apis").body(()).unwrap();
        let failure = DiscoveryDocument::Groups.answer(&request, &Query::parse("")).unwrap_err();
        assert_eq!(failure.status().code, 405);
    }
}
