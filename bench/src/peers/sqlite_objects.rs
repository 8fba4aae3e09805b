//! SQLite with objects as JSON in its tables, for programs that want them in JavaScript.

use std::path::Path;

use imagestream::api::Image;
use imagestream::{ImageStore, ListParams};
use rusqlite::Connection;

use super::sqlite::{FILE, SCHEMA};

/// Writes images, and the newest entries of the tags of one namespace, into a new database in a folder.
///
/// It has every advantage: manifest and config, which are JSON themselves, are stored beside the image, and need not be parsed.
pub(crate) fn make(folder: &Path, store: &ImageStore, digests: &[String], namespace: &str) {
    let mut connection = Connection::open(folder.join(FILE)).unwrap();
    connection.execute_batch(&SCHEMA.replace("digest BLOB", "digest TEXT")).unwrap();
    let transaction = connection.transaction().unwrap();
    for digest in digests {
        image(&transaction, store.images().get(digest).unwrap());
    }
    tags(&transaction, store, namespace);
    transaction.commit().unwrap();
}

fn image(connection: &Connection, mut image: Image) {
    let manifest = std::mem::take(&mut image.docker_image_manifest);
    let config = std::mem::take(&mut image.docker_image_config);
    let record = serde_json::to_string(&image).unwrap();
    put(connection, "INSERT INTO images (digest, record) VALUES (?, ?)", (&image.metadata.name, record));
    let id = connection.last_insert_rowid();
    put(connection, "INSERT INTO manifests VALUES (?, ?)", (id, manifest));
    put(connection, "INSERT INTO configs VALUES (?, ?)", (id, config));
}

fn tags(connection: &Connection, store: &ImageStore, namespace: &str) {
    for stream in store.namespace(namespace).image_streams().list(&ListParams::default()).unwrap().items {
        for tag in &stream.status.tags {
            let newest = serde_json::to_string(&tag.items.as_ref().unwrap()[0]).unwrap();
            let row = (namespace, &stream.metadata.name, &tag.tag, newest);
            put(connection, "INSERT INTO tag_heads VALUES (?, ?, ?, ?)", row);
        }
    }
}

fn put(connection: &Connection, sql: &str, values: impl rusqlite::Params) {
    connection.prepare_cached(sql).unwrap().execute(values).unwrap();
}
