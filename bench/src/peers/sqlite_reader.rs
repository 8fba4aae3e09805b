//! Reading the rows of a store from SQLite, with prepared statements.

use std::path::Path;

use rusqlite::{Connection, Row};

use super::sqlite::{FILE, Synchronous, connect};

const IMAGE: &str = "SELECT images.record, manifests.text, configs.text FROM images
    LEFT JOIN manifests ON manifests.image = images.id LEFT JOIN configs ON configs.image = images.id
    WHERE digest = ?";
const IMAGES: &str = "SELECT images.record, manifests.text, configs.text, images.digest FROM images
    LEFT JOIN manifests ON manifests.image = images.id LEFT JOIN configs ON configs.image = images.id
    WHERE digest > ? ORDER BY digest LIMIT ?";
const TAG: &str = "SELECT record FROM tag_heads WHERE namespace = ? AND stream = ? AND tag = ?";
const USERS: &str =
    "SELECT namespace, stream, tag, record FROM image_users WHERE image = ? ORDER BY namespace, stream, tag";

/// The rows that make an image.
pub(crate) type ImageRows = [Vec<u8>; 3];

/// A database for reading.
pub(crate) struct SqliteReader(Connection);

impl SqliteReader {
    /// The database in a folder.
    pub(crate) fn open(folder: &Path) -> Self {
        Self(connect(&folder.join(FILE), Synchronous::Full))
    }

    /// The rows of one image.
    pub(crate) fn image(&self, digest: &[u8]) -> ImageRows {
        self.0.prepare_cached(IMAGE).unwrap().query_row([digest], image_rows).unwrap()
    }

    /// The rows of a number of images after a digest, and the digest of the last.
    pub(crate) fn images_after(&self, digest: &[u8], limit: usize) -> (Vec<ImageRows>, Vec<u8>) {
        let mut statement = self.0.prepare_cached(IMAGES).unwrap();
        let mut rows = statement.query((digest, i64::try_from(limit).unwrap())).unwrap();
        let (mut found, mut last) = (Vec::new(), Vec::new());
        while let Some(row) = rows.next().unwrap() {
            found.push(image_rows(row).unwrap());
            last = row.get(3).unwrap();
        }
        (found, last)
    }

    /// The row of a tag's newest entry.
    pub(crate) fn tag(&self, namespace: &str, stream: &str, tag: &str) -> Vec<u8> {
        self.0.prepare_cached(TAG).unwrap().query_row((namespace, stream, tag), |row| row.get(0)).unwrap()
    }

    /// The tags that name an image.
    pub(crate) fn users(&self, digest: &[u8]) -> Vec<(String, String, String, Vec<u8>)> {
        let mut statement = self.0.prepare_cached(USERS).unwrap();
        let users = statement.query_map([digest], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)));
        users.unwrap().map(|user| user.unwrap()).collect()
    }
}

fn image_rows(row: &Row<'_>) -> rusqlite::Result<ImageRows> {
    Ok([row.get(0)?, row.get(1)?, row.get(2)?])
}
