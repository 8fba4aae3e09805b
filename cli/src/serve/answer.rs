//! Passing HTTP requests to the store, and its responses back.

use std::path::PathBuf;

use axum::body::{Body, HttpBody};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, Request, Response, StatusCode};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use imagestream::{ImageStore, User, request};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::task::TaskTracker;

use super::audit::{Audit, Audited};
use super::backup;
use super::compression;
use super::identity::{Authentication, Identity};
use super::limits::{Full, Place, Room};
use super::logging::Logged;
use super::metrics::{MEDIA_TYPE, Metrics};
use super::origin::{Hosts, check_origin};
use super::watch_body::WatchBody;
use super::web_socket::Upgrade;

/// How many bytes of a body are kept: one more than the API accepts, so that the API refuses it.
pub(super) const KEPT: usize = request::MAX_BODY + 1;

/// How many bytes of a body are read. A client that is disconnected while it sends can't read the response, so the
/// excess is read and dropped, up to this limit.
const READ: usize = 64 * 1024 * 1024;

/// What every request needs.
pub(super) struct Api {
    pub(super) store: ImageStore,
    /// The file of the store.
    pub(super) path: PathBuf,
    pub(super) authentication: Authentication,
    pub(super) hosts: Hosts,
    pub(super) room: Room,
    pub(super) metrics: Metrics,
    pub(super) audit: Option<Audit>,
    /// Tasks for clients, which must end before the server does.
    pub(super) tasks: TaskTracker,
}

impl Api {
    /// Answers a request, and logs it; `certificate` is the user of the connection's client certificate.
    pub(super) async fn answer(&self, certificate: Option<User>, request: Request<Body>) -> Response<Body> {
        let began = Instant::now();
        let mut logged = Logged::new(request.method(), request.uri().path());
        let running = self.metrics.begin(request.method(), request.uri());
        let mut audited = self.audit.as_ref().map(|_| Audited::new(request.method(), request.uri()));
        let response = self.answer_logged(certificate, request, &mut logged, audited.as_mut()).await;
        if let (Some(audit), Some(audited)) = (&self.audit, audited) {
            audit.write(audited, response.status().as_u16());
        }
        self.metrics.end(&running, response.status().as_u16(), began.elapsed());
        logged.answered(response).await
    }

    async fn answer_logged(
        &self,
        certificate: Option<User>,
        request: Request<Body>,
        logged: &mut Logged,
        audited: Option<&mut Audited>,
    ) -> Response<Body> {
        let (mut parts, body) = request.into_parts();
        let identity = self.authentication.identify(&mut parts.headers, certificate.as_ref());
        let user = match &identity {
            Identity::Token(user) | Identity::Certificate(user) => user.clone(),
            Identity::Unknown if self.authentication.is_required() => anonymous(),
            Identity::Unknown => User::system_admin(),
        };
        logged.set_user(&user.name);
        if let Some(audited) = audited {
            audited.set_user(&user);
        }
        if let Err(reason) = self.check(&parts, &identity) {
            return refusal(&parts, StatusCode::FORBIDDEN, "Forbidden", &format!("forbidden: {reason}"));
        }
        let user = identity.into_user();
        let is_refused = user.is_none() && self.authentication.is_required();
        // An unauthenticated request that needs authentication is refused whatever its body is.
        let body = if is_refused { Body::empty() } else { body };
        let length = HttpBody::size_hint(&body).exact();
        if parts.uri.path() == "/metrics" && parts.method == Method::GET && !is_refused {
            return self.metrics.text().map_or_else(
                |_| refusal(&parts, StatusCode::INTERNAL_SERVER_ERROR, "InternalError", "the metrics can't be written"),
                |text| Response::builder().header(CONTENT_TYPE, MEDIA_TYPE).body(text.into()).unwrap_or_default(),
            );
        }
        if parts.uri.path() == backup::PATH && parts.method == Method::GET && !is_refused {
            return self.backup(&parts, user).await;
        }
        let deadline = Instant::now() + self.room.request_timeout;
        let place = if is_health(parts.uri.path()) {
            None
        } else {
            match timeout_at(deadline, self.room.place(&parts.method, &parts.uri, length)).await {
                Ok(Ok(place)) => Some(place),
                Ok(Err(Full)) | Err(_) => return too_many(&parts),
            }
        };
        let upgrade = Upgrade::of(&mut parts).await;
        let body = match timeout(self.room.client_timeout, read(body)).await {
            Ok(Ok(body)) => body,
            Ok(Err(_)) => {
                return refusal(&parts, StatusCode::BAD_REQUEST, "BadRequest", "the body could not be read");
            }
            Err(_) => {
                let message = "the body did not arrive in time";
                return refusal(&parts, StatusCode::REQUEST_TIMEOUT, "Timeout", message);
            }
        };
        let head = parts.clone();
        let store = self.store.clone();
        // The store blocks until its writes are on disk. A request that takes too long keeps its place until it ends.
        let answered = tokio::task::spawn_blocking(move || {
            let takes_gzip = compression::is_accepted(&parts.headers);
            let (mut parts, mut body) = request::handle(&store, &Request::from_parts(parts, body), user).into_parts();
            if takes_gzip && let request::Body::Whole(bytes) = body {
                body = request::Body::Whole(compression::compress(&mut parts.headers, bytes));
            }
            (Response::from_parts(parts, body), place)
        });
        let (answer, place) = match timeout_at(deadline, answered).await {
            Ok(Ok(answered)) => answered,
            Ok(Err(_)) => {
                let message = "answering the request failed";
                return refusal(&head, StatusCode::INTERNAL_SERVER_ERROR, "InternalError", message);
            }
            Err(_) => {
                let message = "Timeout: request did not complete within the allotted timeout";
                return refusal(&head, StatusCode::GATEWAY_TIMEOUT, "Timeout", message);
            }
        };
        let (parts, body) = answer.into_parts();
        let keep = |place: Option<Place>, body: Body| match place {
            Some(place) => place.keep_for(body),
            None => body,
        };
        match (body, upgrade) {
            (request::Body::Events(events), Some(upgrade)) => upgrade
                .answer(events, self.tasks.token(), place)
                .unwrap_or_else(|reason| refusal(&head, StatusCode::BAD_REQUEST, "BadRequest", &reason)),
            (request::Body::Events(events), None) => {
                Response::from_parts(parts, keep(place, Body::new(WatchBody::new(events))))
            }
            (body, _) => Response::from_parts(parts, keep(place, Body::from(body.into_bytes()))),
        }
    }

    /// A copy of the store. It takes as long as it is large, so it has no time limit.
    async fn backup(&self, parts: &Parts, user: Option<User>) -> Response<Body> {
        let (store, path) = (self.store.clone(), self.path.clone());
        let copied = tokio::task::spawn_blocking(move || backup::copy(&store, &path, user)).await;
        match copied {
            Ok(Ok(copy)) => backup::response(copy),
            Ok(Err(refused)) => {
                let (code, reason, message) = refused.into_parts();
                refusal(parts, code, reason, &message)
            }
            Err(_) => {
                refusal(parts, StatusCode::INTERNAL_SERVER_ERROR, "InternalError", "answering the request failed")
            }
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

/// The user of a request that is not authenticated, as logs have it.
fn anonymous() -> User {
    let groups = vec!["system:unauthenticated".to_owned()];
    User { name: "system:anonymous".to_owned(), groups, ..User::default() }
}

/// Whether the path is one that probes ask for, which must be answered however busy the server is.
fn is_health(path: &str) -> bool {
    ["/healthz", "/livez", "/readyz"].iter().any(|prefix| path.starts_with(prefix))
}

/// The response to a request for which there is no room, as API priority and fairness has it.
fn too_many(request: &Parts) -> Response<Body> {
    let message = "too many requests, please try again later";
    let mut response = refusal(request, StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", message);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

/// The response to a request that does not reach the store.
fn refusal(request: &Parts, status: StatusCode, reason: &str, message: &str) -> Response<Body> {
    request::refusal(&request.headers, status, reason, message).map(|body| Body::from(body.into_bytes()))
}
