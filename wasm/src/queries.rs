//! Questions to the whole store that are no verbs of the API. The answers are JSON.

use imagestream::json::members;
use imagestream::rules::compare_images;
use imagestream::{ImageStore, ObjectCounts, Result, SummaryOrder, SummaryParams};
use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::convert::{object, to_text};
use crate::error::one_of;

/// Options of `summaries`.
#[derive(Default)]
pub(crate) struct SummaryOptions {
    namespace: String,
    label_selector: String,
    text: String,
    sort: String,
    descending: bool,
    limit: Option<u64>,
    continue_token: String,
}

members!(SummaryOptions as "SummaryOptions" {
    "namespace" => namespace,
    "labelSelector" => label_selector,
    "text" => text,
    "sort" => sort,
    "descending" => descending,
    "limit" => limit,
    "continue" => continue_token,
});

/// The part of a history to read.
#[derive(Default)]
pub(crate) struct HistoryOptions {
    pub(crate) limit: Option<u64>,
    pub(crate) before: String,
}

members!(HistoryOptions as "HistoryOptions" { "limit" => limit, "before" => before });

/// The images to compare.
#[derive(Default)]
pub(crate) struct Compared {
    before: String,
    after: String,
}

members!(Compared as "Compared" { "before" => before, "after" => after });

pub(crate) fn summaries(store: &ImageStore, options: SummaryOptions) -> Result<JsValue> {
    object(store.summaries(&SummaryParams {
        namespace: options.namespace,
        label_selector: options.label_selector,
        text: options.text,
        sort: match &*options.sort {
            "" | "name" => SummaryOrder::Name,
            "updated" => SummaryOrder::Updated,
            "tags" => SummaryOrder::Tags,
            "created" => SummaryOrder::Created,
            other => return Err(one_of("sort", other, "name, updated, tags or created")),
        },
        descending: options.descending,
        limit: options.limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX)),
        continue_token: options.continue_token,
    }))
}

pub(crate) fn compare(store: &ImageStore, images: &Compared) -> Result<JsValue> {
    let (before, after) = (store.images().get(&images.before)?, store.images().get(&images.after)?);
    Ok(to_text(&compare_images(&before, &after))?.into())
}

pub(crate) fn object_counts(store: &ImageStore) -> Result<JsValue> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Counts {
        images: u64,
        image_streams: u64,
    }
    object(store.object_counts().map(|ObjectCounts { images, streams }| Counts { images, image_streams: streams }))
}
