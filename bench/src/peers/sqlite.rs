//! SQLite with the same rows and indexes in tables, as somebody would write it by hand.
//!
//! It has every advantage: it only writes, without reading first; statements are prepared; the texts are stored in the order in
//! which they came, by the number of their image; small tables with random keys are `WITHOUT ROWID`.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::{CACHE, Target, Writer};
use crate::rows::{CHANGES, IMAGES, LAYERS, Recorded, Row, STREAMS, Write};
use crate::workload::BATCH;

/// The name of its file in a folder.
pub(crate) const FILE: &str = "peer.sqlite";

/// The tables.
pub(crate) const SCHEMA: &str = "
CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), record BLOB NOT NULL);
CREATE TABLE images (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, record BLOB NOT NULL);
CREATE TABLE manifests (image INTEGER PRIMARY KEY REFERENCES images, text BLOB NOT NULL);
CREATE TABLE configs (image INTEGER PRIMARY KEY REFERENCES images, text BLOB NOT NULL);
CREATE TABLE image_users (image BLOB, namespace TEXT, stream TEXT, tag TEXT, record BLOB NOT NULL,
    PRIMARY KEY (image, namespace, stream, tag)) WITHOUT ROWID;
CREATE TABLE streams (namespace TEXT, name TEXT, record BLOB NOT NULL, PRIMARY KEY (namespace, name)) WITHOUT ROWID;
CREATE TABLE stream_versions (namespace TEXT, name TEXT, record BLOB NOT NULL, PRIMARY KEY (namespace, name)) WITHOUT ROWID;
CREATE TABLE tag_heads (namespace TEXT, stream TEXT, tag TEXT, record BLOB NOT NULL,
    PRIMARY KEY (namespace, stream, tag)) WITHOUT ROWID;
CREATE TABLE tag_events (namespace TEXT, stream TEXT, tag TEXT, sequence INTEGER, record BLOB NOT NULL,
    PRIMARY KEY (namespace, stream, tag, sequence)) WITHOUT ROWID;
CREATE TABLE image_layers (layer BLOB, image BLOB, PRIMARY KEY (layer, image)) WITHOUT ROWID;
CREATE TABLE changes (version INTEGER PRIMARY KEY, record BLOB NOT NULL);
CREATE TABLE other (key BLOB PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;
";

/// When a commit waits for the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Synchronous {
    /// At every commit: it survives a power cut.
    Full,
    /// At checkpoints only: a commit may be lost by a power cut.
    Normal,
}

/// A statement and its parameters.
pub(crate) type Statement = (&'static str, Vec<Value>);

/// A database in a folder.
pub(crate) struct Sqlite {
    path: PathBuf,
    synchronous: Synchronous,
    recorded: Rc<Recorded>,
    /// Keeps the log while connections are opened and closed, so that only the last one checkpoints it.
    _connection: Connection,
}

impl Sqlite {
    /// Opens the database in a folder, or creates it.
    pub(crate) fn open(folder: &Path, synchronous: Synchronous, recorded: &Rc<Recorded>) -> Self {
        let path = folder.join(FILE);
        let connection = connect(&path, synchronous);
        Self { path, synchronous, recorded: Rc::clone(recorded), _connection: connection }
    }
}

impl Target for Sqlite {
    type Transaction = Vec<Statement>;

    fn transaction(&self, images: Range<usize>) -> Self::Transaction {
        statements(self.recorded.transaction(images))
    }

    fn retag(&self, image: usize, position: usize) -> Self::Transaction {
        statements(self.recorded.retag(image, position))
    }

    fn writer(&self) -> Writer<Self::Transaction> {
        let connection = connect(&self.path, self.synchronous);
        Box::new(move |statements| commit(&connection, statements))
    }
}

/// Opens a database, and creates its tables where it is new.
pub(crate) fn connect(path: &Path, synchronous: Synchronous) -> Connection {
    let is_new = !path.exists();
    let connection = Connection::open(path).unwrap();
    connection.busy_timeout(Duration::from_secs(600)).unwrap();
    connection.set_prepared_statement_cache_capacity(64);
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    let synchronous = match synchronous {
        Synchronous::Full => "FULL",
        Synchronous::Normal => "NORMAL",
    };
    connection.pragma_update(None, "synchronous", synchronous).unwrap();
    // A negative size is in KiB.
    connection.pragma_update(None, "cache_size", -i64::try_from(CACHE / 1024).unwrap()).unwrap();
    if is_new {
        connection.execute_batch(SCHEMA).unwrap();
    }
    connection
}

/// Runs statements in one transaction.
pub(crate) fn commit(connection: &Connection, statements: &[Statement]) {
    connection.prepare_cached("BEGIN IMMEDIATE").unwrap().execute([]).unwrap();
    for (sql, values) in statements {
        connection.prepare_cached(sql).unwrap().execute(params_from_iter(values)).unwrap();
    }
    connection.prepare_cached("COMMIT").unwrap().execute([]).unwrap();
}

/// Writes the rows of a store into a new database, and closes it.
pub(crate) fn load(path: &Path, rows: Vec<Row>) {
    let connection = connect(path, Synchronous::Full);
    let statements = statements(rows.into_iter().map(|(key, value)| (key, Some(value))));
    statements.chunks(BATCH * 10).for_each(|chunk| commit(&connection, chunk));
}

/// The statements that write rows.
pub(crate) fn statements(writes: impl IntoIterator<Item = Write>) -> Vec<Statement> {
    writes.into_iter().map(|(key, value)| statement(&key, value)).collect()
}

fn statement(key: &[u8], value: Option<Vec<u8>>) -> Statement {
    let Some(value) = value else {
        return match key {
            [CHANGES, version @ ..] => ("DELETE FROM changes WHERE version = ?", vec![number(version)]),
            key => ("DELETE FROM other WHERE key = ?", vec![Value::Blob(key.to_vec())]),
        };
    };
    let value = Value::Blob(value);
    match parts(key) {
        Some((sql, mut values)) => {
            if sql != PUT_LAYER {
                values.push(value);
            }
            (sql, values)
        }
        None => (
            "INSERT INTO other VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET record = excluded.record",
            vec![Value::Blob(key.to_vec()), value],
        ),
    }
}

const PUT_LAYER: &str = "INSERT INTO image_layers VALUES (?, ?)";

/// The statement for a row, by the kind and the parts of its key.
fn parts(key: &[u8]) -> Option<Statement> {
    let (space, rest) = key.split_first()?;
    Some(match *space {
        IMAGES => {
            let (image, rest) = digest(rest)?;
            match rest.split_first()? {
                (1, []) => ("INSERT INTO images (digest, record) VALUES (?, ?)", vec![image]),
                // The number of the image that was inserted just before.
                (2, []) => ("INSERT INTO manifests VALUES (last_insert_rowid(), ?)", vec![]),
                (3, []) => ("INSERT INTO configs VALUES (last_insert_rowid(), ?)", vec![]),
                (4, rest) => {
                    let [namespace, stream, tag] = texts(rest)?;
                    (
                        "INSERT INTO image_users VALUES (?, ?, ?, ?, ?)
                         ON CONFLICT (image, namespace, stream, tag) DO UPDATE SET record = excluded.record",
                        vec![image, namespace, stream, tag],
                    )
                }
                _ => return None,
            }
        }
        STREAMS => return stream_parts(rest),
        LAYERS => {
            let (layer, rest) = digest(rest)?;
            let (image, _) = digest(rest)?;
            (PUT_LAYER, vec![layer, image])
        }
        CHANGES => ("INSERT INTO changes VALUES (?, ?)", vec![number(rest)]),
        _ if rest.is_empty() => {
            ("INSERT INTO state VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET record = excluded.record", vec![])
        }
        _ => return None,
    })
}

fn stream_parts(key: &[u8]) -> Option<Statement> {
    let (namespace, rest) = text(key)?;
    let (stream, rest) = text(rest)?;
    let (kind, rest) = rest.split_first()?;
    Some(match *kind {
        1 => (
            "INSERT INTO stream_versions VALUES (?, ?, ?)
             ON CONFLICT (namespace, name) DO UPDATE SET record = excluded.record",
            vec![namespace, stream],
        ),
        2 => (
            "INSERT INTO streams VALUES (?, ?, ?) ON CONFLICT (namespace, name) DO UPDATE SET record = excluded.record",
            vec![namespace, stream],
        ),
        5 => (
            "INSERT INTO tag_heads VALUES (?, ?, ?, ?)
             ON CONFLICT (namespace, stream, tag) DO UPDATE SET record = excluded.record",
            vec![namespace, stream, text(rest)?.0],
        ),
        7 => {
            let (tag, sequence) = text(rest)?;
            ("INSERT INTO tag_events VALUES (?, ?, ?, ?, ?)", vec![namespace, stream, tag, number(sequence)])
        }
        _ => return None,
    })
}

fn digest(key: &[u8]) -> Option<(Value, &[u8])> {
    let (digest, rest) = key.strip_prefix(&[2])?.split_at_checked(32)?;
    Some((Value::Blob(digest.to_vec()), rest))
}

/// A text that ends with `00 01`, and what follows it.
fn text(key: &[u8]) -> Option<(Value, &[u8])> {
    let end = key.windows(2).position(|end| end == [0, 1])?;
    let text = String::from_utf8(key[..end].to_vec()).ok()?;
    Some((Value::Text(text), &key[end + 2..]))
}

fn texts<const N: usize>(mut key: &[u8]) -> Option<[Value; N]> {
    let mut texts = Vec::new();
    for _ in 0..N {
        let (text, rest) = text(key)?;
        texts.push(text);
        key = rest;
    }
    texts.try_into().ok()
}

fn number(bytes: &[u8]) -> Value {
    Value::Integer(bytes.iter().fold(0, |number, byte| number << 8 | i64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_find_their_tables() {
        let image = [&[IMAGES, 2][..], &[7; 32]].concat();
        let stream = [&[STREAMS], &b"shop\0\x01web\0\x01"[..]].concat();
        let with = |start: &[u8], end: &[u8]| [start, end].concat();
        for (key, table) in [
            (vec![1], "state"),
            (with(&image, &[1]), "images"),
            (with(&image, &[2]), "manifests"),
            (with(&image, &[3]), "configs"),
            (with(&image, b"\x04shop\0\x01web\0\x01latest\0\x01"), "image_users"),
            (with(&stream, &[1]), "stream_versions"),
            (with(&stream, &[2]), "streams"),
            (with(&stream, b"\x05latest\0\x01"), "tag_heads"),
            (with(&stream, b"\x07latest\0\x01\0\0\0\0\0\0\0\x01"), "tag_events"),
            (with(&[LAYERS, 2], &with(&[8; 32], &image[1..])), "image_layers"),
            (vec![CHANGES, 0, 0, 0, 0, 0, 0, 1, 0], "changes"),
            (vec![9, 9], "other"),
        ] {
            let (sql, _) = statement(&key, Some(Vec::new()));
            assert!(sql.starts_with(&format!("INSERT INTO {table} ")), "{sql}");
        }
    }

    #[test]
    fn every_statement_runs() {
        let folder = tempfile::tempdir().unwrap();
        let connection = connect(&folder.path().join(FILE), Synchronous::Normal);
        let image = [&[IMAGES, 2][..], &[7; 32]].concat();
        let put = |key: Vec<u8>| (key, Some(vec![1]));
        let rows = [1, 2, 3].map(|row| put([&image[..], &[row]].concat()));
        let more = [put(vec![1]), put(vec![9, 9]), put(vec![CHANGES, 1]), (vec![CHANGES, 1], None)];
        commit(&connection, &statements(rows.into_iter().chain(more)));
        let count = |table: &str| -> i64 {
            connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
        };
        assert_eq!(["images", "configs", "changes", "other"].map(count), [1, 1, 0, 1]);
    }
}
