//! Patches that are applied: what is checked of them, and what is written down about their managers.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::patch::{Place, internal};
use super::{FieldValidation, PatchParams};
use crate::api::{API_VERSION, ManagedFieldsEntry};
use crate::error::{Error, Result};
use crate::json::{self, Node};
use crate::rules::patch::{Applier, Mergeable, PathElement, Schema, apply as merge, check_lists};

/// Applies what a manager wants to an object, and writes down that it did.
///
/// # Errors
///
/// [`Error::ApplyConflict`], and 400 or 500 for what is no object of the kind, as the real server answers.
pub(super) fn apply<T: Mergeable + DeserializeOwned>(
    document: &mut Value,
    wanted: &Value,
    place: Place<'_>,
    params: &PatchParams,
) -> Result<()> {
    check::<T>(wanted)?;
    if let (FieldValidation::Strict, Some(finding)) = (params.field_validation, params.findings.first()) {
        return Err(Error::BadRequest(format!("error strict decoding YAML: {finding}")));
    }
    let managed: Vec<ManagedFieldsEntry> = match document.pointer_mut("/metadata/managedFields") {
        Some(entries) => serde_json::from_value(entries.take()).map_err(internal)?,
        None => Vec::new(),
    };
    if let Some(Value::Object(metadata)) = document.get_mut("metadata") {
        metadata.remove("managedFields");
    }
    let applier =
        Applier { manager: &params.field_manager, subresource: place.subresource, force: params.force, now: place.now };
    let (merged, entries) = merge(document, wanted, &T::SCHEMA, &managed, applier)
        .map_err(|conflicts| Error::ApplyConflict { conflicts })?;
    *document = merged;
    if let (Some(Value::Object(metadata)), false) = (document.get_mut("metadata"), entries.is_empty()) {
        metadata.insert("managedFields".to_owned(), serde_json::to_value(entries).map_err(internal)?);
    }
    Ok(())
}

/// Checks what a manager wants by itself.
fn check<T: Mergeable + DeserializeOwned>(wanted: &Value) -> Result<()> {
    let text = |pointer: &str| wanted.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let (kind, api_version) = (text("/kind"), text("/apiVersion"));
    let group_version = match api_version.split_once('/') {
        Some(_) => api_version.to_owned(),
        None => format!("/{api_version}"),
    };
    let of_kind = format!("{group_version}, Kind={kind}");
    if (kind, api_version) != (T::KIND, API_VERSION) {
        return Err(Error::BadRequest(format!("invalid object type: {of_kind}")));
    }
    if wanted.pointer("/metadata/managedFields").is_some_and(|fields| !fields.is_null()) {
        return Err(Error::BadRequest("metadata.managedFields must be nil".to_owned()));
    }
    let node: Node = serde_json::from_value(wanted.clone()).map_err(internal)?;
    let mistakes = match json::decode_strictly::<T>(&node) {
        Err(error) => vec![error.to_string()],
        Ok((_, findings)) => {
            let undeclared = findings.iter().filter_map(|finding| {
                let place = finding.strip_prefix("unknown field \"")?.strip_suffix('"')?;
                Some(format!("{}: field not declared in schema", keyed(place, wanted, &T::SCHEMA)))
            });
            undeclared.chain(check_lists(wanted, &T::SCHEMA)).collect()
        }
    };
    let mistakes = match mistakes.as_slice() {
        [] => return Ok(()),
        [one] => one.clone(),
        several => format!("errors:\n  {}", several.join("\n  ")),
    };
    let (namespace, name) = (text("/metadata/namespace"), text("/metadata/name"));
    // The real server has no reason for this.
    Err(Error::Unclassified(format!("failed to create typed patch object ({namespace}/{name}; {of_kind}): {mistakes}")))
}

/// A place in a document, with elements of lists named by their keys: `.spec.tags[name="v1"].x` for `spec.tags[0].x`.
fn keyed(place: &str, document: &Value, schema: &Schema) -> String {
    let mut shown = String::new();
    let (mut value, mut schema) = (Some(document), *schema);
    for part in place.split('.') {
        let (name, index) = match part.strip_suffix(']').and_then(|part| part.split_once('[')) {
            Some((name, index)) => (name, Some(index)),
            None => (part, None),
        };
        shown += &format!(".{name}");
        value = value.and_then(|value| value.get(name));
        schema = schema.member(name);
        let Some(index) = index else { continue };
        value = value.and_then(|value| value.get(index.parse::<usize>().ok()?));
        let element = value.and_then(|item| PathElement::of_item(item, &schema));
        shown += &element.map_or_else(|| format!("[{index}]"), |element| element.to_string());
        schema = if let Schema::List { item, .. } = schema { *item } else { Schema::PLAIN };
    }
    shown
}
