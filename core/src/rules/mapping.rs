//! Validation of image stream mappings.

use super::field::Path;
use super::field_error::FieldError;
use super::image::validate_image;
use super::metadata::validate_metadata;
use super::names::{dns1123_label, path_segment_name};
use super::reference::ImageReference;
use crate::api::{Image, ImageStreamMapping, Scope, annotation};

/// Prepares a mapping for validation.
///
/// An image without a pull spec gets one of the integrated registry, if there is such a registry. `internal_registry`
/// is its host and port, or empty. Signatures are dropped.
pub fn prepare_mapping(mapping: &mut ImageStreamMapping, internal_registry: &str) {
    if !internal_registry.is_empty() && mapping.image.docker_image_reference.is_empty() {
        let reference = ImageReference {
            registry: internal_registry.to_owned(),
            namespace: mapping.metadata.namespace.clone(),
            name: mapping.metadata.name.clone(),
            tag: String::new(),
            id: mapping.image.metadata.name.clone(),
        };
        mapping.image.docker_image_reference = reference.exact();
    }
    mapping.image.signatures.clear();
}

/// Validates a mapping; upstream's `ValidateImageStreamMapping`.
///
/// The name of the stream may be any path segment here, since the stream must already exist.
#[must_use]
pub fn validate_mapping(mapping: &ImageStreamMapping) -> Vec<FieldError> {
    let metadata = Path::ROOT.child("metadata");
    let meta = &mapping.metadata;
    let mut errors = validate_metadata(meta, Scope::Namespaced, path_segment_name, &metadata);
    if meta.name.is_empty() {
        // A mapping could once name a repository instead of a stream; the server still reports both fields.
        errors.push(Path::ROOT.child("name").required(""));
        errors.push(Path::ROOT.child("dockerImageRepository").required(""));
    }
    let messages = dns1123_label(&meta.namespace);
    if !messages.is_empty() {
        errors.push(metadata.child("namespace").invalid(&meta.namespace, messages.join(", ")));
    }
    if mapping.tag.is_empty() {
        errors.push(Path::ROOT.child("tag").required(""));
    }
    errors.extend(validate_image(&mapping.image, &Path::ROOT.child("image")));
    errors
}

/// The pull spec for the tag of a mapping: that of the mapping's image.
///
/// If the image already existed and the mapping marks it as managed by the integrated registry, it is addressed through
/// its new stream, if that has a `repository`: it was pushed to another one before.
#[must_use]
pub fn mapping_reference(image: &Image, repository: &str, image_existed: bool) -> String {
    let managed = image.metadata.annotations.get(annotation::MANAGED).is_some_and(|value| value == "true");
    match repository.parse::<ImageReference>() {
        Ok(reference) if image_existed && managed => {
            ImageReference { id: image.metadata.name.clone(), ..reference }.exact()
        }
        _ => image.docker_image_reference.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const DIGEST: &str = "sha256:e562d946d88664264e459199b1e5513bfd29f34b2157f2af02e8d3e06b2d547b";
    const HOST: &str = "image-registry.openshift-image-registry.svc:5000";

    fn mapping(members: Value) -> ImageStreamMapping {
        serde_json::from_value(members).unwrap()
    }

    fn validate(mapping: &ImageStreamMapping) -> Vec<String> {
        validate_mapping(mapping).iter().map(ToString::to_string).collect()
    }

    fn of_image(image: &Value) -> ImageStreamMapping {
        mapping(json!({"metadata": {"name": "app", "namespace": "test"}, "image": image, "tag": "v1"}))
    }

    #[test]
    fn an_empty_mapping_reports_every_required_field() {
        let mut empty = mapping(json!({"metadata": {"namespace": "test"}}));
        prepare_mapping(&mut empty, HOST);
        assert_eq!(
            validate(&empty),
            [
                "metadata.name: Required value: name or generateName is required",
                "name: Required value",
                "dockerImageRepository: Required value",
                "tag: Required value",
                "image.metadata.name: Required value: name or generateName is required",
                "image.dockerImageReference: Required value",
            ]
        );
    }

    #[test]
    fn all_errors_are_reported_in_the_order_of_the_server() {
        let key = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an \
             alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is \
             '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
        let value = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', \
             and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex \
             used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
        let mapping = mapping(json!({
            "metadata": {
                "name": "a/b",
                "namespace": "test",
                "labels": {"bad key!": "x", "ok": "bad value!"},
                "annotations": {"bad key!": "x"},
            },
            "image": {
                "metadata": {"name": "x/y", "namespace": "test", "labels": {"-": "-"}},
                "dockerImageReference": "::::",
            },
            "tag": "",
        }));
        assert_eq!(
            validate(&mapping),
            [
                "metadata.name: Invalid value: \"a/b\": may not contain '/'".to_owned(),
                format!("metadata.labels: Invalid value: \"bad key!\": {key}"),
                format!("metadata.labels: Invalid value: \"bad value!\": {value}"),
                format!("metadata.annotations: Invalid value: \"bad key!\": {key}"),
                "tag: Required value".to_owned(),
                "image.metadata.name: Invalid value: \"x/y\": may not contain '/'".to_owned(),
                "image.metadata.namespace: Forbidden: not allowed on this type".to_owned(),
                format!("image.metadata.labels: Invalid value: \"-\": {key}"),
                format!("image.metadata.labels: Invalid value: \"-\": {value}"),
                "image.dockerImageReference: Invalid value: \"::::\": invalid reference format".to_owned(),
            ]
        );
    }

    #[test]
    fn a_bad_namespace_is_reported_twice() {
        let in_namespace = |namespace: &str| {
            let mut mapping = of_image(&json!({"metadata": {"name": "i"}, "dockerImageReference": "a/b"}));
            namespace.clone_into(&mut mapping.metadata.namespace);
            validate(&mapping)
        };
        assert!(in_namespace("test").is_empty());
        let long = "n".repeat(64);
        let message = format!("metadata.namespace: Invalid value: \"{long}\": must be no more than 63 characters");
        assert_eq!(in_namespace(&long), [message.clone(), message]);
        let both = in_namespace(&"N".repeat(64));
        assert_eq!(both.len(), 3);
        assert!(both[2].contains("must be no more than 63 characters, a lowercase RFC 1123 label must consist of"));
    }

    #[test]
    fn names_and_tags_may_be_any_path_segment() {
        let mut mapping = of_image(&json!({"metadata": {"name": "Any Thing@:x"}, "dockerImageReference": "a/b"}));
        mapping.metadata.name = "Not a stream:x".to_owned();
        mapping.tag = "not/a tag".to_owned();
        assert!(validate(&mapping).is_empty());
        for (name, message) in [(".", "may not be '.'"), ("..", "may not be '..'"), ("a%b", "may not contain '%'")] {
            name.clone_into(&mut mapping.metadata.name);
            assert_eq!(validate(&mapping), [format!("metadata.name: Invalid value: \"{name}\": {message}")]);
        }
    }

    #[test]
    fn a_missing_pull_spec_defaults_to_the_integrated_registry() {
        let prepared = |image: &str, given: &str, host: &str| {
            let mut mapping = of_image(&json!({"metadata": {"name": image}, "dockerImageReference": given}));
            prepare_mapping(&mut mapping, host);
            (mapping.image.docker_image_reference.clone(), validate(&mapping))
        };
        assert_eq!(prepared(DIGEST, "", HOST), (format!("{HOST}/test/app@{DIGEST}"), vec![]));
        assert_eq!(prepared("MyImage_1", "", HOST), (format!("{HOST}/test/app:MyImage_1"), vec![]));
        assert_eq!(prepared(DIGEST, "a/b", HOST), ("a/b".to_owned(), vec![]));
        let required = vec!["image.dockerImageReference: Required value".to_owned()];
        assert_eq!(prepared(DIGEST, "", ""), (String::new(), required));
        for name in ["my image", "sha256:abc"] {
            let reference = format!("{HOST}/test/app:{name}");
            let message =
                format!("image.dockerImageReference: Invalid value: \"{reference}\": invalid reference format");
            assert_eq!(prepared(name, "", HOST), (reference, vec![message]));
        }
    }

    #[test]
    fn a_derived_pull_spec_may_be_too_long() {
        let with_name = |length: usize| {
            let mut mapping = of_image(&json!({"metadata": {"name": DIGEST}}));
            mapping.metadata.name = "s".repeat(length);
            prepare_mapping(&mut mapping, HOST);
            validate(&mapping)
        };
        let rest = format!("{HOST}/test/").len();
        assert!(with_name(255 - rest).is_empty());
        let errors = with_name(256 - rest);
        assert_eq!(errors.len(), 1);
        assert!(errors[0].ends_with(": repository name must not be more than 255 characters"));
    }

    #[test]
    fn signatures_are_dropped() {
        let mut mapping = of_image(&json!({
            "metadata": {"name": DIGEST}, "dockerImageReference": "a/b", "signatures": [{"metadata": {"name": "nope"}}],
        }));
        assert!(!validate(&mapping).is_empty());
        prepare_mapping(&mut mapping, "");
        assert!(validate(&mapping).is_empty());
    }

    #[test]
    fn a_managed_image_that_exists_is_addressed_through_its_stream() {
        let reference = |managed: &str, existed, repository: &str| {
            let mapping = of_image(&json!({
                "metadata": {"name": DIGEST, "annotations": {"openshift.io/image.managed": managed}},
                "dockerImageReference": "far/away",
            }));
            mapping_reference(&mapping.image, repository, existed)
        };
        let local = format!("host:5000/test/app@{DIGEST}");
        assert_eq!(reference("true", true, "host:5000/test/app"), local);
        assert_eq!(reference("true", true, "host:5000/test/app:tag"), local);
        for (managed, existed, repository) in [
            ("TRUE", true, "host:5000/test/app"),
            ("false", true, "host:5000/test/app"),
            ("true", false, "host:5000/test/app"),
            ("true", true, ""),
            ("true", true, "NOPE NOPE"),
        ] {
            assert_eq!(reference(managed, existed, repository), "far/away");
        }
    }
}
