//! Streams from real clusters can be loaded, and every manifest goes through a mapping: stored, or refused with a
//! reason.
#![allow(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use http::{Request, StatusCode};
use imagestream::api::Image;
use imagestream::{ImageStore, PostParams, Result, request};
use imagestream_tests::objects::{create_stream, mapping};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The JSON files of a data folder, sorted.
fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(folder);
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    paths
}

#[test]
fn the_streams_of_a_cluster_can_be_loaded() {
    let paths = files("imagestreams");
    assert_eq!(paths.len(), 60);
    for path in paths {
        let mut stream: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        // Two of them are older than the API group.
        stream["apiVersion"] = Value::from("image.openshift.io/v1");
        let store = ImageStore::in_memory().unwrap();
        let request = Request::post("/apis/image.openshift.io/v1/namespaces/openshift/imagestreams")
            .header("Content-Type", "application/json")
            .body(Bytes::from(stream.to_string()))
            .unwrap();
        let (parts, body) = request::handle(&store, &request, None).into_parts();
        let answer: Value = serde_json::from_slice(&body.into_bytes()).unwrap();
        assert_eq!(parts.status, StatusCode::CREATED, "{}: {answer}", path.display());

        let name = stream["metadata"]["name"].as_str().unwrap();
        let stored = store.namespace("openshift").image_streams().get(name).unwrap();
        let tags = stream["spec"]["tags"].as_array().unwrap();
        assert_eq!(stored.spec.tags.len(), tags.len(), "{}", path.display());
    }
}

#[test]
fn every_manifest_is_stored_or_refused_with_a_reason() {
    let texts: Vec<(String, String)> = files("manifests")
        .into_iter()
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap()))
        .collect();
    let digest = |text: &str| format!("sha256:{}", hex::encode(Sha256::digest(text.as_bytes())));
    let store = ImageStore::in_memory().unwrap();
    create_stream(&store, "web").unwrap();
    let mut results = String::new();
    for (file, manifest) in &texts {
        let media_type = serde_json::from_str::<Value>(manifest).unwrap()["mediaType"].as_str().map(str::to_owned);
        // With the media type in the manifest, and without one.
        for (number, media_type) in [String::new()].into_iter().chain(media_type).enumerate() {
            let mut mapping = mapping("web", &format!("{number}-{file}"), 0);
            mapping.image.metadata.name = digest(&format!("{number}{manifest}"));
            mapping.image.docker_image_manifest.clone_from(manifest);
            let config = texts.iter().find(|(_, text)| manifest.contains(&digest(text)));
            mapping.image.docker_image_config = config.map(|(_, text)| text.clone()).unwrap_or_default();
            mapping.image.docker_image_manifest_media_type.clone_from(&media_type);
            let result = store.namespace("shop").mappings().create(&PostParams::default(), &mapping);
            let result = result.and_then(|_| store.images().get(&mapping.image.metadata.name));
            writeln!(results, "{file} {media_type}\n    {}", described(result)).unwrap();
        }
    }
    insta::assert_snapshot!(results);
}

/// The outcome for an image.
fn described(stored: Result<Image>) -> String {
    match stored {
        Ok(image) => {
            let layers = image.docker_image_layers.len();
            let size = image.docker_image_metadata.map_or(0, |metadata| metadata.size);
            format!("{layers} layers, {size} bytes, {} manifests", image.docker_image_manifests.len())
        }
        Err(error) => format!("{}: {error}", error.code()),
    }
}
