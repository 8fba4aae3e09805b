//! Pods, deployments, builds and other workloads: their lists and watches are always empty.

use super::collection::Collection;
use super::selection::Selection;
use super::stored::NAMESPACES;
use super::{ImageStore, ListParams, Watch, WatchParams};
use crate::api::{ListMeta, Namespace};
use crate::error::Result;

impl ImageStore {
    /// The metadata of an empty list.
    ///
    /// # Errors
    ///
    /// [`Expired`](crate::ErrorKind::Expired) and [`FutureVersion`](crate::ErrorKind::FutureVersion) if the store does
    /// not have the requested version.
    pub(crate) fn list_nothing(&self, params: &ListParams) -> Result<ListMeta> {
        let page = Collection::Nothing.page(self.access(), params, &Selection::default(), |_, _| Ok(None::<()>));
        page.map(|(_, metadata)| metadata)
    }

    /// A watch without events except bookmarks. The type of the objects does not matter.
    ///
    /// # Errors
    ///
    /// As [`Namespaces::watch`](crate::Namespaces::watch).
    pub(crate) fn watch_nothing(&self, params: &WatchParams) -> Result<Watch<Namespace>> {
        // Any selector is valid for an empty list.
        let params = WatchParams { label_selector: String::new(), field_selector: String::new(), ..params.clone() };
        Watch::new(self.access(), &NAMESPACES, Collection::Nothing, &params)
    }
}
