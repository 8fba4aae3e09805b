//! Validation of object metadata, common to all kinds.

use serde_json::Value;

use super::field::{BadValue, Path};
use super::field_error::FieldError;
use super::names::{NameForm, NameRule, dns1123_label, label_value, lowercase, qualified_name};
use crate::api::{ManagedFieldsEntry, ObjectMeta, OwnerReference, Scope};
use crate::collected;
use crate::quote::{Quoted, is_printable};

/// The maximum size of an object's annotations in bytes, keys and values together.
pub const MAX_ANNOTATIONS_SIZE: usize = 262_144;

/// The finalizers that are allowed without a prefix.
const STANDARD_FINALIZERS: [&str; 3] = ["kubernetes", ORPHAN, FOREGROUND_DELETION];
const ORPHAN: &str = "orphan";
const FOREGROUND_DELETION: &str = "foregroundDeletion";

/// Validates the metadata of a new object; upstream's `ValidateObjectMeta`.
///
/// `name_rule` is the rule of the kind, `path` the path of the metadata. A namespaced object must have a namespace that
/// is a DNS label; a cluster-scoped one must have none.
#[must_use]
pub fn validate_metadata(meta: &ObjectMeta, scope: Scope, name_rule: NameRule, path: &Path) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let field = path.child("generateName");
    if !meta.generate_name.is_empty() {
        let messages = name_rule(&meta.generate_name, NameForm::Prefix);
        errors.extend(messages.iter().map(|message| field.invalid(&meta.generate_name, message)));
    }
    let field = path.child("name");
    if meta.name.is_empty() {
        errors.push(field.required("name or generateName is required"));
    } else {
        let messages = name_rule(&meta.name, NameForm::Whole);
        errors.extend(messages.iter().map(|message| field.invalid(&meta.name, message)));
    }
    let field = path.child("namespace");
    match scope {
        Scope::Namespaced if meta.namespace.is_empty() => errors.push(field.required("")),
        Scope::Namespaced => {
            let messages = dns1123_label(&meta.namespace);
            errors.extend(messages.iter().map(|message| field.invalid(&meta.namespace, message)));
        }
        Scope::Cluster if meta.namespace.is_empty() => {}
        Scope::Cluster => errors.push(field.forbidden("not allowed on this type")),
    }
    if meta.generation < 0 {
        let field = path.child("generation");
        errors.push(field.invalid(meta.generation, "must be greater than or equal to 0"));
    }
    validate_labels(meta, path, &mut errors);
    validate_annotations(meta, path, &mut errors);
    validate_owner_references(&meta.owner_references, path, &mut errors);
    validate_finalizers(&meta.finalizers, path, &mut errors);
    validate_managed_fields(&meta.managed_fields, path, &mut errors);
    validate_finalizer_names(&meta.finalizers, path, &mut errors);
    errors
}

/// Validates changed metadata; upstream's `ValidateObjectMetaUpdate`.
#[must_use]
pub fn validate_metadata_update(new: &ObjectMeta, old: &ObjectMeta, path: &Path) -> Vec<FieldError> {
    let mut errors = validate_generic_update(new, old, path);
    validate_finalizer_names(&new.finalizers, path, &mut errors);
    errors
}

/// Validates changed metadata with the checks that the real server makes before those of the kind; upstream's
/// `ValidateObjectMetaAccessorUpdate`.
///
/// The kind checks the same again, and both results are reported: a changed uid appears twice.
#[must_use]
pub fn validate_generic_update(new: &ObjectMeta, old: &ObjectMeta, path: &Path) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if old.deletion_timestamp.is_some() {
        validate_no_new_finalizers(&new.finalizers, &old.finalizers, path, &mut errors);
    }
    if new.resource_version.is_empty() {
        errors.push(path.child("resourceVersion").invalid("", "must be specified for an update"));
    }
    if new.generation < old.generation {
        errors.push(path.child("generation").invalid(new.generation, "must not be decremented"));
    }
    let mut immutable = |name, same: bool, value: BadValue| {
        if !same {
            errors.push(path.child(name).invalid(value, "field is immutable"));
        }
    };
    immutable("name", new.name == old.name, (&new.name).into());
    immutable("namespace", new.namespace == old.namespace, (&new.namespace).into());
    immutable("uid", new.uid == old.uid, (&new.uid).into());
    immutable(
        "creationTimestamp",
        new.creation_timestamp == old.creation_timestamp,
        BadValue::json(&new.creation_timestamp),
    );
    immutable(
        "deletionTimestamp",
        new.deletion_timestamp == old.deletion_timestamp,
        BadValue::json(&new.deletion_timestamp),
    );
    immutable(
        "deletionGracePeriodSeconds",
        new.deletion_grace_period_seconds == old.deletion_grace_period_seconds,
        BadValue::json(&new.deletion_grace_period_seconds),
    );
    validate_labels(new, path, &mut errors);
    validate_annotations(new, path, &mut errors);
    validate_owner_references(&new.owner_references, path, &mut errors);
    validate_managed_fields(&new.managed_fields, path, &mut errors);
    errors
}

fn validate_labels(meta: &ObjectMeta, path: &Path, errors: &mut Vec<FieldError>) {
    let field = path.child("labels");
    for (key, value) in &meta.labels {
        errors.extend(qualified_name(key).iter().map(|message| field.invalid(key, message)));
        errors.extend(label_value(value).iter().map(|message| field.invalid(value, message)));
    }
}

fn validate_annotations(meta: &ObjectMeta, path: &Path, errors: &mut Vec<FieldError>) {
    let field = path.child("annotations");
    let mut size = 0;
    for (key, value) in &meta.annotations {
        errors.extend(qualified_name(&lowercase(key)).iter().map(|message| field.invalid(key, message)));
        size += key.len() + value.len();
    }
    if size > MAX_ANNOTATIONS_SIZE {
        errors.push(field.too_long(MAX_ANNOTATIONS_SIZE));
    }
}

fn validate_owner_references(owners: &[OwnerReference], path: &Path, errors: &mut Vec<FieldError>) {
    // Each of these errors repeats the whole list; this bound keeps the size of the message linear.
    const MAX_CONTROLLER_ERRORS: usize = 10;
    let field = path.child("ownerReferences");
    let mut controller: Option<String> = None;
    let mut controller_errors = 0;
    for owner in owners {
        let version = match owner.api_version.split_once('/') {
            None => owner.api_version.as_str(),
            Some((_, version)) if version.contains('/') => "",
            Some((_, version)) => version,
        };
        if version.is_empty() {
            errors.push(field.child("apiVersion").invalid(&owner.api_version, "version must not be empty"));
        }
        for (name, value) in [("kind", &owner.kind), ("name", &owner.name), ("uid", &owner.uid)] {
            if value.is_empty() {
                errors.push(field.child(name).invalid(value, "must not be empty"));
            }
        }
        if owner.api_version == "v1" && owner.kind == "Event" {
            let detail = "/v1, Kind=Event is disallowed from being an owner";
            errors.push(field.invalid(BadValue::json(owner), detail));
        }
        if owner.controller == Some(true) {
            let name = format!("{}/{}", owner.kind, owner.name);
            match &controller {
                None => controller = Some(name),
                Some(_) if controller_errors == MAX_CONTROLLER_ERRORS => {}
                Some(first) => {
                    controller_errors += 1;
                    let detail = format!(
                        "Only one reference can have Controller set to true. Found \"true\" in references for {first} \
                         and {name}"
                    );
                    errors.push(field.invalid(BadValue::json(&owners), detail));
                }
            }
        }
    }
}

fn validate_finalizers(finalizers: &[String], path: &Path, errors: &mut Vec<FieldError>) {
    let field = path.child("finalizers");
    for finalizer in finalizers {
        errors.extend(qualified_name(finalizer).iter().map(|message| field.invalid(finalizer, message)));
    }
    let contains = |name| finalizers.iter().any(|finalizer| finalizer == name);
    if contains(ORPHAN) && contains(FOREGROUND_DELETION) {
        let detail = format!("finalizer {ORPHAN} and {FOREGROUND_DELETION} cannot be both set");
        errors.push(field.invalid(BadValue::json(&finalizers), detail));
    }
}

/// Every finalizer must have a prefix or be a standard one.
fn validate_finalizer_names(finalizers: &[String], path: &Path, errors: &mut Vec<FieldError>) {
    let field = path.child("finalizers");
    for (index, finalizer) in finalizers.iter().enumerate() {
        if !finalizer.contains('/') && !STANDARD_FINALIZERS.contains(&finalizer.as_str()) {
            let detail = "name is neither a standard finalizer name nor is it fully qualified";
            errors.push(field.index(index).invalid(finalizer, detail));
        }
    }
}

fn validate_no_new_finalizers(new: &[String], old: &[String], path: &Path, errors: &mut Vec<FieldError>) {
    let old = collected::set(old);
    let added = collected::set(new.iter().filter(|finalizer| !old.contains(finalizer)));
    if !added.is_empty() {
        let added: Vec<_> = added.iter().map(|finalizer| Quoted(finalizer).to_string()).collect();
        errors.push(path.child("finalizers").forbidden(format_args!(
            "no new finalizers can be added if the object is being deleted, found new finalizers []string{{{}}}",
            added.join(", ")
        )));
    }
}

fn validate_managed_fields(entries: &[ManagedFieldsEntry], path: &Path, errors: &mut Vec<FieldError>) {
    const MAX_MANAGER_LENGTH: usize = 128;
    const MAX_SUBRESOURCE_LENGTH: usize = 256;
    /// JSON is decoded to a depth of 128 levels, and these fields are at the fourth, so no JSON exceeds this.
    const MAX_FIELDS_DEPTH: usize = 124;
    let path = path.child("managedFields");
    for (index, entry) in entries.iter().enumerate() {
        let path = path.index(index);
        if !matches!(entry.operation.as_str(), "Apply" | "Update") {
            let field = path.child("operation");
            errors.push(field.invalid(BadValue::json(&entry.operation), "must be `Apply` or `Update`"));
        }
        if !matches!(entry.fields_type.as_str(), "" | "FieldsV1") {
            errors.push(path.child("fieldsType").invalid(&entry.fields_type, "must be `FieldsV1`"));
        }
        let field = path.child("manager");
        if entry.manager.len() > MAX_MANAGER_LENGTH {
            // Its characters are not checked any more: each error would repeat the long text.
            errors.push(field.too_long(MAX_MANAGER_LENGTH));
        } else {
            for (position, character) in entry.manager.char_indices().filter(|(_, c)| !is_printable(*c)) {
                let code = u32::from(character);
                let detail = format!("invalid character U+{code:04X} (at position {position})");
                errors.push(field.invalid(&entry.manager, detail));
            }
        }
        if entry.subresource.len() > MAX_SUBRESOURCE_LENGTH {
            errors.push(path.child("subresource").too_long(MAX_SUBRESOURCE_LENGTH));
        }
        if entry.fields_v1.as_ref().is_some_and(|fields| is_deeper(fields, MAX_FIELDS_DEPTH)) {
            errors.push(path.child("fieldsV1").invalid("", "must have no more than 124 levels"));
        }
    }
}

/// Whether arrays and objects are nested more than `levels` deep.
fn is_deeper(value: &Value, levels: usize) -> bool {
    let within = |value| is_deeper(value, levels - 1);
    match value {
        Value::Object(_) | Value::Array(_) if levels == 0 => true,
        Value::Object(members) => members.values().any(within),
        Value::Array(items) => items.iter().any(within),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::Image;
    use crate::json::{Names, decode};
    use crate::rules::path_segment_name;

    fn meta(members: Value) -> ObjectMeta {
        serde_json::from_value(members).unwrap()
    }

    fn texts(errors: &[FieldError]) -> Vec<String> {
        errors.iter().map(ToString::to_string).collect()
    }

    fn create(members: Value) -> Vec<String> {
        let path = Path::ROOT.child("metadata");
        texts(&validate_metadata(&meta(members), Scope::Cluster, path_segment_name, &path))
    }

    fn update(new: Value, old: Value) -> Vec<String> {
        let path = Path::ROOT.child("metadata");
        texts(&validate_metadata_update(&meta(new), &meta(old), &path))
    }

    #[test]
    fn names_are_required_and_follow_the_rule_of_the_kind() {
        assert_eq!(create(json!({})), ["metadata.name: Required value: name or generateName is required"]);
        assert_eq!(
            create(json!({"name": "a/b", "generateName": "%/"})),
            [
                "metadata.generateName: Invalid value: \"%/\": may not contain '/'",
                "metadata.generateName: Invalid value: \"%/\": may not contain '%'",
                "metadata.name: Invalid value: \"a/b\": may not contain '/'",
            ]
        );
    }

    #[test]
    fn the_scope_decides_about_the_namespace() {
        let validate = |scope, namespace| {
            let meta = meta(json!({"name": "a", "namespace": namespace}));
            texts(&validate_metadata(&meta, scope, path_segment_name, &Path::ROOT))
        };
        assert_eq!(validate(Scope::Cluster, "test"), ["namespace: Forbidden: not allowed on this type"]);
        assert_eq!(validate(Scope::Namespaced, ""), ["namespace: Required value"]);
        assert_eq!(validate(Scope::Namespaced, "a.b"), ["namespace: Invalid value: \"a.b\": must not contain dots"]);
        assert!(validate(Scope::Namespaced, "test").is_empty());
        assert!(validate(Scope::Cluster, "").is_empty());
    }

    #[test]
    fn labels_and_annotations_have_qualified_keys() {
        let errors = create(json!({
            "name": "a",
            "labels": {"bad key!": "x", "ok": "bad value!", "example.com/good": ""},
            "annotations": {"bad key!": "x", "UPPER.example.com/Good": "any value!"},
        }));
        let fields: Vec<_> = errors.iter().map(|error| error.split(" must").next().unwrap().to_owned()).collect();
        assert_eq!(
            fields,
            [
                "metadata.labels: Invalid value: \"bad key!\": name part",
                "metadata.labels: Invalid value: \"bad value!\": a valid label",
                "metadata.annotations: Invalid value: \"bad key!\": name part",
            ]
        );
    }

    #[test]
    fn annotations_have_at_most_256_kibibytes_with_their_keys() {
        let with = |size: usize| create(json!({"name": "a", "annotations": {"big": "x".repeat(size)}}));
        assert!(with(MAX_ANNOTATIONS_SIZE - 3).is_empty());
        assert_eq!(
            with(MAX_ANNOTATIONS_SIZE - 2),
            ["metadata.annotations: Too long: may not be more than 262144 bytes"]
        );
    }

    #[test]
    fn owners_are_complete_and_have_one_controller() {
        let good = json!({"apiVersion": "apps/v1", "kind": "K", "name": "n", "uid": "u", "controller": true});
        assert!(create(json!({"name": "a", "ownerReferences": [good]})).is_empty());
        assert_eq!(
            create(json!({"name": "a", "ownerReferences": [{"apiVersion": "apps/"}, {"apiVersion": "a/b/c"}]}))[..5],
            [
                "metadata.ownerReferences.apiVersion: Invalid value: \"apps/\": version must not be empty",
                "metadata.ownerReferences.kind: Invalid value: \"\": must not be empty",
                "metadata.ownerReferences.name: Invalid value: \"\": must not be empty",
                "metadata.ownerReferences.uid: Invalid value: \"\": must not be empty",
                "metadata.ownerReferences.apiVersion: Invalid value: \"a/b/c\": version must not be empty",
            ]
        );
        assert_eq!(
            create(json!({"name": "a", "ownerReferences": [
                {"apiVersion": "v1", "kind": "Event", "name": "n", "uid": "u"}
            ]})),
            ["metadata.ownerReferences: Invalid value: \
              {\"apiVersion\":\"v1\",\"kind\":\"Event\",\"name\":\"n\",\"uid\":\"u\"}: \
              /v1, Kind=Event is disallowed from being an owner"]
        );
        let errors = create(json!({"name": "a", "ownerReferences": [
            good, {"apiVersion": "v1", "kind": "L", "name": "m", "uid": "w", "controller": true}
        ]}));
        assert_eq!(errors.len(), 1);
        assert!(errors[0].starts_with("metadata.ownerReferences: Invalid value: [{\"apiVersion\":\"apps/v1\","));
        assert!(errors[0].ends_with(
            "Only one reference can have Controller set to true. Found \"true\" in references for K/n and L/m"
        ));
    }

    #[test]
    fn errors_that_repeat_a_long_list_are_limited() {
        let owner = json!({"apiVersion": "v1", "kind": "K", "name": "n", "uid": "u", "controller": true});
        assert_eq!(create(json!({"name": "a", "ownerReferences": vec![owner; 1000]})).len(), 10);
    }

    #[test]
    fn finalizers_have_a_prefix_or_are_standard() {
        let unqualified = |index: usize, name: &str| {
            format!(
                "metadata.finalizers[{index}]: Invalid value: \"{name}\": name is neither a standard finalizer name \
                 nor is it fully qualified"
            )
        };
        assert!(create(json!({"name": "a", "finalizers": ["a.b/c", "kubernetes", "orphan"]})).is_empty());
        assert_eq!(create(json!({"name": "a", "finalizers": ["a.b/c", "bad"]})), [unqualified(1, "bad")]);
        let errors = create(json!({"name": "a", "finalizers": ["a b"]}));
        assert!(errors[0].starts_with("metadata.finalizers: Invalid value: \"a b\": name part must consist of"));
        assert_eq!(errors[1..], [unqualified(0, "a b")]);
        assert_eq!(
            create(json!({"name": "a", "finalizers": ["orphan", "foregroundDeletion"]})),
            ["metadata.finalizers: Invalid value: [\"orphan\",\"foregroundDeletion\"]: \
              finalizer orphan and foregroundDeletion cannot be both set"]
        );
        let old = json!({"resourceVersion": "1"});
        assert_eq!(update(json!({"resourceVersion": "1", "finalizers": ["nope"]}), old), [unqualified(0, "nope")]);
    }

    #[test]
    fn managed_fields_are_well_formed() {
        let errors = create(json!({"name": "a", "managedFields": [
            {"operation": "Apply", "fieldsType": "FieldsV1", "manager": "kubectl"},
            {"operation": "Patch", "fieldsType": "V2", "manager": "a\u{7}", "subresource": "s".repeat(257)},
            {"operation": "Update", "manager": "m".repeat(129)},
        ]}));
        assert_eq!(
            errors,
            [
                "metadata.managedFields[1].operation: Invalid value: \"Patch\": must be `Apply` or `Update`",
                "metadata.managedFields[1].fieldsType: Invalid value: \"V2\": must be `FieldsV1`",
                "metadata.managedFields[1].manager: Invalid value: \"a\\a\": invalid character U+0007 (at position 1)",
                "metadata.managedFields[1].subresource: Too long: may not be more than 256 bytes",
                "metadata.managedFields[2].manager: Too long: may not be more than 128 bytes",
            ]
        );
    }

    #[test]
    fn fields_are_kept_completely_or_refused() {
        let levels = |count| (0..count).fold(json!([1]), |value, _| json!({ "f:a": value }));
        let entry = |count| json!({"operation": "Apply", "fieldsV1": levels(count - 1)});
        assert_eq!(create(json!({"name": "a", "managedFields": [entry(124)]})), Vec::<String>::new());
        assert_eq!(
            create(json!({"name": "a", "managedFields": [entry(124), entry(125)]})),
            ["metadata.managedFields[1].fieldsV1: Invalid value: \"\": must have no more than 124 levels"]
        );
        let deepest = meta(json!({"name": "a", "managedFields": [entry(124)]}));
        let image = Image { metadata: deepest, ..Image::default() };
        let read: Image = decode(&serde_json::to_vec(&image).unwrap(), Names::Exact).unwrap();
        assert_eq!(read.metadata, image.metadata);
    }

    #[test]
    fn a_negative_generation_is_refused() {
        assert_eq!(
            create(json!({"name": "a", "generation": -1})),
            ["metadata.generation: Invalid value: -1: must be greater than or equal to 0"]
        );
    }

    #[test]
    fn identity_cannot_be_changed() {
        let old = json!({
            "name": "a", "namespace": "n", "uid": "u", "resourceVersion": "1", "generation": 2,
            "creationTimestamp": "2026-01-02T03:04:05Z",
        });
        assert!(update(old.clone(), old.clone()).is_empty());
        let new = json!({
            "name": "b", "namespace": "m", "uid": "v", "generation": 1, "creationTimestamp": "2026-01-02T03:04:06Z",
            "deletionTimestamp": "2026-01-02T03:04:06Z", "deletionGracePeriodSeconds": 3,
        });
        assert_eq!(
            update(new, old),
            [
                "metadata.resourceVersion: Invalid value: \"\": must be specified for an update",
                "metadata.generation: Invalid value: 1: must not be decremented",
                "metadata.name: Invalid value: \"b\": field is immutable",
                "metadata.namespace: Invalid value: \"m\": field is immutable",
                "metadata.uid: Invalid value: \"v\": field is immutable",
                "metadata.creationTimestamp: Invalid value: \"2026-01-02T03:04:06Z\": field is immutable",
                "metadata.deletionTimestamp: Invalid value: \"2026-01-02T03:04:06Z\": field is immutable",
                "metadata.deletionGracePeriodSeconds: Invalid value: 3: field is immutable",
            ]
        );
    }

    #[test]
    fn an_object_that_is_being_deleted_gets_no_new_finalizers() {
        let object = |finalizers: &[&str]| json!({"resourceVersion": "1", "deletionTimestamp": "2026-01-02T03:04:05Z", "finalizers": finalizers});
        assert!(update(object(&[]), object(&["example.com/a"])).is_empty());
        assert_eq!(
            update(object(&["x/c", "example.com/a", "x/b"]), object(&["example.com/a"])),
            ["metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found \
              new finalizers []string{\"x/b\", \"x/c\"}"]
        );
    }
}
