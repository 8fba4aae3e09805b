//! HTTP requests without a server: a request in, the response of the real API server out.
//!
//! ```
//! use bytes::{Bytes, BytesMut};
//! use imagestream::{ImageStore, User, request};
//!
//! let store = ImageStore::in_memory()?;
//! let body = r#"{"metadata": {"name": "web"}}"#;
//! let request = http::Request::post("/apis/image.openshift.io/v1/namespaces/shop/imagestreams").body(Bytes::from(body))?;
//! let response = request::handle(&store, &request, Some(User::system_admin()));
//! assert_eq!(response.status(), 201);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod body;
mod decode;
mod discovery;
mod dispatch;
mod documents;
mod expectation;
mod failure;
mod health;
mod impersonation;
mod namespaces;
mod negotiation;
mod openapi;
mod options;
mod patch;
mod path;
mod protobuf;
mod protobuf_bodies;
mod raw_list;
mod read_options;
mod response;
mod reviews;
mod secrets;
mod server;
mod shape;
mod timeout;
mod untyped;
mod warning;
mod watch;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, Method, Request, Response, StatusCode};

pub use self::body::{Body, MAX_BODY};
pub use self::documents::mappings;
use self::failure::Failure;
use self::negotiation::error_form;
use self::options::Query;
use self::path::Target;
pub use self::watch::EventStream;
use crate::ImageStore;
use crate::authorization::{Action, User};
use crate::error::{Error, ErrorKind};

/// The request header with this name; `None` if it is not used, so that a caller need not pass it on.
#[must_use]
pub fn header(name: &str) -> Option<HeaderName> {
    let known = negotiation::HEADERS.iter().find(|known| name.eq_ignore_ascii_case(known.as_str()));
    let prefix = name.get(..impersonation::PREFIX.len());
    known.cloned().or_else(|| {
        prefix.filter(|prefix| prefix.eq_ignore_ascii_case(impersonation::PREFIX)).and_then(|_| name.parse().ok())
    })
}

/// Answers a request as the real API server does.
///
/// `identity` is the user, authenticated by the caller. Without one, the response is 401 if the store requires an
/// identity ([`Builder::require_identity`](crate::Builder::require_identity)); otherwise the user is `system:admin`.
/// `/healthz`, `/livez`, `/readyz` and `/version` never need one. The store's [`Authorizer`](crate::Authorizer) decides
/// about every other request, except those that ask who the user is and what it may do. It also decides about
/// `Impersonate-*` headers, with which the request acts as another user.
///
/// The body must be complete. A body larger than [`MAX_BODY`] is refused with 413, so a caller need not read more than
/// one byte beyond that.
#[must_use]
pub fn handle(store: &ImageStore, request: &Request<Bytes>, identity: Option<User>) -> Response<Body> {
    let query = Query::parse(request.uri().query().unwrap_or_default());
    if !path::is_well_escaped(request.uri().path()) {
        // The real server refuses such a request before it reaches the API.
        return response::text(400, "400 Bad Request");
    }
    let mut response = answer(store, request, &query, identity)
        .unwrap_or_else(|failure| response::failure(&failure, error_form(request.headers(), query.get("pretty"))));
    if request.method() == Method::HEAD {
        *response.body_mut() = Body::Whole(Bytes::new());
    }
    response
}

/// The response to a request that a server refuses before passing it to the store: a `Status` with this code, reason
/// and message, in the format that the headers of the request accept.
#[must_use]
pub fn refusal(headers: &HeaderMap, code: StatusCode, reason: &str, message: &str) -> Response<Body> {
    response::failure(&Failure::of_server(code, reason, message), error_form(headers, None))
}

fn answer(
    store: &ImageStore,
    request: &Request<Bytes>,
    query: &Query,
    identity: Option<User>,
) -> Result<Response<Body>, Failure> {
    let target = Target::of(request.uri().path());
    timeout::check(query, request.method(), target.as_ref().ok())?;
    let impersonates = impersonation::is_requested(request.headers());
    let user = match identity {
        Some(user) => user,
        None if !store.settings().require_identity => User::system_admin(),
        None => match target {
            Ok(Target::Server(page)) if server::is_public(request.uri().path()) && !impersonates => {
                return page.answer(store, request, query);
            }
            _ => return Err(Error::from(ErrorKind::Unauthorized).into()),
        },
    };
    let mut store = store.acting_as(user);
    if impersonates {
        store = store.acting_as(impersonation::impersonated(&store, request.headers())?);
    }
    let store = &store;
    let path = match target? {
        Target::Object(path) => path,
        Target::Discovery(document) => return document.answer(request, query),
        Target::OpenApi(document) => return document.answer(request, query),
        Target::Server(page) => return page.answer(store, request, query),
    };
    let verb = dispatch::verb(request.method(), &path, query).ok_or_else(Failure::method_not_allowed)?;
    if !reviews::is_about_oneself(&path) {
        store.require(&Action {
            verb: verb.name(),
            group: path.resource.group,
            resource: path.resource.plural,
            subresource: path.subresource,
            namespace: if path.resource.is_namespace() { &path.name } else { &path.namespace },
            name: &path.name,
        })?;
    }
    dispatch::dispatch(store, request, query, verb, &path)
}

#[cfg(test)]
mod tests {
    use http::header::CONTENT_TYPE;
    use serde_json::{Value, json};

    use super::*;

    const STREAMS: &str = "/apis/image.openshift.io/v1/namespaces/shop/imagestreams";

    fn send(store: &ImageStore, method: &str, path: &str, content_type: &str, body: impl Into<Bytes>) -> (u16, Value) {
        let request =
            Request::builder().method(method).uri(path).header(CONTENT_TYPE, content_type).body(body.into()).unwrap();
        let response = handle(store, &request, None);
        let code = response.status().as_u16();
        let body = response.into_body().into_bytes();
        (code, serde_json::from_slice(&body).unwrap_or_else(|_| String::from_utf8_lossy(&body).into()))
    }

    fn refused(store: &ImageStore, method: &str, path: &str, content_type: &str, body: &'static str) -> (u16, String) {
        let (code, body) = send(store, method, path, content_type, body);
        (code, body["message"].as_str().unwrap_or_default().to_owned())
    }

    #[test]
    fn a_broken_escape_in_a_path_is_told_before_anything_else() {
        let store = ImageStore::builder().require_identity(true).open_in_memory().unwrap();
        for path in ["/%zz", "/apis/image.openshift.io/v1/images/%4?timeout=x"] {
            assert_eq!(send(&store, "GET", path, "", ""), (400, json!("400 Bad Request")));
        }
    }

    #[test]
    fn a_timeout_is_checked_before_anything_else_but_for_what_takes_long() {
        let store = ImageStore::builder().require_identity(true).open_in_memory().unwrap();
        let code = |method: &str, path: &str| send(&store, method, path, "", "").0;
        let group = "/apis/image.openshift.io/v1";
        for path in ["/version", "/nowhere", group, &format!("{group}/nopes"), STREAMS] {
            for method in ["GET", "POST", "DELETE", "PUT"] {
                let (code, body) = send(&store, method, &format!("{path}?timeout=1d&timeout=1s"), "", "");
                assert_eq!(code, 400, "{method} {path}");
                let text = "invalid timeout specified in the request URL - time: unknown unit \"d\" in duration \"1d\"";
                assert_eq!(body["message"], text);
                assert_eq!((&body["reason"], &body["details"]), (&json!("BadRequest"), &Value::Null));
            }
            assert_ne!(code("GET", &format!("{path}?timeout=&timeout=x")), 400, "{path}");
            assert_ne!(code("GET", &format!("{path}?timeout=1h0.5s")), 400, "{path}");
        }
        let imports = STREAMS.replace("imagestreams", "imagestreamimports");
        assert_eq!(code("POST", &format!("{imports}?timeout=x")), 401);
        assert_eq!(code("GET", &format!("{STREAMS}?timeout=x&watch=1")), 401);
        assert_eq!(code("GET", &format!("{group}/watch/imagestreams?timeout=x")), 401);
        assert_eq!(code("GET", &format!("{STREAMS}?timeout=x&watch=false")), 400);
        assert_eq!(code("GET", &format!("{STREAMS}/web?timeout=x&watch=1")), 400);
    }

    #[test]
    fn what_is_missing_is_told_before_what_is_wrong_with_its_patch() {
        let store = ImageStore::in_memory().unwrap();
        let web = &format!("{STREAMS}/web");
        let status = &format!("{web}/status");
        let image = "/apis/image.openshift.io/v1/images/sha256:00";
        let types = ["json-patch+json", "merge-patch+json", "strategic-merge-patch+json"];
        for patch_type in types.map(|name| format!("application/{name}")) {
            for path in [web, status, image] {
                assert_eq!(refused(&store, "PATCH", path, &patch_type, "{]").0, 404, "{patch_type} {path}");
            }
            let tag = web.replace("imagestreams", "imagestreamtags") + ":latest";
            assert_eq!(refused(&store, "PATCH", &tag, &patch_type, "{]").0, 400, "any patch creates a tag");
            let no_tag = web.replace("imagestreams", "imagetags");
            let (code, text) = refused(&store, "PATCH", &no_tag, &patch_type, "{]");
            assert_eq!((code, text.starts_with("error decoding")), (400, false), "{text}");
        }
        let apply = "application/apply-patch+yaml";
        assert_eq!(refused(&store, "PATCH", &format!("{web}?fieldManager=m"), apply, "{]").0, 400);
        assert_eq!(refused(&store, "PATCH", &format!("{status}?fieldManager=m"), apply, "{]").0, 404);
        assert_eq!(refused(&store, "PATCH", web, "application/json", "{]").0, 415);
    }

    #[test]
    fn a_dry_run_does_not_look_at_the_version_of_a_new_object() {
        let store = ImageStore::in_memory().unwrap();
        let body = r#"{"metadata": {"name": "web", "resourceVersion": "5"}}"#;
        let (code, dry) = send(&store, "POST", &format!("{STREAMS}?dryRun=All"), "", body);
        assert_eq!((code, &dry["metadata"]["resourceVersion"]), (201, &json!("5")));
        assert_eq!(send(&store, "POST", STREAMS, "", body).0, 500);
        assert_eq!(send(&store, "POST", STREAMS, "", body.replace('5', "0")).0, 201);
        let other = r#"{"metadata": {"name": "web", "uid": "x"}}"#;
        let key = |query: &str| {
            let (code, text) = refused(&store, "PUT", &format!("{STREAMS}/web{query}"), "", other);
            assert_eq!(code, 409);
            text.split("Key: ").nth(1).unwrap().split(',').next().unwrap().to_owned()
        };
        assert_eq!(key(""), "/openshift.io/imagestreams/shop/web");
        assert_eq!(key("?dryRun=All"), "/imagestreams/shop/web");
    }

    #[test]
    fn bodies_that_say_they_are_protobuf_are_looked_at() {
        let store = ImageStore::in_memory().unwrap();
        let sent = |body: &'static str| refused(&store, "POST", STREAMS, "application/vnd.kubernetes.protobuf", body);
        let unrecognized =
            |cause: &str| (400, format!("the object provided is unrecognized (must be of type ImageStream): {cause}"));
        let prefix = "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]";
        assert_eq!(sent(""), unrecognized("empty data (<empty>)"));
        assert_eq!(sent("{}"), unrecognized(&format!("{prefix} ({{}})")));
        assert_eq!(sent("k8s"), unrecognized(&format!("{prefix} (6b3873)")));
        assert_eq!(sent("k8s\0"), unrecognized("empty body (6b387300)"));
        assert_eq!(sent("k8s\0\n").0, 415);
        let wrong_option = format!("{STREAMS}?dryRun=x");
        assert_eq!(refused(&store, "POST", &wrong_option, "application/vnd.kubernetes.protobuf", "").0, 422);
        let web = format!("{STREAMS}/web");
        assert_eq!(refused(&store, "DELETE", &web, "application/vnd.kubernetes.protobuf", "").0, 404);
        assert_eq!(refused(&store, "DELETE", &web, "application/vnd.kubernetes.protobuf", "x").0, 415);
    }

    #[test]
    fn lists_name_the_newest_change_of_their_kind_to_those_who_take_newer_ones() {
        let store = ImageStore::in_memory().unwrap();
        let create = |path: &str, name: &str| {
            let (code, made) = send(&store, "POST", path, "", format!(r#"{{"metadata": {{"name": "{name}"}}}}"#));
            assert_eq!(code, 201);
            made["metadata"]["resourceVersion"].as_str().unwrap().to_owned()
        };
        let images = "/apis/image.openshift.io/v1/images";
        let image = r#"{"metadata": {"name": "sha256:00"}, "dockerImageReference": "quay.io/a/b"}"#;
        assert_eq!(send(&store, "POST", images, "", image).0, 201);
        let first = create(STREAMS, "a");
        let second = create(&STREAMS.replace("shop", "other"), "b");
        let version = |path: &str| send(&store, "GET", path, "", "").1["metadata"]["resourceVersion"].clone();
        let of_image =
            send(&store, "GET", &format!("{images}/sha256:00"), "", "").1["metadata"]["resourceVersion"].clone();
        assert_eq!(version(images), *second);
        assert_eq!(version(&format!("{images}?resourceVersion=0")), of_image);
        assert_eq!(version(&format!("{images}?resourceVersion=1&resourceVersionMatch=NotOlderThan")), of_image);
        assert_eq!(version(&format!("{images}?resourceVersion={first}")), *first, "it is not older");
        assert_eq!(version(&format!("{STREAMS}?resourceVersion=0")), *second, "of the kind, not of the namespace");
    }

    #[test]
    fn empty_annotations_of_a_tag_are_none() {
        let store = ImageStore::in_memory().unwrap();
        let tag = r#"{"name": "a", "annotations": {}, "from": {"kind": "DockerImage", "name": "quay.io/a/b"}}"#;
        let stream = format!(r#"{{"metadata": {{"name": "web"}}, "spec": {{"tags": [{tag}]}}}}"#);
        let web = format!("{STREAMS}/web");
        let tags = STREAMS.replace("imagestreams", "imagetags");
        let of_tag = |name: &str| {
            let spec = tag.replace(r#""name": "a""#, &format!(r#""name": "{name}""#));
            format!(r#"{{"metadata": {{"name": "web:{name}"}}, "spec": {spec}}}"#)
        };
        for (method, path, content_type, body, shown) in [
            ("POST", format!("{STREAMS}?dryRun=All"), "", stream.clone(), "/spec/tags/0"),
            ("POST", STREAMS.to_owned(), "", stream, "/spec/tags/0"),
            ("GET", web.clone(), "", String::new(), "/spec/tags/0"),
            (
                "PATCH",
                web,
                "application/merge-patch+json",
                format!(r#"{{"spec": {{"tags": [{tag}]}}}}"#),
                "/spec/tags/0",
            ),
            ("PUT", format!("{tags}/web:a"), "", of_tag("a"), "/spec"),
            ("POST", tags.clone(), "", of_tag("b"), "/spec"),
        ] {
            let (code, object) = send(&store, method, &path, content_type, body);
            assert!((200..300).contains(&code), "{method} {path}: {object}");
            assert_eq!(object.pointer(shown).unwrap()["annotations"], Value::Null, "{method} {path}");
        }
    }

    #[test]
    fn a_list_of_no_metadata_has_null() {
        let store = ImageStore::in_memory().unwrap();
        let accept = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
        let mut request = Request::get(STREAMS).body(Bytes::new()).unwrap();
        request.headers_mut().insert("Accept", accept.parse().unwrap());
        let items = || {
            let body = handle(&store, &request, None).into_body().into_bytes();
            serde_json::from_slice::<Value>(&body).unwrap()["items"].clone()
        };
        assert_eq!(items(), json!(null));
        assert_eq!(send(&store, "POST", STREAMS, "", r#"{"metadata": {"name": "web"}}"#).0, 201);
        assert_eq!(items()[0]["metadata"]["name"], "web");
    }
}
