//! Patches that are applied: what is checked of them, and what is written down about their managers.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::patch::{Place, internal};
use super::{FieldValidation, PatchParams};
use crate::api::{API_VERSION, ManagedFieldsEntry};
use crate::error::{Error, Result};
use crate::json::{self, Node};
use crate::rules::patch::{self as merge, Applier, Mergeable, PathElement, Schema};

const MANAGED_FIELDS: &str = "managedFields";

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
    let managed: Vec<ManagedFieldsEntry> = match document.get_mut("metadata").and_then(Value::as_object_mut) {
        Some(metadata) => match metadata.remove(MANAGED_FIELDS) {
            Some(entries) => serde_json::from_value(entries).map_err(internal)?,
            None => Vec::new(),
        },
        None => Vec::new(),
    };
    let applier =
        Applier { manager: &params.field_manager, subresource: place.subresource, force: params.force, now: place.now };
    let (merged, mut entries) = merge::apply(document, wanted, &T::SCHEMA, &managed, applier)
        .map_err(|conflicts| Error::ApplyConflict { conflicts })?;
    *document = merged;
    if entries.is_empty() && !managed.is_empty() {
        // None at all would leave what is written down.
        entries.push(ManagedFieldsEntry::default());
    }
    if let (Some(Value::Object(metadata)), false) = (document.get_mut("metadata"), entries.is_empty()) {
        metadata.insert(MANAGED_FIELDS.to_owned(), serde_json::to_value(entries).map_err(internal)?);
    }
    Ok(())
}

/// Takes from those who applied to an object the fields that somebody else changes. A client that says itself what is
/// to be written down about them is left alone.
pub(super) fn disown<T: Mergeable + Serialize>(sent: &mut T, stored: &T) -> Result<()> {
    let managed = &stored.metadata().managed_fields;
    let said = &sent.metadata().managed_fields;
    if managed.is_empty() || !(said.is_empty() || said == managed) {
        return Ok(());
    }
    let before = serde_json::to_value(stored).map_err(internal)?;
    let after = serde_json::to_value(&*sent).map_err(internal)?;
    let mut entries = merge::disown(&before, &after, &T::SCHEMA, managed.clone());
    if entries.is_empty() {
        entries.push(ManagedFieldsEntry::default());
    }
    sent.metadata_mut().managed_fields = entries;
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
            undeclared.chain(merge::check_lists(wanted, &T::SCHEMA)).collect()
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
        shown.push('.');
        shown.push_str(name);
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
