//! Import and export, in the form that JavaScript has them.

use std::ops::ControlFlow;

use imagestream::json::members;
use imagestream::transfer::{Bytes, Created, ExportOptions, ImportOptions, ListFormat, export, import};
use imagestream::{ConflictRule, ImageStore, Result};
use redb::StorageBackend as _;
use redb::backends::InMemoryBackend;
use wasm_bindgen::JsValue;

use crate::convert::{object, to_text};
use crate::error::{bad, one_of};

/// Options of an import.
#[derive(Default)]
pub(crate) struct ImportFile {
    /// The name of the file, for messages.
    file: String,
    namespace: String,
    stream: String,
    on_conflict: String,
    created: String,
    strict: bool,
    verify_blobs: bool,
    dry_run: bool,
}

members!(ImportFile as "ImportOptions" {
    "file" => file,
    "namespace" => namespace,
    "stream" => stream,
    "onConflict" => on_conflict,
    "created" => created,
    "strict" => strict,
    "verifyBlobs" => verify_blobs,
    "dryRun" => dry_run,
});

/// Options of an export.
#[derive(Default)]
pub(crate) struct ExportList {
    namespace: String,
    label_selector: String,
    names: Vec<String>,
    for_create: bool,
    format: String,
}

members!(ExportList as "ExportListOptions" {
    "namespace" => namespace,
    "labelSelector" => label_selector,
    "names" => names,
    "forCreate" => for_create,
    "format" => format,
});

/// Imports the bytes of a file, and returns the report as JSON.
pub(crate) fn import_file(store: &ImageStore, options: ImportFile, bytes: &[u8]) -> Result<JsValue> {
    let name = if options.file.is_empty() { "the file" } else { &options.file };
    let params = ImportOptions {
        namespace: options.namespace,
        stream: options.stream,
        conflicts: match &*options.on_conflict {
            "" | "skip" => ConflictRule::Skip,
            "replace" => ConflictRule::Replace,
            "merge-history" => ConflictRule::MergeHistory,
            other => return Err(one_of("onConflict", other, "skip, replace or merge-history")),
        },
        created: match &*options.created {
            "" | "now" => Created::Now,
            "annotation" => Created::Annotation,
            "config" => Created::Config,
            other => return Err(one_of("created", other, "now, annotation or config")),
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
    let damaged = InMemoryBackend::new();
    let filled = damaged.set_len(bytes.len() as u64).and_then(|()| damaged.write(0, bytes));
    filled.map_err(bad)?;
    object(store.restore_intact(&damaged))
}

/// The list as text.
pub(crate) fn export_list(store: &ImageStore, options: ExportList) -> Result<JsValue> {
    let params = ExportOptions {
        namespace: options.namespace,
        label_selector: options.label_selector,
        names: options.names,
        for_create: options.for_create,
        format: match &*options.format {
            "" | "json" => ListFormat::Json,
            "yaml" => ListFormat::Yaml,
            other => return Err(one_of("format", other, "json or yaml")),
        },
    };
    let mut text = Vec::new();
    export(store, &params, &mut text)?;
    String::from_utf8(text).map(JsValue::from).map_err(bad)
}
