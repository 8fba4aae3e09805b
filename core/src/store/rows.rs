//! Typed rows: a key and its record.

use std::fmt::Display;

use super::object_key::{self, Key};
use super::record::{self, Record};
use super::{Rows, Write};
use crate::error::{Error, Result};

/// Reads the record of a key.
pub(crate) fn get<R: Record>(rows: &dyn Rows, key: &Key) -> Result<Option<R>> {
    rows.get(key.as_bytes())?.map(|value| record::decode(key.as_bytes(), &value)).transpose()
}

/// Writes the record of a key.
pub(crate) fn put<R: Record>(tx: &mut Write, key: Key, record: &R) -> Result<()> {
    let value = record::encode(key.as_bytes(), record)?;
    tx.put(key.into_bytes(), value)
}

/// The error for a record that contradicts its key or another record.
pub(crate) fn damaged(table: &'static str, key: &Key, reason: &dyn Display) -> Error {
    Error::corrupted(table, format!("{}: {reason}", object_key::describe(key.as_bytes())))
}

/// The error for a key that is not valid in its table.
pub(crate) fn damaged_key(table: &'static str, key: &[u8]) -> Error {
    Error::corrupted(table, format!("invalid key: {}", hex::encode(key)))
}
