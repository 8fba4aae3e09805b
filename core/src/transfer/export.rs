//! Writing the content of a store as a list.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde_json::{Map, Value};

use super::tag_rules;
use crate::api::{Image, ImageStream, Resource};
use crate::error::{Error, ErrorKind, Result};
use crate::json;
use crate::resources::{ImageStore, ListParams, as_document};
use crate::yaml;

/// Objects are read in pages of this many.
const PAGE: u64 = 200;

/// What is exported, and how.
#[derive(Debug, Clone, Default)]
pub struct ExportOptions {
    /// Only streams of this namespace, and their images; all if it is empty.
    pub namespace: String,
    /// Only streams whose labels match this selector, and their images; all if it is empty.
    pub label_selector: String,
    /// Only the streams with these names, and their images; all if there are none. They need a namespace.
    pub names: Vec<String>,
    /// As `oc create` takes it: without status, uid, times and versions.
    pub for_create: bool,
    /// The text format.
    pub format: ListFormat,
}

/// The text format of an exported list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ListFormat {
    /// JSON, indented.
    #[default]
    Json,
    /// YAML.
    Yaml,
}

/// How much was exported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exported {
    /// Streams.
    pub image_streams: u64,
    /// Images.
    pub images: u64,
}

/// Writes a `List` of streams and images, as `oc get imagestreams,images -o json` prints it.
///
/// Nothing is lost: [`import`](super::import) of the list makes the same objects, with uids, times, status and histories.
/// Only resource versions are new there. Memory is bounded by a page of objects. Signatures are a part of images.
///
/// ```
/// use imagestream::ImageStore;
/// use imagestream::transfer::{ExportOptions, export};
///
/// let mut list = Vec::new();
/// export(&ImageStore::in_memory()?, &ExportOptions::default(), &mut list)?;
/// assert!(String::from_utf8(list)?.starts_with("{\n    \"apiVersion\": \"v1\",\n    \"items\": []"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`NotFound`](crate::ErrorKind::NotFound) for a name, [`BadRequest`](crate::ErrorKind::BadRequest) for an invalid
/// selector, and errors of reading and writing.
pub fn export(store: &ImageStore, options: &ExportOptions, out: &mut dyn Write) -> Result<Exported> {
    let mut list = List { out, options, count: 0 };
    list.begin()?;
    let mut exported = Exported::default();
    // All images are exported with all streams, otherwise those of the streams.
    let is_selection = !options.namespace.is_empty() || !options.label_selector.is_empty() || !options.names.is_empty();
    let mut images = BTreeSet::new();
    each_stream(store, options, &mut |stream| {
        if is_selection {
            let entries = stream.status.tags.iter().flat_map(|tag| tag.items.iter().flatten());
            images.extend(entries.map(|entry| entry.image.clone()).filter(|image| !image.is_empty()));
        }
        exported.image_streams += 1;
        list.item(&stream)
    })?;
    if is_selection {
        for name in images {
            match store.images().get(&name) {
                Ok(image) => {
                    exported.images += 1;
                    list.item(&image)?;
                }
                // Histories may name images that are gone.
                Err(error) if matches!(error.kind(), ErrorKind::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
    } else {
        each_image(store, &mut |image| {
            exported.images += 1;
            list.item(&image)
        })?;
    }
    let rules = store.tag_rules()?;
    if !is_selection && !options.for_create && !rules.is_empty() {
        list.document(tag_rules::document(&rules)?)?;
    }
    list.end()?;
    Ok(exported)
}

fn each_stream(
    store: &ImageStore,
    options: &ExportOptions,
    visit: &mut dyn FnMut(ImageStream) -> Result<()>,
) -> Result<()> {
    let streams = store.namespace(&options.namespace).image_streams();
    if !options.names.is_empty() {
        return options.names.iter().try_for_each(|name| visit(streams.get(name)?));
    }
    let mut params = ListParams::default().limit(PAGE).labels(&options.label_selector);
    loop {
        let page = streams.list(&params)?;
        page.items.into_iter().try_for_each(&mut *visit)?;
        if page.metadata.continue_token.is_empty() {
            return Ok(());
        }
        params = params.continue_from(&page.metadata.continue_token);
    }
}

fn each_image(store: &ImageStore, visit: &mut dyn FnMut(Image) -> Result<()>) -> Result<()> {
    let mut params = ListParams::default().limit(PAGE);
    loop {
        let page = store.images().list(&params)?;
        page.items.into_iter().try_for_each(&mut *visit)?;
        if page.metadata.continue_token.is_empty() {
            return Ok(());
        }
        params = params.continue_from(&page.metadata.continue_token);
    }
}

/// A list that is being written.
struct List<'a> {
    out: &'a mut dyn Write,
    options: &'a ExportOptions,
    count: u64,
}

impl List<'_> {
    fn begin(&mut self) -> Result<()> {
        self.write(match self.options.format {
            ListFormat::Json => "{\n    \"apiVersion\": \"v1\",\n    \"items\": [",
            ListFormat::Yaml => "apiVersion: v1\nitems:",
        })
    }

    fn item<T: Resource + serde::Serialize + Clone>(&mut self, object: &T) -> Result<()> {
        let mut object = object.clone();
        object.set_type();
        let mut document = as_document(&object)?;
        if self.options.for_create {
            strip(&mut document);
        }
        self.document(document)
    }

    fn document(&mut self, document: Value) -> Result<()> {
        let text = match self.options.format {
            ListFormat::Json => {
                let compact = json::to_vec(&document).map_err(|error| Error::internal(error.to_string()))?;
                let text = String::from_utf8_lossy(&json::indent(&compact, "    ")).into_owned();
                let separator = if self.count == 0 { "\n" } else { ",\n" };
                format!("{separator}        {}", text.replace('\n', "\n        "))
            }
            ListFormat::Yaml => {
                // The place in the list decides where lines are folded.
                let list = Value::Object(Map::from_iter([("items".to_owned(), Value::Array(vec![document]))]));
                let text = yaml::to_string(&list).map_err(|error| Error::internal(error.to_string()))?;
                let rest = text.strip_prefix("items:").unwrap_or(&text);
                rest.strip_suffix('\n').unwrap_or(rest).to_owned()
            }
        };
        self.count += 1;
        self.write(&text)
    }

    fn end(&mut self) -> Result<()> {
        let text = match (self.options.format, self.count) {
            (ListFormat::Json, 0) => {
                "],\n    \"kind\": \"List\",\n    \"metadata\": {\n        \"resourceVersion\": \"\"\n    }\n}\n"
            }
            (ListFormat::Json, _) => {
                "\n    ],\n    \"kind\": \"List\",\n    \"metadata\": {\n        \"resourceVersion\": \"\"\n    }\n}\n"
            }
            (ListFormat::Yaml, 0) => " []\nkind: List\nmetadata:\n  resourceVersion: \"\"\n",
            (ListFormat::Yaml, _) => "\nkind: List\nmetadata:\n  resourceVersion: \"\"\n",
        };
        self.write(text)
    }

    fn write(&mut self, text: &str) -> Result<()> {
        self.out.write_all(text.as_bytes()).map_err(|error: io::Error| Error::io("writing", "the list", error))
    }
}

/// Removes what belongs to the store that an object is in.
fn strip(document: &mut Value) {
    let Some(object) = document.as_object_mut() else { return };
    object.remove("status");
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        for member in ["uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink"] {
            metadata.remove(member);
        }
    }
    let tags = object.get_mut("spec").and_then(|spec| spec.get_mut("tags")).and_then(Value::as_array_mut);
    for tag in tags.into_iter().flatten().filter_map(Value::as_object_mut) {
        tag.remove("generation");
    }
}
