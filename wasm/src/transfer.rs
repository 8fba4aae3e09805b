//! Import and export, in the form that JavaScript has them.

use std::io;
use std::ops::ControlFlow;

use imagestream::transfer::{Bytes, Created, ExportOptions, ImportOptions, ListFormat, export, import};
use imagestream::{ConflictRule, ImageStore, Result};
use serde::Deserialize;
use wasm_bindgen::JsValue;

use crate::convert::{object, to_text};
use crate::error::bad;

/// Options of an import.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ImportFile {
    /// The name of the file, for messages.
    file: String,
    namespace: String,
    stream: String,
    on_conflict: OnConflict,
    created: CreatedBy,
    strict: bool,
    verify_blobs: bool,
    dry_run: bool,
}

/// [`ConflictRule`] in JavaScript.
#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum OnConflict {
    #[default]
    Skip,
    Replace,
    MergeHistory,
}

/// [`Created`] in JavaScript.
#[derive(Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum CreatedBy {
    #[default]
    Now,
    Annotation,
    Config,
}

/// Options of an export.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ExportList {
    namespace: String,
    label_selector: String,
    names: Vec<String>,
    for_create: bool,
    format: Format,
}

/// [`ListFormat`] in JavaScript.
#[derive(Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Json,
    Yaml,
}

/// Imports the bytes of a file, and returns the report as JSON.
pub(crate) fn import_file(store: &ImageStore, options: ImportFile, bytes: &[u8]) -> Result<JsValue> {
    let name = if options.file.is_empty() { "the file" } else { &options.file };
    let params = ImportOptions {
        namespace: options.namespace,
        stream: options.stream,
        conflicts: match options.on_conflict {
            OnConflict::Skip => ConflictRule::Skip,
            OnConflict::Replace => ConflictRule::Replace,
            OnConflict::MergeHistory => ConflictRule::MergeHistory,
        },
        created: match options.created {
            CreatedBy::Now => Created::Now,
            CreatedBy::Annotation => Created::Annotation,
            CreatedBy::Config => Created::Config,
        },
        strict: options.strict,
        verify_blobs: options.verify_blobs,
        dry_run: options.dry_run,
    };
    let report = import(store, &[&Bytes { name, bytes }], &params, &mut |_| ControlFlow::Continue(()))?;
    Ok(to_text(&report)?.into())
}

/// Brings back what is intact in the bytes of a damaged store, and returns the report as JSON.
pub(crate) fn restore_intact(store: &ImageStore, bytes: &[u8]) -> Result<JsValue> {
    object(store.restore_intact(&Damaged(bytes.to_vec())))
}

/// The bytes of a damaged store, which is only read.
#[derive(Debug)]
struct Damaged(Vec<u8>);

impl redb::StorageBackend for Damaged {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let found = start.checked_add(out.len()).and_then(|end| self.0.get(start..end));
        out.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, _: u64) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, _: u64, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }
}

/// The list as text.
pub(crate) fn export_list(store: &ImageStore, options: ExportList) -> Result<JsValue> {
    let params = ExportOptions {
        namespace: options.namespace,
        label_selector: options.label_selector,
        names: options.names,
        for_create: options.for_create,
        format: match options.format {
            Format::Json => ListFormat::Json,
            Format::Yaml => ListFormat::Yaml,
        },
    };
    let mut text = Vec::new();
    export(store, &params, &mut text)?;
    String::from_utf8(text).map(JsValue::from).map_err(bad)
}
