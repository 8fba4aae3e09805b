//! What the server itself sets, keeps and drops when an image is written or read.

use super::manifest::{
    DeriveError, config_matches_manifest, derive_metadata, manifest_matches_name, sub_manifests,
};
use crate::api::{Image, MetadataVersion, Time, annotation};

/// Prepares a new image, before it is validated.
///
/// In this order: derives layers, media type and metadata from the manifest ([`derive_metadata`]; what can't be derived
/// stays as sent), replaces `dockerImageManifests` if the media type says that the manifest is a list, drops the texts
/// of manifest and config if the annotation `image.openshift.io/manifestBlobStored` is `"true"`, and removes the
/// annotation `image.openshift.io/managed-signature` from signatures. Everything else stays as sent.
pub fn prepare_for_create(image: &mut Image, now: Time) {
    // An image whose manifest says nothing is an image all the same: the text is kept for whoever understands it.
    let _ = derive_metadata(image, now);
    let manifests = sub_manifests(&image.docker_image_manifest, &image.docker_image_manifest_media_type);
    if let Some(manifests) = manifests {
        image.docker_image_manifests = manifests;
    }
    drop_what_is_kept_elsewhere(image);
}

/// Prepares a changed image, before it is validated, and names the fields whose change was taken back.
///
/// Much of an image follows from its manifest, so a client can't change it: metadata, its version and the layers stay as
/// stored, signatures of schema 1 stay once they are set. A changed manifest is taken only if it matches the image's
/// name ([`manifest_matches_name`], by the stored media type), a changed config only if it matches the manifest
/// ([`config_matches_manifest`]); both may be removed. Then metadata is derived and texts are dropped as in
/// [`prepare_for_create`].
///
/// The real server says nothing of all this. The result does: the JSON names of the fields that the client sent
/// differently and that stay as stored, in the order of the API. An absent field differs from a stored one.
#[must_use]
pub fn prepare_for_update(image: &mut Image, stored: &Image, now: Time) -> Vec<&'static str> {
    let ignored = take_back_changes(image, stored);
    // As on creation: what can't be derived stays as it is.
    let _ = derive_metadata(image, now);
    drop_what_is_kept_elsewhere(image);
    ignored
}

/// Prepares an image for an answer about a tag or about an image of a stream: its metadata is derived anew, and the texts
/// of manifest and config are left out.
///
/// # Errors
///
/// When the metadata can't be derived. An image that has no manifest text, or is complete, never fails.
pub fn prepare_for_read(image: &mut Image, now: Time) -> Result<(), DeriveError> {
    derive_metadata(image, now)?;
    drop_texts(image);
    Ok(())
}

fn take_back_changes(image: &mut Image, stored: &Image) -> Vec<&'static str> {
    let mut ignored = Vec::new();

    if image.docker_image_metadata.clone().unwrap_or_default() != stored.docker_image_metadata.clone().unwrap_or_default() {
        ignored.push("dockerImageMetadata");
    }
    image.docker_image_metadata.clone_from(&stored.docker_image_metadata);

    if version_name(&image.docker_image_metadata_version) != version_name(&stored.docker_image_metadata_version) {
        ignored.push("dockerImageMetadataVersion");
    }
    image.docker_image_metadata_version.clone_from(&stored.docker_image_metadata_version);

    if is_foreign_manifest(image, stored) {
        ignored.push("dockerImageManifest");
        image.docker_image_manifest.clone_from(&stored.docker_image_manifest);
    }

    if image.docker_image_layers != stored.docker_image_layers {
        ignored.push("dockerImageLayers");
        image.docker_image_layers.clone_from(&stored.docker_image_layers);
    }

    let stored_signatures = stored.docker_image_signatures.as_ref().filter(|signatures| !signatures.is_empty());
    if stored_signatures.is_some() && image.docker_image_signatures.as_ref() != stored_signatures {
        ignored.push("dockerImageSignatures");
        image.docker_image_signatures = stored_signatures.cloned();
    }

    // After the manifest: a config is compared with the manifest that stays.
    if is_foreign_config(image, stored) {
        ignored.push("dockerImageConfig");
        image.docker_image_config.clone_from(&stored.docker_image_config);
    }
    ignored
}

/// The version as it is printed.
fn version_name(version: &str) -> &str {
    if version.is_empty() { MetadataVersion::default().name() } else { version }
}

fn is_foreign_manifest(image: &Image, stored: &Image) -> bool {
    let manifest = &image.docker_image_manifest;
    let changed = *manifest != stored.docker_image_manifest && !manifest.is_empty();
    changed && !manifest_matches_name(manifest, &stored.docker_image_manifest_media_type, &stored.metadata.name)
}

fn is_foreign_config(image: &Image, stored: &Image) -> bool {
    let config = &image.docker_image_config;
    let changed = *config != stored.docker_image_config && !config.is_empty();
    let media_type = &image.docker_image_manifest_media_type;
    changed && !config_matches_manifest(config, &image.docker_image_manifest, media_type)
}

fn drop_what_is_kept_elsewhere(image: &mut Image) {
    if image.metadata.annotations.get(annotation::MANIFEST_BLOB_STORED).is_some_and(|stored| stored == "true") {
        drop_texts(image);
    }
    for signature in &mut image.signatures {
        signature.metadata.annotations.remove(annotation::MANAGED_SIGNATURE);
    }
}

fn drop_texts(image: &mut Image) {
    image.docker_image_manifest.clear();
    image.docker_image_config.clear();
}
