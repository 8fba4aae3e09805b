//! Patches that are applied: what is checked of them, and what is written down about their managers.

use serde::Serialize;
use serde_json::Value;

use super::document::{as_document, internal};
use super::patch_target::{Kind, Place};
use super::{FieldValidation, PatchParams};
use crate::api::ManagedFieldsEntry;
use crate::error::{Error, Result};
use crate::json::{self, Names};
use crate::rules::patch::{self as merge, Applier, Mergeable, PathElement, Schema};

const MANAGED_FIELDS: &str = "managedFields";

/// Applies what a manager wants to an object, and writes down that it did.
///
/// # Errors
///
/// [`ApplyConflict`](crate::ErrorKind::ApplyConflict), and 400 or 500 for what is no object of the kind, as the real server answers.
pub(super) fn apply(
    document: &mut Value,
    wanted: &Value,
    kind: &Kind,
    place: Place<'_>,
    params: &PatchParams,
) -> Result<()> {
    check(wanted, kind)?;
    if let (FieldValidation::Strict, Some(finding)) = (params.field_validation, params.findings.first()) {
        return Err(Error::bad_request(format!("error strict decoding YAML: {finding}")));
    }
    let managed: Vec<ManagedFieldsEntry> = match document.get_mut("metadata").and_then(Value::as_object_mut) {
        Some(metadata) => match metadata.remove(MANAGED_FIELDS) {
            Some(entries) => json::decode(entries.to_string().as_bytes(), Names::Exact).map_err(internal)?,
            None => Vec::new(),
        },
        None => Vec::new(),
    };
    let applier =
        Applier { manager: &params.field_manager, subresource: place.subresource, force: params.force, now: place.now };
    let (merged, mut entries) =
        merge::apply(document, wanted, &kind.schema, &managed, applier).map_err(Error::apply_conflict)?;
    *document = merged;
    if entries.is_empty() && !managed.is_empty() {
        // None at all would leave what is written down.
        entries.push(ManagedFieldsEntry::default());
    }
    if let (Some(Value::Object(metadata)), false) = (document.get_mut("metadata"), entries.is_empty()) {
        metadata.insert(MANAGED_FIELDS.to_owned(), as_document(&entries)?);
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
    let entries = kept(&as_document(stored)?, &as_document(sent)?, &T::SCHEMA, managed.clone());
    sent.metadata_mut().managed_fields = entries;
    Ok(())
}

/// What is still written down about those who applied to an object that was changed.
fn kept(before: &Value, after: &Value, schema: &Schema, managed: Vec<ManagedFieldsEntry>) -> Vec<ManagedFieldsEntry> {
    let mut entries = merge::disown(before, after, schema, managed);
    if entries.is_empty() {
        // None at all would leave what is written down.
        entries.push(ManagedFieldsEntry::default());
    }
    entries
}

/// Checks what a manager wants by itself.
fn check(wanted: &Value, expected: &Kind) -> Result<()> {
    let text = |pointer: &str| wanted.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let (kind, api_version) = (text("/kind"), text("/apiVersion"));
    let group_version = match api_version.split_once('/') {
        Some(_) => api_version.to_owned(),
        None => format!("/{api_version}"),
    };
    let of_kind = format!("{group_version}, Kind={kind}");
    if (kind, api_version) != (expected.name, expected.api_version) {
        return Err(Error::bad_request(format!("invalid object type: {of_kind}")));
    }
    if wanted.pointer("/metadata/managedFields").is_some_and(|fields| !fields.is_null()) {
        return Err(Error::bad_request("metadata.managedFields must be nil"));
    }
    let mistakes = match (expected.check)(wanted.to_string().as_bytes()) {
        Err(error) => vec![error.to_string()],
        Ok(findings) => {
            let undeclared = findings.iter().filter_map(|finding| {
                let place = finding.strip_prefix("unknown field \"")?.strip_suffix('"')?;
                Some(format!("{}: field not declared in schema", keyed(place, wanted, &expected.schema)))
            });
            undeclared.chain(merge::check_lists(wanted, &expected.schema)).collect()
        }
    };
    let mistakes = match mistakes.as_slice() {
        [] => return Ok(()),
        [one] => one.clone(),
        several => format!("errors:\n  {}", several.join("\n  ")),
    };
    let (namespace, name) = (text("/metadata/namespace"), text("/metadata/name"));
    // The real server has no reason for this.
    Err(Error::unclassified(format!("failed to create typed patch object ({namespace}/{name}; {of_kind}): {mistakes}")))
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

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "documents are literals")]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::api::{ImageStream, ImageTag};
    use crate::{Action, Authorizer, Decision, ImageStore, Patch, Patched, PostParams, User};

    type Answer<T> = Result<T, (i32, String)>;

    fn told(error: Error) -> (i32, String) {
        (error.status().code, error.to_string())
    }

    fn stream(members: Value) -> Value {
        let mut stream = json!({"kind": "ImageStream", "apiVersion": "image.openshift.io/v1"});
        stream.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        stream
    }

    fn labelled(labels: Value) -> Value {
        stream(json!({"metadata": {"name": "app", "labels": labels}}))
    }

    fn apply_as(store: &ImageStore, params: &PatchParams, wanted: Value) -> Answer<Patched<ImageStream>> {
        store.namespace("test").image_streams().patch("app", params, &Patch::Apply(wanted)).map_err(told)
    }

    fn apply_stream(store: &ImageStore, manager: &str, wanted: Value) -> Answer<ImageStream> {
        apply_as(store, &PatchParams::apply(manager), wanted).map(|patched| patched.object)
    }

    #[test]
    fn what_is_missing_is_created() {
        let store = ImageStore::in_memory().unwrap();
        let params = PatchParams::apply("one");
        let dry = PatchParams { dry_run: true, ..params.clone() };
        assert!(apply_as(&store, &dry, labelled(json!({}))).unwrap().created);
        assert!(store.namespace("test").image_streams().get("app").is_err());
        assert!(apply_as(&store, &params, labelled(json!({"a": "1"}))).unwrap().created);
        let again = apply_as(&store, &params, labelled(json!({"a": "1"}))).unwrap();
        assert!(!again.created);
        let version = store.resource_version().unwrap().to_string();
        assert_eq!(again.object.metadata.resource_version, version, "applying the same again writes nothing");
        assert_eq!(again.object.metadata.managed_fields.len(), 1);
    }

    #[test]
    fn only_those_who_may_create_do() {
        struct NoCreation;
        impl Authorizer for NoCreation {
            fn authorize(&self, _: &User, action: &Action<'_>) -> Decision {
                match action.verb {
                    "create" => Decision::Deny { reason: "no".to_owned() },
                    _ => Decision::Allow,
                }
            }
        }
        let store = ImageStore::builder().authorizer(Arc::new(NoCreation)).open_in_memory().unwrap();
        assert_eq!(apply_stream(&store, "one", labelled(json!({}))).unwrap_err().0, 403);
    }

    #[test]
    fn conflicts_name_every_field() {
        let store = ImageStore::in_memory().unwrap();
        apply_stream(&store, "one", labelled(json!({"a": "1", "b": "1"}))).unwrap();
        apply_stream(&store, "two", labelled(json!({"c": "1"}))).unwrap();
        assert_eq!(
            apply_stream(&store, "x", labelled(json!({"a": "2"}))),
            Err((409, "Apply failed with 1 conflict: conflict with \"one\": .metadata.labels.a".to_owned()))
        );
        assert_eq!(
            apply_stream(&store, "x", labelled(json!({"a": "2", "b": "2", "c": "2"}))),
            Err((
                409,
                "Apply failed with 3 conflicts: conflicts with \"one\":\n- .metadata.labels.a\n- .metadata.labels.b\n\
                 conflicts with \"two\":\n- .metadata.labels.c"
                    .to_owned()
            ))
        );
        let forced = apply_as(&store, &PatchParams::apply("x").force(), labelled(json!({"a": "2"}))).unwrap().object;
        assert_eq!(forced.metadata.labels["a"], "2");
    }

    #[test]
    fn what_is_no_object_of_the_kind_is_refused() {
        let store = ImageStore::in_memory().unwrap();
        let refused = |wanted| apply_stream(&store, "one", wanted).unwrap_err();
        let bad = |text: &str| (400, text.to_owned());
        assert_eq!(refused(json!({"metadata": {"name": "app"}})), bad("invalid object type: /, Kind="));
        assert_eq!(
            refused(json!({"kind": "Image", "apiVersion": "image.openshift.io/v1"})),
            bad("invalid object type: image.openshift.io/v1, Kind=Image")
        );
        assert_eq!(
            refused(stream(json!({"metadata": {"name": "app", "managedFields": []}}))),
            bad("metadata.managedFields must be nil")
        );
        assert_eq!(
            refused(stream(json!({"metadata": {"name": "b"}}))),
            bad("the name of the object (b) does not match the name on the URL (app)")
        );
        let typed = "failed to create typed patch object (test/app; image.openshift.io/v1, Kind=ImageStream): ";
        let metadata = json!({"name": "app", "namespace": "test"});
        assert_eq!(
            refused(stream(json!({"metadata": metadata, "spec": {"tags": [{"name": "a", "x": 1}]}}))),
            (500, format!("{typed}.spec.tags[name=\"a\"].x: field not declared in schema"))
        );
        assert_eq!(
            refused(stream(json!({"metadata": metadata, "x": 1, "spec": {"tags": [{"name": "a"}, {"name": "a"}]}}))),
            (
                500,
                format!(
                    "{typed}errors:\n  .x: field not declared in schema\n  \
                     .spec.tags: duplicate entries for key [name=\"a\"]"
                )
            )
        );
    }

    #[test]
    fn other_writers_keep_the_notes_and_take_what_they_change() {
        let store = ImageStore::in_memory().unwrap();
        let streams = store.namespace("test").image_streams();
        let mut stream = apply_stream(&store, "one", labelled(json!({"a": "1", "b": "1"}))).unwrap();
        stream.metadata.managed_fields.clear();
        stream.metadata.labels.insert("a".to_owned(), "2".to_owned());
        let replaced = streams.replace("app", &PostParams::default(), &stream).unwrap();
        assert_eq!(replaced.metadata.managed_fields.len(), 1);
        let applied = apply_stream(&store, "one", labelled(json!({"c": "1"}))).unwrap();
        let labels: Vec<_> = applied.metadata.labels.keys().collect();
        assert_eq!(labels, ["a", "c"], "the first is no longer its to take away");

        let patch = Patch::Merge(json!({"metadata": {"labels": {"c": "2"}}}));
        let patched = streams.patch("app", &PatchParams::default(), &patch).unwrap().object;
        assert_eq!(patched.metadata.managed_fields, []);
    }

    #[test]
    fn the_notes_can_be_cleared() {
        for cleared in [json!([]), json!([{}])] {
            let store = ImageStore::in_memory().unwrap();
            apply_stream(&store, "one", labelled(json!({"a": "1"}))).unwrap();
            let patch = Patch::Merge(json!({"metadata": {"managedFields": cleared}}));
            let streams = store.namespace("test").image_streams();
            let patched = streams.patch("app", &PatchParams::default(), &patch).unwrap().object;
            assert_eq!(patched.metadata.managed_fields, []);
        }
        let store = ImageStore::in_memory().unwrap();
        apply_stream(&store, "one", labelled(json!({"a": "1"}))).unwrap();
        let nothing = apply_stream(&store, "one", stream(json!({"metadata": {"name": "app"}}))).unwrap();
        assert_eq!((nothing.metadata.labels.len(), nothing.metadata.managed_fields.len()), (0, 0));
    }

    #[test]
    fn a_sub_resource_is_a_manager_of_its_own() {
        let store = ImageStore::in_memory().unwrap();
        apply_stream(&store, "one", labelled(json!({"a": "1"}))).unwrap();
        let wanted = stream(json!({"metadata": {"name": "app"}, "status": {"tags": [{"tag": "v1", "items": []}]}}));
        let streams = store.namespace("test").image_streams();
        let patched = streams.patch_status("app", &PatchParams::apply("one"), &Patch::Apply(wanted)).unwrap().object;
        assert_eq!(patched.metadata.labels["a"], "1");
        let through: Vec<_> = patched.metadata.managed_fields.iter().map(|entry| &*entry.subresource).collect();
        assert_eq!(through, ["", "status"]);
    }

    #[test]
    fn tags_can_be_applied() {
        let store = ImageStore::in_memory().unwrap();
        apply_stream(&store, "one", labelled(json!({"a": "1"}))).unwrap();
        let tag = |name: &str| {
            json!({"kind": "ImageTag", "apiVersion": "image.openshift.io/v1", "metadata": {"name": "app:v1"},
                "spec": {"name": "v1", "from": {"kind": "DockerImage", "name": name}}})
        };
        let tags = store.namespace("test").image_tags();
        let params = PatchParams::apply("one");
        let spec = |tag: &ImageTag| tag.spec.clone().unwrap().from.unwrap().name;
        let created = tags.patch("app:v1", &params, &Patch::Apply(tag("quay.io/a/b:1"))).unwrap();
        assert_eq!((created.created, spec(&created.object).as_str()), (true, "quay.io/a/b:1"));
        let changed = tags.patch("app:v1", &params, &Patch::Apply(tag("quay.io/a/b:2"))).unwrap();
        assert_eq!((changed.created, spec(&changed.object).as_str()), (false, "quay.io/a/b:2"));
        let stream = store.namespace("test").image_streams().get("app").unwrap();
        assert_eq!((stream.metadata.labels.len(), stream.metadata.managed_fields.len()), (1, 1));
    }
}
