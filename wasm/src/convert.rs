//! Values from and to JSON.

use imagestream::{Error, Result, json};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::bad;

/// A typed value of a JSON text. Members that the type does not know are refused, so that nothing gets lost.
pub(crate) fn from_text<T: DeserializeOwned>(text: &str) -> Result<T> {
    let node = json::parse(text.as_bytes()).map_err(bad)?;
    if !matches!(node, json::Node::Object(_)) {
        return Err(bad("the value is not an object"));
    }
    let (value, findings) = json::decode_strictly(&node).map_err(bad)?;
    if findings.is_empty() { Ok(value) } else { Err(bad(findings.join(", "))) }
}

/// A value as JSON.
pub(crate) fn to_text(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::Internal(error.to_string()))
}
