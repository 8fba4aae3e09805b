//! Watches: every change as an event, read from the change feed.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};
use std::vec;

use super::WatchParams;
use super::access::StoreAccess;
use super::collection::Collection;
use super::selection::Selection;
use super::stored::Stored;
use crate::api::Resource;
use crate::error::{Error, Result};
use crate::store::names::ObjectName;
use crate::store::{Commits, History, Read, Rows as _, Since};

/// An event of a watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WatchEvent<T> {
    /// The object exists already, was created, or begins to match the selectors.
    Added(T),
    /// The object has changed.
    Modified(T),
    /// The object was deleted, or no longer matches the selectors: its previous state, with the resource version of the
    /// change.
    Deleted(T),
    /// All changes up to a version have been reported.
    Bookmark {
        /// The version, from which a watch can be resumed.
        resource_version: u64,
        /// Whether this ends the objects that existed when the watch began.
        initial_events_end: bool,
    },
}

/// The events of a watch, in order.
///
/// Events are read from the store on demand, so a slow reader delays nobody. If it falls so far behind that changes are
/// no longer kept, it gets [`Expired`](crate::ErrorKind::Expired), and has to list again.
///
/// The iterator waits for events (not in wasm); [`Watch::poll_next`] is for async code, [`Watch::try_next`] never
/// waits, and [`Watch::on_event`] calls back.
///
/// ```
/// use imagestream::api::ImageStream;
/// use imagestream::{ImageStore, PostParams, WatchEvent, WatchParams};
///
/// let store = ImageStore::in_memory()?;
/// let streams = store.namespace("shop").image_streams();
/// let mut watch = streams.watch(&WatchParams::default())?;
/// assert!(watch.try_next().is_none());
///
/// let mut stream = ImageStream::default();
/// stream.metadata.name = "web".to_owned();
/// streams.create(&PostParams::default(), &stream)?;
/// assert!(matches!(watch.next(), Some(Ok(WatchEvent::Added(stream))) if stream.metadata.name == "web"));
/// # Ok::<(), imagestream::Error>(())
/// ```
pub struct Watch<T: 'static> {
    store: StoreAccess,
    stored: &'static Stored<T>,
    collection: Collection,
    selection: Selection,
    bookmarks: bool,
    /// All changes up to this version have been reported.
    version: u64,
    source: Source,
    commits: Arc<Commits>,
    ticket: usize,
    stopped: Arc<AtomicBool>,
    failed: bool,
    #[cfg(not(target_family = "wasm"))]
    deadline: Option<std::time::Instant>,
}

/// The source of the next events.
enum Source {
    /// Future commits.
    Commits,
    /// The existing objects.
    Objects { read: Read, names: vec::IntoIter<ObjectName> },
    /// Past changes, up to a version.
    Changes { history: Box<History>, changes: vec::IntoIter<(u64, ObjectName)>, until: u64 },
}

impl Source {
    /// The existing objects.
    fn objects(read: Read, collection: &Collection, selection: &Selection) -> Result<Self> {
        let names = collection.candidates(&read, selection)?.map(|object| object.map(|object| object.name));
        let names: Vec<_> = names.collect::<Result<_>>()?;
        Ok(Self::Objects { read, names: names.into_iter() })
    }

    /// The changes committed after a version; `None` if there are none.
    fn changes(read: Read, version: u64, collection: &Collection, selection: &Selection) -> Result<Option<Self>> {
        let until = read.state()?.version;
        if until <= version {
            return Ok(None);
        }
        let history = match History::load(read, version, collection.space().as_bytes())? {
            Since::Kept(history) => history,
            Since::Expired { oldest } => {
                let message = format!("too old resource version: {version} ({oldest})");
                return Err(Error::expired(message, ""));
            }
            Since::Future { .. } => return Ok(None),
        };
        let only = selection.name();
        let mut changes = Vec::new();
        for (version, object) in history.changes() {
            let found = collection.changed(object)?;
            if let Some(name) = found.filter(|name| only.is_none_or(|only| only == name.name)) {
                changes.push((*version, name));
            }
        }
        Ok(Some(Self::Changes { history: Box::new(history), changes: changes.into_iter(), until }))
    }
}

impl<T: Resource> Watch<T> {
    pub(super) fn new(
        store: &StoreAccess,
        stored: &'static Stored<T>,
        collection: Collection,
        params: &WatchParams,
    ) -> Result<Self> {
        let selection = Selection::parse(&params.label_selector, &params.field_selector, stored.fields)?;
        let collection = collection.narrowed(&selection);
        let read = store.read()?;
        let current = read.state()?.version;
        let after = params.resource_version.filter(|version| *version > 0);
        let (version, source) = match (params.send_initial_events, after) {
            (Some(true), Some(requested)) if requested > current => {
                return Err(Error::future_version(requested, current));
            }
            (Some(true), _) | (None, None) => (current, Source::objects(read, &collection, &selection)?),
            (Some(false) | None, Some(after)) => (after, Source::Commits),
            (Some(false), None) => (current, Source::Commits),
        };
        let commits = store.commits();
        Ok(Self {
            ticket: commits.enter(),
            commits,
            store: store.clone(),
            stored,
            collection,
            selection,
            bookmarks: params.bookmarks,
            version,
            source,
            stopped: Arc::default(),
            failed: false,
            #[cfg(not(target_family = "wasm"))]
            deadline: params.timeout.and_then(|timeout| std::time::Instant::now().checked_add(timeout)),
        })
    }

    /// The next available event; `None` if there is none yet, or the watch has ended.
    pub fn try_next(&mut self) -> Option<Result<WatchEvent<T>>> {
        if self.has_ended() {
            return None;
        }
        let next = self.advance().transpose();
        self.failed = matches!(next, Some(Err(_)));
        next
    }

    /// The next event, or `None` if the watch has ended. While there is no event, the context's waker is registered, so
    /// a watch works with any executor.
    pub fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<WatchEvent<T>>>> {
        loop {
            // In this order, so that no commit is missed.
            let seen = self.commits.count();
            if let Some(event) = self.try_next() {
                return Poll::Ready(Some(event));
            }
            if self.commits.wait(self.ticket, seen, context.waker()) && !self.has_ended() {
                return Poll::Pending;
            }
            if self.has_ended() {
                return Poll::Ready(None);
            }
        }
    }

    /// All changes up to this version have been reported: a later watch can resume from it.
    #[must_use]
    pub fn resource_version(&self) -> u64 {
        self.version
    }

    /// Whether the watch has ended: it was stopped, or there was an error.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.failed || self.stopped.load(Ordering::Acquire) || self.commits.ended()
    }

    /// A handle that stops the watch, from any thread.
    #[must_use]
    pub fn stopper(&self) -> WatchStopper {
        WatchStopper { commits: Arc::downgrade(&self.commits), ticket: self.ticket, stopped: Arc::clone(&self.stopped) }
    }

    /// Whether bookmarks were requested.
    pub(crate) fn wants_bookmarks(&self) -> bool {
        self.bookmarks
    }

    /// The object that represents a bookmark.
    pub(crate) fn bookmark(&self, resource_version: u64) -> T {
        let mut object = (self.stored.bookmark)(self.store.settings());
        object.metadata_mut().resource_version = resource_version.to_string();
        object
    }

    fn advance(&mut self) -> Result<Option<WatchEvent<T>>> {
        loop {
            match &mut self.source {
                Source::Objects { read, names } => {
                    if let Some(name) = names.next() {
                        if let Some(object) = (self.stored.selected)(read, &name, &self.selection)? {
                            return Ok(Some(WatchEvent::Added(self.shown(object))));
                        }
                        continue;
                    }
                    self.source = Source::Commits;
                    if self.bookmarks {
                        let resource_version = self.version;
                        return Ok(Some(WatchEvent::Bookmark { resource_version, initial_events_end: true }));
                    }
                }
                Source::Changes { history, changes, until } => {
                    if let Some((version, name)) = changes.next() {
                        self.version = version;
                        let at = |version| (self.stored.selected)(&history.at(version), &name, &self.selection);
                        let (before, after) = (at(version.saturating_sub(1))?, at(version)?);
                        if let Some(event) = self.event(before, after, version) {
                            return Ok(Some(event));
                        }
                        continue;
                    }
                    self.version = *until;
                    self.source = Source::Commits;
                }
                Source::Commits => {
                    match Source::changes(self.store.read()?, self.version, &self.collection, &self.selection)? {
                        Some(changes) => self.source = changes,
                        None => return Ok(None),
                    }
                }
            }
        }
    }

    fn event(&self, before: Option<T>, after: Option<T>, version: u64) -> Option<WatchEvent<T>> {
        match (before, after) {
            (None, None) => None,
            (None, Some(after)) => Some(WatchEvent::Added(self.shown(after))),
            // What changed was a stream, and not its namespace.
            (Some(before), Some(after)) if before.metadata().resource_version == after.metadata().resource_version => {
                None
            }
            (Some(_), Some(after)) => Some(WatchEvent::Modified(self.shown(after))),
            (Some(mut before), None) => {
                before.metadata_mut().resource_version = version.to_string();
                Some(WatchEvent::Deleted(self.shown(before)))
            }
        }
    }

    fn shown(&self, mut object: T) -> T {
        (self.stored.show)(&mut object, self.store.settings());
        object
    }
}

impl<T> Drop for Watch<T> {
    fn drop(&mut self) {
        self.commits.leave(self.ticket);
    }
}

/// Stops a [`Watch`], from any thread.
#[derive(Clone)]
pub struct WatchStopper {
    /// If the store is closed, there is nobody to wake.
    commits: Weak<Commits>,
    ticket: usize,
    stopped: Arc<AtomicBool>,
}

impl WatchStopper {
    /// Ends the watch, and wakes whoever waits for an event.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
        if let Some(commits) = self.commits.upgrade() {
            commits.wake(self.ticket);
        }
    }
}

#[cfg(not(target_family = "wasm"))]
mod native {
    use std::sync::Arc;
    use std::task::{Context, Poll, Wake, Waker};
    use std::thread::{self, JoinHandle, Thread};
    use std::time::Instant;

    use super::{Resource, Result, Watch, WatchEvent, WatchStopper};

    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    /// Waits for the next event; `None` if the watch has ended, or its timeout is over.
    impl<T: Resource> Iterator for Watch<T> {
        type Item = Result<WatchEvent<T>>;

        fn next(&mut self) -> Option<Self::Item> {
            let waker = Waker::from(Arc::new(Unpark(thread::current())));
            let mut context = Context::from_waker(&waker);
            loop {
                if let Poll::Ready(event) = self.poll_next(&mut context) {
                    return event;
                }
                match self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())) {
                    None => thread::park(),
                    Some(rest) if rest.is_zero() => return None,
                    Some(rest) => thread::park_timeout(rest),
                }
            }
        }
    }

    impl<T: Resource> Watch<T> {
        /// Calls `callback` with every event on its own thread, until the subscription is dropped or the watch ends.
        pub fn on_event(self, mut callback: impl FnMut(Result<WatchEvent<T>>) + Send + 'static) -> Subscription {
            let stopper = self.stopper();
            let thread = thread::spawn(move || self.for_each(&mut callback));
            Subscription { stopper, thread: Some(thread) }
        }
    }

    /// A callback for the events of a [`Watch`]. Dropping it ends the watch, and waits for a running call.
    #[must_use]
    pub struct Subscription {
        stopper: WatchStopper,
        thread: Option<JoinHandle<()>>,
    }

    impl Drop for Subscription {
        fn drop(&mut self) {
            self.stopper.stop();
            let Some(thread) = self.thread.take() else { return };
            // A callback may drop its own subscription.
            if thread.thread().id() != thread::current().id() {
                // A panic has been reported by the thread itself.
                let _ = thread.join();
            }
        }
    }
}

#[cfg(not(target_family = "wasm"))]
pub use native::Subscription;
