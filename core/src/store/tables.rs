//! How much is in each table.

use serde::Serialize;

use super::engine::{KeyRange, Order};
use super::object_key::{ImageRow, KeyReader, StreamRow};
use super::read::Rows;
use super::{Store, keys};
use crate::error::Result;

/// The rows of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TableStatistics {
    /// The kind of row: `images`, `manifests`, `configs`, `image users`, `layers`, `streams`, `spec tags`, `tags`,
    /// `events`, `indexes`, `namespaces`, `changes` or `state`.
    pub table: &'static str,
    /// How many rows there are.
    pub rows: u64,
    /// The size of their keys and values in bytes.
    pub bytes: u64,
}

impl Store {
    /// How many rows each table has, and how large they are. It reads the whole store.
    pub(crate) fn table_statistics(&self) -> Result<Vec<TableStatistics>> {
        let mut tables: Vec<TableStatistics> = Vec::new();
        for row in self.read()?.range(&KeyRange::all(), Order::Ascending)? {
            let (key, value) = row?;
            let name = table(&key);
            let bytes = (key.len() + value.len()) as u64;
            match tables.iter_mut().find(|table| table.table == name) {
                Some(table) => {
                    table.rows += 1;
                    table.bytes += bytes;
                }
                None => tables.push(TableStatistics { table: name, rows: 1, bytes }),
            }
        }
        Ok(tables)
    }
}

/// The kind of a row.
fn table(key: &[u8]) -> &'static str {
    let mut reader = KeyReader::new(key);
    match reader.byte() {
        Some(keys::STATE) => "state",
        Some(keys::IMAGES) => {
            let row = reader.image_name().and_then(|_| reader.byte());
            match row {
                Some(row) if row == ImageRow::Record as u8 => "images",
                Some(row) if row == ImageRow::Manifest as u8 => "manifests",
                Some(row) if row == ImageRow::Config as u8 => "configs",
                Some(row) if row == ImageRow::User as u8 => "image users",
                _ => "unknown",
            }
        }
        Some(keys::STREAMS) => {
            let row = reader.text().and_then(|_| reader.text()).and_then(|_| reader.byte());
            match row.and_then(StreamRow::of) {
                Some(StreamRow::Version | StreamRow::Stream) => "streams",
                Some(StreamRow::SpecTag) => "spec tags",
                Some(StreamRow::Head) => "tags",
                Some(StreamRow::Event) => "events",
                Some(StreamRow::Follower | StreamRow::UnsetGeneration) => "indexes",
                None => "unknown",
            }
        }
        Some(keys::LAYERS) => "layers",
        Some(keys::CHANGES) => "changes",
        Some(keys::NAMESPACES) => "namespaces",
        Some(keys::TAG_RULES) => "tag rules",
        _ => "unknown",
    }
}
