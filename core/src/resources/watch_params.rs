//! What is watched, and from when on.

use std::time::Duration;

/// What is watched, and from when on. By default all objects as they are now, and then every change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WatchParams {
    /// Only objects whose labels match, as in [`ListParams`](super::ListParams). An object that begins to match is
    /// added, one that ceases to is deleted. Default: empty, all.
    pub label_selector: String,
    /// Only objects whose fields match, as in [`ListParams`](super::ListParams). Default: empty, all.
    pub field_selector: String,
    /// The version after which changes are told, for example that of a list. Default: none, or 0: the objects come first,
    /// each as added.
    pub resource_version: Option<u64>,
    /// Whether the objects come first; with a version they must not be before that. Default: none, only without a
    /// version.
    pub send_initial_events: Option<bool>,
    /// Whether bookmarks are wanted: the first comes when all objects that were there have been told. Default: `false`.
    pub bookmarks: bool,
    /// How long the iterator waits at all. Whoever polls keeps the time himself. Default: none, for ever.
    pub timeout: Option<Duration>,
}

impl WatchParams {
    /// Only objects whose labels match.
    #[must_use]
    pub fn labels(mut self, selector: &str) -> Self {
        selector.clone_into(&mut self.label_selector);
        self
    }

    /// Only objects whose fields match.
    #[must_use]
    pub fn fields(mut self, selector: &str) -> Self {
        selector.clone_into(&mut self.field_selector);
        self
    }

    /// Only what changes after a resource version.
    #[must_use]
    pub fn after(mut self, resource_version: u64) -> Self {
        self.resource_version = Some(resource_version);
        self
    }

    /// With the objects first, whether there is a version or not; or without them.
    #[must_use]
    pub fn initial_events(mut self, send: bool) -> Self {
        self.send_initial_events = Some(send);
        self
    }

    /// With bookmarks.
    #[must_use]
    pub fn bookmarks(mut self) -> Self {
        self.bookmarks = true;
        self
    }

    /// For that long.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }
}
