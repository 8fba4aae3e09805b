//! Validation of image tags.

use super::field::Path;
use super::field_error::FieldError;
use super::image_stream::validate_tag_reference;
use super::metadata::{validate_generic_update, validate_metadata, validate_metadata_update};
use super::names::{path_segment_name, split_stream_tag};
use crate::api::{ImageTag, NamedTagEventList, Scope, TagEvent, TagEventCondition, TagReference};

/// Prepares a new tag for validation: the spec takes the name from the object, and status and image from the client are
/// dropped.
pub fn prepare_image_tag(image_tag: &mut ImageTag) {
    if let Some(spec) = &mut image_tag.spec
        && spec.name.is_empty()
    {
        split_stream_tag(&image_tag.metadata.name).tag.clone_into(&mut spec.name);
    }
    image_tag.status = None;
    image_tag.image = None;
}

/// Prepares a changed tag for validation: the image stays.
pub fn prepare_image_tag_update(new: &mut ImageTag, old: &ImageTag) {
    new.metadata.self_link.clone_from(&old.metadata.self_link);
    new.image.clone_from(&old.image);
}

/// Validates a new tag; upstream's `ValidateImageTag`.
#[must_use]
pub fn validate_image_tag(image_tag: &ImageTag) -> Vec<FieldError> {
    let path = Path::ROOT.child("metadata");
    let mut errors = validate_metadata(&image_tag.metadata, Scope::Namespaced, path_segment_name, &path);
    match &image_tag.spec {
        None => errors.push(Path::ROOT.child("spec").required("spec is a required field during creation")),
        Some(spec) => validate_spec(spec, &image_tag.metadata.name, &mut errors),
    }
    errors
}

/// Validates a changed tag; upstream's `ValidateImageTagUpdate`.
///
/// Only the spec may change; it may also be removed. An applied patch sets `managedFields`, and so is refused.
#[must_use]
pub fn validate_image_tag_update(new: &ImageTag, old: &ImageTag) -> Vec<FieldError> {
    let path = Path::ROOT.child("metadata");
    let mut errors = validate_generic_update(&new.metadata, &old.metadata, &path);
    errors.extend(validate_metadata_update(&new.metadata, &old.metadata, &path));
    if let Some(spec) = &new.spec {
        validate_spec(spec, &new.metadata.name, &mut errors);
    }
    let detail = "may not update fields other than spec";
    if new.metadata != old.metadata {
        errors.push(path.invalid("", detail));
    }
    if !same_status(new.status.as_ref(), old.status.as_ref()) {
        errors.push(Path::ROOT.child("status").invalid("", detail));
    }
    errors
}

/// Whether both are equal; an empty history equals an absent one.
fn same_status(new: Option<&NamedTagEventList>, old: Option<&NamedTagEventList>) -> bool {
    fn parts(status: &NamedTagEventList) -> (&str, &[TagEvent], &[TagEventCondition]) {
        (&status.tag, status.items.as_deref().unwrap_or_default(), &status.conditions)
    }
    new.map(parts) == old.map(parts)
}

fn validate_spec(spec: &TagReference, name: &str, errors: &mut Vec<FieldError>) {
    let path = Path::ROOT.child("spec");
    let split = split_stream_tag(name);
    if !split.has_delimiter || split.tag != spec.name {
        errors.push(path.child("name").invalid(&spec.name, "must match image tag name"));
    }
    errors.extend(validate_tag_reference(spec, &path));
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn image_tag(name: &str, spec: &Value, status: &Value) -> ImageTag {
        serde_json::from_value(json!({
            "metadata": {"name": name, "namespace": "test", "resourceVersion": "1"}, "spec": spec, "status": status,
        }))
        .unwrap()
    }

    fn from(name: &str, source: &str) -> Value {
        json!({
            "name": name,
            "from": {"kind": "DockerImage", "name": source},
            "referencePolicy": {"type": "Source"},
        })
    }

    fn texts(errors: &[FieldError]) -> Vec<String> {
        errors.iter().map(ToString::to_string).collect()
    }

    fn create(name: &str, spec: &Value) -> Vec<String> {
        let mut object = image_tag(name, spec, &json!({"tag": "x", "items": []}));
        prepare_image_tag(&mut object);
        assert_eq!(object.status, None);
        texts(&validate_image_tag(&object))
    }

    #[test]
    fn the_spec_names_the_tag_of_the_object() {
        assert!(create("app:v1", &from("", "quay.io/a/b:1")).is_empty());
        assert!(create("app:v1", &from("v1", "quay.io/a/b:1")).is_empty());
        assert!(create("app:a:b", &from("", "quay.io/a/b:1")).is_empty());
        assert_eq!(
            create("app:v3", &from("zzz", "quay.io/a/b:1")),
            ["spec.name: Invalid value: \"zzz\": must match image tag name"]
        );
        assert_eq!(
            create("app", &from("", "quay.io/a/b:1")),
            ["spec.name: Invalid value: \"latest\": must match image tag name"]
        );
    }

    #[test]
    fn a_new_tag_needs_a_valid_spec() {
        assert_eq!(create("app:v4", &json!(null)), ["spec: Required value: spec is a required field during creation"]);
        assert_eq!(
            create("app:v9", &from("", "NOPE NOPE")),
            ["spec.from.name: Invalid value: \"NOPE NOPE\": invalid reference format"]
        );
    }

    #[test]
    fn an_update_changes_the_spec_only() {
        let old = image_tag("app:v1", &from("v1", "a/b"), &json!({"tag": "v1", "items": [{"image": "i"}]}));
        let update = |change: &dyn Fn(&mut ImageTag)| {
            let mut new = old.clone();
            change(&mut new);
            prepare_image_tag_update(&mut new, &old);
            texts(&validate_image_tag_update(&new, &old))
        };
        assert!(update(&|_| {}).is_empty());
        assert!(update(&|new| new.spec = None).is_empty());
        assert_eq!(
            update(&|new| new.status.as_mut().unwrap().items = None),
            ["status: Invalid value: \"\": may not update fields other than spec"]
        );
        assert!(update(&|new| new.image = Some(crate::api::Image::default())).is_empty());
        assert!(
            update(
                &|new| new.metadata.managed_fields = vec![serde_json::from_str(r#"{"operation": "Update"}"#).unwrap()]
            )[0]
            .ends_with("may not update fields other than spec")
        );
        assert_eq!(
            update(&|new| {
                new.spec = Some(serde_json::from_value(from("", "NOPE NOPE")).unwrap());
                new.metadata.labels.insert("a".to_owned(), "b".to_owned());
                new.status = None;
            }),
            [
                "spec.name: Invalid value: \"\": must match image tag name",
                "spec.from.name: Invalid value: \"NOPE NOPE\": invalid reference format",
                "metadata: Invalid value: \"\": may not update fields other than spec",
                "status: Invalid value: \"\": may not update fields other than spec",
            ]
        );
    }

    #[test]
    fn an_empty_history_equals_an_absent_one() {
        let with = |items| image_tag("app:v1", &json!(null), &json!({"tag": "v1", "items": items}));
        assert!(validate_image_tag_update(&with(json!([])), &with(json!(null))).is_empty());
        let without = image_tag("app:v1", &json!(null), &json!(null));
        assert_eq!(validate_image_tag_update(&without, &with(json!(null))).len(), 1);
    }
}
