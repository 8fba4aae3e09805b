//! What is known of a kind without an object of it.

use super::{Image, ImageSignature, ImageStream, ImageStreamImage, ImageStreamImport, ImageStreamLayers};
use super::{ImageStreamMapping, ImageStreamTag, ImageTag, ObjectMeta};

/// Where the objects of a kind live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// In a namespace.
    Namespaced,
    /// In the store as a whole.
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
    /// The short name, where there is one.
    const SHORT: Option<&'static str>;
    /// Where the objects live.
    const SCOPE: Scope;

    /// The metadata.
    fn metadata(&self) -> &ObjectMeta;
    /// The metadata, to change it.
    fn metadata_mut(&mut self) -> &mut ObjectMeta;
    /// `kind` and `apiVersion`, either of which may be empty.
    fn claimed_type(&self) -> (&str, &str);
    /// Sets `kind` and `apiVersion`, which the API prints for an object that stands by itself and leaves out of
    /// nested ones.
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
                super::API_VERSION.clone_into(&mut self.api_version);
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
