//! The rows of an image.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::docker_image::DockerImageRecord;
use super::meta::MetaRecord;
use super::{MOST_BYTES_OF_NUMBER, Record, append, begin, record, seal};
use crate::api::{
    Bytes, Image, ImageLayer, ImageManifest, ImageSignature, ObjectMeta, SignatureCondition, SignatureIssuer,
    SignatureSubject, Time,
};
use crate::error::Result;
use crate::json::DecodeError;

record! {
    /// An image without the texts of its manifest and config.
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    pub(crate) struct ImageRecord<'a> {
        pub(crate) resource_version: u64,
        image: UnversionedImage<'a>,
    }
}

record! {
    /// The same without the version, which a new image gets last. Borrows what is to be written.
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    struct UnversionedImage<'a> {
        meta: MetaRecord,
        docker_image_reference: Cow<'a, str>,
        docker_image_metadata: Option<DockerImageRecord<'a>>,
        docker_image_metadata_version: Cow<'a, str>,
        docker_image_layers: Vec<LayerRecord<'a>>,
        signatures: Vec<SignatureRecord>,
        docker_image_signatures: Option<Vec<Vec<u8>>>,
        docker_image_manifest_media_type: Cow<'a, str>,
        docker_image_manifests: Vec<ManifestRecord>,
        /// Whether there is a row with the text of the manifest.
        has_manifest: bool,
        /// Whether there is a row with the text of the config.
        has_config: bool,
    }
}

record! {
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    struct LayerRecord<'a> {
        name: Cow<'a, str>,
        layer_size: i64,
        media_type: Cow<'a, str>,
    }
}

record! {
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    struct ManifestRecord {
        digest: String,
        media_type: String,
        manifest_size: i64,
        architecture: String,
        os: String,
        variant: String,
    }
}

record! {
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    struct SignatureRecord {
        name: String,
        namespace: String,
        resource_version: String,
        meta: MetaRecord,
        signature_type: String,
        content: Vec<u8>,
        conditions: Vec<SignatureConditionRecord>,
        image_identity: String,
        signed_claims: BTreeMap<String, String>,
        created: Option<i64>,
        issued_by: Option<IssuerRecord>,
        issued_to: Option<SubjectRecord>,
    }
}

record! {
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    struct SignatureConditionRecord {
        condition_type: String,
        status: String,
        last_probe_time: Option<i64>,
        last_transition_time: Option<i64>,
        reason: String,
        message: String,
    }
}

record! {
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    struct IssuerRecord {
        organization: String,
        common_name: String,
    }
}

record! {
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    struct SubjectRecord {
        organization: String,
        common_name: String,
        public_key_id: String,
    }
}

impl Record for ImageRecord<'_> {
    const TABLE: &'static str = "images";
    const VERSION: u8 = 1;
    const ROOM: usize = 1024;
}

impl<'a> ImageRecord<'a> {
    /// The record of an image as of a version.
    pub(crate) fn new(image: &'a Image, resource_version: u64) -> Self {
        Self { resource_version, image: UnversionedImage::from(image) }
    }

    /// Whether there is a row with the text of the manifest.
    pub(crate) fn has_manifest(&self) -> bool {
        self.image.has_manifest
    }

    /// Whether there is a row with the text of the config.
    pub(crate) fn has_config(&self) -> bool {
        self.image.has_config
    }

    /// The media type of the manifest.
    pub(crate) fn into_media_type(self) -> String {
        self.image.docker_image_manifest_media_type.into_owned()
    }

    /// The image, with the texts left empty.
    pub(crate) fn into_image(self, name: &str) -> Result<Image, DecodeError> {
        let Self { resource_version, image } = self;
        Ok(Image {
            metadata: image.meta.into_meta("", name, resource_version)?,
            docker_image_reference: image.docker_image_reference.into_owned(),
            docker_image_metadata: image.docker_image_metadata.map(Into::into),
            docker_image_metadata_version: image.docker_image_metadata_version.into_owned(),
            docker_image_layers: image.docker_image_layers.into_iter().map(Into::into).collect(),
            signatures: image.signatures.into_iter().map(ImageSignature::try_from).collect::<Result<_, _>>()?,
            docker_image_signatures: image
                .docker_image_signatures
                .map(|signatures| signatures.into_iter().map(Bytes).collect()),
            docker_image_manifest_media_type: image.docker_image_manifest_media_type.into_owned(),
            docker_image_manifests: image.docker_image_manifests.into_iter().map(Into::into).collect(),
            ..Image::default()
        })
    }
}

/// The encoded record of a new image, except for the version.
pub(crate) struct EncodedImage(Vec<u8>);

impl EncodedImage {
    pub(crate) fn of(image: &Image) -> Result<Self> {
        let mut payload = Vec::with_capacity(ImageRecord::ROOM);
        append::<ImageRecord<'_>>(&mut payload, &UnversionedImage::from(image))?;
        Ok(Self(payload))
    }

    /// The encoded record for the row of `key`.
    pub(crate) fn with_version(&self, key: &[u8], resource_version: u64) -> Result<Vec<u8>> {
        let mut bytes = begin(self.0.len() + MOST_BYTES_OF_NUMBER);
        append::<ImageRecord<'_>>(&mut bytes, &resource_version)?;
        bytes.extend_from_slice(&self.0);
        seal::<ImageRecord<'_>>(key, bytes)
    }
}

impl<'a> From<&'a Image> for UnversionedImage<'a> {
    fn from(image: &'a Image) -> Self {
        Self {
            meta: MetaRecord::from(&image.metadata),
            docker_image_reference: (&*image.docker_image_reference).into(),
            docker_image_metadata: image.docker_image_metadata.as_ref().map(DockerImageRecord::from),
            docker_image_metadata_version: (&*image.docker_image_metadata_version).into(),
            docker_image_layers: image.docker_image_layers.iter().map(LayerRecord::from).collect(),
            signatures: image.signatures.iter().map(SignatureRecord::from).collect(),
            docker_image_signatures: image
                .docker_image_signatures
                .as_ref()
                .map(|signatures| signatures.iter().map(|signature| signature.0.clone()).collect()),
            docker_image_manifest_media_type: (&*image.docker_image_manifest_media_type).into(),
            docker_image_manifests: image.docker_image_manifests.iter().map(ManifestRecord::from).collect(),
            has_manifest: !image.docker_image_manifest.is_empty(),
            has_config: !image.docker_image_config.is_empty(),
        }
    }
}

impl<'a> From<&'a ImageLayer> for LayerRecord<'a> {
    fn from(layer: &'a ImageLayer) -> Self {
        let ImageLayer { name, layer_size, media_type } = layer;
        Self { name: name.into(), layer_size: *layer_size, media_type: media_type.into() }
    }
}

impl From<LayerRecord<'_>> for ImageLayer {
    fn from(record: LayerRecord<'_>) -> Self {
        let LayerRecord { name, layer_size, media_type } = record;
        Self { name: name.into_owned(), layer_size, media_type: media_type.into_owned() }
    }
}

impl From<&ImageManifest> for ManifestRecord {
    fn from(manifest: &ImageManifest) -> Self {
        Self {
            digest: manifest.digest.clone(),
            media_type: manifest.media_type.clone(),
            manifest_size: manifest.manifest_size,
            architecture: manifest.architecture.clone(),
            os: manifest.os.clone(),
            variant: manifest.variant.clone(),
        }
    }
}

impl From<ManifestRecord> for ImageManifest {
    fn from(record: ManifestRecord) -> Self {
        Self {
            digest: record.digest,
            media_type: record.media_type,
            manifest_size: record.manifest_size,
            architecture: record.architecture,
            os: record.os,
            variant: record.variant,
        }
    }
}

impl From<&ImageSignature> for SignatureRecord {
    fn from(signature: &ImageSignature) -> Self {
        Self {
            name: signature.metadata.name.clone(),
            namespace: signature.metadata.namespace.clone(),
            resource_version: signature.metadata.resource_version.clone(),
            meta: MetaRecord::from(&signature.metadata),
            signature_type: signature.signature_type.clone(),
            content: signature.content.0.clone(),
            conditions: signature.conditions.iter().map(SignatureConditionRecord::from).collect(),
            image_identity: signature.image_identity.clone(),
            signed_claims: signature.signed_claims.clone(),
            created: signature.created.map(Time::unix),
            issued_by: signature.issued_by.as_ref().map(IssuerRecord::from),
            issued_to: signature.issued_to.as_ref().map(SubjectRecord::from),
        }
    }
}

impl TryFrom<SignatureRecord> for ImageSignature {
    type Error = DecodeError;

    fn try_from(record: SignatureRecord) -> Result<Self, DecodeError> {
        Ok(Self {
            metadata: ObjectMeta {
                resource_version: record.resource_version,
                ..record.meta.into_meta(&record.namespace, &record.name, 0)?
            },
            signature_type: record.signature_type,
            content: Bytes(record.content),
            conditions: record.conditions.into_iter().map(Into::into).collect(),
            image_identity: record.image_identity,
            signed_claims: record.signed_claims,
            created: record.created.map(Time::from_unix),
            issued_by: record.issued_by.map(Into::into),
            issued_to: record.issued_to.map(Into::into),
            ..Self::default()
        })
    }
}

impl From<&SignatureCondition> for SignatureConditionRecord {
    fn from(condition: &SignatureCondition) -> Self {
        Self {
            condition_type: condition.condition_type.clone(),
            status: condition.status.clone(),
            last_probe_time: condition.last_probe_time.map(Time::unix),
            last_transition_time: condition.last_transition_time.map(Time::unix),
            reason: condition.reason.clone(),
            message: condition.message.clone(),
        }
    }
}

impl From<SignatureConditionRecord> for SignatureCondition {
    fn from(record: SignatureConditionRecord) -> Self {
        Self {
            condition_type: record.condition_type,
            status: record.status,
            last_probe_time: record.last_probe_time.map(Time::from_unix),
            last_transition_time: record.last_transition_time.map(Time::from_unix),
            reason: record.reason,
            message: record.message,
        }
    }
}

impl From<&SignatureIssuer> for IssuerRecord {
    fn from(issuer: &SignatureIssuer) -> Self {
        Self { organization: issuer.organization.clone(), common_name: issuer.common_name.clone() }
    }
}

impl From<IssuerRecord> for SignatureIssuer {
    fn from(record: IssuerRecord) -> Self {
        Self { organization: record.organization, common_name: record.common_name }
    }
}

impl From<&SignatureSubject> for SubjectRecord {
    fn from(subject: &SignatureSubject) -> Self {
        Self {
            organization: subject.organization.clone(),
            common_name: subject.common_name.clone(),
            public_key_id: subject.public_key_id.clone(),
        }
    }
}

impl From<SubjectRecord> for SignatureSubject {
    fn from(record: SubjectRecord) -> Self {
        Self { organization: record.organization, common_name: record.common_name, public_key_id: record.public_key_id }
    }
}
