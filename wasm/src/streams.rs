//! `imagestreams`.

use imagestream::{ImageStreams, Result};
use wasm_bindgen::JsValue;

use crate::call::Call;
use crate::convert::{object, to_text, to_value};
use crate::error::bad;
use crate::outcome::{Deleted, PatchedObject};
use crate::queries::HistoryOptions;

pub(crate) fn perform(call: &Call<'_>, streams: &ImageStreams) -> Result<JsValue> {
    let name = call.request.name.as_str();
    match call.request.verb.as_str() {
        "get" => match call.version()? {
            Some(version) => object(streams.get_at(name, version)),
            None => object(streams.get(name)),
        },
        "getStatus" => {
            call.without_options()?;
            object(streams.get_status(name))
        }
        "list" => object(streams.list(&call.list_params()?)),
        "history" => {
            call.without_options()?;
            object(streams.history(name, &call.request.tag))
        }
        "historyPage" => {
            let HistoryOptions { limit, before } = call.decoded()?;
            let limit = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
            let before = match &*before {
                "" => None,
                text => Some(text.parse().map_err(|_| bad(format!("before: {text:?} is no place in a history")))?),
            };
            object(streams.history_page(name, &call.request.tag, before, limit))
        }
        "newest" => {
            call.without_options()?;
            Ok(newest(streams, name, &call.request.tag)?.into())
        }
        "layers" => {
            call.without_options()?;
            object(streams.layers(name))
        }
        "create" => {
            let (params, sent) = call.sent()?;
            object(streams.create(&params, &sent))
        }
        "replace" => {
            let (params, sent) = call.sent()?;
            object(streams.replace(name, &params, &sent))
        }
        "replaceStatus" => {
            let (params, sent) = call.sent()?;
            object(streams.replace_status(name, &params, &sent))
        }
        "patch" => {
            let (params, patch) = call.patch()?;
            to_value(&PatchedObject::of(streams.patch(name, &params, &patch)?)?)
        }
        "patchStatus" => {
            let (params, patch) = call.patch()?;
            to_value(&PatchedObject::of(streams.patch_status(name, &params, &patch)?)?)
        }
        "delete" => to_value(&Deleted::of(streams.delete(name, &call.delete_params()?)?)?),
        "deleteCollection" => {
            let (how, which) = call.delete_collection_params()?;
            object(streams.delete_collection(&how, &which))
        }
        _ => Err(call.unknown()),
    }
}

/// The newest entry of a tag as JSON.
pub(crate) fn newest(streams: &ImageStreams, name: &str, tag: &str) -> Result<String> {
    to_text(&streams.newest(name, tag)?)
}
