//! Images: what is known of one manifest.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

use super::docker_image::{InvalidMetadata, VersionedDockerImage};
use super::presence::is_zero;
use super::{Bytes, DockerImage, ImageSignature, MetadataVersion, ObjectMeta};
use crate::json::{Decode, Node, Reader, SyntaxError, members};

/// An image in the store, usually named by the digest of its manifest.
///
/// ```
/// use imagestream::api::Image;
///
/// let image: Image = serde_json::from_str(r#"{"metadata": {"name": "sha256:12"}, "dockerImageReference": "quay.io/a/b:c"}"#)?;
/// assert_eq!(image.metadata.name, "sha256:12");
/// // What the API always prints is there, too.
/// assert!(serde_json::to_string(&image)?.contains(r#""dockerImageMetadataVersion":"1.0""#));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Deserialize)]
#[serde(try_from = "ImageMembers")]
#[schemars(!try_from, rename_all = "camelCase")]
pub struct Image {
    /// `Image`, on an object that stands by itself.
    pub kind: String,
    /// `image.openshift.io/v1`, on an object that stands by itself.
    pub api_version: String,
    /// Name and version. Images have no namespace.
    pub metadata: ObjectMeta,
    /// The pull spec by which the image was found; required.
    pub docker_image_reference: String,
    /// What the config says; derived from manifest and config where those are given. `None` and an empty object
    /// look the same on the wire.
    #[schemars(with = "serde_json::Map<String, serde_json::Value>", extend("x-kubernetes-preserve-unknown-fields" = true))]
    pub docker_image_metadata: Option<DockerImage>,
    /// The version of the metadata object: `1.0` (also when empty) or `pre012`.
    pub docker_image_metadata_version: String,
    /// The text of the manifest.
    pub docker_image_manifest: String,
    /// The layers; base first, as the annotation `image.openshift.io/dockerLayersOrder` says.
    pub docker_image_layers: Vec<ImageLayer>,
    /// Signatures.
    pub signatures: Vec<ImageSignature>,
    /// Signatures in the format of schema 1; `None` where none were ever set.
    pub docker_image_signatures: Option<Vec<Bytes>>,
    /// The media type of the manifest.
    pub docker_image_manifest_media_type: String,
    /// The text of the config.
    pub docker_image_config: String,
    /// The images of a manifest list or index.
    pub docker_image_manifests: Vec<ImageManifest>,
}

impl Decode for Image {
    /// The metadata can be read only when its version is known. What is wrong with it is told only where nothing else is
    /// wrong: the real server looks at it when all of the document is read.
    fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), SyntaxError> {
        const MEMBERS: &[&str] = &[
            "kind",
            "apiVersion",
            "metadata",
            "dockerImageReference",
            "dockerImageMetadata",
            "dockerImageMetadataVersion",
            "dockerImageManifest",
            "dockerImageLayers",
            "signatures",
            "dockerImageSignatures",
            "dockerImageManifestMediaType",
            "dockerImageConfig",
            "dockerImageManifests",
        ];
        let mut docker_image = None;
        reader.object("Image", MEMBERS, &mut |member, reader| match member {
            0 => self.kind.read(reader),
            1 => self.api_version.read(reader),
            2 => self.metadata.read(reader),
            3 => self.docker_image_reference.read(reader),
            4 => {
                docker_image = reader.raw()?.or(docker_image);
                Ok(())
            }
            5 => self.docker_image_metadata_version.read(reader),
            6 => self.docker_image_manifest.read(reader),
            7 => self.docker_image_layers.read(reader),
            8 => self.signatures.read(reader),
            9 => self.docker_image_signatures.read(reader),
            10 => self.docker_image_manifest_media_type.read(reader),
            11 => self.docker_image_config.read(reader),
            _ => self.docker_image_manifests.read(reader),
        })?;
        if let Some(text) = docker_image {
            match DockerImage::decode(text, &self.docker_image_metadata_version) {
                Ok(metadata) => self.docker_image_metadata = Some(metadata),
                Err(error) => reader.late(error),
            }
        }
        Ok(())
    }

    fn go_type(name: &mut String, _: &str) {
        name.push_str("v1.Image");
    }
}

/// One layer of an image.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageLayer {
    /// Its digest.
    pub name: String,
    /// Bytes.
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
    /// Bytes of its manifest.
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

/// The members as a client sends them: the metadata can be read only when its version is known.
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

/// The members as the server prints them.
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
    /// Prints the metadata in its version; one that does not exist is refused when the image is stored, and printed
    /// as `1.0` until then.
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
