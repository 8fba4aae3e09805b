//! Parameters of watches.

use std::time::Duration;

/// Selects the objects to watch, and from which version. By default all objects as they are now, followed by every
/// change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WatchParams {
    /// Only objects whose labels match, as in [`ListParams`](super::ListParams). An object that begins to match is
    /// reported as added, one that no longer matches as deleted. Default: empty, all objects.
    pub label_selector: String,
    /// Only objects whose fields match, as in [`ListParams`](super::ListParams). Default: empty, all objects.
    pub field_selector: String,
    /// The version after which changes are reported, for example that of a list. Default: `None`; like 0, it means that
    /// the existing objects are reported first, as added.
    pub resource_version: Option<u64>,
    /// Whether existing objects are reported first; with a resource version, the store must not be older than that.
    /// Default: `None`, only without a version.
    pub send_initial_events: Option<bool>,
    /// Whether to send bookmarks: the first comes after all existing objects. Default: `false`.
    pub bookmarks: bool,
    /// How long the iterator waits in total. Callers that poll keep their own time. Default: `None`, no limit.
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

    /// Only changes after a resource version.
    #[must_use]
    pub fn after(mut self, resource_version: u64) -> Self {
        self.resource_version = Some(resource_version);
        self
    }

    /// With or without the existing objects first, whether or not there is a resource version.
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

    /// Sets the timeout.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }
}
