//! Typed rows: a key, and the record behind it.

use std::fmt::Display;

use super::object_key::{self, Key};
use super::record::{self, Record};
use super::{Rows, Write};
use crate::error::{Error, Result};

/// The record at a key.
pub(crate) fn get<R: Record>(rows: &dyn Rows, key: &Key) -> Result<Option<R>> {
    rows.get(key.as_bytes())?.map(|value| record::decode(key.as_bytes(), &value)).transpose()
}

/// Puts a record at a key.
pub(crate) fn put<R: Record>(tx: &mut Write, key: Key, record: &R) -> Result<()> {
    let value = record::encode(key.as_bytes(), record)?;
    tx.put(key.into_bytes(), value)
}

/// The error of a record that contradicts its key or another record.
pub(crate) fn damaged(table: &'static str, key: &Key, reason: &dyn Display) -> Error {
    Error::corrupted(table, format!("{}: {reason}", object_key::describe(key.as_bytes())))
}

/// The error of a key that is none of its table.
pub(crate) fn damaged_key(table: &'static str, key: &[u8]) -> Error {
    Error::corrupted(table, format!("no such key: {}", hex::encode(key)))
}
