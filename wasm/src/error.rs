//! Errors as JavaScript throws them.

use imagestream::Error;
use js_sys::Reflect;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

/// The `Error` to throw.
pub(crate) fn thrown(error: &Error) -> JsValue {
    let status = error.status();
    let causes = status.details.map(|details| details.causes).unwrap_or_default();
    let causes = causes.serialize(&Serializer::json_compatible()).unwrap_or(JsValue::UNDEFINED);
    let thrown = js_sys::Error::new(&error.to_string());
    thrown.set_name("ImageStoreError");
    for (member, value) in [("code", error.code().into()), ("status", status.code.into()), ("causes", causes)] {
        // Setting a member of a new `Error` can't fail, and without it the message still says what is wrong.
        let _ = Reflect::set(&thrown, &member.into(), &value);
    }
    thrown.into()
}
