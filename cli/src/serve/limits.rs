//! Limits that keep the server working whatever its clients do.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::http::{Method, Uri};
use bytes::Bytes;
use clap::Args;
use http_body::{Frame, SizeHint};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Handles that are left for the store's own files, the listener and the runtime.
const OWN_HANDLES: u64 = 64;
/// The default limit on connections, if the system allows so many.
const CONNECTIONS: u64 = 10_000;
/// How many lists may be made or sent at once: a list of all images is held in memory.
const LISTS: usize = 4;
/// Smaller responses do not count as lists once they are made.
const SMALL: usize = 1 << 20;
/// How many bytes of request bodies are held at once.
const BODIES: usize = 256 << 20;

/// The limits of a server.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Limits")]
pub(super) struct Limits {
    /// How many connections may be open; further ones wait. Default: 10000, or what the limit on open files allows
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    max_connections: Option<u32>,
    /// How many reads may run at once; further ones are answered with 429. Watches do not count
    #[arg(long, value_name = "N", default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..))]
    max_requests_inflight: u32,
    /// How many writes may run at once; further ones are answered with 429
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
    max_mutating_requests_inflight: u32,
    /// How many watches may be open; further ones are answered with 429
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..))]
    max_watches: u32,
    /// How long a request may take before it is answered with 504. Watches are not limited
    #[arg(long, value_name = "DURATION", default_value = "1m", value_parser = humantime::parse_duration)]
    pub(super) request_timeout: Duration,
    /// How long a client may take to send a header or a body, and how long it may not read what it is sent. A connection
    /// without requests is closed after this time, too
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = humantime::parse_duration)]
    pub(super) client_timeout: Duration,
}

/// What is left of the limits.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) connections: Arc<Semaphore>,
    reads: Arc<Semaphore>,
    writes: Arc<Semaphore>,
    watches: Arc<Semaphore>,
    lists: Arc<Semaphore>,
    bodies: Arc<Semaphore>,
    pub(super) request_timeout: Duration,
    pub(super) client_timeout: Duration,
}

impl Limits {
    /// Raises the limit on open files as far as the system allows, as servers do, and returns the room for clients.
    pub(super) fn room(&self) -> Room {
        let allowed = open_files().saturating_sub(OWN_HANDLES).clamp(1, CONNECTIONS);
        let connections = self.max_connections.map_or(allowed, u64::from);
        let semaphore = |count: u32| Arc::new(Semaphore::new(usize::try_from(count).unwrap_or(usize::MAX)));
        Room {
            connections: semaphore(u32::try_from(connections).unwrap_or(u32::MAX)),
            reads: semaphore(self.max_requests_inflight),
            writes: semaphore(self.max_mutating_requests_inflight),
            watches: semaphore(self.max_watches),
            lists: Arc::new(Semaphore::new(LISTS)),
            bodies: Arc::new(Semaphore::new(BODIES)),
            request_timeout: self.request_timeout,
            client_timeout: self.client_timeout,
        }
    }
}

/// How many files the process may open.
#[cfg(unix)]
fn open_files() -> u64 {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        let raised = rustix::process::Rlimit { current: limit.maximum, ..limit };
        if setrlimit(Resource::Nofile, raised).is_ok() {
            limit = raised;
        }
    }
    limit.current.unwrap_or(u64::MAX)
}

#[cfg(not(unix))]
fn open_files() -> u64 {
    u64::MAX
}

/// The place of a request, free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    _requests: OwnedSemaphorePermit,
    list: Option<OwnedSemaphorePermit>,
    _body: Option<OwnedSemaphorePermit>,
}

/// There is no room for a request.
#[derive(Debug)]
pub(super) struct Full;

impl Room {
    /// A place for a request whose body is not yet read. Waits only for the place of a list.
    pub(super) async fn place(&self, method: &Method, uri: &Uri, body: Option<u64>) -> Result<Place, Full> {
        let reads = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
        let watches = reads && is_watch(uri);
        let kind = match (watches, reads) {
            (true, _) => &self.watches,
            (false, true) => &self.reads,
            (false, false) => &self.writes,
        };
        let requests = Arc::clone(kind).try_acquire_owned().map_err(|_| Full)?;
        let body = match body.map_or(super::answer::KEPT, |length| usize::try_from(length).unwrap_or(usize::MAX)) {
            0 => None,
            length => {
                let length = u32::try_from(length.min(super::answer::KEPT)).map_err(|_| Full)?;
                Some(Arc::clone(&self.bodies).try_acquire_many_owned(length).map_err(|_| Full)?)
            }
        };
        let list = if reads && !watches && is_collection(uri.path()) {
            Some(Arc::clone(&self.lists).acquire_owned().await.map_err(|_| Full)?)
        } else {
            None
        };
        Ok(Place { _requests: requests, list, _body: body })
    }
}

impl Place {
    /// The body of the response, which keeps the place until it is sent.
    pub(super) fn keep_for(mut self, body: Body) -> Body {
        let is_small = body.size_hint().exact().is_some_and(|length| length < SMALL as u64);
        self.list.take_if(|_| is_small);
        Body::new(Kept { body, _place: self })
    }
}

/// A body that keeps the place of its request.
struct Kept {
    body: Body,
    _place: Place,
}

impl HttpBody for Kept {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Whether the request asks for a watch.
pub(super) fn is_watch(uri: &Uri) -> bool {
    let mut pairs = uri.query().unwrap_or_default().split('&');
    pairs.any(|pair| matches!(pair.split_once('='), Some(("watch", "true" | "1" | "True" | "TRUE" | "t" | "T"))))
        || uri.path().split('/').any(|segment| segment == "watch")
}

/// Whether the path is that of all objects of a resource, in a namespace or everywhere.
pub(super) fn is_collection(path: &str) -> bool {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let (["apis", _, _, rest @ ..] | ["api", _, rest @ ..]) = segments.as_slice() else { return false };
    matches!(rest, [_] | ["namespaces", _, _])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(max: u32) -> Limits {
        Limits {
            max_connections: Some(max),
            max_requests_inflight: max,
            max_mutating_requests_inflight: max,
            max_watches: max,
            request_timeout: Duration::from_secs(1),
            client_timeout: Duration::from_secs(1),
        }
    }

    const LIST: &str = "/apis/image.openshift.io/v1/images";

    #[tokio::test]
    async fn each_sort_of_requests_has_room_of_its_own() {
        let room = limits(1).room();
        let place = async |method: Method, uri: &str| room.place(&method, &uri.parse().unwrap(), Some(0)).await;
        let held = [
            place(Method::GET, "/apis").await.unwrap(),
            place(Method::POST, LIST).await.unwrap(),
            place(Method::GET, &format!("{LIST}?watch=true")).await.unwrap(),
        ];
        for (method, uri) in [
            (Method::GET, "/version"),
            (Method::PUT, LIST),
            (Method::GET, "/apis/image.openshift.io/v1/watch/images?timeoutSeconds=1"),
        ] {
            assert!(place(method, uri).await.is_err(), "{uri}");
        }
        drop(held);
        assert!(place(Method::GET, "/version").await.is_ok());
    }

    #[tokio::test]
    async fn bodies_are_bounded_over_all_requests() {
        let room = limits(1000).room();
        let mut held = Vec::new();
        let uri: Uri = LIST.parse().unwrap();
        while let Ok(place) = room.place(&Method::POST, &uri, None).await {
            held.push(place);
        }
        assert_eq!(held.len(), BODIES / super::super::answer::KEPT);
        assert!(room.place(&Method::POST, &uri, Some(0)).await.is_ok());
    }

    #[tokio::test]
    async fn a_large_list_keeps_its_place_until_it_is_sent() {
        let room = limits(1000).room();
        let uri: Uri = LIST.parse().unwrap();
        let list = async || room.place(&Method::GET, &uri, Some(0)).await.unwrap();
        let mut sent = Vec::new();
        for _ in 0..LISTS {
            assert!(room.lists.available_permits() > 0);
            sent.push(list().await.keep_for(Body::from(vec![0; SMALL])));
        }
        assert_eq!(room.lists.available_permits(), 0);
        sent.pop();
        let small = list().await.keep_for(Body::from("{}"));
        assert_eq!(room.lists.available_permits(), 1);
        drop((small, sent));
        assert_eq!(room.lists.available_permits(), LISTS);
    }

    #[test]
    fn collections_are_recognised_by_their_path() {
        for path in [LIST, "/api/v1/namespaces", "/apis/image.openshift.io/v1/namespaces/shop/imagestreams/"] {
            assert!(is_collection(path), "{path}");
        }
        for path in
            ["/apis", "/apis/image.openshift.io/v1", "/api/v1/namespaces/shop", "/openapi/v2", "/apis/g/v1/images/x"]
        {
            assert!(!is_collection(path), "{path}");
        }
    }
}
