//! Pods, deployments, builds and other workloads: lists and watches without objects.

use super::collection::Collection;
use super::selection::Selection;
use super::stored::NAMESPACES;
use super::{ImageStore, ListParams, Watch, WatchParams};
use crate::api::{ListMeta, Namespace};
use crate::error::Result;

impl ImageStore {
    /// The metadata of a list without objects.
    ///
    /// # Errors
    ///
    /// [`Expired`](crate::ErrorKind::Expired) and [`FutureVersion`](crate::ErrorKind::FutureVersion) where the store does not
    /// have the version that is asked for.
    pub(crate) fn list_nothing(&self, params: &ListParams) -> Result<ListMeta> {
        let page = Collection::Nothing.page(self.access(), params, &Selection::default(), |_, _| Ok(None::<()>));
        page.map(|(_, metadata)| metadata)
    }

    /// A watch without objects: it has only bookmarks. The type of objects does not matter.
    ///
    /// # Errors
    ///
    /// As [`Namespaces::watch`](crate::Namespaces::watch).
    pub(crate) fn watch_nothing(&self, params: &WatchParams) -> Result<Watch<Namespace>> {
        // Whatever selects among nothing fits.
        let params = WatchParams { label_selector: String::new(), field_selector: String::new(), ..params.clone() };
        Watch::new(self.access(), &NAMESPACES, Collection::Nothing, &params)
    }
}
