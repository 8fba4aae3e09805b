//! `images` and `imagesignatures`.

use imagestream::{ImageSignatures, Images, Result};

use crate::call::Call;
use crate::convert::{answer, to_text};

use crate::outcome::{Deleted, ImageReplaced, PatchedObject};

pub(crate) fn perform(call: &Call<'_>, images: &Images) -> Result<String> {
    let name = call.request.name.as_str();
    match call.request.verb.as_str() {
        "get" => match call.version()? {
            Some(version) => answer(images.get_at(name, version)),
            None => answer(images.get(name)),
        },
        "list" => answer(images.list(&call.list_params()?)),
        "create" => {
            let (params, object) = call.sent()?;
            answer(images.create(&params, &object))
        }
        "replace" => {
            let (params, object) = call.sent()?;
            answer(images.replace(name, &params, &object).map(ImageReplaced::from))
        }
        "patch" => {
            let (params, patch) = call.patch()?;
            answer(images.patch(name, &params, &patch).map(PatchedObject::from))
        }
        "delete" => answer(images.delete(name, &call.delete_params()?).map(Deleted::from)),
        "deleteCollection" => {
            let (how, which) = call.delete_collection_params()?;
            answer(images.delete_collection(&how, &which))
        }
        _ => Err(call.unknown()),
    }
}

/// The JSON of an image, then manifest and config as they are. They are long and full of quotes, so to escape them would take
/// much of the time of a look-up. What stands for them in the JSON is not empty where they are not, and keeps their place.
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
        "create" => {
            let (params, object) = call.sent()?;
            answer(signatures.create(&params, &object))
        }
        "delete" => {
            let params = call.delete_params()?;
            answer(signatures.delete(&call.request.name, &params))
        }
        _ => Err(call.unknown()),
    }
}
