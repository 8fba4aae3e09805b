//! Passing HTTP requests to the store, and its responses back.

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Request, Response, StatusCode};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use imagestream::{ImageStore, User, request};
use tokio_util::task::TaskTracker;

use super::compression;
use super::identity::{Authentication, Identity};
use super::origin::{Hosts, check_origin};
use super::watch_body::WatchBody;
use super::web_socket::Upgrade;

/// How many bytes of a body are kept: one more than the API accepts, so that the API refuses it.
const KEPT: usize = request::MAX_BODY + 1;

/// How many bytes of a body are read. A client that is disconnected while it sends can't read the response, so the
/// excess is read and dropped, up to this limit.
const READ: usize = 64 * 1024 * 1024;

/// What every request needs.
pub(super) struct Api {
    pub(super) store: ImageStore,
    pub(super) authentication: Authentication,
    pub(super) hosts: Hosts,
    /// Tasks for clients, which must end before the server does.
    pub(super) tasks: TaskTracker,
}

impl Api {
    /// Answers a request; `certificate` is the user of the connection's client certificate.
    pub(super) async fn answer(&self, certificate: Option<User>, request: Request<Body>) -> Response<Body> {
        let (mut parts, body) = request.into_parts();
        let identity = self.authentication.identify(&mut parts.headers, certificate.as_ref());
        if let Err(reason) = self.check(&parts, &identity) {
            return refusal(&parts, StatusCode::FORBIDDEN, "Forbidden", &format!("forbidden: {reason}"));
        }
        let upgrade = Upgrade::of(&mut parts).await;
        let user = identity.into_user();
        // An unauthenticated request that needs authentication is refused whatever its body is.
        let body = if user.is_none() && self.authentication.is_required() {
            Bytes::new()
        } else {
            let Ok(body) = read(body).await else {
                return refusal(&parts, StatusCode::BAD_REQUEST, "BadRequest", "the body could not be read");
            };
            body
        };
        let head = parts.clone();
        let store = self.store.clone();
        // The store blocks until its writes are on disk.
        let answered = tokio::task::spawn_blocking(move || {
            let takes_gzip = compression::is_accepted(&parts.headers);
            let (mut parts, mut body) = request::handle(&store, &Request::from_parts(parts, body), user).into_parts();
            if takes_gzip && let request::Body::Whole(bytes) = body {
                body = request::Body::Whole(compression::compress(&mut parts.headers, bytes));
            }
            Response::from_parts(parts, body)
        });
        let Ok(answer) = answered.await else {
            return refusal(&head, StatusCode::INTERNAL_SERVER_ERROR, "InternalError", "answering the request failed");
        };
        let (parts, body) = answer.into_parts();
        match (body, upgrade) {
            (request::Body::Events(events), Some(upgrade)) => upgrade
                .answer(events, self.tasks.token())
                .unwrap_or_else(|reason| refusal(&head, StatusCode::BAD_REQUEST, "BadRequest", &reason)),
            (request::Body::Events(events), None) => Response::from_parts(parts, Body::new(WatchBody::new(events))),
            (body, _) => Response::from_parts(parts, Body::from(body.into_bytes())),
        }
    }

    /// Refuses cross-origin requests of browsers, unless a token authenticates them.
    fn check(&self, request: &Parts, identity: &Identity) -> Result<(), String> {
        match identity {
            Identity::Token(_) => Ok(()),
            Identity::Certificate(_) => check_origin(request),
            Identity::Unknown if self.authentication.is_required() => Ok(()),
            Identity::Unknown => self.hosts.check_host(request).and_then(|()| check_origin(request)),
        }
    }
}

/// Reads a body, keeping enough of it for the API to see that it is too large.
async fn read(mut body: Body) -> Result<Bytes, axum::Error> {
    let mut kept = BytesMut::new();
    let mut seen = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        seen += data.len();
        let room = KEPT - kept.len();
        kept.extend_from_slice(data.get(..room).unwrap_or(&data));
        if seen > READ {
            break;
        }
    }
    Ok(kept.freeze())
}

/// The response to a request that does not reach the store.
fn refusal(request: &Parts, status: StatusCode, reason: &str, message: &str) -> Response<Body> {
    request::refusal(&request.headers, status, reason, message).map(|body| Body::from(body.into_bytes()))
}
