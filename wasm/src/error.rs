//! Errors as plain objects, which the JavaScript side converts to an `Error`.

use imagestream::api::StatusCause;
use imagestream::{Error, ErrorKind};
use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::convert::to_value;

/// The members of an `ImageStreamError`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Thrown<'a> {
    code: &'a str,
    status: i32,
    reason: &'a str,
    message: &'a str,
    causes: &'a [StatusCause],
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<About<'a>>,
    #[serde(skip_serializing_if = "str::is_empty")]
    continue_token: &'a str,
}

/// The object that the error is about.
#[derive(Serialize)]
struct About<'a> {
    kind: &'a str,
    name: &'a str,
}

/// The object to throw.
pub(crate) fn thrown(error: &Error) -> JsValue {
    let status = error.status();
    let thrown = Thrown {
        code: error.code(),
        status: status.code,
        reason: &status.reason,
        message: &status.message,
        causes: status.details.as_ref().map_or(&[], |details| &details.causes),
        details: status
            .details
            .as_ref()
            .filter(|details| !details.kind.is_empty())
            .map(|details| About { kind: &details.kind, name: &details.name }),
        continue_token: &status.metadata.continue_token,
    };
    // Texts and numbers can always be converted.
    to_value(&thrown).unwrap_or_default()
}

/// The error for calls after the store was closed.
pub(crate) fn closed() -> Error {
    ErrorKind::Unclassified("the store is closed".to_owned()).into()
}

/// The error for an option that has none of its values.
pub(crate) fn one_of(option: &str, found: &str, values: &str) -> Error {
    bad(format!("the options: {option}: {found:?} is not {values}"))
}

/// The error for an invalid argument.
#[allow(clippy::needless_pass_by_value, reason = "it is what `map_err` calls with an error")]
pub(crate) fn bad(reason: impl ToString) -> Error {
    ErrorKind::BadRequest(reason.to_string()).into()
}
