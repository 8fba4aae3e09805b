//! Building responses.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use serde::Serialize;

use super::body::Body;
use super::failure::Failure;
use super::negotiation::OutputForm;
use super::protobuf;
use super::watch::EventStream;
use crate::api::{Status, StatusDetails};
use crate::{json, yaml};

/// The status of a successful call that returns no object.
pub(super) fn success(code: i32, details: Option<StatusDetails>) -> Status {
    Status {
        kind: "Status".to_owned(),
        api_version: "v1".to_owned(),
        status: "Success".to_owned(),
        details,
        code,
        ..Status::default()
    }
}

/// A response with an object that has no protobuf encoding: a client that accepts nothing else gets indented JSON.
pub(super) fn object(code: u16, object: &impl Serialize, form: OutputForm) -> Response<Body> {
    match json::to_vec(object) {
        Ok(text) => document(code, text, form),
        // Serialization fails only for maps with non-string keys, which no type has.
        Err(error) => unwritten(&error.to_string()),
    }
}

/// A response with an object that is already JSON. Other formats are converted from that, not from the object: each
/// serialization format would need code for each type.
pub(super) fn document(code: u16, mut json: Vec<u8>, form: OutputForm) -> Response<Body> {
    let form = if form == OutputForm::Protobuf { OutputForm::PrettyJson } else { form };
    let text = match form {
        OutputForm::Json => {
            json.push(b'\n');
            json
        }
        OutputForm::PrettyJson | OutputForm::Protobuf => json::indent(&json, "  "),
        OutputForm::Yaml => match yaml::from_json(&json) {
            Ok(text) => text.into_bytes(),
            Err(error) => return unwritten(&error.to_string()),
        },
    };
    bytes(code, form.content_type(), text.into())
}

fn unwritten(error: &str) -> Response<Body> {
    bytes(500, "text/plain", error.to_owned().into())
}

/// A response with a failure.
pub(super) fn failure(failure: &Failure, form: OutputForm) -> Response<Body> {
    let status = failure.status();
    self::status(u16::try_from(status.code).unwrap_or(500), status, form)
}

/// A response with a status.
pub(super) fn status(code: u16, status: &Status, form: OutputForm) -> Response<Body> {
    match form {
        OutputForm::Protobuf => bytes(code, form.content_type(), protobuf::encode(status).into()),
        _ => object(code, status, form),
    }
}

/// A text response.
pub(super) fn text(code: u16, text: impl Into<Bytes>) -> Response<Body> {
    bytes(code, "text/plain; charset=utf-8", text.into())
}

/// Adds warnings to a response.
pub(super) fn warn(response: &mut Response<Body>, warnings: &[String]) {
    for warning in warnings {
        if let Ok(value) = HeaderValue::from_bytes(warning.as_bytes()) {
            response.headers_mut().append("Warning", value);
        }
    }
}

/// A response with the events of a watch.
pub(super) fn events(events: EventStream) -> Response<Body> {
    let mut response = bytes(200, OutputForm::Json.content_type(), Bytes::new());
    *response.body_mut() = Body::Events(events);
    response
}

/// A response with bytes.
pub(super) fn bytes(code: u16, content_type: &'static str, body: Bytes) -> Response<Body> {
    let mut response = Response::new(Body::Whole(body));
    *response.status_mut() = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
