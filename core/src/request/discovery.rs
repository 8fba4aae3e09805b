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
use crate::api::{
    API_VERSION, GROUP, Image, ImageSignature, ImageStream, ImageStreamImage, ImageStreamImport, ImageStreamLayers,
    ImageStreamMapping, ImageStreamTag, ImageTag, Resource, Scope, VERSION,
};

/// Where the version of the group is.
pub(super) const PATH: &str = "/apis/image.openshift.io/v1";

/// The content type of aggregated discovery.
const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

const STORED: &[&str] = &["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
const VIRTUAL: &[&str] = &["create", "delete", "get", "list", "patch", "update"];

/// A resource or, with a slash in its name, a sub-resource; the Kubernetes `APIResource`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ApiResource {
    pub(super) name: &'static str,
    /// Empty for sub-resources.
    pub(super) singular_name: &'static str,
    pub(super) namespaced: bool,
    pub(super) kind: &'static str,
    pub(super) verbs: &'static [&'static str],
    #[serde(skip_serializing_if = "Option::is_none")]
    short_names: Option<[&'static str; 1]>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    categories: &'static [&'static str],
    /// Tells whether two servers store the objects in the same way: the first eight bytes of the SHA-256 of
    /// `group/version/kind`, in base64. Empty for what is not stored.
    #[serde(skip_serializing_if = "str::is_empty")]
    storage_version_hash: &'static str,
}

impl ApiResource {
    const fn of<T: Resource>(verbs: &'static [&'static str]) -> Self {
        Self {
            name: T::PLURAL,
            singular_name: T::SINGULAR,
            namespaced: matches!(T::SCOPE, Scope::Namespaced),
            kind: T::KIND,
            verbs,
            short_names: match T::SHORT {
                Some(name) => Some([name]),
                None => None,
            },
            categories: &[],
            storage_version_hash: "",
        }
    }

    /// A part of every stream.
    const fn part(name: &'static str, kind: &'static str, verbs: &'static [&'static str]) -> Self {
        Self { name, singular_name: "", kind, short_names: None, ..Self::of::<ImageStream>(verbs) }
    }
}

/// Everything that the version of the group has, ordered by name.
pub(super) const RESOURCES: [ApiResource; 11] = [
    ApiResource { storage_version_hash: "FX/i8Tt+3Fc=", ..ApiResource::of::<Image>(STORED) },
    ApiResource::of::<ImageSignature>(&["create", "delete"]),
    ApiResource::of::<ImageStreamImage>(&["get"]),
    ApiResource::of::<ImageStreamImport>(&["create"]),
    ApiResource::of::<ImageStreamMapping>(&["create"]),
    ApiResource {
        categories: &["all"],
        storage_version_hash: "mwmf9lCqOiA=",
        ..ApiResource::of::<ImageStream>(STORED)
    },
    ApiResource::part("imagestreams/layers", ImageStreamLayers::KIND, &["get"]),
    ApiResource::part("imagestreams/secrets", "SecretList", &["get"]),
    ApiResource::part("imagestreams/status", ImageStream::KIND, &["get", "patch", "update"]),
    ApiResource::of::<ImageStreamTag>(VIRTUAL),
    ApiResource::of::<ImageTag>(VIRTUAL),
];

/// A document of discovery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Document {
    /// The groups; the Kubernetes `APIGroupList`.
    Groups,
    /// The group; the Kubernetes `APIGroup`.
    Group,
    /// Its version; the Kubernetes `APIResourceList`.
    Version,
}

impl Document {
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
                "resources": RESOURCES,
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
    let resources = RESOURCES.iter().filter(|resource| !resource.name.contains('/'));
    let version = json!({
        "version": VERSION,
        "resources": resources.map(aggregated_resource).collect::<Vec<_>>(),
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
    let subresources = RESOURCES.iter().filter_map(|part| {
        let subresource = part.name.strip_prefix(resource.name)?.strip_prefix('/')?;
        Some(json!({"subresource": subresource, "responseKind": kind(part.kind), "verbs": part.verbs}))
    });
    let subresources: Vec<_> = subresources.collect();
    let scope = if resource.namespaced { "Namespaced" } else { "Cluster" };
    let mut found = vec![
        ("resource", resource.name.into()),
        ("responseKind", kind(resource.kind)),
        ("scope", scope.into()),
        ("singularResource", resource.singular_name.into()),
        ("verbs", json!(resource.verbs)),
    ];
    found.extend(resource.short_names.map(|names| ("shortNames", json!(names))));
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
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use http::header::ACCEPT;
    use sha2::{Digest as _, Sha256};

    use super::super::path::Target;
    use super::*;

    fn get(path: &str, accept: &str) -> Result<Response<Body>, Failure> {
        let request = Request::get(path).header(ACCEPT, accept).body(()).unwrap();
        Document::at(path).unwrap().answer(&request, &Query::parse(""))
    }

    #[test]
    fn the_documents_have_their_paths() {
        for (path, document) in [
            ("/apis", Some(Document::Groups)),
            ("/apis/", Some(Document::Groups)),
            ("/apis/image.openshift.io", Some(Document::Group)),
            ("/apis/image.openshift.io/", Some(Document::Group)),
            ("/apis/image.openshift.io/v1", Some(Document::Version)),
            ("/apis/image.openshift.io/v1/", Some(Document::Version)),
            ("/apis/image.openshift.io/v2", None),
            ("/apis/image.openshift.io/v1/images", None),
            ("/apis//", None),
            ("/apisx", None),
            ("/api", None),
        ] {
            assert_eq!(Document::at(path), document, "{path}");
        }
    }

    #[test]
    fn the_resources_are_ordered_and_those_that_are_stored_have_a_hash() {
        assert!(RESOURCES.is_sorted_by_key(|resource| resource.name));
        for resource in RESOURCES {
            let digest = Sha256::digest(format!("{API_VERSION}/{}", resource.kind));
            let hash = STANDARD.encode(&digest[..8]);
            let stored = resource.verbs.contains(&"watch");
            assert_eq!(resource.storage_version_hash, if stored { &*hash } else { "" }, "{}", resource.name);
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
        let failure = Document::Groups.answer(&request, &Query::parse("")).unwrap_err();
        assert_eq!(failure.status().code, 405);
    }

    #[test]
    fn every_resource_has_its_paths() {
        for resource in RESOURCES {
            let (name, part) = resource.name.split_once('/').unwrap_or((resource.name, ""));
            let place = if resource.namespaced { "/namespaces/a" } else { "" };
            let all = format!("{PATH}{place}/{name}");
            for verb in resource.verbs {
                let of_many = matches!(*verb, "list" | "create" | "deletecollection" | "watch");
                let path = if of_many { all.clone() } else { format!("{all}/b/{part}") };
                assert!(matches!(Target::of(&path), Ok(Target::Object(_))), "{verb} {path}");
            }
        }
    }
}
