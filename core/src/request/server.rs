//! Information about the server: its paths, health and version.

use http::{Method, Request, Response};
use serde_json::json;

use super::body::Body;
use super::discovery::groups;
use super::failure::Failure;
use super::health;
use super::negotiation::{OutputForm, error_form};
use super::options::Query;
use super::response::object;
use crate::resources::ImageStore;

/// The paths outside the API that the real server lists at its root.
const PATHS: [&str; 34] = [
    "/healthz",
    "/healthz/etcd",
    "/healthz/log",
    "/healthz/ping",
    "/healthz/poststarthook/generic-apiserver-start-informers",
    "/healthz/poststarthook/image.openshift.io-apiserver-caches",
    "/healthz/poststarthook/max-in-flight-filter",
    "/healthz/poststarthook/storage-object-count-tracker-hook",
    "/livez",
    "/livez/etcd",
    "/livez/log",
    "/livez/ping",
    "/livez/poststarthook/generic-apiserver-start-informers",
    "/livez/poststarthook/image.openshift.io-apiserver-caches",
    "/livez/poststarthook/max-in-flight-filter",
    "/livez/poststarthook/storage-object-count-tracker-hook",
    "/metrics",
    "/metrics/slis",
    "/openapi/v2",
    "/openapi/v3",
    "/openapi/v3/",
    "/readyz",
    "/readyz/etcd",
    "/readyz/etcd-readiness",
    "/readyz/informer-sync",
    "/readyz/log",
    "/readyz/ping",
    "/readyz/poststarthook/generic-apiserver-start-informers",
    "/readyz/poststarthook/image.openshift.io-apiserver-caches",
    "/readyz/poststarthook/max-in-flight-filter",
    "/readyz/poststarthook/storage-object-count-tracker-hook",
    "/readyz/shutdown",
    "/version",
    "/version/openshift",
];

/// The pages that need no authentication, as in a cluster: health probes send no token.
const PUBLIC: [&str; 5] = ["/healthz", "/livez", "/readyz", "/version", "/version/"];

/// Whether the page at a path needs no authentication.
pub(super) fn is_public(path: &str) -> bool {
    PUBLIC.contains(&path)
}

/// The Kubernetes version whose behavior the server has.
const KUBERNETES: [&str; 3] = ["1", "34", "1"];
/// The OpenShift version whose behavior the server has.
const OPENSHIFT: [&str; 3] = ["4", "22", "0"];

/// A page outside the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    /// The list of paths.
    Root,
    /// The health of the server.
    Health,
    /// The Kubernetes version.
    Version,
    /// The OpenShift version.
    OpenShiftVersion,
    /// Any other page.
    Unknown,
}

impl Page {
    /// The page at a path outside the API.
    pub(super) fn at(path: &str) -> Self {
        match path {
            "/" => Self::Root,
            "/version" | "/version/" => Self::Version,
            "/version/openshift" | "/version/openshift/" => Self::OpenShiftVersion,
            _ if PATHS.contains(&path) && health::is_check(path) => Self::Health,
            _ => Self::Unknown,
        }
    }

    /// The response to a request for the page.
    ///
    /// # Errors
    ///
    /// 405 if a version page is requested with a method that is not a read.
    pub(super) fn answer<B>(
        self,
        store: &ImageStore,
        request: &Request<B>,
        query: &Query,
    ) -> Result<Response<Body>, Failure> {
        match self {
            Self::Root => Ok(paths(200, &PATHS, request, query)),
            Self::Health => Ok(health::answer(request.uri().path(), &PATHS, query, store.write_failure().as_ref())),
            Self::Version | Self::OpenShiftVersion if request.method() != Method::GET => {
                Err(Failure::method_not_allowed())
            }
            Self::Version => Ok(version(KUBERNETES)),
            Self::OpenShiftVersion => Ok(version(OPENSHIFT)),
            // Parity: the last path is listed only at the root.
            Self::Unknown => Ok(paths(404, PATHS.split_last().map_or(&[], |(_, paths)| paths), request, query)),
        }
    }
}

/// The paths of the API, and `others`.
fn paths<B>(code: u16, others: &[&str], request: &Request<B>, query: &Query) -> Response<Body> {
    let form = error_form(request.headers(), query.get("pretty"));
    let mut paths = vec!["/api".to_owned(), "/api/v1".to_owned(), "/apis".to_owned()];
    for resource in groups() {
        paths.extend([format!("/apis/{}", resource.group), resource.root()]);
    }
    paths.extend(others.iter().map(|path| (*path).to_owned()));
    object(code, &json!({ "paths": paths }), form)
}

/// The Kubernetes `version.Info`.
fn version([major, minor, patch]: [&str; 3]) -> Response<Body> {
    let info = json!({
        "major": major,
        "minor": minor,
        "gitVersion": format!("v{major}.{minor}.{patch}+imagestream-{}", env!("CARGO_PKG_VERSION")),
        "gitCommit": "",
        "gitTreeState": "",
        "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "",
        "compiler": "rustc",
        "platform": "",
    });
    object(200, &info, OutputForm::PrettyJson)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_health_check_has_a_page() {
        for (path, page) in [
            ("/", Page::Root),
            ("/healthz", Page::Health),
            ("/livez/etcd", Page::Health),
            ("/readyz/informer-sync", Page::Health),
            ("/readyz/nope", Page::Unknown),
            ("/healthzx", Page::Unknown),
            ("/version", Page::Version),
            ("/version/openshift", Page::OpenShiftVersion),
            ("/nowhere", Page::Unknown),
        ] {
            assert_eq!(Page::at(path), page, "{path}");
        }
    }

    #[test]
    fn every_public_path_has_a_page() {
        for path in PUBLIC {
            assert!(matches!(Page::at(path), Page::Health | Page::Version), "{path}");
        }
        for path in ["/", "/apis", "/healthz/etcd", "/metrics", "/openapi/v2", "/version/openshift"] {
            assert!(!is_public(path), "{path}");
        }
    }

    #[test]
    fn versions_are_read_only() {
        let store = ImageStore::in_memory().unwrap();
        let answer = |request: http::request::Builder| {
            Page::Version.answer(&store, &request.body(()).unwrap(), &Query::parse(""))
        };
        let body = answer(Request::get("/version")).unwrap().into_body().into_bytes();
        let info: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((&info["major"], &info["minor"]), (&json!("1"), &json!("34")));
        assert!(info["gitVersion"].as_str().unwrap().starts_with("v1.34.1+imagestream-"));
        assert_eq!(answer(Request::post("/version")).unwrap_err().status().code, 405);
    }
}
