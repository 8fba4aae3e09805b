//! The store for JavaScript: converts what goes in, calls the library, converts what comes out. No rules live here.
//!
//! This is the inside of the npm package, and `npm/src` is its face: what crosses the border here is text, mostly JSON,
//! since that is faster than to build objects value by value, and owned before the store is touched, so that nothing a
//! caller hands in can interrupt a call. What is thrown is the text of an error, see [`error`]; anything else that comes
//! out of here is a crash of the instance.

mod call;
mod convert;
mod documents;
mod environment;
mod error;
mod events;
mod face;
mod host;
mod images;
mod open_options;
mod options;
mod outcome;
mod streams;
mod tags;

use std::cell::RefCell;

use imagestream::ImageStore;
use wasm_bindgen::prelude::*;

use error::{closed, thrown};
use events::Events;
use face::Answer;
use host::HostFiles;
use open_options::OpenOptions;

/// An open store.
#[wasm_bindgen]
pub struct Store(RefCell<Option<ImageStore>>);

#[wasm_bindgen]
impl Store {
    /// Opens the store in the files of the host, with `options` as JSON ([`OpenOptions`]).
    ///
    /// # Errors
    ///
    /// Those of the library, as text.
    pub fn open(files: &HostFiles, options: &str) -> Result<Store, JsValue> {
        let opened = OpenOptions::parse(options).and_then(|options| options.open(files));
        Ok(Self(RefCell::new(Some(opened.map_err(|error| thrown(&error))?))))
    }

    /// Does what `request` asks for ([`call::Request`], as JSON), with the object in `body`, as JSON too where there is
    /// one: as bytes, since wasm-bindgen takes a long text over character by character. Returns the answer as JSON.
    ///
    /// # Errors
    ///
    /// Those of the library, as text.
    #[allow(clippy::needless_pass_by_value, reason = "JavaScript has no text to borrow where there is none")]
    pub fn call(&self, request: &str, body: Option<Vec<u8>>) -> Result<String, JsValue> {
        let store = self.store()?;
        call::perform(&store, request, body.as_deref()).map_err(|error| thrown(&error))
    }

    /// The newest entry of a tag as JSON. This and [`Store::image`] are asked for so often, and so little has to be done for
    /// them, that to write a request and to read it would be most of the work.
    ///
    /// # Errors
    ///
    /// Those of the library, as text.
    pub fn newest(&self, namespace: &str, stream: &str, tag: &str) -> Result<String, JsValue> {
        let store = self.store()?;
        streams::newest(&store.namespace(namespace).image_streams(), stream, tag).map_err(|error| thrown(&error))
    }

    /// An image: its JSON and the texts of its manifest and config, see [`images::apart`].
    ///
    /// # Errors
    ///
    /// Those of the library, as text.
    pub fn image(&self, name: &str) -> Result<Vec<JsValue>, JsValue> {
        let store = self.store()?;
        let parts = images::apart(&store.images(), name).map_err(|error| thrown(&error))?;
        Ok(parts.map(JsValue::from).into())
    }

    /// Begins the watch that `request` asks for.
    ///
    /// # Errors
    ///
    /// Those of the library, as text.
    pub fn watch(&self, request: &str) -> Result<Events, JsValue> {
        let store = self.store()?;
        call::watch(&store, request).map_err(|error| thrown(&error))
    }

    /// Answers a request of the HTTP API. `headers` are pairs of names and values as JSON, `user` is who asks, as JSON.
    ///
    /// # Errors
    ///
    /// What can't be a request at all; everything else is an answer.
    #[allow(clippy::needless_pass_by_value, reason = "JavaScript has no text to borrow where there is none")]
    pub fn handle(
        &self,
        method: &str,
        path: &str,
        headers: &str,
        body: Vec<u8>,
        user: Option<String>,
    ) -> Result<Answer, JsValue> {
        let store = self.store()?;
        face::handle(&store, method, path, headers, body, user.as_deref()).map_err(|error| thrown(&error))
    }

    /// The mappings of a file's text, JSON or YAML, as a JSON array; see [`documents`].
    ///
    /// # Errors
    ///
    /// What is wrong with them, as text.
    pub fn mappings(&self, text: &str) -> Result<String, JsValue> {
        documents::mappings(text).map_err(|error| thrown(&error))
    }

    /// An object in JSON as YAML.
    ///
    /// # Errors
    ///
    /// Where it is no JSON, as text.
    pub fn yaml(&self, text: &str) -> Result<String, JsValue> {
        documents::yaml(text).map_err(|error| thrown(&error))
    }

    /// Closes the store. Watches must be gone before: each keeps it open.
    pub fn close(&self) {
        if let Some(store) = self.0.take() {
            store.stop_watches();
        }
    }

    fn store(&self) -> Result<ImageStore, JsValue> {
        // Only `close` changes it, and it is never called from within a call.
        self.0.try_borrow().ok().and_then(|store| store.clone()).ok_or_else(|| thrown(&closed()))
    }
}
