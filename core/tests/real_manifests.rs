//! Real manifests of every format, valid and broken, are derived as the format says, or refused with a clear error.

use std::fs;
use std::path::Path;

use imagestream::api::{Image, Time, media_type};
use imagestream::rules::Digest;
use imagestream::rules::image_strategy::prepare_for_create;
use imagestream::rules::manifest::{
    config_matches_manifest, derive_metadata, manifest_matches_name, signed_payload, sub_manifests,
};

fn now() -> Time {
    Time::from_unix(0)
}

fn text(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/manifests").join(name))
        .expect("a file of tests/data")
}

fn sha256(text: &str) -> String {
    Digest::of(text.as_bytes()).to_string()
}

/// An image with this manifest, the config of its siblings, and no media type.
fn image(name: &str) -> Image {
    let mut image = Image {
        docker_image_reference: "quay.io/a/b:c".to_owned(),
        docker_image_manifest: text(name),
        docker_image_config: text("schema2-config.json"),
        ..Image::default()
    };
    image.metadata.name = sha256(&image.docker_image_manifest);
    image
}

/// Media type, number of layers, and total size including the config of 5,940 bytes.
fn derived(name: &str) -> Result<(String, usize, i64), String> {
    let mut image = image(name);
    derive_metadata(&mut image, now()).map_err(|error| error.to_string())?;
    let size = image.docker_image_metadata.unwrap_or_default().size;
    Ok((image.docker_image_manifest_media_type, image.docker_image_layers.len(), size))
}

#[test]
fn every_manifest_of_one_image_is_derived() {
    const CONFIG: i64 = 5940;
    let schema2 = [
        ("oci1-all-media-types-to-schema2.json", 6, 71_936_297),
        ("oci1-to-schema2.json", 5, 71_936_145),
        ("schema2-all-media-types.json", 5, 71_936_147),
        ("schema2.json", 5, 71_936_145),
        ("v2s2.nondistributable.gzip.manifest.json", 1, 32_654),
        ("v2s2.nondistributable.manifest.json", 1, 32_654),
        // No media type in the text or in the image.
        ("ociv1nomime.manifest.json", 3, 122_487),
    ];
    let oci = [
        ("oci1-all-media-types.json", 6, 71_936_297),
        ("oci1-artifact.json", 5, 71_936_145),
        ("oci1.encrypted.json", 5, 71_936_145),
        ("oci1.json", 5, 71_936_145),
        ("ociv1.encrypted.manifest.json", 3, 122_487),
        ("ociv1.everything.json", 1, 2),
        ("ociv1.manifest.json", 3, 122_487),
        ("ociv1.nondistributable.manifest.json", 1, 32_654),
        ("ociv1.uncompressed.manifest.json", 3, 122_487),
        ("schema1-to-oci1.json", 6, 279_509_091),
    ];
    for (name, layers, size) in schema2 {
        assert_eq!(derived(name), Ok((media_type::SCHEMA2.to_owned(), layers, size + CONFIG)), "{name}");
    }
    for (name, layers, size) in oci {
        assert_eq!(derived(name), Ok((media_type::OCI_MANIFEST.to_owned(), layers, size + CONFIG)), "{name}");
    }
    // Two of its three layers are the same empty layer; only the second newest history entry has a size.
    assert_eq!(derived("schema1-for-oci-config.json"), Ok((media_type::SCHEMA1.to_owned(), 3, 746_888)));
    assert_eq!(derived("schema2-to-schema1-by-docker.json"), Ok((media_type::SCHEMA1.to_owned(), 15, 0)));
}

#[test]
fn the_config_becomes_the_metadata() {
    let mut image = image("schema2.json");
    derive_metadata(&mut image, now()).unwrap();
    let metadata = image.docker_image_metadata.unwrap();
    assert_eq!(metadata.id, sha256(&image.docker_image_config));
    assert_eq!(metadata.created.unwrap().to_string(), "2016-09-23T23:20:45Z");
    assert_eq!((metadata.docker_version.as_str(), metadata.architecture.as_str()), ("1.12.1", "amd64"));
    assert_eq!(metadata.container, "8825acde1b009729807e4b70a65a89399dd8da8e53be9216b9aaabaff4339f69");
    assert!(metadata.config.unwrap().env.contains(&"HTTPD_PREFIX=/usr/local/apache2".to_owned()));
}

#[test]
fn configs_are_not_accepted_as_manifests() {
    let configs = [
        "oci1-config-extra-fields.json",
        "schema1-to-schema2-config.json",
        "schema2-config.json",
        "schema2-to-oci1-config.json",
    ];
    for name in configs {
        let error = derived(name).unwrap_err();
        assert!(error.starts_with("unrecognized container image manifest schema 0 for \"sha256:"), "{name}: {error}");
    }
}

#[test]
fn every_config_is_decoded() {
    for name in ["oci1-config-extra-fields.json", "schema1-to-schema2-config.json", "schema2-to-oci1-config.json"] {
        let mut image = Image { docker_image_config: text(name), ..image("oci1.json") };
        derive_metadata(&mut image, now()).unwrap();
        assert_eq!(image.docker_image_metadata.unwrap().architecture, "amd64", "{name}");
    }
}

#[test]
fn broken_manifests_are_stored_unchanged() {
    let unknown = derived("unknown-version.manifest.json").unwrap_err();
    assert!(unknown.starts_with("unrecognized container image manifest schema 99999 for "), "{unknown}");
    let unsigned = derived("v2s1-invalid-signatures.manifest.json").unwrap_err();
    assert!(unsigned.ends_with(" (quay.io/a/b:c) has a schema 1 manifest, but it doesn't have history"), "{unsigned}");
    for name in ["unknown-version.manifest.json", "v2s1-invalid-signatures.manifest.json"] {
        let mut image = image(name);
        prepare_for_create(&mut image, now());
        assert_eq!(image.docker_image_manifest, text(name));
        assert_eq!(image.docker_image_metadata, None);
    }
}

#[test]
fn lists_name_their_manifests() {
    for (name, sent, count) in [
        ("v2list.manifest.json", media_type::MANIFEST_LIST, 5),
        ("ociv1.image.index.json", media_type::OCI_INDEX, 2),
        ("ociv1nomime.image.index.json", media_type::OCI_INDEX, 2),
    ] {
        let mut image = Image { docker_image_manifest_media_type: sent.to_owned(), ..image(name) };
        prepare_for_create(&mut image, now());
        assert_eq!(image.docker_image_manifests.len(), count, "{name}");
        assert_eq!(image.docker_image_manifests[0].architecture, "ppc64le", "{name}");
        assert_eq!(image.docker_image_layers, [], "{name}");
    }
    assert_eq!(sub_manifests(&text("v2list.manifest.json"), media_type::OCI_INDEX), None);
    assert_eq!(sub_manifests(&text("oci1.json"), media_type::OCI_INDEX), None);
}

#[test]
fn digests_are_those_of_the_registries() {
    // gcr.io/google_containers/pause-amd64:3.0, pushed in 2016.
    let pause = text("schema1-for-oci-config.json");
    let digest = "sha256:163ac025575b775d1c0f9bf0bdd0f086883171eb475b5068e7defa4ca9e76516";
    assert!(manifest_matches_name(&pause, media_type::SCHEMA1_SIGNED, digest));
    assert!(!manifest_matches_name(&pause, media_type::SCHEMA1_SIGNED, &sha256(&pause)));
    assert!(signed_payload(&text("schema2-to-schema1-by-docker.json")).is_some());
    assert_eq!(signed_payload(&text("v2s1-invalid-signatures.manifest.json")), None);

    for (name, media_type) in [("schema2.json", media_type::SCHEMA2), ("oci1.json", media_type::OCI_MANIFEST)] {
        let manifest = text(name);
        assert!(manifest_matches_name(&manifest, media_type, &sha256(&manifest)), "{name}");
        assert!(config_matches_manifest(&text("schema2-config.json"), &manifest, media_type), "{name}");
        assert!(!config_matches_manifest(&text("schema2-to-oci1-config.json"), &manifest, media_type), "{name}");
    }
}
