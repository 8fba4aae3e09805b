//! `imagestreamtags` and `imagetags`.

use imagestream::{ImageStreamTags, ImageTags, Result};
use wasm_bindgen::JsValue;

use crate::call::Call;
use crate::convert::{object, to_value};
use crate::options::RollbackOptions;
use crate::outcome::{PatchedObject, Replaced, RolledBack};

/// Both have the same verbs, but no common type.
macro_rules! tags {
    ($name:ident, $tags:ty $(, $verb:literal => $own:path)?) => {
        pub(crate) fn $name(call: &Call<'_>, tags: &$tags) -> Result<JsValue> {
            let name = call.request.name.as_str();
            match call.request.verb.as_str() {
                "get" => {
                    call.without_options()?;
                    object(tags.get(name))
                }
                "list" => object(tags.list(&call.list_params()?)),
                "create" => {
                    let (params, sent) = call.sent()?;
                    object(tags.create(&params, &sent))
                }
                "replace" => {
                    let (params, sent) = call.sent()?;
                    to_value(&Replaced::of(&tags.replace(name, &params, &sent)?)?)
                }
                "patch" => {
                    let (params, patch) = call.patch()?;
                    to_value(&PatchedObject::of(tags.patch(name, &params, &patch)?)?)
                }
                "delete" => to_value(&tags.delete(name, &call.delete_params()?)?),
                $($verb => $own(call, tags),)?
                _ => Err(call.unknown()),
            }
        }
    };
}

tags!(stream_tags, ImageStreamTags, "rollback" => rollback);
tags!(image_tags, ImageTags);

fn rollback(call: &Call<'_>, tags: &ImageStreamTags) -> Result<JsValue> {
    let params = call.decoded::<RollbackOptions>()?.params()?;
    object(tags.rollback(&call.request.name, &params).map(RolledBack::from))
}
