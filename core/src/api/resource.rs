//! The types of objects, each with its resource.

use super::api_resource::{ApiResource, Scope};
use super::image::Image;
use super::image_stream::ImageStream;
use super::image_stream_image::ImageStreamImage;
use super::image_stream_import::ImageStreamImport;
use super::image_stream_layers::ImageStreamLayers;
use super::image_stream_mapping::ImageStreamMapping;
use super::image_stream_tag::ImageStreamTag;
use super::image_tag::ImageTag;
use super::meta::ObjectMeta;
use super::namespace::Namespace;
use super::signature::ImageSignature;
use super::{api_resources as table, cluster_resources as cluster};

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
    fn set_type(&mut self) {
        self.set_type_of(Self::API_RESOURCE);
    }
    /// Sets `kind` and `apiVersion` to those of another resource that has objects of this type: a project is a namespace.
    fn set_type_of(&mut self, resource: &ApiResource);
}

macro_rules! resource {
    ($type:ident, $table:ident::$api_resource:ident) => {
        impl Resource for $type {
            const API_RESOURCE: &'static ApiResource = &$table::$api_resource;

            fn metadata(&self) -> &ObjectMeta {
                &self.metadata
            }

            fn metadata_mut(&mut self) -> &mut ObjectMeta {
                &mut self.metadata
            }

            fn claimed_type(&self) -> (&str, &str) {
                (&self.kind, &self.api_version)
            }

            fn set_type_of(&mut self, resource: &ApiResource) {
                resource.kind.clone_into(&mut self.kind);
                resource.api_version.clone_into(&mut self.api_version);
            }
        }
    };
}

resource!(Image, table::IMAGES);
resource!(ImageSignature, table::IMAGE_SIGNATURES);
resource!(ImageStream, table::IMAGE_STREAMS);
resource!(ImageStreamImage, table::IMAGE_STREAM_IMAGES);
resource!(ImageStreamImport, table::IMAGE_STREAM_IMPORTS);
resource!(ImageStreamLayers, table::IMAGE_STREAM_LAYERS);
resource!(ImageStreamMapping, table::IMAGE_STREAM_MAPPINGS);
resource!(ImageStreamTag, table::IMAGE_STREAM_TAGS);
resource!(ImageTag, table::IMAGE_TAGS);
resource!(Namespace, cluster::NAMESPACES);
