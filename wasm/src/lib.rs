//! The store for JavaScript: converts what goes in, calls the library, converts what comes out. No rules live here.

mod convert;
mod environment;
mod error;
mod outcome;

use std::sync::Arc;

use imagestream::{Builder, PostParams};
use wasm_bindgen::prelude::*;

use convert::{from_js, to_js};
use environment::JavaScript;
use error::thrown;
use outcome::Outcome;

/// A store of images and image streams.
///
/// Every method throws an `Error` with the name `ImageStoreError` and the members `code` (a word such as `Invalid`),
/// `status` (the HTTP status of the API) and `causes` (what is wrong with the object, each with `reason`, `message` and
/// `field`). A call that throws has changed nothing, and the store goes on.
#[wasm_bindgen]
pub struct ImageStore(imagestream::ImageStore);

#[wasm_bindgen]
impl ImageStore {
    /// A new store that is kept in memory and gone with the object.
    ///
    /// # Errors
    ///
    /// Only where the storage engine fails.
    #[wasm_bindgen(js_name = inMemory)]
    pub fn in_memory() -> Result<ImageStore, JsValue> {
        let builder = Builder::new(Arc::new(JavaScript), Arc::new(JavaScript));
        builder.open_in_memory().map(Self).map_err(|error| thrown(&error))
    }

    /// Creates a stream and returns it as stored.
    ///
    /// # Errors
    ///
    /// What the API answers.
    #[wasm_bindgen(js_name = createImageStream)]
    pub fn create_image_stream(&self, namespace: &str, stream: &JsValue) -> Result<JsValue, JsValue> {
        let stream = from_js(stream)?;
        let created = self.0.namespace(namespace).image_streams().create(&PostParams::default(), &stream);
        to_js(&created.map_err(|error| thrown(&error))?)
    }

    /// Registers the image of a mapping and makes it the newest entry of the mapping's tag. Returns what that did:
    /// `{image, tags, resourceVersion}`.
    ///
    /// # Errors
    ///
    /// What the API answers.
    #[wasm_bindgen(js_name = createMapping)]
    pub fn create_mapping(&self, namespace: &str, mapping: &JsValue) -> Result<JsValue, JsValue> {
        let mapping = from_js(mapping)?;
        let outcome = self.0.namespace(namespace).mappings().create(&PostParams::default(), &mapping);
        to_js(&Outcome::from(outcome.map_err(|error| thrown(&error))?))
    }

    /// The entries of a tag's history, newest first.
    ///
    /// # Errors
    ///
    /// `NotFound` where there is no such stream or tag.
    pub fn history(&self, namespace: &str, stream: &str, tag: &str) -> Result<JsValue, JsValue> {
        let history = self.0.namespace(namespace).image_streams().history(stream, tag);
        to_js(&history.map_err(|error| thrown(&error))?)
    }
}
