//! The clock and the random uids of JavaScript.

use imagestream::api::Time;
use imagestream::{Clock, UidSource};
use wasm_bindgen::prelude::*;

/// `Date` and `crypto`.
pub(crate) struct JavaScript;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = randomUUID)]
    fn random_uuid() -> String;
}

impl Clock for JavaScript {
    #[allow(clippy::cast_possible_truncation, reason = "whole seconds, and the library bounds them")]
    fn now(&self) -> Time {
        Time::from_unix((js_sys::Date::now() / 1000.0).floor() as i64)
    }
}

impl UidSource for JavaScript {
    fn uid(&self) -> String {
        random_uuid()
    }
}
