//! Validation of image streams and of the tags in their spec.

use super::field::Path;
use super::field_error::{FieldError, FieldErrors};
use super::metadata::{validate_generic_update, validate_metadata, validate_metadata_update};
use super::names::stream_name;
use super::reference::ImageReference;
use crate::api::{ImageStream, NamedTagEventList, Scope, TagEvent, TagReference};
use crate::collected;
use crate::quote::Quoted;

/// The maximum length of a stream's `namespace/name` in bytes, the limit for repository names.
const MAX_REPOSITORY_LENGTH: usize = 255;

/// Validates a new stream; upstream's `ValidateImageStream`.
///
/// `unresolved` is the error of spec tags that could not be resolved (see [`unresolved_tags`]); it is reported first.
/// Tags are validated in list order; in a stored stream that is the order of names.
#[must_use]
pub fn validate_stream(stream: &ImageStream, unresolved: Option<FieldError>) -> Vec<FieldError> {
    let mut errors = Vec::from_iter(unresolved);
    validate_whole_stream(stream, &mut errors);
    errors
}

/// Validates a changed stream; upstream's `ValidateImageStreamUpdate`.
///
/// `unresolved` is as in [`validate_stream`]; errors of the object metadata are reported before it.
#[must_use]
pub fn validate_stream_update(new: &ImageStream, old: &ImageStream, unresolved: Option<FieldError>) -> Vec<FieldError> {
    let path = Path::ROOT.child("metadata");
    let mut errors = validate_generic_update(&new.metadata, &old.metadata, &path);
    errors.extend(unresolved);
    errors.extend(validate_metadata_update(&new.metadata, &old.metadata, &path));
    validate_whole_stream(new, &mut errors);
    errors
}

/// Validates a changed status; upstream's `ValidateImageStreamStatusUpdate`.
///
/// Only pull specs that do not occur in the old status must parse.
#[must_use]
pub fn validate_stream_status_update(new: &ImageStream, old: &ImageStream) -> Vec<FieldError> {
    let path = Path::ROOT.child("metadata");
    let mut errors = validate_generic_update(&new.metadata, &old.metadata, &path);
    errors.extend(validate_metadata_update(&new.metadata, &old.metadata, &path));
    let events_of = old.status.tags.iter().flat_map(events);
    let known = collected::set(events_of.map(|event| event.docker_image_reference.as_str()));
    for_each_event(new, |event, field| {
        if !known.contains(event.docker_image_reference.as_str())
            && let Err(error) = event.docker_image_reference.parse::<ImageReference>()
        {
            errors.push(field.invalid(&event.docker_image_reference, error));
        }
    });
    errors
}

/// Combines the errors of spec tag sources into one error of the stream as a whole, as the real server reports it;
/// `None` if there are none.
///
/// ```
/// use imagestream::rules::{Path, unresolved_tags};
///
/// let missing = Path::ROOT.child("spec").child("tags").key("v2").child("from").not_found("base:v1");
/// assert_eq!(
///     unresolved_tags("app", &[missing]).map(|error| error.to_string()).as_deref(),
///     Some(r#"[]: Internal error: imagestreams "app" is invalid: spec.tags[v2].from: Not found: "base:v1""#)
/// );
/// assert_eq!(unresolved_tags("app", &[]), None);
/// ```
#[must_use]
pub fn unresolved_tags(stream: &str, causes: &[FieldError]) -> Option<FieldError> {
    if causes.is_empty() {
        return None;
    }
    Some(Path::ROOT.internal(format_args!("imagestreams {} is invalid: {}", Quoted(stream), FieldErrors(causes))))
}

/// Validates a spec tag of a stream, an `ImageStreamTag` or an `ImageTag`; upstream's
/// `ValidateImageStreamTagReference`.
///
/// The name of the tag is not validated, and `from` may be missing.
#[must_use]
pub fn validate_tag_reference(tag: &TagReference, path: &Path) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let policy = path.child("importPolicy");
    if let Some(from) = &tag.from {
        let field = path.child("from");
        if from.name.is_empty() {
            errors.push(field.child("name").required(""));
        }
        match from.kind.as_str() {
            "DockerImage" if from.name.is_empty() => {}
            "DockerImage" => {
                if let Err(error) = from.name.parse::<ImageReference>() {
                    errors.push(field.child("name").invalid(&from.name, error));
                }
            }
            "ImageStreamImage" | "ImageStreamTag" => {
                if tag.import_policy.scheduled {
                    let detail = "only tags pointing to Docker repositories may be scheduled for background import";
                    errors.push(policy.child("scheduled").invalid(true, detail));
                }
            }
            _ => {
                let detail = "valid values are 'DockerImage', 'ImageStreamImage', 'ImageStreamTag'";
                errors.push(field.child("kind").required(detail));
            }
        }
    }
    let policy_type = &tag.reference_policy.policy_type;
    if !matches!(policy_type.as_str(), "Source" | "Local") {
        let field = path.child("referencePolicy");
        errors.push(field.child("type").invalid(policy_type, r#"valid values are "Source", "Local""#));
    }
    let mode = &tag.import_policy.import_mode;
    if !matches!(mode.as_str(), "" | "Legacy" | "PreserveOriginal") {
        let detail = "invalid import mode, valid modes are '', 'Legacy', 'PreserveOriginal'";
        errors.push(policy.child("importMode").invalid(mode, detail));
    }
    errors
}

fn validate_whole_stream(stream: &ImageStream, errors: &mut Vec<FieldError>) {
    let metadata = Path::ROOT.child("metadata");
    let meta = &stream.metadata;
    errors.extend(validate_metadata(meta, Scope::Namespaced, stream_name, &metadata));
    if meta.namespace.len() + "/".len() + meta.name.len() > MAX_REPOSITORY_LENGTH {
        let detail = format!("'namespace/name' cannot be longer than {MAX_REPOSITORY_LENGTH} characters");
        errors.push(metadata.child("name").invalid(&meta.name, detail));
    }

    let spec = Path::ROOT.child("spec");
    let field = spec.child("dockerImageRepository");
    let repository = &stream.spec.docker_image_repository;
    if !repository.is_empty() {
        match repository.parse::<ImageReference>() {
            Err(error) => errors.push(field.invalid(repository, error)),
            Ok(reference) => {
                if !reference.tag.is_empty() {
                    errors.push(field.invalid(repository, "the repository name may not contain a tag"));
                }
                if !reference.id.is_empty() {
                    errors.push(field.invalid(repository, "the repository name may not contain an ID"));
                }
            }
        }
    }
    let tags = spec.child("tags");
    for tag in &stream.spec.tags {
        errors.extend(validate_tag_reference(tag, &tags.key(&tag.name)));
    }
    for_each_event(stream, |event, field| {
        let reference = &event.docker_image_reference;
        if reference.is_empty() {
            errors.push(field.required(""));
        } else if let Err(error) = reference.parse::<ImageReference>() {
            errors.push(field.invalid(reference, error));
        }
    });
}

/// Calls `visit` with every event, and the path of its pull spec.
fn for_each_event<'a>(stream: &'a ImageStream, mut visit: impl FnMut(&'a TagEvent, &Path)) {
    let status = Path::ROOT.child("status");
    let tags = status.child("tags");
    for tag in &stream.status.tags {
        let tag_path = tags.key(&tag.tag);
        let items = tag_path.child("items");
        for (index, event) in events(tag).iter().enumerate() {
            visit(event, &items.index(index).child("dockerImageReference"));
        }
    }
}

fn events(tag: &NamedTagEventList) -> &[TagEvent] {
    tag.items.as_deref().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn stream(spec: &Value, status: &Value) -> ImageStream {
        serde_json::from_value(json!({
            "metadata": {"name": "app", "namespace": "test", "uid": "u", "resourceVersion": "1"},
            "spec": spec,
            "status": status,
        }))
        .unwrap()
    }

    fn texts(errors: &[FieldError]) -> Vec<String> {
        errors.iter().map(ToString::to_string).collect()
    }

    fn validate(spec: &Value, status: &Value) -> Vec<String> {
        texts(&validate_stream(&stream(spec, status), None))
    }

    fn tag(members: &Value) -> Vec<String> {
        let mut tag: TagReference = serde_json::from_value(members.clone()).unwrap();
        if tag.reference_policy.policy_type.is_empty() {
            "Source".clone_into(&mut tag.reference_policy.policy_type);
        }
        texts(&validate_tag_reference(&tag, &Path::ROOT.child("tag")))
    }

    fn history(references: &[&str]) -> Value {
        let items: Vec<_> = references.iter().map(|reference| json!({"dockerImageReference": reference})).collect();
        json!({"tags": [{"tag": "old", "items": null}, {"tag": "v1", "items": items}]})
    }

    #[test]
    fn namespace_and_name_have_at_most_255_bytes() {
        let named = |namespace: usize, name: usize| {
            let mut stream = stream(&json!({}), &json!({}));
            stream.metadata.namespace = "n".repeat(namespace);
            stream.metadata.name = "s".repeat(name);
            texts(&validate_stream(&stream, None))
        };
        assert!(named(4, 250).is_empty());
        let message = |name: usize| {
            let name = "s".repeat(name);
            [format!("metadata.name: Invalid value: \"{name}\": 'namespace/name' cannot be longer than 255 characters")]
        };
        assert_eq!(named(4, 251), message(251));
        assert!(named(63, 191).is_empty());
        assert_eq!(named(63, 192), message(192));
    }

    #[test]
    fn a_generate_name_must_be_a_valid_name() {
        let mut stream = stream(&json!({}), &json!({}));
        stream.metadata.name = "Gen_x".to_owned();
        stream.metadata.generate_name = "Gen_".to_owned();
        assert_eq!(
            texts(&validate_stream(&stream, None)),
            [
                r#"metadata.generateName: Invalid value: "Gen_": must match "[a-z0-9]+(?:[._-][a-z0-9]+)*""#,
                r#"metadata.name: Invalid value: "Gen_x": must match "[a-z0-9]+(?:[._-][a-z0-9]+)*""#,
            ]
        );
    }

    #[test]
    fn the_repository_has_neither_tag_nor_digest() {
        let validate = |repository: &str| validate(&json!({"dockerImageRepository": repository}), &json!({}));
        let digest = "sha256:e562d946d88664264e459199b1e5513bfd29f34b2157f2af02e8d3e06b2d547b";
        assert!(validate("quay.io/team/app").is_empty());
        let both = format!("quay.io/a:b@{digest}");
        assert_eq!(
            validate(&both),
            [
                format!(
                    "spec.dockerImageRepository: Invalid value: \"{both}\": the repository name may not contain a tag"
                ),
                format!(
                    "spec.dockerImageRepository: Invalid value: \"{both}\": the repository name may not contain an ID"
                ),
            ]
        );
        assert_eq!(
            validate("NOPE NOPE"),
            ["spec.dockerImageRepository: Invalid value: \"NOPE NOPE\": invalid reference format"]
        );
    }

    #[test]
    fn tags_point_to_a_supported_kind() {
        let kinds = "tag.from.kind: Required value: valid values are 'DockerImage', 'ImageStreamImage', \
             'ImageStreamTag'";
        assert!(tag(&json!({})).is_empty());
        assert!(tag(&json!({"name": "any thing"})).is_empty());
        assert!(tag(&json!({"from": {"kind": "DockerImage", "name": "quay.io/a/b:1"}})).is_empty());
        assert!(tag(&json!({"from": {"kind": "ImageStreamTag", "name": "::"}})).is_empty(), "resolving checks that");
        assert_eq!(tag(&json!({"from": {"kind": "Nope", "name": "x"}})), [kinds]);
        assert_eq!(tag(&json!({"from": {"kind": "dockerimage", "name": "x"}})), [kinds]);
        assert_eq!(tag(&json!({"from": {}})), ["tag.from.name: Required value", kinds]);
        assert_eq!(tag(&json!({"from": {"kind": "DockerImage"}})), ["tag.from.name: Required value"]);
        assert_eq!(
            tag(&json!({"from": {"kind": "DockerImage", "name": "NOPE NOPE"}})),
            ["tag.from.name: Invalid value: \"NOPE NOPE\": invalid reference format"]
        );
    }

    #[test]
    fn policies_have_known_values() {
        let scheduled = |kind| tag(&json!({"from": {"kind": kind, "name": "a"}, "importPolicy": {"scheduled": true}}));
        let message = "tag.importPolicy.scheduled: Invalid value: true: only tags pointing to Docker repositories may \
             be scheduled for background import";
        assert!(scheduled("DockerImage").is_empty());
        assert_eq!(scheduled("ImageStreamTag"), [message]);
        assert_eq!(scheduled("ImageStreamImage"), [message]);
        assert!(tag(&json!({"importPolicy": {"scheduled": true}})).is_empty());
        assert_eq!(
            tag(&json!({"referencePolicy": {"type": "Nope"}, "importPolicy": {"importMode": "Nope"}})),
            [
                r#"tag.referencePolicy.type: Invalid value: "Nope": valid values are "Source", "Local""#,
                "tag.importPolicy.importMode: Invalid value: \"Nope\": invalid import mode, valid modes are '', \
                 'Legacy', 'PreserveOriginal'",
            ]
        );
        for mode in ["", "Legacy", "PreserveOriginal"] {
            assert!(
                tag(&json!({"referencePolicy": {"type": "Local"}, "importPolicy": {"importMode": mode}})).is_empty()
            );
        }
    }

    #[test]
    fn spec_comes_before_status() {
        let spec = json!({"tags": [
            {"name": "t", "from": {"kind": "DockerImage", "name": "NOPE NOPE"}, "referencePolicy": {"type": "Source"}},
        ]});
        assert_eq!(
            validate(&spec, &history(&["a/b", "NOPE NOPE", ""])),
            [
                "spec.tags[t].from.name: Invalid value: \"NOPE NOPE\": invalid reference format",
                "status.tags[v1].items[1].dockerImageReference: Invalid value: \"NOPE NOPE\": \
                 invalid reference format",
                "status.tags[v1].items[2].dockerImageReference: Required value",
            ]
        );
    }

    #[test]
    fn unresolved_tags_come_before_the_rules_of_the_stream() {
        let cause = Path::ROOT.child("f").not_found("x");
        let unresolved = || unresolved_tags("app", &[cause.clone(), cause.clone()]);
        let folded = "[]: Internal error: imagestreams \"app\" is invalid: f: Not found: \"x\"";
        let old = stream(&json!({}), &json!({}));
        let mut new = stream(&json!({"dockerImageRepository": "A"}), &json!({}));
        let repository = "spec.dockerImageRepository: Invalid value: \"A\": repository name must be lowercase";
        assert_eq!(texts(&validate_stream(&new, unresolved())), [folded, repository]);
        new.metadata.uid = "v".to_owned();
        let uid = "metadata.uid: Invalid value: \"v\": field is immutable";
        assert_eq!(texts(&validate_stream_update(&new, &old, unresolved())), [uid, folded, uid, repository]);
        let two = unresolved_tags("app", &[cause.clone(), Path::ROOT.child("g").not_found("x")]).unwrap();
        assert!(two.message.ends_with("is invalid: [f: Not found: \"x\", g: Not found: \"x\"]"));
    }

    #[test]
    fn an_update_reports_a_finalizer_twice() {
        let old = stream(&json!({}), &json!({}));
        let mut new = old.clone();
        new.metadata.finalizers = vec!["nope".to_owned()];
        let message = "metadata.finalizers[0]: Invalid value: \"nope\": name is neither a standard finalizer name nor \
             is it fully qualified";
        assert_eq!(texts(&validate_stream_update(&new, &old, None)), [message, message]);
    }

    #[test]
    fn a_status_update_checks_new_pull_specs_only() {
        let old = stream(&json!({}), &history(&["OLD OLD"]));
        let new = stream(&json!({"dockerImageRepository": "NOPE NOPE"}), &history(&["", "OLD OLD", "A", "a/b"]));
        assert_eq!(
            texts(&validate_stream_status_update(&new, &old)),
            [
                "status.tags[v1].items[0].dockerImageReference: Invalid value: \"\": \
                 repository name must have at least one component",
                "status.tags[v1].items[2].dockerImageReference: Invalid value: \"A\": \
                 repository name must be lowercase",
            ]
        );
    }
}
