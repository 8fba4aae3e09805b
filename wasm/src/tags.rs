//! `imagestreamtags` and `imagetags`.

use imagestream::{ImageStreamTags, ImageTags};

use crate::call::{Call, post};
use crate::convert::answer;
use crate::error::Result;
use crate::options::{DeleteOptions, ListOptions, NoOptions, PatchOptions};
use crate::outcome::{PatchedObject, Replaced};

/// The two have the same verbs, but no type in common.
macro_rules! tags {
    ($name:ident, $tags:ty) => {
        pub(crate) fn $name(call: &Call<'_>, tags: &$tags) -> Result<String> {
            let name = call.request.name.as_str();
            match call.request.verb.as_str() {
                "get" => {
                    call.options::<NoOptions>()?;
                    answer(tags.get(name))
                }
                "list" => answer(tags.list(&call.options::<ListOptions>()?.params()?)),
                "create" => answer(tags.create(&post(call)?, &call.object()?)),
                "replace" => answer(tags.replace(name, &post(call)?, &call.object()?).map(Replaced::from)),
                "patch" => {
                    let options: PatchOptions = call.options()?;
                    let patched = tags.patch(name, &options.params()?, &options.patch(call.text()?)?);
                    answer(patched.map(PatchedObject::from))
                }
                "delete" => answer(tags.delete(name, &call.options::<DeleteOptions>()?.params()?)),
                _ => Err(call.unknown()),
            }
        }
    };
}

tags!(stream_tags, ImageStreamTags);
tags!(image_tags, ImageTags);
