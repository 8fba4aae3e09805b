//! `imagestreams`.

use imagestream::ImageStreams;

use crate::call::{Call, post};
use crate::convert::answer;
use crate::error::Result;
use crate::options::{DeleteCollectionOptions, DeleteOptions, GetOptions, ListOptions, NoOptions, PatchOptions};
use crate::outcome::{Deleted, PatchedObject};

pub(crate) fn perform(call: &Call<'_>, streams: &ImageStreams) -> Result<String> {
    let name = call.request.name.as_str();
    match call.request.verb.as_str() {
        "get" => match call.options::<GetOptions>()?.version()? {
            Some(version) => answer(streams.get_at(name, version)),
            None => answer(streams.get(name)),
        },
        "getStatus" => {
            call.options::<NoOptions>()?;
            answer(streams.get_status(name))
        }
        "list" => answer(streams.list(&call.options::<ListOptions>()?.params()?)),
        "history" => {
            call.options::<NoOptions>()?;
            answer(streams.history(name, &call.request.tag))
        }
        "newest" => {
            call.options::<NoOptions>()?;
            newest(streams, name, &call.request.tag)
        }
        "layers" => {
            call.options::<NoOptions>()?;
            answer(streams.layers(name))
        }
        "create" => answer(streams.create(&post(call)?, &call.object()?)),
        "replace" => answer(streams.replace(name, &post(call)?, &call.object()?)),
        "replaceStatus" => answer(streams.replace_status(name, &post(call)?, &call.object()?)),
        "patch" => {
            let options: PatchOptions = call.options()?;
            let patched = streams.patch(name, &options.params()?, &options.patch(call.text()?)?);
            answer(patched.map(PatchedObject::from))
        }
        "patchStatus" => {
            let options: PatchOptions = call.options()?;
            let patched = streams.patch_status(name, &options.params()?, &options.patch(call.text()?)?);
            answer(patched.map(PatchedObject::from))
        }
        "delete" => answer(streams.delete(name, &call.options::<DeleteOptions>()?.params()?).map(Deleted::from)),
        "deleteCollection" => {
            let (how, which) = call.options::<DeleteCollectionOptions>()?.params()?;
            answer(streams.delete_collection(&how, &which))
        }
        _ => Err(call.unknown()),
    }
}

/// The newest entry of a tag as JSON.
pub(crate) fn newest(streams: &ImageStreams, name: &str, tag: &str) -> Result<String> {
    answer(streams.newest(name, tag))
}
