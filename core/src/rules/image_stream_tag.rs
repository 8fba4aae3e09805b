//! Validation of image stream tags.

use super::field::Path;
use super::field_error::FieldError;
use super::image_stream::validate_tag_reference;
use super::metadata::{validate_generic_update, validate_metadata, validate_metadata_update};
use super::names::{path_segment_name, split_stream_tag};
use crate::api::{Image, ImageStreamTag, ObjectMeta, Scope};

/// Prepares a new tag for validation: the spec tag takes the name from the object, and conditions and image from the
/// client are dropped.
pub fn prepare_stream_tag(stream_tag: &mut ImageStreamTag) {
    if let Some(tag) = &mut stream_tag.tag
        && tag.name.is_empty()
    {
        split_stream_tag(&stream_tag.metadata.name).tag.clone_into(&mut tag.name);
    }
    stream_tag.conditions.clear();
    stream_tag.image = Image::default();
}

/// Prepares a changed tag for validation: the spec tag takes the annotations of the object, and conditions and image
/// stay.
pub fn prepare_stream_tag_update(new: &mut ImageStreamTag, old: &ImageStreamTag) {
    if let Some(tag) = &mut new.tag {
        let annotations = &new.metadata.annotations;
        tag.annotations = (!annotations.is_empty()).then(|| annotations.clone());
    }
    new.metadata.self_link.clone_from(&old.metadata.self_link);
    new.conditions.clone_from(&old.conditions);
    new.image.clone_from(&old.image);
}

/// Validates a new tag; upstream's `ValidateImageStreamTag`.
#[must_use]
pub fn validate_stream_tag(stream_tag: &ImageStreamTag) -> Vec<FieldError> {
    let path = Path::ROOT.child("metadata");
    let mut errors = validate_metadata(&stream_tag.metadata, Scope::Namespaced, path_segment_name, &path);
    validate_tag(stream_tag, &mut errors);
    errors
}

/// Validates a changed tag; upstream's `ValidateImageStreamTagUpdate`.
///
/// Only the spec tag, the annotations and the lookup policy may change. An applied patch sets `managedFields`, and so is
/// refused.
#[must_use]
pub fn validate_stream_tag_update(new: &ImageStreamTag, old: &ImageStreamTag) -> Vec<FieldError> {
    let path = Path::ROOT.child("metadata");
    let mut errors = validate_generic_update(&new.metadata, &old.metadata, &path);
    errors.extend(validate_metadata_update(&new.metadata, &old.metadata, &path));
    validate_tag(new, &mut errors);
    let kept = ObjectMeta { annotations: new.metadata.annotations.clone(), ..old.metadata.clone() };
    if new.metadata != kept || new.conditions != old.conditions || new.image != old.image {
        errors.push(path.invalid("", "may not update fields other than metadata.annotations"));
    }
    errors
}

fn validate_tag(stream_tag: &ImageStreamTag, errors: &mut Vec<FieldError>) {
    if let Some(tag) = &stream_tag.tag {
        let path = Path::ROOT.child("tag");
        errors.extend(validate_tag_reference(tag, &path));
        if tag.annotations.as_ref().is_some_and(|annotations| *annotations != stream_tag.metadata.annotations) {
            let detail = "tag annotations must not be provided or must be equal to the object meta annotations";
            errors.push(path.child("annotations").invalid("<map>", detail));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn stream_tag(more: &Value) -> ImageStreamTag {
        let mut object = json!({
            "metadata": {"name": "app:v1", "namespace": "test", "uid": "u", "resourceVersion": "1"},
            "tag": {"from": {"kind": "DockerImage", "name": "quay.io/a/b:1"}, "referencePolicy": {"type": "Source"}},
        });
        for (name, value) in more.as_object().unwrap() {
            if name == "metadata" {
                object["metadata"].as_object_mut().unwrap().extend(value.as_object().unwrap().clone());
            } else {
                object[name] = value.clone();
            }
        }
        serde_json::from_value(object).unwrap()
    }

    fn create(more: &Value) -> Vec<String> {
        let mut object = stream_tag(more);
        prepare_stream_tag(&mut object);
        validate_stream_tag(&object).iter().map(ToString::to_string).collect()
    }

    fn update(more: &Value) -> Vec<String> {
        let mut new = stream_tag(more);
        let old = stream_tag(&json!({"metadata": {"labels": {"l": "1"}}, "conditions": [{"type": "ImportSuccess"}]}));
        if new.metadata.labels.is_empty() {
            new.metadata.labels.clone_from(&old.metadata.labels);
        }
        prepare_stream_tag_update(&mut new, &old);
        validate_stream_tag_update(&new, &old).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_tag_takes_the_name_of_the_object() {
        let named = |name: &str, tag: &str| {
            let mut object = stream_tag(&json!({"metadata": {"name": name}, "tag": {"name": tag}}));
            prepare_stream_tag(&mut object);
            object.tag.unwrap().name
        };
        assert_eq!(named("app:v1", ""), "v1");
        assert_eq!(named("app:", ""), "latest");
        assert_eq!(named("app:a:b", ""), "a:b");
        assert_eq!(named("app:v1", "other"), "other");
    }

    #[test]
    fn image_and_conditions_from_a_client_are_dropped() {
        let mut object = stream_tag(&json!({
            "conditions": [{"type": "ImportSuccess"}], "image": {"metadata": {"name": "i"}},
        }));
        prepare_stream_tag(&mut object);
        assert!(object.conditions.is_empty());
        assert_eq!(object.image, Image::default());
    }

    #[test]
    fn annotations_are_those_of_the_object() {
        let source = json!({"type": "Source"});
        let with = |object: Value, tag: Value| {
            create(&json!({
                "metadata": {"annotations": object}, "tag": {"annotations": tag, "referencePolicy": source},
            }))
        };
        let message = "tag.annotations: Invalid value: \"<map>\": tag annotations must not be provided or must be \
             equal to the object meta annotations";
        assert!(with(json!({"a": "b"}), json!(null)).is_empty());
        assert!(with(json!({"a": "b"}), json!({"a": "b"})).is_empty());
        assert!(with(json!({}), json!({})).is_empty());
        assert_eq!(with(json!({}), json!({"a": "b"})), [message]);
        assert_eq!(with(json!({"a": "b"}), json!({})), [message]);
    }

    #[test]
    fn the_tag_is_validated_with_its_path() {
        let source = json!({"type": "Source"});
        let bad_kind = json!({"from": {"kind": "Nope", "name": "x"}, "referencePolicy": source});
        let message = "tag.from.kind: Required value: valid values are 'DockerImage', 'ImageStreamImage', \
             'ImageStreamTag'";
        assert_eq!(create(&json!({"tag": bad_kind})), [message]);
        assert_eq!(update(&json!({"tag": bad_kind})), [message]);
        assert!(create(&json!({"tag": null})).is_empty());
        assert_eq!(
            create(&json!({"metadata": {"name": "app:a/b"}})),
            ["metadata.name: Invalid value: \"app:a/b\": may not contain '/'"]
        );
    }

    #[test]
    fn an_update_changes_tag_annotations_and_lookup_policy_only() {
        let refused = "metadata: Invalid value: \"\": may not update fields other than metadata.annotations";
        assert!(
            update(&json!({
                "metadata": {"annotations": {"a": "b"}},
                "tag": {"annotations": {"x": "y"}, "referencePolicy": {"type": "Local"}},
                "lookupPolicy": {"local": true},
                "generation": 55,
                "image": {"metadata": {"name": "ignored"}},
            }))
            .is_empty()
        );
        assert_eq!(update(&json!({"metadata": {"labels": {"new": "label"}}})), [refused]);
        let uid = "metadata.uid: Invalid value: \"v\": field is immutable";
        assert_eq!(update(&json!({"metadata": {"uid": "v"}})), [uid, uid, refused]);
    }

    #[test]
    fn an_update_without_annotations_clears_those_of_the_tag() {
        let old = stream_tag(&json!({"metadata": {"annotations": {"a": "b"}}}));
        let mut new = stream_tag(&json!({"tag": {"annotations": {"x": "y"}}}));
        prepare_stream_tag_update(&mut new, &old);
        assert_eq!(new.tag.unwrap().annotations, None);
    }
}
