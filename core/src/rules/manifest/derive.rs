//! Layers, media type and metadata from the texts of manifest and config.

use std::collections::BTreeSet;

use super::document::{ImageConfig, InvalidText, Manifest, read};
use super::layers::{fill_layers, order_layers};
use crate::Error;
use crate::api::{DockerImage, Image, Time, media_type};

/// Why nothing (or not all) can be derived from a manifest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeriveError {
    /// The manifest is not JSON, or its members have wrong types.
    #[error("{0}")]
    Manifest(InvalidText),
    /// The newest history entry of a schema 1 manifest is not JSON, or its members have wrong types.
    #[error("{0}")]
    History(InvalidText),
    /// A schema 1 manifest without exactly one history entry per layer.
    #[error("the image {name} ({reference}) has mismatched history and fslayer cardinality ({history} != {layers})")]
    MismatchedHistory {
        /// Name of the image.
        name: String,
        /// Its `dockerImageReference`.
        reference: String,
        /// How many history entries there are.
        history: usize,
        /// How many layers there are.
        layers: usize,
    },
    /// A schema 1 manifest without history.
    #[error("the image {name} ({reference}) has a schema 1 manifest, but it doesn't have history")]
    NoHistory {
        /// Name of the image.
        name: String,
        /// Its `dockerImageReference`.
        reference: String,
    },
    /// A schema 2 or OCI manifest, but `dockerImageConfig` is empty.
    #[error("dockerImageConfig must not be empty for manifest type {media_type:?}")]
    NoConfig {
        /// The media type of the manifest.
        media_type: String,
    },
    /// The config is not JSON, or its members have wrong types.
    #[error("failed to parse dockerImageConfig: {0}")]
    Config(InvalidText),
    /// The `schemaVersion` is neither 1 nor 2.
    #[error("unrecognized container image manifest schema {schema_version} for {name:?} ({reference})")]
    UnrecognizedSchema {
        /// The version that the manifest says it has; 0 where it says none.
        schema_version: i64,
        /// Name of the image.
        name: String,
        /// Its `dockerImageReference`.
        reference: String,
    },
}

impl DeriveError {
    pub(super) fn unrecognized(image: &Image, schema_version: i64) -> Self {
        Self::UnrecognizedSchema {
            schema_version,
            name: image.metadata.name.clone(),
            reference: image.docker_image_reference.clone(),
        }
    }
}

impl From<DeriveError> for Error {
    /// An answer with status 500 and no reason, as reads of tags give it.
    fn from(error: DeriveError) -> Self {
        Self::Unclassified(error.to_string())
    }
}

/// Fills in what the manifest and the config of an image say: layers, media type, metadata.
///
/// Known upstream as `InternalImageWithMetadata`. Without a manifest text nothing happens. Otherwise layers that are
/// there already are put in order (see [`order_layers`]); an image that then has layers, a size and a media type is
/// complete and stays as it is. For any other image:
///
/// - A manifest list or index (by the `mediaType` in the text) gets its own name as `Id` and `now` as `Created`. Since it
///   has no size it is never complete, so its `Created` moves with every derivation.
/// - Layers are taken from the manifest, base first, unless there are some.
/// - Schema 1: the media type becomes the unsigned one, and the metadata is the newest history entry.
/// - Schema 2 and OCI: the media type is that of the text, else the one sent, else schema 2. The metadata is the config,
///   with the digest of the config as `Id`.
/// - `Size` is the number of bytes of the config (0 for schema 1) and of every distinct layer; a layer that has the
///   digest of the config counts once. The sum wraps around, as the real server's does.
///
/// The metadata is replaced as a whole. Time is linear in the length of the texts, but for sorting the names of layers.
///
/// # Errors
///
/// When the texts do not allow it; what was filled in before the error stays, for example the layers of a schema 2
/// manifest without a config. Creating and updating images ignore the error, reading a tag fails with it.
pub fn derive_metadata(image: &mut Image, now: Time) -> Result<(), DeriveError> {
    if image.docker_image_manifest.is_empty() {
        return Ok(());
    }
    order_layers(image);
    if is_complete(image) {
        return Ok(());
    }
    let manifest: Manifest = read(&image.docker_image_manifest).map_err(DeriveError::Manifest)?;
    if matches!(manifest.media_type.as_str(), media_type::MANIFEST_LIST | media_type::OCI_INDEX) {
        let metadata = image.docker_image_metadata.get_or_insert_default();
        metadata.id.clone_from(&image.metadata.name);
        metadata.created = Some(now);
        return Ok(());
    }
    if image.docker_image_layers.is_empty() {
        fill_layers(image, &manifest)?;
    }
    match manifest.schema_version {
        1 => derive_from_schema1(image, &manifest),
        2 => derive_from_schema2(image, manifest),
        version => Err(DeriveError::unrecognized(image, version)),
    }
}

fn is_complete(image: &Image) -> bool {
    let sized = image.docker_image_metadata.as_ref().is_some_and(|metadata| metadata.size > 0);
    sized && !image.docker_image_layers.is_empty() && !image.docker_image_manifest_media_type.is_empty()
}

fn derive_from_schema1(image: &mut Image, manifest: &Manifest) -> Result<(), DeriveError> {
    // Signed or not: the signature is not part of what is stored as the image.
    media_type::SCHEMA1.clone_into(&mut image.docker_image_manifest_media_type);
    let newest = manifest.history.first().ok_or_else(|| DeriveError::NoHistory {
        name: image.metadata.name.clone(),
        reference: image.docker_image_reference.clone(),
    })?;
    let config: ImageConfig = read(&newest.v1_compatibility).map_err(DeriveError::History)?;
    let size = size_of_layers(image, None);
    image.docker_image_metadata = Some(DockerImage { size, ..config.into() });
    Ok(())
}

fn derive_from_schema2(image: &mut Image, manifest: Manifest) -> Result<(), DeriveError> {
    let media_type = &mut image.docker_image_manifest_media_type;
    if !manifest.media_type.is_empty() {
        *media_type = manifest.media_type;
    } else if media_type.is_empty() {
        media_type::SCHEMA2.clone_into(media_type);
    }
    if image.docker_image_config.is_empty() {
        return Err(DeriveError::NoConfig { media_type: media_type.clone() });
    }
    let config: ImageConfig = read(&image.docker_image_config).map_err(DeriveError::Config)?;
    let config_size = i64::try_from(image.docker_image_config.len()).unwrap_or(i64::MAX);
    let id = manifest.config.digest;
    let size = size_of_layers(image, Some(&id)).wrapping_add(config_size);
    image.docker_image_metadata = Some(DockerImage { id, size, ..config.into() });
    Ok(())
}

/// The bytes of all layers with different names, without those of a layer that is the config.
fn size_of_layers(image: &Image, config_digest: Option<&str>) -> i64 {
    let mut counted: BTreeSet<&str> = config_digest.into_iter().collect();
    let layers = image.docker_image_layers.iter();
    layers.filter(|layer| counted.insert(&layer.name)).fold(0, |size, layer| size.wrapping_add(layer.layer_size))
}
