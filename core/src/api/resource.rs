//! The kinds of objects and their names.

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

/// Whether the objects of a kind are in namespaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// In a namespace.
    Namespaced,
    /// In no namespace.
    Cluster,
}

/// A kind of object with its names.
pub trait Resource {
    /// The kind, for example `ImageStream`.
    const KIND: &'static str;
    /// The resource: the plural in lower case, as in a path.
    const PLURAL: &'static str;
    /// The singular in lower case.
    const SINGULAR: &'static str;
    /// The short name, if there is one.
    const SHORT: Option<&'static str>;
    /// Whether the objects are in namespaces.
    const SCOPE: Scope;

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
    ($type:ident, $plural:literal, $singular:literal, $short:expr, $scope:ident) => {
        impl Resource for $type {
            const KIND: &'static str = stringify!($type);
            const PLURAL: &'static str = $plural;
            const SINGULAR: &'static str = $singular;
            const SHORT: Option<&'static str> = $short;
            const SCOPE: Scope = Scope::$scope;

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

resource!(Image, "images", "image", None, Cluster);
resource!(ImageSignature, "imagesignatures", "imagesignature", None, Cluster);
resource!(ImageStream, "imagestreams", "imagestream", Some("is"), Namespaced);
resource!(ImageStreamImage, "imagestreamimages", "imagestreamimage", Some("isimage"), Namespaced);
resource!(ImageStreamImport, "imagestreamimports", "imagestreamimport", None, Namespaced);
resource!(ImageStreamLayers, "imagestreamlayers", "imagestreamlayers", None, Namespaced);
resource!(ImageStreamMapping, "imagestreammappings", "imagestreammapping", None, Namespaced);
resource!(ImageStreamTag, "imagestreamtags", "imagestreamtag", Some("istag"), Namespaced);
resource!(ImageTag, "imagetags", "imagetag", Some("itag"), Namespaced);
