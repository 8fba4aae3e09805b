//! `imagestreams`.

use imagestream::{ImageStreams, Result};

use crate::call::Call;
use crate::convert::answer;

use crate::outcome::{Deleted, PatchedObject};

pub(crate) fn perform(call: &Call<'_>, streams: &ImageStreams) -> Result<String> {
    let name = call.request.name.as_str();
    match call.request.verb.as_str() {
        "get" => match call.version()? {
            Some(version) => answer(streams.get_at(name, version)),
            None => answer(streams.get(name)),
        },
        "getStatus" => {
            call.without_options()?;
            answer(streams.get_status(name))
        }
        "list" => answer(streams.list(&call.list_params()?)),
        "history" => {
            call.without_options()?;
            answer(streams.history(name, &call.request.tag))
        }
        "newest" => {
            call.without_options()?;
            newest(streams, name, &call.request.tag)
        }
        "layers" => {
            call.without_options()?;
            answer(streams.layers(name))
        }
        "create" => {
            let (params, object) = call.sent()?;
            answer(streams.create(&params, &object))
        }
        "replace" => {
            let (params, object) = call.sent()?;
            answer(streams.replace(name, &params, &object))
        }
        "replaceStatus" => {
            let (params, object) = call.sent()?;
            answer(streams.replace_status(name, &params, &object))
        }
        "patch" => {
            let (params, patch) = call.patch()?;
            answer(streams.patch(name, &params, &patch).map(PatchedObject::from))
        }
        "patchStatus" => {
            let (params, patch) = call.patch()?;
            answer(streams.patch_status(name, &params, &patch).map(PatchedObject::from))
        }
        "delete" => answer(streams.delete(name, &call.delete_params()?).map(Deleted::from)),
        "deleteCollection" => {
            let (how, which) = call.delete_collection_params()?;
            answer(streams.delete_collection(&how, &which))
        }
        _ => Err(call.unknown()),
    }
}

/// The newest entry of a tag as JSON.
pub(crate) fn newest(streams: &ImageStreams, name: &str, tag: &str) -> Result<String> {
    answer(streams.newest(name, tag))
}
