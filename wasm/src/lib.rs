//! The store for JavaScript: converts arguments, calls the library, and converts its results. It has no rules of its own.
//!
//! The npm package consists of this crate and `npm/src`. Objects of the API cross as JSON, which is faster than building them
//! value by value. Parameters, results and reports cross as plain objects ([`convert`]). All of them are read
//! before the store is called, and npm/src has copied the caller's own, so that no getter or proxy can run within a call.
//!
//! Errors are thrown as plain objects, see [`error`]. An exception that is an `Error` of JavaScript is a crash of the instance.

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
mod prune;
mod queries;
mod streams;
mod tag;
mod tags;
mod transfer;

use std::cell::RefCell;

use imagestream::ImageStore;
use wasm_bindgen::prelude::*;

use convert::from_value;
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
    /// Opens the store in the files of the host, as the [`OpenOptions`] say.
    ///
    /// # Errors
    ///
    /// Errors of the library.
    pub fn open(files: &HostFiles, options: JsValue) -> Result<Store, JsValue> {
        let opened = from_value::<OpenOptions>(options).and_then(|options| options.open(files));
        Ok(Self(RefCell::new(Some(opened.map_err(|error| thrown(&error))?))))
    }

    /// Performs the call that `request` describes ([`call::Request`]), with the options of its verb, and the JSON of an object
    /// if the verb takes one. The JSON is passed as bytes, because wasm-bindgen converts long texts character by character.
    ///
    /// # Errors
    ///
    /// Errors of the library.
    #[allow(clippy::needless_pass_by_value, reason = "JavaScript can't lend what may be missing")]
    pub fn call(&self, request: JsValue, options: &JsValue, body: Option<Vec<u8>>) -> Result<JsValue, JsValue> {
        let store = self.store()?;
        call::perform(&store, request, options, body.as_deref()).map_err(|error| thrown(&error))
    }

    /// The newest entry of a tag as JSON. This and [`Store::image`] are called often and do little, so they take their
    /// arguments without a request.
    ///
    /// # Errors
    ///
    /// Errors of the library.
    pub fn newest(&self, namespace: &str, stream: &str, tag: &str) -> Result<String, JsValue> {
        let store = self.store()?;
        streams::newest(&store.namespace(namespace).image_streams(), stream, tag).map_err(|error| thrown(&error))
    }

    /// An image: its JSON, its manifest and its config, see [`images::apart`].
    ///
    /// # Errors
    ///
    /// Errors of the library.
    pub fn image(&self, name: &str) -> Result<Vec<JsValue>, JsValue> {
        let store = self.store()?;
        let parts = images::apart(&store.images(), name).map_err(|error| thrown(&error))?;
        Ok(parts.map(JsValue::from).into())
    }

    /// Begins the watch that `request` describes.
    ///
    /// # Errors
    ///
    /// Errors of the library.
    pub fn watch(&self, request: JsValue, options: &JsValue) -> Result<Events, JsValue> {
        let store = self.store()?;
        call::watch(&store, request, options).map_err(|error| thrown(&error))
    }

    /// Answers a request of the HTTP API. `headers` is an array of `[name, value]`, `user` is the authenticated user, if there is one.
    ///
    /// # Errors
    ///
    /// If the arguments can't be a request; every other error is a response.
    pub fn handle(
        &self,
        method: &str,
        path: &str,
        headers: JsValue,
        body: Vec<u8>,
        user: JsValue,
    ) -> Result<Answer, JsValue> {
        let store = self.store()?;
        face::handle(&store, method, path, headers, body, user).map_err(|error| thrown(&error))
    }

    /// The mappings in the text of a file, JSON or YAML, as a JSON array; see [`documents`].
    ///
    /// # Errors
    ///
    /// If the text or one of the mappings is invalid.
    pub fn mappings(&self, text: &str) -> Result<String, JsValue> {
        documents::mappings(text).map_err(|error| thrown(&error))
    }

    /// An object in JSON as YAML.
    ///
    /// # Errors
    ///
    /// If it is not JSON.
    pub fn yaml(&self, text: &str) -> Result<String, JsValue> {
        documents::yaml(text).map_err(|error| thrown(&error))
    }

    /// Closes the store. Watches must be freed before, because each keeps it open.
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
