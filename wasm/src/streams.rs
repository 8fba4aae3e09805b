//! `imagestreams`.

use imagestream::ImageStreams;

use crate::call::{Call, post};
use crate::convert::to_text;
use crate::error::Result;
use crate::options::{DeleteCollectionOptions, DeleteOptions, GetOptions, ListOptions, NoOptions, PatchOptions};
use crate::outcome::{Deleted, PatchedObject};

pub(crate) fn perform(call: &Call<'_>, streams: &ImageStreams) -> Result<String> {
    let name = call.request.name.as_str();
    match call.request.verb.as_str() {
        "get" => match call.options::<GetOptions>()?.version()? {
            Some(version) => to_text(&streams.get_at(name, version)?),
            None => to_text(&streams.get(name)?),
        },
        "getStatus" => {
            call.options::<NoOptions>()?;
            to_text(&streams.get_status(name)?)
        }
        "list" => to_text(&streams.list(&call.options::<ListOptions>()?.params()?)?),
        "history" => {
            call.options::<NoOptions>()?;
            to_text(&streams.history(name, &call.request.tag)?)
        }
        "newest" => {
            call.options::<NoOptions>()?;
            newest(streams, name, &call.request.tag)
        }
        "layers" => {
            call.options::<NoOptions>()?;
            to_text(&streams.layers(name)?)
        }
        "create" => to_text(&streams.create(&post(call)?, &call.object()?)?),
        "replace" => to_text(&streams.replace(name, &post(call)?, &call.object()?)?),
        "replaceStatus" => to_text(&streams.replace_status(name, &post(call)?, &call.object()?)?),
        "patch" => {
            let options: PatchOptions = call.options()?;
            let patched = streams.patch(name, &options.params()?, &options.patch(call.text()?)?)?;
            to_text(&PatchedObject::from(patched))
        }
        "patchStatus" => {
            let options: PatchOptions = call.options()?;
            let patched = streams.patch_status(name, &options.params()?, &options.patch(call.text()?)?)?;
            to_text(&PatchedObject::from(patched))
        }
        "delete" => to_text(&Deleted::from(streams.delete(name, &call.options::<DeleteOptions>()?.params()?)?)),
        "deleteCollection" => {
            let (how, which) = call.options::<DeleteCollectionOptions>()?.params()?;
            to_text(&streams.delete_collection(&how, &which)?)
        }
        _ => Err(call.unknown()),
    }
}

/// The newest entry of a tag as JSON.
pub(crate) fn newest(streams: &ImageStreams, name: &str, tag: &str) -> Result<String> {
    to_text(&streams.newest(name, tag)?)
}
