//! Objects as JSON documents, for code that works with any type.

use serde::Serialize;
use serde_json::Value;

use crate::api::Resource;
use crate::error::{Error, Result};
use crate::json::{self, Names};

/// The document of an object. It is parsed from the object's JSON: serializing to a second format would need more code
/// for every type.
pub(crate) fn as_document(object: &impl Serialize) -> Result<Value> {
    let json = json::to_vec(object).map_err(internal)?;
    json::decode(&json, Names::Exact).map_err(internal)
}

/// The JSON of an object as the API server encodes it: its kind and version come first.
pub(super) fn as_json<T: Resource + Serialize>(object: &T) -> Result<String> {
    let json = serde_json::to_string(object).map_err(internal)?;
    if !object.claimed_type().0.is_empty() {
        return Ok(json);
    }
    let members = json.strip_prefix('{').unwrap_or_default();
    let separator = if members == "}" { "" } else { "," };
    let (kind, api_version) = (T::KIND, T::API_RESOURCE.api_version);
    Ok(format!(r#"{{"kind":"{kind}","apiVersion":"{api_version}"{separator}{members}"#))
}

/// The error for a document that can't be built, or that can't be decoded although it was built here.
#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
pub(super) fn internal(error: impl ToString) -> Error {
    Error::internal(error.to_string())
}
