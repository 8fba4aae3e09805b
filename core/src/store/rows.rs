//! Typed rows: a key, and the record behind it.

use std::fmt::Display;

use super::key::{self, Key};
use super::record::{self, Record};
use super::{Rows, Write};
use crate::error::{Error, Result};

/// The record at a key.
pub(crate) fn get<R: Record>(rows: &dyn Rows, key: &Key) -> Result<Option<R>> {
    rows.get(key.as_bytes())?.map(|value| record::decode(key.as_bytes(), &value)).transpose()
}

/// Puts a record at a key.
pub(crate) fn put<R: Record>(tx: &mut Write, key: &Key, record: &R) -> Result<()> {
    let value = record::encode(key.as_bytes(), record)?;
    tx.put(key.as_bytes(), value)
}

/// The first row at or behind `start` that begins with `prefix`.
pub(crate) fn first_from(rows: &dyn Rows, start: &[u8], prefix: &Key) -> Result<Option<(Vec<u8>, Vec<u8>)>> {
    rows.scan(start, &end_of(prefix)).next().transpose()
}

/// The first key behind all that begin with `prefix`.
pub(crate) fn end_of(prefix: &Key) -> Vec<u8> {
    let mut end = prefix.as_bytes().to_vec();
    // Every key begins with the byte of its space, which is never the last one, so something is left.
    while end.last() == Some(&u8::MAX) {
        end.pop();
    }
    if let Some(last) = end.last_mut() {
        *last += 1;
    }
    end
}

/// The error of a record that contradicts its key or another record.
pub(crate) fn damaged(table: &'static str, key: &Key, reason: &dyn Display) -> Error {
    Error::Corrupted { table, reason: format!("{}: {reason}", key::describe(key.as_bytes())) }
}

/// The error of a key that is none of its table.
pub(crate) fn damaged_key(table: &'static str, key: &[u8]) -> Error {
    Error::Corrupted { table, reason: format!("no such key: {}", hex::encode(key)) }
}
