//! Values to and from JavaScript.

use imagestream::Error;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

use crate::error::thrown;

/// A typed value of a plain object. Members that the type does not know are refused, so that nothing gets lost.
pub(crate) fn from_js<T: DeserializeOwned>(value: JsValue) -> Result<T, JsValue> {
    serde_wasm_bindgen::from_value(value).map_err(|error| thrown(&Error::BadRequest(error.to_string())))
}

/// A plain object, as `JSON.parse` would make it.
pub(crate) fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    value.serialize(&Serializer::json_compatible()).map_err(|error| thrown(&Error::Internal(error.to_string())))
}
