//! `verify` finds every row that is missing, damaged, or contradicts another, and finds nothing in a sound store.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failure here is a failed test")]

use imagestream::api::{ImageLayer, ImageStream};
use imagestream::{ImageStore, PostParams};
use imagestream_tests::objects::{digest, mapping};
use imagestream_tests::store_file::{self, Row};
use serde_json::json;
use tempfile::TempDir;

/// A store with every kind of row.
fn store() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let store = ImageStore::open(folder.path().join("store.redb")).unwrap();
    let stream: ImageStream = serde_json::from_value(json!({
        "metadata": {"name": "web"},
        "spec": {"tags": [
            {"name": "prod", "from": {"kind": "ImageStreamTag", "name": "latest"}},
            {"name": "ref", "reference": true, "from": {"kind": "DockerImage", "name": "quay.io/a/b:1"}},
        ]},
    }))
    .unwrap();
    let namespace = store.namespace("shop");
    namespace.image_streams().create(&PostParams::default(), &stream).unwrap();
    for number in 0..3 {
        let mut mapping = mapping("web", "latest", number);
        // A vanished image without layers and texts can't be told from a deleted one.
        mapping.image.docker_image_layers =
            vec![ImageLayer { name: digest(100 + number), layer_size: 1, media_type: "x".to_owned() }];
        let _ = namespace.mappings().create(&PostParams::default(), &mapping).unwrap();
    }
    let image = json!({
        "metadata": {"name": "with texts"},
        "dockerImageReference": "quay.io/a/b:1",
        "dockerImageManifest": "not a manifest",
        "dockerImageConfig": "{}",
        "dockerImageLayers": [{"name": "sha256:aa", "size": 1, "mediaType": "x"}],
    });
    store.images().create(&PostParams::default(), &serde_json::from_value(image).unwrap()).unwrap();
    folder
}

fn rows(folder: &TempDir) -> Vec<Row> {
    store_file::rows(&folder.path().join("store.redb"))
}

/// The problems found after one row is changed or removed.
fn problems_with(folder: &TempDir, key: &[u8], value: Option<&[u8]>) -> Option<usize> {
    let copy = tempfile::tempdir().unwrap();
    let path = copy.path().join("store.redb");
    std::fs::copy(folder.path().join("store.redb"), &path).unwrap();
    store_file::replace_row(&path, key, value);
    let store = ImageStore::open(&path).ok()?;
    Some(store.verify().unwrap().problems.len())
}

#[test]
fn a_sound_store_has_no_problems() {
    let folder = store();
    let count = rows(&folder).len();
    let store = ImageStore::open(folder.path().join("store.redb")).unwrap();
    let found = store.verify().unwrap();
    assert!(found.is_clean(), "{found:?}");
    assert_eq!(found.rows, count as u64);
    assert!(count > 30, "{count} rows can't cover every kind");
}

#[test]
fn every_missing_row_is_found() {
    let folder = store();
    for (key, _) in rows(&folder) {
        assert_ne!(problems_with(&folder, &key, None), Some(0), "row {}", key.escape_ascii());
    }
}

#[test]
fn every_damaged_byte_is_found() {
    let folder = store();
    for (key, value) in rows(&folder) {
        let mut damaged = value.clone();
        let middle = damaged.len() / 2;
        damaged[middle] ^= 0x10;
        assert_ne!(problems_with(&folder, &key, Some(&damaged)), Some(0), "row {}", key.escape_ascii());
    }
}

#[test]
fn an_orphaned_row_is_found() {
    let folder = store();
    let rows = rows(&folder);
    let index = rows.iter().find(|(key, _)| key[0] == 0x04).unwrap();
    let mut key = index.0.clone();
    key[1] ^= 1;
    assert_ne!(problems_with(&folder, &key, Some(&index.1)), Some(0));
}
