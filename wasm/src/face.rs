//! The HTTP API: takes the parts of a `Request`, returns the parts of a `Response`.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request};
use imagestream::{ImageStore, Result, User, request};
use wasm_bindgen::prelude::*;

use crate::convert::{from_value, to_value};
use crate::error::bad;
use crate::events::Events;
use crate::options::Caller;

/// A response.
#[wasm_bindgen]
pub struct Answer {
    status: u16,
    headers: JsValue,
    body: Option<Vec<u8>>,
    events: Option<Events>,
}

#[wasm_bindgen]
impl Answer {
    /// The HTTP status.
    #[wasm_bindgen(getter)]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The headers as an array of `[name, value]`, with one character for each byte.
    #[wasm_bindgen(getter)]
    pub fn headers(&self) -> JsValue {
        self.headers.clone()
    }

    /// Takes the body; there is none if the response is a watch.
    #[wasm_bindgen(js_name = takeBody)]
    pub fn take_body(&mut self) -> Option<Vec<u8>> {
        self.body.take()
    }

    /// Takes the events of a watch; there are none if the response has a body.
    #[wasm_bindgen(js_name = takeEvents)]
    pub fn take_events(&mut self) -> Option<Events> {
        self.events.take()
    }
}

pub(crate) fn handle(
    store: &ImageStore,
    method: &str,
    path: &str,
    headers: JsValue,
    body: Vec<u8>,
    user: JsValue,
) -> Result<Answer> {
    let user = if user.is_undefined() { None } else { Some(User::from(from_value::<Caller>(user)?)) };
    let mut request = Request::builder().method(method).uri(path).body(Bytes::from(body)).map_err(bad)?;
    *request.headers_mut() = read(headers)?;
    let (parts, body) = request::handle(store, &request, user).into_parts();
    let (body, events) = match body {
        request::Body::Events(events) => (None, Some(events.into())),
        body => (Some(body.into_bytes().into()), None),
    };
    Ok(Answer { status: parts.status.as_u16(), headers: write(&parts.headers)?, body, events })
}

/// Reads the headers that the library knows. Headers of JavaScript have one character for each byte.
fn read(pairs: JsValue) -> Result<HeaderMap> {
    let pairs: Vec<(String, String)> = from_value(pairs)?;
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        let Some(name) = request::header(&name) else { continue };
        let bytes: Vec<u8> = value.chars().map(u8::try_from).collect::<Result<_, _>>().map_err(bad)?;
        headers.append(name, HeaderValue::from_bytes(&bytes).map_err(bad)?);
    }
    Ok(headers)
}

fn write(headers: &HeaderMap) -> Result<JsValue> {
    let latin1 = |value: &HeaderValue| -> String { value.as_bytes().iter().copied().map(char::from).collect() };
    to_value(&headers.iter().map(|(name, value)| (name.as_str(), latin1(value))).collect::<Vec<_>>())
}
