//! `imagestreamimages`: images read through a stream.

use super::access::StoreAccess;
use super::derived_image::show_derived;
use super::layers;
use super::lifecycle::not_found;
use crate::api::{ImageStreamImage, ObjectMeta, Resource as _};
use crate::error::{Error, Result};
use crate::rules::{digest_or_image_match, parse_stream_image};
use crate::store::images;
use crate::store::streams::StreamName;

/// The images in the streams of a namespace. They can only be read.
#[derive(Clone)]
pub struct ImageStreamImages {
    store: StoreAccess,
    namespace: String,
}

impl ImageStreamImages {
    pub(super) fn new(store: StoreAccess, namespace: &str) -> Self {
        Self { store, namespace: namespace.to_owned() }
    }

    /// The image `stream@digest`, without the texts of manifest and config. A prefix of the digest is enough.
    ///
    /// The images of a stream are those named in the histories of its tags, and the images of their manifest lists. If
    /// a prefix matches several, an exact match is preferred, and otherwise the first one by name.
    ///
    /// # Errors
    ///
    /// [`BadRequest`](crate::ErrorKind::BadRequest) if the name is not `stream@digest`,
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such stream, if it has no such image, or if the image is
    /// missing.
    pub fn get(&self, name: &str) -> Result<ImageStreamImage> {
        let (stream_name, query) = parse_stream_image(name)
            .map_err(|_| Error::bad_request("ImageStreamImages must be retrieved with <name>@<id>"))?;
        let read = self.store.read()?;
        let at = StreamName { namespace: &self.namespace, name: stream_name };
        let blobs = layers::of_stream(&read, at)?.ok_or_else(|| not_found::<ImageStreamImage>(stream_name))?;
        let digest = if blobs.images.contains_key(query) {
            Some(query)
        } else {
            blobs.images.keys().map(|image| &**image).find(|image| digest_or_image_match(image, query))
        };
        // The real server names the kind here, and the resource everywhere else.
        let digest = digest.ok_or_else(|| Error::not_found("imagestreamimage", name))?;
        let stored = images::get_without_texts(&read, digest)?.ok_or_else(|| not_found::<ImageStreamImage>(digest))?;
        let image = show_derived(&read, stored, self.store.now())??;
        let mut found = ImageStreamImage {
            metadata: ObjectMeta {
                name: name.to_owned(),
                namespace: self.namespace.clone(),
                creation_timestamp: image.metadata.creation_timestamp,
                annotations: blobs.metadata.annotations,
                ..ObjectMeta::default()
            },
            image,
            ..ImageStreamImage::default()
        };
        found.set_type();
        Ok(found)
    }
}
