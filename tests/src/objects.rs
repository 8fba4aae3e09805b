//! Sample objects, identified by a number, and storing them.

use imagestream::api::{Image, ImageStream, ImageStreamMapping, ObjectMeta};
use imagestream::{ImageStore, MappingOutcome, PostParams, Result};

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

/// Creates a stream in the namespace `shop`.
///
/// # Errors
///
/// Errors of the store.
pub fn create_stream(store: &ImageStore, name: &str) -> Result<ImageStream> {
    store.namespace("shop").image_streams().create(&PostParams::default(), &stream(name))
}

/// Pushes image `number` to a tag in the namespace `shop`.
///
/// # Errors
///
/// Errors of the store.
pub fn push(store: &ImageStore, stream: &str, tag: &str, number: u64) -> Result<MappingOutcome> {
    store.namespace("shop").mappings().create(&PostParams::default(), &mapping(stream, tag, number))
}

/// Asserts that verification finds nothing.
///
/// # Panics
///
/// If it finds a problem.
pub fn assert_sound(store: &ImageStore) {
    match store.verify() {
        Ok(verification) => assert!(verification.is_clean(), "{:?}", verification.problems),
        Err(error) => panic!("{error}"),
    }
}

fn named(name: &str) -> ObjectMeta {
    ObjectMeta { name: name.to_owned(), ..ObjectMeta::default() }
}
