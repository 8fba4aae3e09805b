//! Parameters of lists.

use super::selection::Selection;
use crate::error::Result;

/// Selects the objects of a list, and their version. By default all objects, as they are now.
///
/// ```
/// use imagestream::api::ImageStream;
/// use imagestream::{ImageStore, ListParams, PostParams};
///
/// let store = ImageStore::in_memory()?;
/// let streams = store.namespace("shop").image_streams();
/// for name in ["api", "web", "worker"] {
///     let mut stream = ImageStream::default();
///     stream.metadata.name = name.to_owned();
///     streams.create(&PostParams::default(), &stream)?;
/// }
///
/// let first = streams.list(&ListParams::default().limit(2))?;
/// assert_eq!(first.items.len(), 2);
/// let rest = streams.list(&ListParams::default().continue_from(&first.metadata.continue_token))?;
/// assert_eq!(rest.items[0].metadata.name, "worker");
/// # Ok::<(), imagestream::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListParams {
    /// Only objects whose labels match this [`LabelSelector`](crate::rules::LabelSelector). Default: empty, all
    /// objects.
    pub label_selector: String,
    /// Only objects whose fields match this [`FieldSelector`](crate::rules::FieldSelector). Fields: `metadata.name` and
    /// `metadata.namespace`; for streams also `spec.dockerImageRepository` and `status.dockerImageRepository`, the
    /// latter as stored. Default: empty, all objects.
    pub field_selector: String,
    /// The maximum number of objects in the result; for tags, of streams whose tags are returned. If there are more,
    /// the result has a token to continue the list. Default: `None`; 0 also means no limit.
    pub limit: Option<u64>,
    /// The token of the previous page. The list continues at the first page's version, whatever was written since.
    /// Default: empty, the first page.
    pub continue_token: String,
    /// A resource version, interpreted according to `resource_version_match`. Default: `None`, the current version.
    pub resource_version: Option<u64>,
    /// How to interpret the resource version. Default: [`Exact`](VersionMatch::Exact) with a limit, otherwise
    /// [`NotOlderThan`](VersionMatch::NotOlderThan).
    pub resource_version_match: Option<VersionMatch>,
}

/// How to interpret the resource version of a list; the Kubernetes `resourceVersionMatch`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionMatch {
    /// The objects as of that version.
    Exact,
    /// The objects as they are now; the store must not be older than that version. Version 0 means any.
    NotOlderThan,
}

impl ListParams {
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

    /// At most this many objects.
    #[must_use]
    pub fn limit(mut self, limit: u64) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Continues after the page with this token.
    #[must_use]
    pub fn continue_from(mut self, token: &str) -> Self {
        token.clone_into(&mut self.continue_token);
        self
    }

    /// Sets the resource version.
    #[must_use]
    pub fn at(mut self, resource_version: u64) -> Self {
        self.resource_version = Some(resource_version);
        self
    }

    /// Sets how to interpret the resource version.
    #[must_use]
    pub fn matching(mut self, matching: VersionMatch) -> Self {
        self.resource_version_match = Some(matching);
        self
    }

    /// Parses the selectors; `fields` are the supported fields besides those of the metadata.
    pub(crate) fn selection(&self, fields: &[&str]) -> Result<Selection> {
        Selection::parse(&self.label_selector, &self.field_selector, fields)
    }
}
