//! Preparing images: what the server sets, keeps and drops when an image is written or read.

use std::borrow::Cow;

use super::manifest::{DeriveError, config_matches_manifest, derive_metadata, manifest_matches_name, sub_manifests};
use crate::api::{DockerImage, Image, MetadataVersion, Time, annotation};

/// Prepares a new image for validation.
///
/// In this order: derives layers, media type and metadata from the manifest ([`derive_metadata`]; what can't be derived
/// stays as sent), replaces `dockerImageManifests` if the media type says that the manifest is a list, drops the texts
/// of manifest and config if the annotation `image.openshift.io/manifestBlobStored` is `"true"`, and removes the
/// annotation `image.openshift.io/managed-signature` from signatures. Everything else stays as sent.
///
/// ```
/// use imagestream::api::{Image, Time, media_type};
/// use imagestream::rules::image_strategy::prepare_for_create;
///
/// let mut image = Image {
///     docker_image_manifest: r#"{"schemaVersion": 2, "layers": [{"digest": "sha256:ab", "size": 70}]}"#.to_owned(),
///     docker_image_config: r#"{"architecture": "arm64"}"#.to_owned(),
///     docker_image_manifest_media_type: media_type::OCI_MANIFEST.to_owned(),
///     ..Image::default()
/// };
/// prepare_for_create(&mut image, Time::from_unix(0));
/// let metadata = image.docker_image_metadata.unwrap_or_default();
/// assert_eq!(image.docker_image_layers[0].name, "sha256:ab");
/// assert_eq!((metadata.architecture.as_str(), metadata.size), ("arm64", 70 + 25));
/// ```
pub fn prepare_for_create(image: &mut Image, now: Time) {
    // An image with an unreadable manifest is still an image: the text is kept for clients that understand it.
    let _ = derive_metadata(image, now);
    let manifests = sub_manifests(&image.docker_image_manifest, &image.docker_image_manifest_media_type);
    if let Some(manifests) = manifests {
        image.docker_image_manifests = manifests;
    }
    drop_texts_in_blob_storage(image);
}

/// Prepares a changed image for validation, and returns the fields whose changes were ignored.
///
/// Much of an image follows from its manifest, so a client can't change it: the Docker metadata, its version and the
/// layers stay as stored, and signatures of schema 1 can't be changed once set. A changed manifest is accepted only if
/// it matches the image's name ([`manifest_matches_name`], by the stored media type), a changed config only if it
/// matches the manifest ([`config_matches_manifest`]); both may be removed. Then metadata is derived and texts are
/// dropped as in [`prepare_for_create`].
///
/// The real server does not report this. The result does: the JSON names of the fields that the client sent with other
/// values, but that stay as stored, in the order of the API. An absent field differs from a stored one.
#[must_use]
pub fn prepare_for_update(image: &mut Image, stored: &Image, now: Time) -> Vec<&'static str> {
    let ignored = take_back_changes(image, stored);
    // As on creation, what can't be derived stays as it is.
    let _ = derive_metadata(image, now);
    drop_texts_in_blob_storage(image);
    ignored
}

/// Prepares an image for the response about a tag or about an image of a stream: its metadata is derived again, and the
/// texts of manifest and config are removed.
///
/// # Errors
///
/// If the metadata can't be derived. An image that has no manifest text, or is complete, never fails.
pub fn prepare_for_read(image: &mut Image, now: Time) -> Result<(), DeriveError> {
    derive_metadata(image, now)?;
    drop_texts(image);
    Ok(())
}

fn take_back_changes(image: &mut Image, stored: &Image) -> Vec<&'static str> {
    let mut ignored = Vec::new();

    if printed_metadata(image) != printed_metadata(stored) {
        ignored.push("dockerImageMetadata");
    }
    image.docker_image_metadata.clone_from(&stored.docker_image_metadata);

    if printed_version(image) != printed_version(stored) {
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

    // After the manifest, since a changed config is compared with the resulting manifest.
    if is_foreign_config(image, stored) {
        ignored.push("dockerImageConfig");
        image.docker_image_config.clone_from(&stored.docker_image_config);
    }
    ignored
}

/// The metadata as clients see it: an empty object if absent.
fn printed_metadata(image: &Image) -> Cow<'_, DockerImage> {
    image.docker_image_metadata.as_ref().map_or_else(Cow::default, Cow::Borrowed)
}

/// The metadata version as clients see it.
fn printed_version(image: &Image) -> &str {
    match image.docker_image_metadata_version.as_str() {
        "" => MetadataVersion::default().name(),
        version => version,
    }
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

fn drop_texts_in_blob_storage(image: &mut Image) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Bytes, ImageLayer, ImageManifest, ImageSignature, media_type};
    use crate::rules::Digest;

    const CONFIG: &str = r#"{"author": "me"}"#;

    fn sha256(text: &str) -> String {
        Digest::of(text.as_bytes()).to_string()
    }

    fn now() -> Time {
        Time::from_unix(1_700_000_000)
    }

    /// A schema 2 image with two layers, as it is stored after its creation.
    fn stored() -> Image {
        let mut image = Image {
            docker_image_manifest: format!(
                r#"{{"schemaVersion": 2, "mediaType": "{}", "config": {{"digest": "{}"}}, "layers": [{{"digest": "a", "size": 1}}, {{"digest": "b"}}]}}"#,
                media_type::SCHEMA2,
                sha256(CONFIG)
            ),
            docker_image_config: CONFIG.to_owned(),
            ..Image::default()
        };
        image.metadata.name = sha256(&image.docker_image_manifest);
        prepare_for_create(&mut image, now());
        image
    }

    fn annotate(image: &mut Image, name: &str, value: &str) {
        image.metadata.annotations.insert(name.to_owned(), value.to_owned());
    }

    fn names(image: &Image) -> Vec<&str> {
        image.docker_image_layers.iter().map(|layer| layer.name.as_str()).collect()
    }

    #[test]
    fn manifests_of_a_list_replace_those_sent() {
        let sent = vec![ImageManifest { digest: "sent".to_owned(), ..ImageManifest::default() }];
        let list = Image {
            docker_image_manifest: r#"{"manifests": [{"digest": "read"}]}"#.to_owned(),
            docker_image_manifests: sent,
            ..Image::default()
        };
        for (media_type, digest) in [(media_type::OCI_INDEX, "read"), (media_type::OCI_MANIFEST, "sent"), ("", "sent")]
        {
            let mut image = Image { docker_image_manifest_media_type: media_type.to_owned(), ..list.clone() };
            prepare_for_create(&mut image, now());
            assert_eq!(image.docker_image_manifests[0].digest, digest, "{media_type}");
        }
    }

    #[test]
    fn texts_in_blob_storage_are_dropped_after_deriving() {
        let mut image = Image { docker_image_manifest: stored().docker_image_manifest, ..Image::default() };
        image.docker_image_config = CONFIG.to_owned();
        annotate(&mut image, annotation::MANIFEST_BLOB_STORED, "TRUE");
        prepare_for_create(&mut image, now());
        assert_ne!(image.docker_image_manifest, "");
        annotate(&mut image, annotation::MANIFEST_BLOB_STORED, "true");
        prepare_for_create(&mut image, now());
        assert_eq!((image.docker_image_manifest.as_str(), image.docker_image_config.as_str()), ("", ""));
        assert_eq!(image.docker_image_metadata.unwrap().author, "me");
    }

    #[test]
    fn signatures_lose_the_managed_annotation() {
        let mut signature = ImageSignature::default();
        for name in [annotation::MANAGED_SIGNATURE, "other"] {
            signature.metadata.annotations.insert(name.to_owned(), "true".to_owned());
        }
        let mut image = Image { signatures: vec![signature], ..Image::default() };
        let mut updated = image.clone();
        prepare_for_create(&mut image, now());
        let _ = prepare_for_update(&mut updated, &image, now());
        for image in [image, updated] {
            let annotations: Vec<_> = image.signatures[0].metadata.annotations.keys().collect();
            assert_eq!(annotations, ["other"]);
        }
    }

    #[test]
    fn an_update_keeps_derived_fields_and_reports_them() {
        let stored = stored();
        let mut image = Image {
            docker_image_metadata: Some(DockerImage { author: "you".to_owned(), ..DockerImage::default() }),
            docker_image_metadata_version: "pre012".to_owned(),
            docker_image_manifest: "{}".to_owned(),
            docker_image_layers: vec![ImageLayer::default()],
            docker_image_config: "{}".to_owned(),
            ..stored.clone()
        };
        let ignored = prepare_for_update(&mut image, &stored, now());
        let expected = [
            "dockerImageMetadata",
            "dockerImageMetadataVersion",
            "dockerImageManifest",
            "dockerImageLayers",
            "dockerImageConfig",
        ];
        assert_eq!(ignored, expected);
        assert_eq!(image, stored);
    }

    #[test]
    fn an_unchanged_image_has_no_ignored_fields() {
        let stored = stored();
        let mut image = Image { docker_image_metadata_version: "1.0".to_owned(), ..stored.clone() };
        assert_eq!(prepare_for_update(&mut image, &stored, now()), [""; 0]);
        assert_eq!(image, stored);
    }

    #[test]
    fn other_members_change_freely() {
        let stored = stored();
        let mut image = Image {
            docker_image_reference: "quay.io/a/b:c".to_owned(),
            docker_image_manifest_media_type: "t".to_owned(),
            docker_image_manifests: vec![ImageManifest::default()],
            signatures: vec![ImageSignature::default()],
            ..stored.clone()
        };
        annotate(&mut image, "a", "b");
        let sent = image.clone();
        assert_eq!(prepare_for_update(&mut image, &stored, now()), [""; 0]);
        assert_eq!(image, sent);
    }

    #[test]
    fn texts_may_be_removed_and_restored() {
        let stored = stored();
        let mut removed =
            Image { docker_image_manifest: String::new(), docker_image_config: String::new(), ..stored.clone() };
        assert_eq!(prepare_for_update(&mut removed, &stored, now()), [""; 0]);
        assert_eq!((removed.docker_image_manifest.as_str(), removed.docker_image_config.as_str()), ("", ""));

        let mut back = stored.clone();
        assert_eq!(prepare_for_update(&mut back, &removed, now()), [""; 0]);
        assert_eq!(back, stored);
    }

    #[test]
    fn a_manifest_is_compared_by_the_stored_media_type() {
        let complete = stored();
        let bare = Image { metadata: complete.metadata.clone(), ..Image::default() };
        let mut image = Image { docker_image_metadata: None, docker_image_layers: Vec::new(), ..complete };
        let ignored = prepare_for_update(&mut image, &bare, now());
        assert_eq!(ignored, ["dockerImageManifest", "dockerImageConfig"]);
        assert_eq!(image.docker_image_manifest, "");
    }

    #[test]
    fn an_update_can_complete_an_image() {
        let complete = stored();
        let bare = Image {
            metadata: complete.metadata.clone(),
            docker_image_manifest_media_type: media_type::SCHEMA2.to_owned(),
            ..Image::default()
        };
        let mut image = Image { docker_image_metadata: None, docker_image_layers: Vec::new(), ..complete.clone() };
        assert_eq!(prepare_for_update(&mut image, &bare, now()), [""; 0]);
        assert_eq!(image, complete);
    }

    #[test]
    fn signatures_of_schema1_can_be_set_once() {
        let signed = |text: &str| Some(vec![Bytes(text.into())]);
        let mut image = Image { docker_image_signatures: signed("first"), ..Image::default() };
        assert_eq!(prepare_for_update(&mut image, &Image::default(), now()), [""; 0]);
        let stored = image.clone();
        for changed in [signed("second"), None] {
            image.docker_image_signatures = changed;
            assert_eq!(prepare_for_update(&mut image, &stored, now()), ["dockerImageSignatures"]);
            assert_eq!(image.docker_image_signatures, signed("first"));
        }
    }

    #[test]
    fn an_update_without_the_annotation_reverses_schema2_layers() {
        let stored = stored();
        assert_eq!(names(&stored), ["a", "b"]);
        let mut image = stored.clone();
        image.metadata.annotations.clear();
        let _ = prepare_for_update(&mut image, &stored, now());
        assert_eq!(names(&image), ["b", "a"]);
    }

    #[test]
    fn a_read_removes_the_texts_or_fails() {
        let mut image = stored();
        prepare_for_read(&mut image, now()).unwrap();
        assert_eq!((image.docker_image_manifest.as_str(), image.docker_image_config.as_str()), ("", ""));
        assert_eq!(image.docker_image_metadata.unwrap().author, "me");

        let mut broken = Image { docker_image_manifest: "{".to_owned(), ..Image::default() };
        let error = crate::Error::from(prepare_for_read(&mut broken, now()).unwrap_err());
        assert_eq!((error.status().code, error.to_string().as_str()), (500, "unexpected end of JSON input"));
    }
}
