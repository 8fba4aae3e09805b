//! Derives layers, media type and metadata of an image from its manifest and config.

use super::derive_error::DeriveError;
use super::document::{CompatibilityConfig, ImageConfig, Manifest, read};
use super::layers::{are_ascending, fill_layers, order_layers};
use crate::api::{DockerImage, Image, Time, media_type};
use crate::collected;
use crate::json::Int;

/// Derives layers, media type and metadata of an image from its manifest and config; upstream
/// `InternalImageWithMetadata`.
///
/// Without a manifest nothing happens. Otherwise the existing layers of the image are put in order (see
/// [`order_layers`]). An image that then has layers, a size and a media type is complete and stays as it is. For any
/// other image:
///
/// - A manifest list or index (by the `mediaType` in the text) gets its own name as `Id` and `now` as `Created`. It has
///   no size and so is never complete: `Created` changes each time it is derived.
/// - Layers are taken from the manifest, base first, if the image has none.
/// - Schema 1: the media type becomes the unsigned one, and the metadata is the newest history entry.
/// - Schema 2 and OCI: the media type is that of the text, or else that of the image, or else schema 2. The metadata is
///   the config, with the digest of the config as `Id`.
/// - `Size` is the number of bytes of the config (0 for schema 1) and of all distinct layers; a layer with the digest
///   of the config is not counted again. The sum wraps around on overflow, as in the real server.
///
/// The metadata is replaced as a whole. The time is linear in the length of the texts, plus sorting the names of the
/// layers.
///
/// # Errors
///
/// If a text can't be decoded or lacks a required member. What was derived before the error is kept, for example the
/// layers of a schema 2 manifest without a config. Creating and updating an image ignore the error; reading a tag fails
/// with it.
pub fn derive_metadata(image: &mut Image, now: Time) -> Result<(), DeriveError> {
    if image.docker_image_manifest.is_empty() {
        return Ok(());
    }
    order_layers(image);
    if is_complete(image) {
        return Ok(());
    }
    let mut manifest: Manifest = read(&image.docker_image_manifest).map_err(DeriveError::Manifest)?;
    if matches!(manifest.media_type.as_str(), media_type::MANIFEST_LIST | media_type::OCI_INDEX) {
        let metadata = image.docker_image_metadata.get_or_insert_default();
        metadata.id.clone_from(&image.metadata.name);
        metadata.created = Some(now);
        return Ok(());
    }
    if image.docker_image_layers.is_empty() {
        fill_layers(image, &mut manifest)?;
    }
    match manifest.schema_version {
        Int(1) => derive_from_schema1(image, &manifest),
        Int(2) => derive_from_schema2(image, manifest),
        Int(version) => Err(DeriveError::unrecognized(image, version)),
    }
}

/// Whether [`derive_metadata`] would change nothing, for any manifest: the image has a size, a media type, and layers
/// in ascending order.
#[must_use]
pub fn is_derived(image: &Image) -> bool {
    is_complete(image) && are_ascending(image)
}

fn is_complete(image: &Image) -> bool {
    let sized = image.docker_image_metadata.as_ref().is_some_and(|metadata| metadata.size > 0);
    sized && !image.docker_image_layers.is_empty() && !image.docker_image_manifest_media_type.is_empty()
}

fn derive_from_schema1(image: &mut Image, manifest: &Manifest) -> Result<(), DeriveError> {
    // This also applies to a signed manifest: the signature is not part of the image.
    media_type::SCHEMA1.clone_into(&mut image.docker_image_manifest_media_type);
    let newest = manifest.history.first().ok_or_else(|| DeriveError::NoHistory {
        name: image.metadata.name.clone(),
        reference: image.docker_image_reference.clone(),
    })?;
    let config: CompatibilityConfig = read(&newest.v1_compatibility).map_err(DeriveError::History)?;
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

/// The size of all distinct layers, without one that has the digest of the config.
fn size_of_layers(image: &Image, config_digest: Option<&str>) -> i64 {
    let mut counted = collected::set(config_digest);
    let layers = image.docker_image_layers.iter();
    layers.filter(|layer| counted.insert(&layer.name)).fold(0, |size, layer| size.wrapping_add(layer.layer_size))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{ImageLayer, annotation};

    const NOW: i64 = 1_700_000_000;

    fn image(manifest: &str, config: &str) -> Image {
        let mut image = Image {
            docker_image_reference: "quay.io/a/b:c".to_owned(),
            docker_image_manifest: manifest.to_owned(),
            docker_image_config: config.to_owned(),
            ..Image::default()
        };
        "sha256:12".clone_into(&mut image.metadata.name);
        image
    }

    fn derived(manifest: &str, config: &str) -> Image {
        let mut image = image(manifest, config);
        derive_metadata(&mut image, Time::from_unix(NOW)).unwrap();
        image
    }

    fn metadata(manifest: &str, config: &str) -> DockerImage {
        derived(manifest, config).docker_image_metadata.unwrap()
    }

    fn failure(manifest: &str, config: &str) -> String {
        derive_metadata(&mut image(manifest, config), Time::from_unix(NOW)).unwrap_err().to_string()
    }

    fn layer(name: &str, layer_size: i64) -> ImageLayer {
        ImageLayer { name: name.to_owned(), layer_size, media_type: "t".to_owned() }
    }

    #[test]
    fn without_a_manifest_nothing_is_touched() {
        let mut image = Image { docker_image_layers: vec![layer("a", 1), layer("b", 2)], ..image("", "{") };
        media_type::SCHEMA2.clone_into(&mut image.docker_image_manifest_media_type);
        let before = image.clone();
        assert_eq!(derive_metadata(&mut image, Time::from_unix(NOW)), Ok(()));
        assert_eq!(image, before);
    }

    #[test]
    fn a_complete_image_is_not_derived_again() {
        let mut image = Image { docker_image_layers: vec![layer("a", 1)], ..image("{nope", "{nope") };
        image.docker_image_metadata = Some(DockerImage { size: 1, ..DockerImage::default() });
        assert!(derive_metadata(&mut image.clone(), Time::from_unix(NOW)).is_err());
        "t".clone_into(&mut image.docker_image_manifest_media_type);
        let mut unsized_image = Image { docker_image_metadata: Some(DockerImage::default()), ..image.clone() };
        assert!(derive_metadata(&mut unsized_image, Time::from_unix(NOW)).is_err());
        assert_eq!(derive_metadata(&mut image, Time::from_unix(NOW)), Ok(()));
    }

    #[test]
    fn member_names_are_case_insensitive() {
        let manifest = r#"{"SCHEMAVERSION": 2, "Layers": [{"DIGEST": "a", "Size": 7, "mediatype": "t"}], "CONFIG": {"Digest": "c"}}"#;
        let image = derived(manifest, r#"{"AUTHOR": "me", "Config": {"cmd": ["sh"]}}"#);
        assert_eq!(image.docker_image_layers, [layer("a", 7)]);
        let metadata = image.docker_image_metadata.unwrap();
        assert_eq!((metadata.id.as_str(), metadata.author.as_str()), ("c", "me"));
        assert_eq!(metadata.config.unwrap().cmd, ["sh"]);
    }

    #[test]
    fn the_media_type_of_the_text_wins_then_the_one_sent() {
        let mut sent = image(r#"{"schemaVersion": 2}"#, "{}");
        "sent".clone_into(&mut sent.docker_image_manifest_media_type);
        derive_metadata(&mut sent, Time::from_unix(NOW)).unwrap();
        assert_eq!(sent.docker_image_manifest_media_type, "sent");
        sent.docker_image_manifest = r#"{"schemaVersion": 2, "mediaType": "text"}"#.to_owned();
        derive_metadata(&mut sent, Time::from_unix(NOW)).unwrap();
        assert_eq!(sent.docker_image_manifest_media_type, "text");
        let neither = derived(r#"{"schemaVersion": 2}"#, "{}");
        assert_eq!(neither.docker_image_manifest_media_type, media_type::SCHEMA2);
    }

    #[test]
    fn a_list_is_named_by_itself_and_created_now() {
        for list in [media_type::MANIFEST_LIST, media_type::OCI_INDEX] {
            let mut image = image(&format!(r#"{{"mediaType": "{list}", "manifests": 5}}"#), "");
            for now in [NOW, NOW + 1] {
                derive_metadata(&mut image, Time::from_unix(now)).unwrap();
                let metadata = image.docker_image_metadata.clone().unwrap();
                assert_eq!((metadata.id.as_str(), metadata.created), ("sha256:12", Some(Time::from_unix(now))));
            }
            assert_eq!(image.docker_image_manifest_media_type, "");
            assert!(!image.metadata.annotations.contains_key(annotation::LAYERS_ORDER));
        }
    }

    #[test]
    fn every_layer_and_the_config_count_once() {
        let manifest = r#"{"schemaVersion": 2, "config": {"digest": "c", "size": 5}, "layers": [
            {"digest": "a", "size": 10}, {"digest": "c", "size": 5}, {"digest": "a", "size": 10}, {"digest": "b", "size": 100}]}"#;
        assert_eq!(metadata(manifest, r#"{"size": 7}"#).size, 10 + 100 + 11);
    }

    #[test]
    fn sums_of_sizes_wrap_around() {
        let manifest = format!(
            r#"{{"schemaVersion": 2, "config": {{"digest": "c"}}, "layers": [{{"digest": "a", "size": {0}}}, {{"digest": "b", "size": {0}}}]}}"#,
            i64::MAX
        );
        assert_eq!(metadata(&manifest, "{}").size, 0);
    }

    #[test]
    fn the_newest_history_entry_is_the_metadata_of_schema1() {
        let manifest = r#"{"schemaVersion": 1, "fsLayers": [{"blobSum": "top"}, {"blobSum": "base"}], "history": [
            {"v1Compatibility": "{\"id\": \"i\", \"Size\": 3, \"created\": \"2016-02-15T08:30:32.5+01:00\"}"},
            {"v1Compatibility": "{\"size\": \"many\"}"}]}"#;
        let mut image = image(manifest, "no config");
        media_type::SCHEMA1_SIGNED.clone_into(&mut image.docker_image_manifest_media_type);
        derive_metadata(&mut image, Time::from_unix(NOW)).unwrap();
        assert_eq!(image.docker_image_manifest_media_type, media_type::SCHEMA1);
        let layers: Vec<_> =
            image.docker_image_layers.iter().map(|layer| (layer.name.as_str(), layer.layer_size)).collect();
        assert_eq!(layers, [("base", 0), ("top", 3)]);
        let metadata = image.docker_image_metadata.unwrap();
        assert_eq!((metadata.id.as_str(), metadata.size), ("i", 3));
        assert_eq!(metadata.created.unwrap().to_string(), "2016-02-15T07:30:32Z");
    }

    #[test]
    fn a_time_in_the_year_one_counts_as_absent() {
        let config = r#"{"created": "0001-01-01T00:00:00Z"}"#;
        assert_eq!(metadata(r#"{"schemaVersion": 2}"#, config).created, None);
        assert_eq!(metadata(r#"{"schemaVersion": 2}"#, r#"{"created": null}"#).created, None);
    }

    #[test]
    fn errors_have_the_texts_of_the_real_server() {
        let entry = r#"{"v1Compatibility": "{"}"#;
        for (manifest, config, message) in [
            ("{nope", "", "invalid character 'n' looking for beginning of object key string"),
            ("[]", "", "json: cannot unmarshal array into Go value of type docker10.DockerImageManifest"),
            (
                r#"{"schemaVersion": 3}"#,
                "",
                r#"unrecognized container image manifest schema 3 for "sha256:12" (quay.io/a/b:c)"#,
            ),
            ("null", "", r#"unrecognized container image manifest schema 0 for "sha256:12" (quay.io/a/b:c)"#),
            ("{}", "", r#"unrecognized container image manifest schema 0 for "sha256:12" (quay.io/a/b:c)"#),
            (
                &format!(r#"{{"schemaVersion": 1, "history": [{entry}]}}"#),
                "",
                "the image sha256:12 (quay.io/a/b:c) has mismatched history and fslayer cardinality (1 != 0)",
            ),
            (
                r#"{"schemaVersion": 1}"#,
                "",
                "the image sha256:12 (quay.io/a/b:c) has a schema 1 manifest, but it doesn't have history",
            ),
            (
                &format!(r#"{{"schemaVersion": 1, "fsLayers": [{{}}], "history": [{entry}]}}"#),
                "",
                "unexpected end of JSON input",
            ),
            (
                r#"{"schemaVersion": 2, "mediaType": "t"}"#,
                "",
                r#"dockerImageConfig must not be empty for manifest type "t""#,
            ),
            (
                r#"{"schemaVersion": 2}"#,
                "{nope",
                "failed to parse dockerImageConfig: invalid character 'n' looking for beginning of object key string",
            ),
            (
                r#"{"schemaVersion": 2}"#,
                r#"{"author": 1}"#,
                "failed to parse dockerImageConfig: json: cannot unmarshal number into Go struct field DockerImageConfig.author of type string",
            ),
        ] {
            assert_eq!(failure(manifest, config), message, "{manifest} {config}");
        }
    }

    #[test]
    fn what_was_derived_before_an_error_is_kept() {
        let mut image = image(r#"{"schemaVersion": 2, "layers": [{"digest": "a", "mediaType": "t"}]}"#, "");
        assert!(derive_metadata(&mut image, Time::from_unix(NOW)).is_err());
        assert_eq!(image.docker_image_layers, [layer("a", 0)]);
        assert_eq!(image.docker_image_manifest_media_type, media_type::SCHEMA2);
        assert_eq!(image.docker_image_metadata, None);
    }
}
