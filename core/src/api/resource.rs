//! The types of objects, each with its resource.

use super::api_resources::{self as table, ApiResource, Scope};
use super::group::API_VERSION;
use super::image::Image;
use super::image_stream::ImageStream;
use super::image_stream_image::ImageStreamImage;
use super::image_stream_import::ImageStreamImport;
use super::image_stream_layers::ImageStreamLayers;
use super::image_stream_mapping::ImageStreamMapping;
use super::image_stream_tag::ImageStreamTag;
use super::image_tag::ImageTag;
use super::meta::ObjectMeta;
use super::signature::ImageSignature;

/// A type of object.
pub trait Resource {
    /// The resource, with its names and verbs.
    const API_RESOURCE: &'static ApiResource;
    /// The kind, for example `ImageStream`.
    const KIND: &'static str = Self::API_RESOURCE.kind;
    /// The name of the resource: the plural in lower case, as in a path.
    const PLURAL: &'static str = Self::API_RESOURCE.plural;
    /// The singular in lower case.
    const SINGULAR: &'static str = Self::API_RESOURCE.singular;
    /// Whether the objects are in namespaces.
    const SCOPE: Scope = Self::API_RESOURCE.scope;

    /// The metadata.
    fn metadata(&self) -> &ObjectMeta;
    /// The metadata, for changes.
    fn metadata_mut(&mut self) -> &mut ObjectMeta;
    /// `kind` and `apiVersion`, either of which may be empty.
    fn claimed_type(&self) -> (&str, &str);
    /// Sets `kind` and `apiVersion`, which the API leaves out of nested objects.
    fn set_type(&mut self);
}

macro_rules! resource {
    ($type:ident, $api_resource:ident) => {
        impl Resource for $type {
            const API_RESOURCE: &'static ApiResource = &table::$api_resource;

            fn metadata(&self) -> &ObjectMeta {
                &self.metadata
            }

            fn metadata_mut(&mut self) -> &mut ObjectMeta {
                &mut self.metadata
            }

            fn claimed_type(&self) -> (&str, &str) {
                (&self.kind, &self.api_version)
            }

            fn set_type(&mut self) {
                Self::KIND.clone_into(&mut self.kind);
                API_VERSION.clone_into(&mut self.api_version);
            }
        }
    };
}

resource!(Image, IMAGES);
resource!(ImageSignature, IMAGE_SIGNATURES);
resource!(ImageStream, IMAGE_STREAMS);
resource!(ImageStreamImage, IMAGE_STREAM_IMAGES);
resource!(ImageStreamImport, IMAGE_STREAM_IMPORTS);
resource!(ImageStreamLayers, IMAGE_STREAM_LAYERS);
resource!(ImageStreamMapping, IMAGE_STREAM_MAPPINGS);
resource!(ImageStreamTag, IMAGE_STREAM_TAGS);
resource!(ImageTag, IMAGE_TAGS);
