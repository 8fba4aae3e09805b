//! `imagestreamtags` and `imagetags`.

use imagestream::{ImageStreamTags, ImageTags, Result};

use crate::call::Call;
use crate::convert::answer;

use crate::outcome::{PatchedObject, Replaced};

/// The two have the same verbs, but no type in common.
macro_rules! tags {
    ($name:ident, $tags:ty) => {
        pub(crate) fn $name(call: &Call<'_>, tags: &$tags) -> Result<String> {
            let name = call.request.name.as_str();
            match call.request.verb.as_str() {
                "get" => {
                    call.without_options()?;
                    answer(tags.get(name))
                }
                "list" => answer(tags.list(&call.list_params()?)),
                "create" => {
                    let (params, object) = call.sent()?;
                    answer(tags.create(&params, &object))
                }
                "replace" => {
                    let (params, object) = call.sent()?;
                    answer(tags.replace(name, &params, &object).map(Replaced::from))
                }
                "patch" => {
                    let (params, patch) = call.patch()?;
                    answer(tags.patch(name, &params, &patch).map(PatchedObject::from))
                }
                "delete" => answer(tags.delete(name, &call.delete_params()?)),
                _ => Err(call.unknown()),
            }
        }
    };
}

tags!(stream_tags, ImageStreamTags);
tags!(image_tags, ImageTags);
