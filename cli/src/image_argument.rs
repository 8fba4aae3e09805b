//! How an image is named on the command line.

use imagestream::api::Image;
use imagestream::{FoundBy, ImageStore};

use crate::failure::{Failure, Result};

/// The image with this name: `STREAM:TAG` of a namespace, a digest, or the beginning of one.
pub(crate) fn image(store: &ImageStore, namespace: &str, name: &str) -> Result<Image> {
    let is_digest = ["sha256:", "sha384:", "sha512:"].iter().any(|prefix| name.starts_with(prefix));
    if name.contains(':') && !is_digest {
        return Ok(store.namespace(namespace).image_stream_tags().get(name)?.image);
    }
    if store.images().exists(name)? {
        return Ok(store.images().get(name)?);
    }
    let found = store.find(name)?;
    let mut named = found.iter().filter(|found| found.by != FoundBy::Layer && !found.missing);
    match (named.next(), named.next()) {
        (Some(one), None) => Ok(store.images().get(&one.name)?),
        (None, _) => Err(Failure::message(format!("there is no image {name}"))),
        (Some(one), Some(other)) => {
            let count = 2 + named.count();
            Err(Failure::message(format!(
                "{count} images begin with {name}, for example {} and {}",
                one.name, other.name
            )))
        }
    }
}
