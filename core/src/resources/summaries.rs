//! Streams for the rows of a table: what a page of them shows, without histories.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::Serialize;

use super::ImageStore;
use super::repository;
use super::selection::Selection;
use crate::api::Time;
use crate::error::{Error, Result};
use crate::rules::StreamState;
use crate::store::streams::{self, StreamName};
use crate::store::{Rows as _, names};

/// Which streams, and in which order.
#[derive(Debug, Clone, Default)]
pub struct SummaryParams {
    /// Only the streams of this namespace; all if it is empty.
    pub namespace: String,
    /// Only the streams whose labels match; all if it is empty.
    pub label_selector: String,
    /// Only the streams whose `namespace/name` contains this, in upper or lower case; all if it is empty.
    pub text: String,
    /// The order. Streams that are equal in it are ordered by namespace and name.
    pub sort: SummaryOrder,
    /// Whether the order is reversed.
    pub descending: bool,
    /// How many streams; all if it is `None`.
    pub limit: Option<usize>,
    /// Where to continue: [`Summaries::continue_token`] of the page before. Empty for the first page.
    pub continue_token: String,
}

/// An order of streams.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SummaryOrder {
    /// By namespace and name.
    #[default]
    Name,
    /// By the time of the newest entry; those without one come first.
    Updated,
    /// By the number of tags.
    Tags,
    /// By the time of creation.
    Created,
}

/// A page of streams.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Summaries {
    /// The streams.
    pub items: Vec<StreamSummary>,
    /// How many streams match, on all pages.
    pub total: usize,
    /// Where the next page begins; empty at the end.
    #[serde(rename = "continue")]
    pub continue_token: String,
    /// The version of the store that the page shows.
    pub resource_version: String,
}

/// A stream without its histories.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct StreamSummary {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its repository, as `status.dockerImageRepository`.
    pub docker_image_repository: String,
    /// How many tags have a history or conditions, or are in the spec.
    pub tags: usize,
    /// How many of these are only in the spec.
    pub spec_only_tags: usize,
    /// How many of these could not be imported, by their conditions.
    pub failed_tags: usize,
    /// How many different images are the newest ones of a tag.
    pub current_images: usize,
    /// The time of the newest entry.
    pub updated: Option<Time>,
    /// When the stream was created.
    pub created: Option<Time>,
}

impl ImageStore {
    /// A page of streams without their histories, in any order. It reads all selected streams without their histories, so
    /// it costs the same with ten entries and with a million. If streams are changed between two pages, a stream may be on both
    /// or on none of them.
    ///
    /// # Errors
    ///
    /// [`BadRequest`](crate::ErrorKind::BadRequest) for an invalid selector or token, and errors of reading.
    pub fn summaries(&self, params: &SummaryParams) -> Result<Summaries> {
        let selection = Selection::parse(&params.label_selector, "", &[])?;
        let skipped = match &*params.continue_token {
            "" => 0,
            token => {
                token.parse::<usize>().map_err(|_| Error::bad_request("the continue token is not valid".to_owned()))?
            }
        };
        let text = params.text.to_lowercase();
        let namespace = (!params.namespace.is_empty()).then_some(&*params.namespace);
        let rows = self.access().read()?;
        let mut items = Vec::new();
        for name in names::streams(&rows, namespace, "")? {
            let listed = name?;
            let at = StreamName { namespace: &listed.name.namespace, name: &listed.name.name };
            if !format!("{}/{}", at.namespace, at.name).to_lowercase().contains(&text) {
                continue;
            }
            let Some(state) = streams::state(&rows, at)? else { continue };
            if selection.matches_labels(&state.metadata.labels) {
                items.push(summary(self, at, state));
            }
        }
        items.sort_by(|one, other| {
            let order = compare(params.sort, one, other);
            if params.descending { order.reverse() } else { order }
        });
        let total = items.len();
        let limit = params.limit.unwrap_or(total);
        let items: Vec<_> = items.into_iter().skip(skipped).take(limit).collect();
        let shown = skipped.saturating_add(items.len());
        let continue_token = if shown < total && !items.is_empty() { shown.to_string() } else { String::new() };
        Ok(Summaries { items, total, continue_token, resource_version: rows.state()?.version.to_string() })
    }
}

fn summary(store: &ImageStore, at: StreamName<'_>, state: StreamState) -> StreamSummary {
    let spec_only = state.spec_tags.keys().filter(|tag| !state.tags.contains_key(*tag)).count();
    let newest = state.tags.values().filter_map(|head| head.newest.as_ref());
    let mut images: Vec<_> = newest.clone().map(|event| &*event.image).filter(|image| !image.is_empty()).collect();
    images.sort_unstable();
    images.dedup();
    let failed = state.tags.values().filter(|head| head.conditions.iter().any(|condition| condition.status == "False"));
    StreamSummary {
        namespace: at.namespace.to_owned(),
        name: at.name.to_owned(),
        docker_image_repository: repository::shown(store.settings(), &state),
        tags: state.tags.len() + spec_only,
        spec_only_tags: spec_only,
        failed_tags: failed.count(),
        current_images: images.len(),
        updated: newest.filter_map(|event| event.created).max(),
        created: state.metadata.creation_timestamp,
        labels: state.metadata.labels,
    }
}

fn compare(order: SummaryOrder, one: &StreamSummary, other: &StreamSummary) -> Ordering {
    match order {
        SummaryOrder::Name => Ordering::Equal,
        SummaryOrder::Updated => one.updated.cmp(&other.updated),
        SummaryOrder::Tags => one.tags.cmp(&other.tags),
        SummaryOrder::Created => one.created.cmp(&other.created),
    }
    .then_with(|| (&one.namespace, &one.name).cmp(&(&other.namespace, &other.name)))
}
