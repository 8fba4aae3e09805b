//! Questions to the whole store that are no verbs of the API. The answers are JSON.

use imagestream::rules::compare_images;
use imagestream::{ImageStore, ObjectCounts, Result, SummaryOrder, SummaryParams};
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

use crate::convert::{object, to_text, whole_number};

/// Options of `summaries`.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SummaryOptions {
    namespace: String,
    label_selector: String,
    text: String,
    sort: Sort,
    descending: bool,
    #[serde(deserialize_with = "limit")]
    limit: Option<u64>,
    #[serde(rename = "continue")]
    continue_token: String,
}

/// [`SummaryOrder`] in JavaScript.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Sort {
    #[default]
    Name,
    Updated,
    Tags,
    Created,
}

/// The part of a history to read.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct HistoryOptions {
    #[serde(deserialize_with = "limit")]
    pub(crate) limit: Option<u64>,
    pub(crate) before: String,
}

/// The images to compare.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Compared {
    before: String,
    after: String,
}

fn limit<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    whole_number(deserializer).map(Some)
}

pub(crate) fn summaries(store: &ImageStore, options: SummaryOptions) -> Result<JsValue> {
    object(store.summaries(&SummaryParams {
        namespace: options.namespace,
        label_selector: options.label_selector,
        text: options.text,
        sort: match options.sort {
            Sort::Name => SummaryOrder::Name,
            Sort::Updated => SummaryOrder::Updated,
            Sort::Tags => SummaryOrder::Tags,
            Sort::Created => SummaryOrder::Created,
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
