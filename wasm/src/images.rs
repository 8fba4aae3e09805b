//! `images` and `imagesignatures`.

use imagestream::{ImageSignatures, Images};

use crate::call::{Call, post};
use crate::convert::{answer, to_text};
use crate::error::Result;
use crate::options::{DeleteCollectionOptions, DeleteOptions, GetOptions, ListOptions, PatchOptions};
use crate::outcome::{Deleted, ImageReplaced, PatchedObject};

pub(crate) fn perform(call: &Call<'_>, images: &Images) -> Result<String> {
    let name = call.request.name.as_str();
    match call.request.verb.as_str() {
        "get" => match call.options::<GetOptions>()?.version()? {
            Some(version) => answer(images.get_at(name, version)),
            None => answer(images.get(name)),
        },
        "list" => answer(images.list(&call.options::<ListOptions>()?.params()?)),
        "create" => answer(images.create(&post(call)?, &call.object()?)),
        "replace" => answer(images.replace(name, &post(call)?, &call.object()?).map(ImageReplaced::from)),
        "patch" => {
            let options: PatchOptions = call.options()?;
            let patched = images.patch(name, &options.params()?, &options.patch(call.text()?)?);
            answer(patched.map(PatchedObject::from))
        }
        "delete" => answer(images.delete(name, &call.options::<DeleteOptions>()?.params()?).map(Deleted::from)),
        "deleteCollection" => {
            let (how, which) = call.options::<DeleteCollectionOptions>()?.params()?;
            answer(images.delete_collection(&how, &which))
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
        "create" => answer(signatures.create(&post(call)?, &call.object()?)),
        "delete" => {
            let params = call.options::<DeleteOptions>()?.params()?;
            answer(signatures.delete(&call.request.name, &params))
        }
        _ => Err(call.unknown()),
    }
}
