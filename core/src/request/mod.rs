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
mod empty_list;
mod failure;
mod impersonation;
mod namespaces;
mod negotiation;
mod openapi;
mod options;
mod patch;
mod path;
mod protobuf;
mod protobuf_bodies;
mod read_options;
mod response;
mod reviews;
mod secrets;
mod server;
mod shape;
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
/// `/healthz`, `/livez`, `/readyz` and `/version` never need one. The store's [`Authorizer`](crate::Authorizer) is
/// asked for everything else except who the user is and what it may do, and for `Impersonate-*` headers, with which the
/// request acts as another user.
///
/// The body must be complete. A body larger than [`MAX_BODY`] is refused with 413, so a caller need not read more than
/// one byte beyond that.
#[must_use]
pub fn handle(store: &ImageStore, request: &Request<Bytes>, identity: Option<User>) -> Response<Body> {
    let query = Query::parse(request.uri().query().unwrap_or_default());
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
    let impersonates = impersonation::is_requested(request.headers());
    let user = match identity {
        Some(user) => user,
        None if !store.settings().require_identity => User::system_admin(),
        None => match target {
            Ok(Target::Server(page)) if server::is_public(request.uri().path()) && !impersonates => {
                return page.answer(request, query);
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
        Target::Server(page) => return page.answer(request, query),
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
