//! Images: one manifest each, with its metadata.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

use super::docker_image::{DockerImage, InvalidMetadata, MetadataVersion, VersionedDockerImage};
use super::meta::ObjectMeta;
use super::presence::is_zero;
use super::signature::{Bytes, ImageSignature};
use crate::json::{Decode, Node, Reader, SyntaxError, members};

/// An image. Its name is usually the digest of its manifest.
///
/// ```
/// use imagestream::api::Image;
///
/// let image: Image = serde_json::from_str(r#"{"metadata": {"name": "sha256:12"}, "dockerImageReference": "quay.io/a/b:c"}"#)?;
/// assert_eq!(image.metadata.name, "sha256:12");
/// // Members that the API always prints are written, too.
/// assert!(serde_json::to_string(&image)?.contains(r#""dockerImageMetadataVersion":"1.0""#));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Deserialize)]
#[serde(try_from = "ImageMembers")]
#[schemars(!try_from, rename_all = "camelCase")]
pub struct Image {
    /// `Image`, on an object that is not nested in another.
    pub kind: String,
    /// `image.openshift.io/v1`, on an object that is not nested in another.
    pub api_version: String,
    /// Name and version. Images have no namespace.
    pub metadata: ObjectMeta,
    /// The pull spec of the image; required.
    pub docker_image_reference: String,
    /// The metadata of the image, derived from its manifest and config if those are given. `None` is written as an empty
    /// object.
    #[schemars(with = "serde_json::Map<String, serde_json::Value>", extend("x-kubernetes-preserve-unknown-fields" = true))]
    pub docker_image_metadata: Option<DockerImage>,
    /// The version of the metadata object: `1.0` (the default) or `pre012`.
    pub docker_image_metadata_version: String,
    /// The text of the manifest.
    pub docker_image_manifest: String,
    /// The layers, base first. The annotation `image.openshift.io/dockerLayersOrder` names the order.
    pub docker_image_layers: Vec<ImageLayer>,
    /// Signatures.
    #[schemars(extend("x-kubernetes-patch-merge-key" = "name", "x-kubernetes-patch-strategy" = "merge"))]
    pub signatures: Vec<ImageSignature>,
    /// Signatures in the format of schema 1; `None` if they were never set.
    pub docker_image_signatures: Option<Vec<Bytes>>,
    /// The media type of the manifest.
    pub docker_image_manifest_media_type: String,
    /// The text of the config.
    pub docker_image_config: String,
    /// The images of a manifest list or index.
    pub docker_image_manifests: Vec<ImageManifest>,
}

/// An image while it is read: its metadata is decoded at the end, when its version is known.
#[derive(Default)]
struct UndecodedImage {
    image: Image,
    docker_image_metadata: LastText,
}

members!(UndecodedImage as "Image" {
    "kind" => image.kind,
    "apiVersion" => image.api_version,
    "metadata" => image.metadata,
    "dockerImageReference" => image.docker_image_reference,
    "dockerImageMetadata" => docker_image_metadata,
    "dockerImageMetadataVersion" => image.docker_image_metadata_version,
    "dockerImageManifest" => image.docker_image_manifest,
    "dockerImageLayers" => image.docker_image_layers,
    "signatures" => image.signatures,
    "dockerImageSignatures" => image.docker_image_signatures,
    "dockerImageManifestMediaType" => image.docker_image_manifest_media_type,
    "dockerImageConfig" => image.docker_image_config,
    "dockerImageManifests" => image.docker_image_manifests,
});

/// The text of the last value that is not `null`.
#[derive(Default)]
struct LastText(Option<Vec<u8>>);

impl Decode for LastText {
    fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), SyntaxError> {
        if let Some(text) = reader.raw()? {
            self.0 = Some(text.to_vec());
        }
        Ok(())
    }

    fn go_type(name: &mut String, _: &str) {
        name.push_str("runtime.RawExtension");
    }
}

impl Decode for Image {
    /// An error in the metadata counts only if there is no other: the real server decodes it after the rest of the document.
    fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), SyntaxError> {
        let mut undecoded = UndecodedImage { image: std::mem::take(self), ..UndecodedImage::default() };
        undecoded.read(reader)?;
        *self = undecoded.image;
        if let LastText(Some(text)) = undecoded.docker_image_metadata {
            match DockerImage::decode(&text, &self.docker_image_metadata_version) {
                Ok(metadata) => self.docker_image_metadata = Some(metadata),
                Err(error) => reader.late(error),
            }
        }
        Ok(())
    }

    fn go_type(name: &mut String, string: &str) {
        UndecodedImage::go_type(name, string);
    }
}

/// One layer of an image.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageLayer {
    /// Its digest.
    pub name: String,
    /// Its size in bytes.
    #[serde(rename = "size")]
    pub layer_size: i64,
    /// The media type.
    pub media_type: String,
}

members!(ImageLayer as "ImageLayer" {
    "name" => name,
    "size" => layer_size,
    "mediaType" => media_type,
});

/// One image of a manifest list or index.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageManifest {
    /// Its digest.
    pub digest: String,
    /// The media type of its manifest.
    pub media_type: String,
    /// The size of its manifest in bytes.
    pub manifest_size: i64,
    /// The CPU architecture.
    pub architecture: String,
    /// The operating system.
    pub os: String,
    /// The variant of the CPU architecture.
    #[serde(skip_serializing_if = "is_zero")]
    pub variant: String,
}

members!(ImageManifest as "ImageManifest" {
    "digest" => digest,
    "mediaType" => media_type,
    "manifestSize" => manifest_size,
    "architecture" => architecture,
    "os" => os,
    "variant" => variant,
});

/// An image while serde deserializes it: its metadata is decoded when its version is known.
#[derive(Default, Deserialize)]
#[serde(rename = "Image", rename_all = "camelCase", default, deny_unknown_fields)]
struct ImageMembers {
    kind: String,
    api_version: String,
    metadata: ObjectMeta,
    docker_image_reference: String,
    docker_image_metadata: Option<Node<'static>>,
    docker_image_metadata_version: String,
    docker_image_manifest: String,
    docker_image_layers: Vec<ImageLayer>,
    signatures: Vec<ImageSignature>,
    docker_image_signatures: Option<Vec<Bytes>>,
    docker_image_manifest_media_type: String,
    docker_image_config: String,
    docker_image_manifests: Vec<ImageManifest>,
}

impl TryFrom<ImageMembers> for Image {
    type Error = InvalidMetadata;

    fn try_from(members: ImageMembers) -> Result<Self, InvalidMetadata> {
        let version = members.docker_image_metadata_version;
        Ok(Self {
            docker_image_metadata: members
                .docker_image_metadata
                .map(|object| DockerImage::decode(object.to_json().as_bytes(), &version))
                .transpose()?,
            docker_image_metadata_version: version,
            kind: members.kind,
            api_version: members.api_version,
            metadata: members.metadata,
            docker_image_reference: members.docker_image_reference,
            docker_image_manifest: members.docker_image_manifest,
            docker_image_layers: members.docker_image_layers,
            signatures: members.signatures,
            docker_image_signatures: members.docker_image_signatures,
            docker_image_manifest_media_type: members.docker_image_manifest_media_type,
            docker_image_config: members.docker_image_config,
            docker_image_manifests: members.docker_image_manifests,
        })
    }
}

/// An image while it is serialized.
#[derive(Serialize)]
#[serde(rename = "Image", rename_all = "camelCase")]
struct PrintedImage<'a> {
    #[serde(skip_serializing_if = "is_zero")]
    kind: &'a str,
    #[serde(skip_serializing_if = "is_zero")]
    api_version: &'a str,
    metadata: &'a ObjectMeta,
    #[serde(skip_serializing_if = "is_zero")]
    docker_image_reference: &'a str,
    docker_image_metadata: VersionedDockerImage<'a>,
    docker_image_metadata_version: &'a str,
    #[serde(skip_serializing_if = "is_zero")]
    docker_image_manifest: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    docker_image_layers: &'a [ImageLayer],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    signatures: &'a [ImageSignature],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    docker_image_signatures: &'a [Bytes],
    #[serde(skip_serializing_if = "is_zero")]
    docker_image_manifest_media_type: &'a str,
    #[serde(skip_serializing_if = "is_zero")]
    docker_image_config: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    docker_image_manifests: &'a [ImageManifest],
}

impl Serialize for Image {
    /// Writes the metadata in its version, or as `1.0` if there is no such version. (An image of an unknown version can't be
    /// stored.)
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let version = MetadataVersion::named(&self.docker_image_metadata_version).unwrap_or_default();
        let empty = DockerImage::default();
        PrintedImage {
            kind: &self.kind,
            api_version: &self.api_version,
            metadata: &self.metadata,
            docker_image_reference: &self.docker_image_reference,
            docker_image_metadata: self.docker_image_metadata.as_ref().unwrap_or(&empty).in_version(version),
            docker_image_metadata_version: version.name(),
            docker_image_manifest: &self.docker_image_manifest,
            docker_image_layers: &self.docker_image_layers,
            signatures: &self.signatures,
            docker_image_signatures: self.docker_image_signatures.as_deref().unwrap_or_default(),
            docker_image_manifest_media_type: &self.docker_image_manifest_media_type,
            docker_image_config: &self.docker_image_config,
            docker_image_manifests: &self.docker_image_manifests,
        }
        .serialize(serializer)
    }
}
