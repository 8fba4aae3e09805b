//! The answer to a watch: events as lines of JSON.

use std::fmt;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;

use super::failure::Failure;
use super::shape::{Answer, IncludeObject, Shape, TableOptions, shaped};
use crate::api::Resource;
use crate::error::Result;
use crate::{ImageStore, Watch, WatchEvent, WatchStopper};

/// How long a watch lasts that does not say. Parity: the real server takes a random time from here to twice as long.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30 * 60);
/// Marks the bookmark behind the objects that were there when a watch began.
const INITIAL_EVENTS_END: &str = "k8s.io/initial-events-end";

/// The events of a watch, each a line of JSON with its line end.
///
/// Whoever sends them pulls them ([`EventStream::poll_line`]) until there are no more, or until the time is over
/// ([`EventStream::timeout`]). To give up early, drop it or use its [`stopper`](EventStream::stopper). Between the lines
/// the store does nothing for it.
pub struct EventStream {
    lines: Box<dyn Lines>,
    timeout: Duration,
    stopper: WatchStopper,
}

impl EventStream {
    pub(super) fn new<T: Resource + Answer + 'static>(
        watch: Watch<T>,
        store: ImageStore,
        timeout: Option<Duration>,
        shape: Shape,
        include: IncludeObject,
    ) -> Self {
        Self {
            stopper: watch.stopper(),
            timeout: timeout.unwrap_or(DEFAULT_TIMEOUT),
            lines: Box::new(Events { told: 0, watch, store, shape, include, first: true }),
        }
    }

    /// The next line; `None` where the watch has ended. While there is none, the context's waker is woken when that
    /// changes.
    pub fn poll_line(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        self.lines.poll(context)
    }

    /// The next line that is there already.
    pub fn try_line(&mut self) -> Option<Bytes> {
        self.lines.try_next()
    }

    /// A line that says how far the watch has come, where the client wants such lines and it has come further since the
    /// last line: to be sent now and then, say once a minute.
    pub fn bookmark(&mut self) -> Option<Bytes> {
        self.lines.bookmark()
    }

    /// After how long it is to be ended.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// What ends it from elsewhere.
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

/// Lines of objects of any kind.
trait Lines: Send {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>>;
    fn try_next(&mut self) -> Option<Bytes>;
    fn bookmark(&mut self) -> Option<Bytes>;
}

struct Events<T: 'static> {
    watch: Watch<T>,
    store: ImageStore,
    shape: Shape,
    include: IncludeObject,
    /// Whether no table was sent yet: only the first has the columns.
    first: bool,
    /// The version that the last line told.
    told: u64,
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
        let wanted = self.watch.wants_bookmarks() && !self.watch.has_ended() && resource_version > self.told;
        wanted.then(|| self.line(Ok(WatchEvent::Bookmark { resource_version, initial_events_end: false })))
    }
}

impl<T: Resource + Answer> Events<T> {
    fn line(&mut self, event: Result<WatchEvent<T>>) -> Bytes {
        self.told = self.watch.resource_version();
        let (event_type, object) = match event {
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
    // A status can be written.
    line("ERROR", &failure.status().json().unwrap_or_default())
}

fn line(event_type: &str, object: &[u8]) -> Bytes {
    [br#"{"type":""#, event_type.as_bytes(), br#"","object":"#, object, b"}\n"].concat().into()
}
