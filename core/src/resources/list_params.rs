//! Which objects are listed, and as of when.

use super::selection::Selection;
use crate::error::Result;

/// Which objects are listed, and as of when. By default all of them, as they are now.
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
    /// Only objects whose labels match, as [`LabelSelector`](crate::rules::LabelSelector) reads it. Default: empty, all.
    pub label_selector: String,
    /// Only objects whose fields match, as [`FieldSelector`](crate::rules::FieldSelector) reads it: `metadata.name` and
    /// `metadata.namespace`, of streams `spec.dockerImageRepository` and `status.dockerImageRepository` too, the
    /// latter as it is stored. Default: empty, all.
    pub field_selector: String,
    /// The most objects in the answer; of tags, the most streams whose tags it has. If there are more, the answer has a
    /// token with which the list goes on. Default: none; 0 is none too.
    pub limit: Option<u64>,
    /// The token of the page before. The list goes on as of the first page's version, whatever was written since.
    /// Default: empty, from the beginning.
    pub continue_token: String,
    /// A resource version; what it means says `resource_version_match`. Default: none, as of now.
    pub resource_version: Option<u64>,
    /// What the resource version means. Default: with a limit [`Exact`](VersionMatch::Exact), otherwise
    /// [`NotOlderThan`](VersionMatch::NotOlderThan).
    pub resource_version_match: Option<VersionMatch>,
}

/// What the resource version of a list means; the Kubernetes `resourceVersionMatch`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionMatch {
    /// The objects as they were then.
    Exact,
    /// The objects as they are now, which must not be before then. With version 0 there is no limit.
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

    /// At most that many objects.
    #[must_use]
    pub fn limit(mut self, limit: u64) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Goes on where the page with that token ended.
    #[must_use]
    pub fn continue_from(mut self, token: &str) -> Self {
        token.clone_into(&mut self.continue_token);
        self
    }

    /// As of a resource version.
    #[must_use]
    pub fn at(mut self, resource_version: u64) -> Self {
        self.resource_version = Some(resource_version);
        self
    }

    /// What the resource version means.
    #[must_use]
    pub fn matching(mut self, matching: VersionMatch) -> Self {
        self.resource_version_match = Some(matching);
        self
    }

    /// Reads the selectors; `fields` are those that objects can be selected by beside their metadata.
    pub(crate) fn selection(&self, fields: &[&str]) -> Result<Selection> {
        Selection::parse(&self.label_selector, &self.field_selector, fields)
    }
}
