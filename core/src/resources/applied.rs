//! Server-side apply: checking a configuration and applying it to an object.

use serde_json::Value;

use super::document::{as_document, internal};
use super::managed_fields::{Tracked, nothing, or_cleared};
use super::patch_target::{Kind, Place};
use super::{FieldValidation, PatchParams};
use crate::api::ManagedFieldsEntry;
use crate::error::{Error, Result};
use crate::json::{self, Names};
use crate::rules::html_escaped;
use crate::rules::patch::{self as rules, ApplyConflict, LiveObject, Manager, PathElement, Schema};

const MANAGED_FIELDS: &str = "managedFields";

/// The annotation in which `kubectl apply` stores the last applied configuration.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The manager of `kubectl apply --server-side`, which takes over the fields of a client-side `kubectl apply`.
const KUBECTL: &str = "kubectl";

/// The maximum size of an object's annotations in bytes. If they are larger, the last applied configuration is not
/// updated.
const MAX_ANNOTATIONS: usize = 256 << 10;

/// Applies a manager's configuration to the document of an object of type `T`, and sets its managed fields.
///
/// # Errors
///
/// [`ApplyConflict`](crate::ErrorKind::ApplyConflict), and 400 or 500 if the configuration is not an object of the
/// kind, as on the real server.
pub(super) fn apply<T: Tracked>(
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
    let live =
        LiveObject { object: document, nothing: &nothing::<T>()?, managed: &managed, api_version: kind.api_version };
    let applier = Manager { name: &params.field_manager, subresource: place.subresource, now: place.now };
    let merge = |force| rules::apply(live, wanted, &kind.schema, applier, force);
    let merged = match merge(params.force) {
        Err(conflict) if applier.name == KUBECTL => match not_last_applied(&conflict, document, &kind.schema) {
            conflict if conflict.conflicts.is_empty() => merge(true),
            conflict => Err(conflict),
        },
        merged => merged,
    };
    let (merged, mut entries) = merged.map_err(|conflict| Error::apply_conflict(conflict.conflicts))?;
    if let Some(merged) = merged {
        *document = merged;
    }
    if applier.name == KUBECTL {
        renew_last_applied(document, wanted);
    }
    if !managed.is_empty() {
        entries = or_cleared(entries);
    }
    if let (Some(Value::Object(metadata)), false) = (document.get_mut("metadata"), entries.is_empty()) {
        metadata.insert(MANAGED_FIELDS.to_owned(), as_document(&entries)?);
    }
    Ok(())
}

/// The conflict without the fields that still have the value that `kubectl apply` last set: they belong to the same
/// user.
fn not_last_applied(conflict: &ApplyConflict, live: &Value, schema: &Schema) -> ApplyConflict {
    let mut rest = conflict.clone();
    let last = last_applied(live).and_then(|last| json::decode::<Value>(last.as_bytes(), Names::Exact).ok());
    let Some(last @ Value::Object(_)) = last else { return rest };
    let own = rules::fields_that_agree(&last, live, schema);
    rest.fields.subtract(&own);
    let paths = rest.fields.paths();
    rest.conflicts.retain(|conflict| paths.contains(&conflict.field));
    rest
}

fn last_applied(document: &Value) -> Option<&str> {
    let annotations = document.get("metadata")?.get("annotations")?;
    annotations.get(LAST_APPLIED)?.as_str().filter(|last| !last.is_empty())
}

/// Updates the annotation that a client-side `kubectl apply` left, so that the user can return to it.
fn renew_last_applied(document: &mut Value, wanted: &Value) {
    if last_applied(document).is_none() {
        return;
    }
    let mut applied = wanted.clone();
    if let Some(Value::Object(annotations)) = applied.pointer_mut("/metadata/annotations") {
        annotations.remove(LAST_APPLIED);
    }
    let Some(Value::Object(annotations)) = document.pointer_mut("/metadata/annotations") else { return };
    annotations.insert(LAST_APPLIED.to_owned(), format!("{}\n", html_escaped(&applied.to_string())).into());
    let size = annotations.iter().map(|(name, value)| name.len() + value.as_str().map_or(0, str::len));
    if size.sum::<usize>() > MAX_ANNOTATIONS {
        annotations.insert(LAST_APPLIED.to_owned(), "".into());
    }
}

/// Checks a configuration without regard to the stored object.
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
            undeclared.chain(rules::check_lists(wanted, &expected.schema)).collect()
        }
    };
    let mistakes = match mistakes.as_slice() {
        [] => return Ok(()),
        [one] => one.clone(),
        several => format!("errors:\n  {}", several.join("\n  ")),
    };
    let (namespace, name) = (text("/metadata/namespace"), text("/metadata/name"));
    // The real server gives no reason for this.
    Err(Error::unclassified(format!("failed to create typed patch object ({namespace}/{name}; {of_kind}): {mistakes}")))
}

/// Names a field by the keys of its list elements: `.spec.tags[name="v1"].x` for `spec.tags[0].x`.
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
    use crate::api::{API_VERSION, ImageStream};
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
    fn a_missing_object_is_created() {
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
    fn a_created_object_may_have_a_resource_version_but_no_uid() {
        let store = ImageStore::in_memory().unwrap();
        let params = PatchParams::apply("one");
        let named = |member: &str| stream(json!({"metadata": {"name": "app", member: "7"}}));
        let dry = PatchParams { dry_run: true, ..params.clone() };
        let tried = apply_as(&store, &dry, named("resourceVersion")).unwrap();
        assert_eq!((tried.created, &*tried.object.metadata.resource_version), (true, "7"));
        assert_eq!(
            apply_as(&store, &params, named("uid")).unwrap_err(),
            (
                409,
                "Operation cannot be fulfilled on imagestreams.image.openshift.io \"app\": uid mismatch: the provided \
                 object specified uid 7, and no existing object was found"
                    .to_owned()
            )
        );
        let created = apply_as(&store, &params, named("resourceVersion")).unwrap();
        assert!(created.created);
        assert_ne!(created.object.metadata.resource_version, "7");
    }

    #[test]
    fn only_users_who_may_create_can_create_by_apply() {
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
    fn what_is_not_an_object_of_the_kind_is_refused() {
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
    fn other_writers_own_what_they_change() {
        let store = ImageStore::in_memory().unwrap();
        let streams = store.namespace("test").image_streams();
        let mut stream = apply_stream(&store, "one", labelled(json!({"a": "1", "b": "1"}))).unwrap();
        stream.metadata.managed_fields.clear();
        stream.metadata.labels.insert("a".to_owned(), "2".to_owned());
        let replaced = streams.replace("app", &PostParams::default().field_manager("edit"), &stream).unwrap();
        let managers: Vec<_> = replaced.metadata.managed_fields.iter().map(|entry| &*entry.manager).collect();
        assert_eq!(managers, ["one", "edit"]);
        let conflict = apply_stream(&store, "one", labelled(json!({"a": "1"}))).unwrap_err();
        assert_eq!(conflict.0, 409);
        let applied = apply_stream(&store, "one", labelled(json!({"c": "1"}))).unwrap();
        let labels: Vec<_> = applied.metadata.labels.keys().collect();
        assert_eq!(labels, ["a", "c"], "the first is no longer its to take away");

        let patch = Patch::Merge(json!({"metadata": {"labels": {"a": null, "c": "2"}}}));
        let patched = streams.patch("app", &PatchParams::default(), &patch).unwrap().object;
        assert_eq!(patched.metadata.managed_fields, [], "a writer without a name has no entry");
    }

    #[test]
    fn managed_fields_can_be_cleared() {
        for cleared in [json!([]), json!([{}])] {
            let store = ImageStore::in_memory().unwrap();
            apply_stream(&store, "one", labelled(json!({"a": "1"}))).unwrap();
            let patch = Patch::Merge(json!({"metadata": {"managedFields": cleared, "labels": {"b": "1"}}}));
            let streams = store.namespace("test").image_streams();
            let patched = streams.patch("app", &PatchParams::apply("edit"), &patch).unwrap().object;
            assert_eq!(patched.metadata.managed_fields, []);
        }
        let store = ImageStore::in_memory().unwrap();
        apply_stream(&store, "one", labelled(json!({"a": "1"}))).unwrap();
        let nothing = apply_stream(&store, "one", stream(json!({"metadata": {"name": "app"}}))).unwrap();
        assert_eq!((nothing.metadata.labels.len(), nothing.metadata.managed_fields.len()), (0, 0));
    }

    #[test]
    fn kubectl_takes_over_the_fields_of_client_side_apply() {
        let store = ImageStore::in_memory().unwrap();
        let streams = store.namespace("test").image_streams();
        let annotated = |labels: &str, last: &str| {
            let mut created: ImageStream =
                serde_json::from_str(&format!(r#"{{"metadata": {{"name": "app", "labels": {labels}}}}}"#)).unwrap();
            created.metadata.annotations.insert(LAST_APPLIED.to_owned(), last.to_owned());
            created
        };
        let last = r#"{"metadata":{"name":"app","labels":{"a":"1","b":"1"}}}"#;
        let params = PostParams::default().field_manager("kubectl-client-side-apply");
        streams.create(&params, &annotated(r#"{"a": "1", "b": "2"}"#, last)).unwrap();
        // Label `a` still has the last applied value; label `b` was changed by somebody else.
        let conflict = apply_stream(&store, "kubectl", labelled(json!({"a": "3", "b": "3"}))).unwrap_err();
        assert_eq!(conflict.0, 409);
        assert!(conflict.1.ends_with(".metadata.labels.b"), "{}", conflict.1);
        assert_eq!(apply_stream(&store, "other", labelled(json!({"a": "3"}))).unwrap_err().0, 409);
        let applied = apply_stream(
            &store,
            "kubectl",
            json!({"kind": "ImageStream", "apiVersion": API_VERSION,
            "metadata": {"name": "app", "labels": {"a": "3"}, "annotations": {"x": "<"}}}),
        )
        .unwrap();
        assert_eq!(applied.metadata.labels["a"], "3");
        assert_eq!(
            applied.metadata.annotations[LAST_APPLIED],
            r#"{"apiVersion":"image.openshift.io/v1","kind":"ImageStream","metadata":{"annotations":{"x":"\u003c"},"labels":{"a":"3"},"name":"app"}}"#.to_owned() + "\n"
        );
    }

    #[test]
    fn a_subresource_is_a_separate_manager() {
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
    fn an_applied_patch_can_create_a_tag_but_not_change_it() {
        let store = ImageStore::in_memory().unwrap();
        let tag = |name: &str| {
            json!({"kind": "ImageTag", "apiVersion": "image.openshift.io/v1", "metadata": {"name": "app:v1"},
                "spec": {"name": "v1", "from": {"kind": "DockerImage", "name": name}}})
        };
        let tags = store.namespace("test").image_tags();
        let params = PatchParams::apply("one").force();
        let created = tags.patch("app:v1", &params, &Patch::Apply(tag("quay.io/a/b:1"))).unwrap();
        assert!(created.created);
        let (code, text) =
            tags.patch("app:v1", &params, &Patch::Apply(tag("quay.io/a/b:2"))).map_err(told).unwrap_err();
        assert_eq!(code, 422);
        assert!(text.ends_with("may not update fields other than spec"), "{text}");
    }
}
