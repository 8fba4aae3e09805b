//! The HTTP face: a request of the platform in, what its `Response` is made of out.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request};
use imagestream::json::{self, Names};
use imagestream::{ImageStore, Result, User, request};
use wasm_bindgen::prelude::*;

use crate::convert::{from_text, to_text};
use crate::error::bad;
use crate::events::Events;
use crate::options::Caller;

/// An answer.
#[wasm_bindgen]
pub struct Answer {
    status: u16,
    headers: String,
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

    /// Pairs of names and values as JSON, a character a byte.
    #[wasm_bindgen(getter)]
    pub fn headers(&self) -> String {
        self.headers.clone()
    }

    /// The body, once; nothing where it is a watch.
    #[wasm_bindgen(js_name = takeBody)]
    pub fn take_body(&mut self) -> Option<Vec<u8>> {
        self.body.take()
    }

    /// The events of a watch, once; nothing where it is none.
    #[wasm_bindgen(js_name = takeEvents)]
    pub fn take_events(&mut self) -> Option<Events> {
        self.events.take()
    }
}

pub(crate) fn handle(
    store: &ImageStore,
    method: &str,
    path: &str,
    headers: &str,
    body: Vec<u8>,
    user: Option<&str>,
) -> Result<Answer> {
    let user = user.map(from_text::<Caller>).transpose()?.map(User::from);
    let mut request = Request::builder().method(method).uri(path).body(Bytes::from(body)).map_err(bad)?;
    *request.headers_mut() = read(headers)?;
    let (parts, body) = request::handle(store, &request, user).into_parts();
    let (body, events) = match body {
        request::Body::Events(events) => (None, Some(events.into())),
        body => (Some(body.into_bytes().into()), None),
    };
    Ok(Answer { status: parts.status.as_u16(), headers: write(&parts.headers)?, body, events })
}

/// The headers that are looked at. Headers of JavaScript have a character for each byte.
fn read(text: &str) -> Result<HeaderMap> {
    let pairs: Vec<Vec<String>> = json::decode(text.as_bytes(), Names::Exact).map_err(bad)?;
    let mut headers = HeaderMap::new();
    for pair in pairs {
        let [name, value]: [String; 2] = pair.try_into().map_err(|_| bad("a header is a name and a value"))?;
        let Some(name) = request::header(&name) else { continue };
        let bytes: Vec<u8> = value.chars().map(u8::try_from).collect::<Result<_, _>>().map_err(bad)?;
        headers.append(name, HeaderValue::from_bytes(&bytes).map_err(bad)?);
    }
    Ok(headers)
}

fn write(headers: &HeaderMap) -> Result<String> {
    let latin1 = |value: &HeaderValue| -> String { value.as_bytes().iter().copied().map(char::from).collect() };
    to_text(&headers.iter().map(|(name, value)| (name.as_str(), latin1(value))).collect::<Vec<_>>())
}
