//! Objects to store, told apart by a number.

use imagestream::api::{Image, ImageStream, ImageStreamMapping, ObjectMeta};

/// A digest.
#[must_use]
pub fn digest(number: u64) -> String {
    format!("sha256:{number:064x}")
}

/// An empty stream.
#[must_use]
pub fn stream(name: &str) -> ImageStream {
    ImageStream { metadata: named(name), ..ImageStream::default() }
}

/// A push of image `number` to a tag.
#[must_use]
pub fn mapping(stream: &str, tag: &str, number: u64) -> ImageStreamMapping {
    let digest = digest(number);
    ImageStreamMapping {
        metadata: named(stream),
        image: Image {
            docker_image_reference: format!("registry.example.com/shop/{stream}@{digest}"),
            metadata: named(&digest),
            ..Image::default()
        },
        tag: tag.to_owned(),
        ..ImageStreamMapping::default()
    }
}

fn named(name: &str) -> ObjectMeta {
    ObjectMeta { name: name.to_owned(), ..ObjectMeta::default() }
}
