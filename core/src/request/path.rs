//! Parsing the path of a request.

use super::failure::Failure;
use super::server::Page;
use super::{discovery, openapi};
use crate::api::{API_RESOURCES, ApiResource, Scope, Verb};

/// The target of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// API objects.
    Object(ObjectPath),
    /// A discovery document.
    Discovery(discovery::DiscoveryDocument),
    /// An OpenAPI document.
    OpenApi(openapi::OpenApiDocument),
    /// A path outside the API.
    Server(Page),
}

/// A resource of the API, and which of its objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ObjectPath {
    pub(super) resource: &'static ApiResource,
    /// Empty for all namespaces, and for cluster-scoped resources.
    pub(super) namespace: String,
    /// Empty for all objects.
    pub(super) name: String,
    /// Empty for the object itself.
    pub(super) subresource: &'static str,
    /// Whether the path has the old form for watches.
    pub(super) watch: bool,
}

impl ObjectPath {
    /// The verbs that the resource table allows at this path.
    pub(super) fn verbs(&self) -> impl Iterator<Item = Verb> + use<> {
        let (named, placed) = (!self.name.is_empty(), self.is_placed());
        let verbs = self.resource.verbs_of(self.subresource).iter().copied();
        verbs.filter(move |verb| verb.names_object() == named && (placed || verb.spans_namespaces()))
    }

    /// Whether the path names a namespace, or the resource is cluster-scoped.
    fn is_placed(&self) -> bool {
        self.resource.scope == Scope::Cluster || !self.namespace.is_empty()
    }
}

impl Target {
    /// The target of a path.
    ///
    /// # Errors
    ///
    /// 404 for a path in a known group that has no target.
    pub(super) fn of(path: &str) -> Result<Self, Failure> {
        if let Some(document) = discovery::DiscoveryDocument::at(path) {
            return Ok(Self::Discovery(document));
        }
        if let Some(document) = openapi::OpenApiDocument::at(path) {
            return Ok(Self::OpenApi(document));
        }
        let in_group = match path.strip_prefix("/apis/") {
            Some(path) => path.split_once('/').filter(|(group, _)| !group.is_empty()),
            None => path.strip_prefix("/api/").map(|path| ("", path)),
        };
        match in_group {
            Some((group, path)) if API_RESOURCES.iter().any(|resource| resource.group == group) => {
                Self::in_group(group, path).map(Self::Object).ok_or_else(Failure::not_found)
            }
            _ => Ok(Self::Server(Page::at(path))),
        }
    }

    fn in_group(group: &str, path: &str) -> Option<ObjectPath> {
        let (version, path) = path.split_once('/')?;
        // One trailing slash is ignored.
        let path = path.strip_suffix('/').unwrap_or(path);
        let parts: Vec<String> = path.split('/').map(unescape).collect::<Option<_>>()?;
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        match parts.as_slice() {
            ["watch", watched @ ..] => watched_object(group, version, watched),
            parts => object_at(group, version, parts),
        }
    }
}

fn object_at(group: &str, version: &str, parts: &[&str]) -> Option<ObjectPath> {
    match parts {
        ["namespaces", namespace, rest @ ..] if !namespace.is_empty() && !rest.is_empty() => {
            object(group, version, Some(namespace), rest)
        }
        rest => object(group, version, None, rest),
    }
}

/// The old form of a path for watching all objects or a single one.
fn watched_object(group: &str, version: &str, parts: &[&str]) -> Option<ObjectPath> {
    let object = object_at(group, version, parts)?;
    let known = object.subresource.is_empty() && object.resource.verbs.contains(&Verb::Watch);
    known.then_some(ObjectPath { watch: true, ..object })
}

fn object(group: &str, version: &str, namespace: Option<&str>, parts: &[&str]) -> Option<ObjectPath> {
    let (resource, name, subresource) = match parts {
        [resource] => (*resource, "", ""),
        [resource, name] if !name.is_empty() => (*resource, *name, ""),
        [resource, name, subresource] if !name.is_empty() && !subresource.is_empty() => {
            (*resource, *name, *subresource)
        }
        _ => return None,
    };
    let wanted = (group, version, resource);
    let resource = API_RESOURCES.iter().find(|known| (known.group, known.version, known.plural) == wanted)?;
    let subresource = match subresource {
        "" => "",
        name => resource.subresources.iter().find(|part| part.name == name)?.name,
    };
    if resource.scope == Scope::Cluster && namespace.is_some() {
        return None;
    }
    let namespace = namespace.unwrap_or_default().to_owned();
    let path = ObjectPath { resource, namespace, name: name.to_owned(), subresource, watch: false };
    // A path without verbs does not exist.
    path.verbs().next().is_some().then_some(path)
}

/// Whether two hexadecimal digits follow every `%`.
pub(super) fn is_well_escaped(path: &str) -> bool {
    let is_digit = |digit: Option<u8>| digit.is_some_and(|digit| digit.is_ascii_hexdigit());
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' && !(is_digit(bytes.next()) && is_digit(bytes.next())) {
            return false;
        }
    }
    true
}

/// Replaces every `%xx` by its byte.
pub(super) fn unescape(part: &str) -> Option<String> {
    let mut bytes = part.bytes();
    let mut plain = Vec::with_capacity(part.len());
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let high = char::from(bytes.next()?).to_digit(16)?;
            let low = char::from(bytes.next()?).to_digit(16)?;
            plain.push(u8::try_from(high << 4 | low).ok()?);
        } else {
            plain.push(byte);
        }
    }
    String::from_utf8(plain).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Resource, namespace, name and subresource of a path in the group of images, separated by spaces.
    fn named(path: &str) -> Option<String> {
        named_anywhere(&format!("/apis/image.openshift.io/v1{path}"))
    }

    fn named_anywhere(path: &str) -> Option<String> {
        match Target::of(path) {
            Ok(Target::Object(path)) => {
                Some([path.resource.plural, &path.namespace, &path.name, path.subresource].join(" "))
            }
            _ => None,
        }
    }

    #[test]
    fn objects_and_lists() {
        for (path, found) in [
            ("/namespaces/a/imagestreams/b", "imagestreams a b "),
            ("/namespaces/a/imagestreams/b/status", "imagestreams a b status"),
            ("/namespaces/a/imagestreams/", "imagestreams a  "),
            ("/imagestreams", "imagestreams   "),
            ("/images/sha256%3Aab", "images  sha256:ab "),
            ("/namespaces/a/imagestreamtags/b%2fc:d", "imagestreamtags a b/c:d "),
            ("/namespaces/a/imagestreammappings", "imagestreammappings a  "),
        ] {
            assert_eq!(named(path).as_deref(), Some(found), "{path}");
        }
    }

    #[test]
    fn unknown_paths_are_not_found() {
        for path in [
            "",
            "/",
            "/namespaces",
            "/namespaces/a",
            "//namespaces/a/imagestreams",
            "/namespaces/a/images",
            "/imagestreams/b",
            "/imagestreammappings",
            "/namespaces/a/imagestreammappings/b",
            "/namespaces/a/imagestreamimports/b",
            "/namespaces/a/imagesignatures",
            "/namespaces/a/nopes",
            "/namespaces/a/ImageStreams",
            "/namespaces/a/imagestreams/b/nope",
            "/namespaces/a/imagestreams/b/status/c",
            "/namespaces/a/imagestreamtags/b/status",
            "/images/%zz",
            "/images/%ff",
            "/images/%4",
        ] {
            assert_eq!(named(path), None, "{path}");
        }
        assert!(Target::of("/apis/image.openshift.io/v2").is_err());
    }

    #[test]
    fn escapes_have_two_digits() {
        assert!(is_well_escaped("/images/a%3Ab%ff"));
        for path in ["/%", "/a%4", "/%zz", "/%4z", "/%%41"] {
            assert!(!is_well_escaped(path), "{path}");
        }
    }

    #[test]
    fn other_groups() {
        for (path, found) in [
            ("/api/v1/namespaces", "namespaces   "),
            ("/api/v1/namespaces/a", "namespaces  a "),
            ("/api/v1/namespaces/a/pods", "pods a  "),
            ("/api/v1/pods", "pods   "),
            ("/apis/apps/v1/namespaces/a/deployments/b", "deployments a b "),
            ("/apis/project.openshift.io/v1/projects/a", "projects  a "),
            ("/apis/user.openshift.io/v1/users/~", "users  ~ "),
            ("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "selfsubjectaccessreviews   "),
        ] {
            assert_eq!(named_anywhere(path).as_deref(), Some(found), "{path}");
        }
        for path in [
            "/api/v1/nodes",
            "/api/v1/namespaces/a/imagestreams",
            "/api/v1/namespaces/a/finalize",
            "/api/v1/namespaces/a/namespaces",
            "/api/v2/namespaces",
            "/apis/apps/v1beta1/deployments",
            "/apis/apps/v1/pods",
            "/apis/image.openshift.io/v1/namespaces/a/pods",
        ] {
            assert!(Target::of(path).is_err(), "{path}");
        }
        assert_eq!(Target::of("/apis/nope/v1/pods").ok(), Some(Target::Server(Page::Unknown)));
    }

    #[test]
    fn paths_outside_the_api() {
        assert_eq!(Target::of("/").ok(), Some(Target::Server(Page::Root)));
        assert_eq!(Target::of("/healthz").ok(), Some(Target::Server(Page::Health)));
        assert_eq!(
            Target::of("/apis/image.openshift.io/v1/").ok(),
            Some(Target::Discovery(discovery::DiscoveryDocument::Version("image.openshift.io")))
        );
        for path in ["/nowhere", "/apis/image.openshift.iox/v1", "/apis/nope/v1", "/apis//v1/pods"] {
            assert_eq!(Target::of(path).ok(), Some(Target::Server(Page::Unknown)), "{path}");
        }
    }
}
