//! Reading workloads as objects of the API. Those of a store are given to its builder.

use super::collection::Collection;
use super::selection::Selection;
use super::stored::NAMESPACES;
use super::workloads::WorkloadItem;
use super::{ImageStore, ListParams, Watch, WatchParams};
use crate::api::{ApiResource, ListMeta, Namespace};
use crate::error::Result;

/// The field of pods besides the metadata that can be selected with a value.
const PHASE: &str = "status.phase";
/// All fields that clients select workloads by.
const FIELDS: &[&str] =
    &["spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", PHASE, "status"];

impl ImageStore {
    /// The selected workloads of a kind in a namespace, or in all namespaces if that is empty, and the metadata of their list.
    /// They are on one page.
    ///
    /// # Errors
    ///
    /// [`BadRequest`](crate::ErrorKind::BadRequest) for an invalid selector, [`Expired`](crate::ErrorKind::Expired) and
    /// [`FutureVersion`](crate::ErrorKind::FutureVersion) if the store does not have the requested version.
    pub(crate) fn list_workloads(
        &self,
        resource: &ApiResource,
        namespace: &str,
        params: &ListParams,
    ) -> Result<(ListMeta, Vec<&WorkloadItem>)> {
        let nothing = Collection::Nothing.page(self.access(), params, &Selection::default(), |_, _| Ok(None::<()>));
        let (_, metadata) = nothing?;
        let selection = params.selection(FIELDS)?;
        let items = self.settings().workloads.of(resource, namespace).filter(|item| {
            let phase = &*item.workload.status.phase;
            selection.matches(&item.workload.metadata, |field| if field == PHASE { phase } else { "" })
        });
        let mut items: Vec<_> = items.collect();
        items.sort_by_key(|item| (&item.workload.metadata.namespace, &item.workload.metadata.name));
        Ok((metadata, items))
    }

    /// A workload; the first one if the files have several of that name.
    pub(crate) fn workload(&self, resource: &ApiResource, namespace: &str, name: &str) -> Option<&WorkloadItem> {
        self.settings().workloads.of(resource, namespace).find(|item| item.workload.metadata.name == name)
    }

    /// A watch without events except bookmarks: workloads never change. The type of the objects does not matter.
    ///
    /// # Errors
    ///
    /// As [`Namespaces::watch`](crate::Namespaces::watch).
    pub(crate) fn watch_workloads(&self, params: &WatchParams) -> Result<Watch<Namespace>> {
        // Any selector is valid for an empty list.
        let params = WatchParams { label_selector: String::new(), field_selector: String::new(), ..params.clone() };
        Watch::new(self.access(), &NAMESPACES, Collection::Nothing, &params)
    }
}
