//! `verify` finds every row that is missing, damaged, or contradicts another, and finds nothing in a sound store.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failure here is a failed test")]

use imagestream::api::{ImageLayer, ImageStream};
use imagestream::{ImageStore, PostParams};
use imagestream_tests::objects::{digest, mapping};
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use serde_json::json;
use tempfile::TempDir;

const ROWS: TableDefinition<'static, &[u8], &[u8]> = TableDefinition::new("rows-1");
type Row = (Vec<u8>, Vec<u8>);

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
    let database = Database::open(folder.path().join("store.redb")).unwrap();
    let table = database.begin_read().unwrap().open_table(ROWS).unwrap();
    let rows = table.iter().unwrap();
    rows.map(|row| row.map(|(key, value)| (key.value().to_vec(), value.value().to_vec())).unwrap()).collect()
}

/// The problems found after one row is changed or removed.
fn problems_with(folder: &TempDir, key: &[u8], value: Option<&[u8]>) -> Option<usize> {
    let copy = tempfile::tempdir().unwrap();
    let path = copy.path().join("store.redb");
    std::fs::copy(folder.path().join("store.redb"), &path).unwrap();
    let database = Database::open(&path).unwrap();
    let transaction = database.begin_write().unwrap();
    {
        let mut table = transaction.open_table(ROWS).unwrap();
        match value {
            Some(value) => table.insert(key, value).unwrap(),
            None => table.remove(key).unwrap(),
        };
    }
    transaction.commit().unwrap();
    drop(database);
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
