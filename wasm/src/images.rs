//! `images` and `imagesignatures`.

use imagestream::{ImageSignatures, Images, Result};
use wasm_bindgen::JsValue;

use crate::call::Call;
use crate::convert::{object, to_text, to_value};
use crate::outcome::{Deleted, ImageReplaced, PatchedObject};

pub(crate) fn perform(call: &Call<'_>, images: &Images) -> Result<JsValue> {
    let name = call.request.name.as_str();
    match call.request.verb.as_str() {
        "get" => match call.version()? {
            Some(version) => object(images.get_at(name, version)),
            None => object(images.get(name)),
        },
        "list" => object(images.list(&call.list_params()?)),
        "listWithoutManifests" => object(images.list_without_texts(&call.list_params()?)),
        "create" => {
            let (params, sent) = call.sent()?;
            object(images.create(&params, &sent))
        }
        "replace" => {
            let (params, sent) = call.sent()?;
            to_value(&ImageReplaced::of(&images.replace(name, &params, &sent)?)?)
        }
        "patch" => {
            let (params, patch) = call.patch()?;
            to_value(&PatchedObject::of(images.patch(name, &params, &patch)?)?)
        }
        "delete" => to_value(&Deleted::of(images.delete(name, &call.delete_params()?)?)?),
        "deleteCollection" => {
            let (how, which) = call.delete_collection_params()?;
            object(images.delete_collection(&how, &which))
        }
        _ => Err(call.unknown()),
    }
}

/// The JSON of an image, with its manifest and config apart. Those two are long and full of quotes, and escaping them takes
/// longer than the look-up. A dash in the JSON marks the place of each one that is not empty.
pub(crate) fn apart(images: &Images, name: &str) -> Result<[String; 3]> {
    let mut image = images.get(name)?;
    let texts = [&mut image.docker_image_manifest, &mut image.docker_image_config];
    let [manifest, config] = texts.map(|text| {
        let place = if text.is_empty() { "" } else { "-" };
        std::mem::replace(text, place.to_owned())
    });
    Ok([to_text(&image)?, manifest, config])
}

pub(crate) fn signatures(call: &Call<'_>, signatures: &ImageSignatures) -> Result<JsValue> {
    match call.request.verb.as_str() {
        "create" => {
            let (params, sent) = call.sent()?;
            object(signatures.create(&params, &sent))
        }
        "delete" => {
            let params = call.delete_params()?;
            to_value(&signatures.delete(&call.request.name, &params)?)
        }
        _ => Err(call.unknown()),
    }
}
