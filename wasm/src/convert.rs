//! Values to and from JavaScript.

use imagestream::{Error, json};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::{JsCast, JsValue};

use crate::error::thrown;

/// A typed value of what `JSON.stringify` makes of an object. Members that the type does not know are refused, so that
/// nothing gets lost.
pub(crate) fn from_js<T: DeserializeOwned>(value: &JsValue) -> Result<T, JsValue> {
    let bad = |reason: String| thrown(&Error::BadRequest(reason));
    let text = js_sys::JSON::stringify(value).map_err(|error| bad(error_message(&error)))?;
    // What has no JSON at all, as a function, becomes `undefined`.
    let text = JsValue::from(text).as_string().ok_or_else(|| bad("the value is not an object".to_owned()))?;
    let node = json::parse(text.as_bytes()).map_err(|error| bad(error.to_string()))?;
    let (value, findings) = json::decode_strictly(&node).map_err(|error| bad(error.to_string()))?;
    if findings.is_empty() { Ok(value) } else { Err(bad(findings.join(", "))) }
}

fn error_message(error: &JsValue) -> String {
    error.dyn_ref::<js_sys::Error>().map_or_else(|| format!("{error:?}"), |error| String::from(error.message()))
}

/// A plain object, as `JSON.parse` would make it.
pub(crate) fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    value.serialize(&Serializer::json_compatible()).map_err(|error| thrown(&Error::Internal(error.to_string())))
}
