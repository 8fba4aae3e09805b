//! The response to a watch: events as lines of JSON.

use std::fmt;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;

use super::failure::Failure;
use super::shape::{Answer, IncludeObject, Shape, TableOptions, shaped};
use crate::api::{ApiResource, Resource};
use crate::error::Result;
use crate::{ImageStore, Watch, WatchEvent, WatchStopper};

/// The duration of a watch that does not set one. Parity: the real server takes a random time between this and twice as
/// long.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30 * 60);
/// The annotation of the bookmark after the objects that existed when the watch began.
const INITIAL_EVENTS_END: &str = "k8s.io/initial-events-end";

/// The events of a watch, each as a line of JSON including the line break.
///
/// The server pulls lines ([`EventStream::poll_line`]) until there are no more, or until the time is over
/// ([`EventStream::timeout`]). To end it early, drop it or use its [`stopper`](EventStream::stopper). Between lines the
/// store does no work for it.
pub struct EventStream {
    lines: Box<dyn Lines>,
    timeout: Duration,
    stopper: WatchStopper,
}

impl EventStream {
    pub(super) fn new<T: Resource + Answer + 'static>(
        resource: &'static ApiResource,
        watch: Watch<T>,
        store: ImageStore,
        timeout: Option<Duration>,
        shape: Shape,
        include: IncludeObject,
    ) -> Self {
        Self {
            stopper: watch.stopper(),
            timeout: timeout.unwrap_or(DEFAULT_TIMEOUT),
            lines: Box::new(Events { last_version: 0, resource, watch, store, shape, include, first: true }),
        }
    }

    /// The next line; `None` if the watch has ended. While there is no line, the context's waker is registered.
    pub fn poll_line(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        self.lines.poll(context)
    }

    /// The next line that is already available.
    pub fn try_line(&mut self) -> Option<Bytes> {
        self.lines.try_next()
    }

    /// A bookmark, if the client requested bookmarks and the watch has advanced since the last line. To be sent from
    /// time to time, for example once a minute.
    pub fn bookmark(&mut self) -> Option<Bytes> {
        self.lines.bookmark()
    }

    /// How long the watch lasts.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// A handle that ends the watch from elsewhere.
    #[must_use]
    pub fn stopper(&self) -> WatchStopper {
        self.stopper.clone()
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("EventStream").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

/// Lines for objects of any kind.
trait Lines: Send {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>>;
    fn try_next(&mut self) -> Option<Bytes>;
    fn bookmark(&mut self) -> Option<Bytes>;
}

struct Events<T: 'static> {
    /// What is watched; its kind may be another than the one that the type usually has.
    resource: &'static ApiResource,
    watch: Watch<T>,
    store: ImageStore,
    shape: Shape,
    include: IncludeObject,
    /// Whether no table has been sent yet: only the first one has the columns.
    first: bool,
    /// The version of the last line.
    last_version: u64,
}

impl<T: Resource + Answer> Lines for Events<T> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        self.watch.poll_next(context).map(|event| event.map(|event| self.line(event)))
    }

    fn try_next(&mut self) -> Option<Bytes> {
        let event = self.watch.try_next()?;
        Some(self.line(event))
    }

    fn bookmark(&mut self) -> Option<Bytes> {
        let resource_version = self.watch.resource_version();
        let wanted = self.watch.wants_bookmarks() && !self.watch.has_ended() && resource_version > self.last_version;
        wanted.then(|| self.line(Ok(WatchEvent::Bookmark { resource_version, initial_events_end: false })))
    }
}

impl<T: Resource + Answer> Events<T> {
    fn line(&mut self, event: Result<WatchEvent<T>>) -> Bytes {
        self.last_version = self.watch.resource_version();
        let (event_type, mut object) = match event {
            Ok(WatchEvent::Added(object)) => ("ADDED", object),
            Ok(WatchEvent::Modified(object)) => ("MODIFIED", object),
            Ok(WatchEvent::Deleted(object)) => ("DELETED", object),
            Ok(WatchEvent::Bookmark { resource_version, initial_events_end }) => {
                let mut object = self.watch.bookmark(resource_version);
                if initial_events_end {
                    object.metadata_mut().annotations.insert(INITIAL_EVENTS_END.to_owned(), "true".to_owned());
                }
                ("BOOKMARK", object)
            }
            Err(error) => return error_line(&error.into()),
        };
        object.set_type_of(self.resource);
        let options = TableOptions { include: self.include, columns: self.first, now: self.store.now() };
        match shaped(&object, self.shape, options) {
            Ok(object) => {
                self.first &= !matches!(self.shape, Shape::Table(_));
                line(event_type, &object)
            }
            Err(failure) => error_line(&failure),
        }
    }
}

fn error_line(failure: &Failure) -> Bytes {
    // A status can always be serialized.
    line("ERROR", &failure.status().json().unwrap_or_default())
}

fn line(event_type: &str, object: &[u8]) -> Bytes {
    [br#"{"type":""#, event_type.as_bytes(), br#"","object":"#, object, b"}\n"].concat().into()
}
