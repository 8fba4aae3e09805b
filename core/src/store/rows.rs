//! Typed rows: a key and its record.

use super::object_key::Key;
use super::record::{self, Record};
use super::{Rows, Write};
use crate::error::Result;

/// Reads the record of a key.
pub(crate) fn get<R: Record>(rows: &dyn Rows, key: &Key) -> Result<Option<R>> {
    rows.get(key.as_bytes())?.map(|value| record::decode(key.as_bytes(), &value)).transpose()
}

/// Writes the record of a key.
pub(crate) fn put<R: Record>(tx: &mut Write, key: Key, record: &R) -> Result<()> {
    let value = record::encode(key.as_bytes(), record)?;
    tx.put(key.into_bytes(), value)
}
