//! The wire types of `image.openshift.io/v1`, and of what a cluster has around it: data only, no behaviour.
//!
//! Every struct has the members, the order and the presence rules of the real API: what the server always prints is
//! always serialized (as `null`, `""` or `{}` where it is empty), everything else is left out when it has its zero
//! value. Deserializing is exact: names are matched case-sensitively, and unknown or duplicate members are errors.
//! The real server is more tolerant, and warns instead: [`crate::json::decode_strictly`] decodes like that.

mod api_resource;
mod api_resources;
mod base64_text;
mod cluster_resources;
mod column;
mod docker_image;
mod group;
mod image;
mod image_stream;
mod image_stream_image;
mod image_stream_import;
mod image_stream_layers;
mod image_stream_mapping;
mod image_stream_tag;
mod image_tag;
mod list;
mod meta;
mod namespace;
mod presence;
mod resource;
mod rfc3339;
mod signature;
mod status;
mod time;
mod type_meta;
mod workload;

pub use api_resource::{ApiResource, Scope, Subresource, Verb};
pub use api_resources::API_RESOURCES;
pub(crate) use api_resources::{group_of, is_kind};
pub use column::Column;
pub(crate) use docker_image::InvalidMetadata;
pub use docker_image::{DockerConfig, DockerImage, Empty, MetadataVersion};
pub use group::{API_VERSION, GROUP, VERSION};
pub use image::{Image, ImageLayer, ImageManifest};
pub use image_stream::{
    ImageLookupPolicy, ImageStream, ImageStreamSpec, ImageStreamStatus, NamedTagEventList, TagEvent, TagEventCondition,
    TagImportPolicy, TagReference, TagReferencePolicy,
};
pub use image_stream_image::ImageStreamImage;
pub use image_stream_import::{
    ImageImportSpec, ImageImportStatus, ImageStreamImport, ImageStreamImportSpec, ImageStreamImportStatus,
    LocalObjectReference, RepositoryImportSpec, RepositoryImportStatus,
};
pub use image_stream_layers::{ImageBlobReferences, ImageLayerData, ImageStreamLayers};
pub use image_stream_mapping::ImageStreamMapping;
pub use image_stream_tag::ImageStreamTag;
pub use image_tag::ImageTag;
pub use list::List;
pub use meta::{ListMeta, ManagedFieldsEntry, ObjectMeta, ObjectReference, OwnerReference};
pub use namespace::{Namespace, NamespaceSpec, NamespaceStatus};
pub use resource::Resource;
pub use signature::{Bytes, ImageSignature, SignatureCondition, SignatureIssuer, SignatureSubject};
pub use status::{Status, StatusCause, StatusDetails};
pub use time::{InvalidTime, Time};
pub(crate) use type_meta::TypeMeta;
pub use workload::{
    BuildFrom, BuildStrategy, Container, ImageSource, JobSpec, JobTemplate, LimitRangeItem, PodSpec, Template,
    Workload, WorkloadSpec, WorkloadStatus,
};

/// Annotations with a meaning in this API.
pub mod annotation {
    /// `"true"` on an image that the integrated registry holds.
    pub const MANAGED: &str = "openshift.io/image.managed";
    /// `"true"` if the registry stores manifest and config, so that the image need not.
    pub const MANIFEST_BLOB_STORED: &str = "image.openshift.io/manifestBlobStored";
    /// The order of `dockerImageLayers`: `"ascending"` (base layer first) or `"descending"`.
    pub const LAYERS_ORDER: &str = "image.openshift.io/dockerLayersOrder";
    /// Removed from every signature that a client sends.
    pub const MANAGED_SIGNATURE: &str = "image.openshift.io/managed-signature";
    /// `"true"` on a stream whose registry may be accessed without TLS.
    pub const INSECURE_REPOSITORY: &str = "openshift.io/image.insecureRepository";
}

/// Media types of manifests, configs and layers.
pub mod media_type {
    /// Docker image manifest, schema 1, unsigned.
    pub const SCHEMA1: &str = "application/vnd.docker.distribution.manifest.v1+json";
    /// Docker image manifest, schema 1, with a JWS signature.
    pub const SCHEMA1_SIGNED: &str = "application/vnd.docker.distribution.manifest.v1+prettyjws";
    /// A layer of a schema 1 manifest.
    pub const SCHEMA1_LAYER: &str = "application/vnd.docker.container.image.rootfs.diff+x-gtar";
    /// Docker image manifest, schema 2.
    pub const SCHEMA2: &str = "application/vnd.docker.distribution.manifest.v2+json";
    /// Docker manifest list.
    pub const MANIFEST_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
    /// The config of a schema 2 manifest.
    pub const SCHEMA2_CONFIG: &str = "application/vnd.docker.container.image.v1+json";
    /// OCI image manifest.
    pub const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
    /// OCI image index.
    pub const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
    /// The config of an OCI image manifest.
    pub const OCI_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
}
