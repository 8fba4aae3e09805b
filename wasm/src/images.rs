//! `images` and `imagesignatures`.

use imagestream::{ImageSignatures, Images};

use crate::call::{Call, post};
use crate::convert::to_text;
use crate::error::Result;
use crate::options::{DeleteCollectionOptions, DeleteOptions, GetOptions, ListOptions, PatchOptions};
use crate::outcome::{Deleted, ImageReplaced, PatchedObject};

pub(crate) fn perform(call: &Call<'_>, images: &Images) -> Result<String> {
    let name = call.request.name.as_str();
    match call.request.verb.as_str() {
        "get" => match call.options::<GetOptions>()?.version()? {
            Some(version) => to_text(&images.get_at(name, version)?),
            None => to_text(&images.get(name)?),
        },
        "list" => to_text(&images.list(&call.options::<ListOptions>()?.params()?)?),
        "create" => to_text(&images.create(&post(call)?, &call.object()?)?),
        "replace" => to_text(&ImageReplaced::from(images.replace(name, &post(call)?, &call.object()?)?)),
        "patch" => {
            let options: PatchOptions = call.options()?;
            let patched = images.patch(name, &options.params()?, &options.patch(call.text()?)?)?;
            to_text(&PatchedObject::from(patched))
        }
        "delete" => to_text(&Deleted::from(images.delete(name, &call.options::<DeleteOptions>()?.params()?)?)),
        "deleteCollection" => {
            let (how, which) = call.options::<DeleteCollectionOptions>()?.params()?;
            to_text(&images.delete_collection(&how, &which)?)
        }
        _ => Err(call.unknown()),
    }
}

/// The JSON of an image, then manifest and config as they are. They are long and full of quotes, so to escape them would take
/// longer than everything else. What stands for them in the JSON is not empty where they are not, and keeps their place.
pub(crate) fn apart(images: &Images, name: &str) -> Result<[String; 3]> {
    let mut image = images.get(name)?;
    let texts = [&mut image.docker_image_manifest, &mut image.docker_image_config];
    let [manifest, config] = texts.map(|text| {
        let place = if text.is_empty() { "" } else { "-" };
        std::mem::replace(text, place.to_owned())
    });
    Ok([to_text(&image)?, manifest, config])
}

pub(crate) fn signatures(call: &Call<'_>, signatures: &ImageSignatures) -> Result<String> {
    match call.request.verb.as_str() {
        "create" => to_text(&signatures.create(&post(call)?, &call.object()?)?),
        "delete" => {
            let params = call.options::<DeleteOptions>()?.params()?;
            signatures.delete(&call.request.name, &params)?;
            to_text(&())
        }
        _ => Err(call.unknown()),
    }
}
