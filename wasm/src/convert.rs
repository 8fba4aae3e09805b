//! Objects of the API from and to JSON, and all other values from and to JavaScript.

use std::fmt;

use imagestream::json::{self, Decode};
use imagestream::{ErrorKind, Result};
use serde::de::{DeserializeOwned, Deserializer, Visitor};
use serde::{Deserialize, Serialize, forward_to_deserialize_any};
use wasm_bindgen::{JsCast as _, JsValue};

use crate::error::bad;

/// Reads an object from JSON. Unknown and duplicate members are refused, so that nothing gets lost.
pub(crate) fn from_text<T: Decode>(text: impl AsRef<[u8]>) -> Result<T> {
    let text = text.as_ref();
    if text.trim_ascii_start().starts_with(b"null") {
        return Err(bad("the value is not an object"));
    }
    let (value, findings) = json::decode_strictly(text).map_err(bad)?;
    if findings.is_empty() { Ok(value) } else { Err(bad(findings.join(", "))) }
}

/// Writes an object as JSON.
pub(crate) fn to_text(value: &impl Serialize) -> Result<String> {
    json::to_string(value).map_err(|error| ErrorKind::Internal(error.to_string()).into())
}

/// Reads a parameter. The error names the member and the rule, also where a member is unknown.
pub(crate) fn from_value<T: DeserializeOwned>(value: JsValue) -> Result<T> {
    let value = serde_wasm_bindgen::Deserializer::from(value);
    serde_path_to_error::deserialize(Strict(value)).map_err(|error| {
        let path = error.path().to_string();
        let reason = message(error.into_inner());
        // An error about the whole value has no path.
        bad(if path == "." { reason } else { format!("{path}: {reason}") })
    })
}

/// Writes a result or a report as a plain object.
pub(crate) fn to_value(value: &impl Serialize) -> Result<JsValue> {
    let plain = serde_wasm_bindgen::Serializer::json_compatible();
    value.serialize(&plain).map_err(|error| ErrorKind::Internal(message(error)).into())
}

/// An object or a report that the library has returned, as JSON.
pub(crate) fn object<T: Serialize>(returned: Result<T>) -> Result<JsValue> {
    Ok(to_text(&returned?)?.into())
}

/// Reads a struct and refuses members that it does not have: for `deserialize_with` of a member, since [`from_value`] does this
/// for the outer struct only.
pub(crate) fn strict<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::deserialize(Strict(deserializer))
}

/// A deserializer for a struct, or an array, that reads structs as maps. serde-wasm-bindgen only asks for the members that a struct has, so that serde
/// would never see the unknown ones.
struct Strict<D>(D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_seq(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// Reads an integer from a JavaScript number, for `deserialize_with` of a member.
pub(crate) fn whole_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    struct WholeNumber;

    impl Visitor<'_> for WholeNumber {
        type Value = u64;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a whole number that is not negative")
        }

        fn visit_u64<E>(self, number: u64) -> Result<u64, E> {
            Ok(number)
        }
    }

    deserializer.deserialize_u64(WholeNumber)
}

/// The message of a JavaScript error, without the `Error: ` with which its text begins.
fn message(error: serde_wasm_bindgen::Error) -> String {
    match JsValue::from(error).dyn_into::<js_sys::Error>() {
        Ok(error) => error.message().into(),
        Err(_) => "the value can't be read".to_owned(),
    }
}
