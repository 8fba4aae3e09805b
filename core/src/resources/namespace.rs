//! The resources of one namespace.

use super::access::StoreAccess;
use super::{ImageStreamImages, ImageStreamImports, ImageStreamTags, ImageStreams, ImageTags, Mappings};

/// The resources of one namespace. Namespaces need not be created.
#[derive(Clone)]
pub struct Namespace {
    store: StoreAccess,
    name: String,
}

impl Namespace {
    pub(super) fn new(store: StoreAccess, name: &str) -> Self {
        Self { store, name: name.to_owned() }
    }

    /// Mappings: create an image and make it the newest entry of a tag.
    #[must_use]
    pub fn mappings(&self) -> Mappings {
        Mappings::new(self.store.clone(), &self.name)
    }

    /// Image streams.
    #[must_use]
    pub fn image_streams(&self) -> ImageStreams {
        ImageStreams::new(self.store.clone(), &self.name)
    }

    /// Tags of image streams with the image that each points to.
    #[must_use]
    pub fn image_stream_tags(&self) -> ImageStreamTags {
        ImageStreamTags::new(self.store.clone(), &self.name)
    }

    /// Tags of image streams with spec, history and image.
    #[must_use]
    pub fn image_tags(&self) -> ImageTags {
        ImageTags::new(self.store.clone(), &self.name)
    }

    /// Images read through a stream.
    #[must_use]
    pub fn image_stream_images(&self) -> ImageStreamImages {
        ImageStreamImages::new(self.store.clone(), &self.name)
    }

    /// Imports of images from registries, which always fail.
    #[must_use]
    pub fn image_stream_imports(&self) -> ImageStreamImports {
        ImageStreamImports::new(self.store.clone(), &self.name)
    }
}
