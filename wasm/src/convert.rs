//! Values from and to JSON.

use imagestream::json::{self, Decode};
use imagestream::{ErrorKind, Result};
use serde::Serialize;

use crate::error::bad;

/// A typed value of a JSON text. Members that the type does not know are refused, so that nothing gets lost.
pub(crate) fn from_text<T: Decode>(text: impl AsRef<[u8]>) -> Result<T> {
    let text = text.as_ref();
    if text.trim_ascii_start().starts_with(b"null") {
        return Err(bad("the value is not an object"));
    }
    let (value, findings) = json::decode_strictly(text).map_err(bad)?;
    if findings.is_empty() { Ok(value) } else { Err(bad(findings.join(", "))) }
}

/// A value as JSON.
pub(crate) fn to_text(value: &impl Serialize) -> Result<String> {
    json::to_string(value).map_err(|error| ErrorKind::Internal(error.to_string()).into())
}

/// What a call of the library gave, as JSON.
pub(crate) fn answer<T: Serialize>(given: Result<T>) -> Result<String> {
    to_text(&given?)
}
