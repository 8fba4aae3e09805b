//! Patches of all resources: applying the patch to the stored object, and decoding the result.

use serde_json::Value;

use super::access::StoreAccess;
use super::document::{as_document, as_json, internal};
use super::lifecycle::not_found;
use super::managed_fields::{Tracked, clears_managed_fields, manager, nothing, or_cleared, track_update};
use super::patch_params::{Patch, PatchParams, Patched};
use super::patch_target::{Kind, Place};
use super::{FieldValidation, applied};
use crate::api::{ApiResource, ObjectMeta, TypeMeta};
use crate::authorization::Action;
use crate::error::{Error, ErrorKind, Result, Subject};
use crate::json::{self, Decode, DecodeError};
use crate::rules;
use crate::rules::patch::{
    GoValue, MAX_OPERATIONS, Mergeable, StrategicError, apply_json_patch, apply_merge_patch,
    apply_strategic_merge_patch,
};

/// Builds the object that an applied patch creates.
///
/// # Errors
///
/// [`ErrorKind::NotFound`] for a patch of another type, [`ErrorKind::Conflict`] for a patch with a uid,
/// [`ErrorKind::Forbidden`] if the caller may not create the object, and the errors of [`change`].
pub(super) fn create<T: Tracked + Decode>(
    store: &StoreAccess,
    place: Place<'_>,
    params: &PatchParams,
    patch: &Patch,
) -> Result<Patched<T>> {
    let Patch::Apply(wanted) = patch else { return Err(not_found::<T>(place.name)) };
    let Place { namespace, name, subresource, .. } = place;
    let mut document = nothing::<T>()?;
    set_kind::<T>(&mut document);
    applied::apply::<T>(&mut document, wanted, &Kind::of::<T>(), place, params)?;
    let mut patched: Patched<T> = decoded(&document.to_string(), params, patch)?;
    let metadata = patched.object.metadata_mut();
    if !metadata.uid.is_empty() {
        let why = format!(
            "uid mismatch: the provided object specified uid {}, and no existing object was found",
            metadata.uid
        );
        return Err(Error::conflict(T::PLURAL, name.to_owned(), why));
    }
    check_place(metadata, place)?;
    if !params.dry_run {
        // Unlike the body of a create request, an applied patch may have a resource version.
        metadata.resource_version.clear();
    }
    let group = T::API_RESOURCE.group;
    store.require(&Action { verb: "create", group, resource: T::PLURAL, subresource, namespace, name })?;
    Ok(Patched { created: true, ..patched })
}

/// Applies a patch to the stored object, and decodes the result.
///
/// # Errors
///
/// If the patch can't be applied, or if the result is not an object of the kind, or has another identity.
pub(super) fn change<T: Tracked + Decode>(
    place: Place<'_>,
    present: &T,
    params: &PatchParams,
    patch: &Patch,
) -> Result<Patched<T>> {
    let json = match patch {
        Patch::Json(patch) if patch.len() > MAX_OPERATIONS => {
            return Err(ErrorKind::TooManyOperations { limit: MAX_OPERATIONS, found: patch.len() }.into());
        }
        Patch::Json(patch) => {
            apply_json_patch(&as_json(present)?, patch).map_err(|error| Error::inapplicable_patch(error.to_string()))?
        }
        Patch::Merge(patch) => apply_merge_patch(&as_json(present)?, patch).map_err(internal)?,
        Patch::Strategic(patch) => {
            let mut document = as_document(present)?;
            set_kind::<T>(&mut document);
            apply_strategic_merge_patch(&mut document, patch, &T::SCHEMA).map_err(strategic_error)?;
            document.to_string()
        }
        Patch::Apply(wanted) => {
            let mut document = as_document(present)?;
            set_kind::<T>(&mut document);
            applied::apply::<T>(&mut document, wanted, &Kind::of::<T>(), place, params)?;
            return read(&document.to_string(), place, params, patch);
        }
    };
    let clears = clears_managed_fields(json.as_bytes());
    let mut patched: Patched<T> = read(&json, place, params, patch)?;
    patched.object.set_defaults(place.import_mode);
    if clears {
        patched.object.metadata_mut().managed_fields = or_cleared(Vec::new());
    }
    let writer = manager(&params.field_manager, place.subresource, place.now);
    track_update(&mut patched.object, present, writer)?;
    Ok(patched)
}

fn set_kind<T: Mergeable>(document: &mut Value) {
    if let Value::Object(members) = document {
        members.insert("kind".to_owned(), T::KIND.into());
        members.insert("apiVersion".to_owned(), T::API_RESOURCE.api_version.into());
    }
}

/// Like [`change`], for a tag, which has no managed fields of its own: only an applied patch sets some, and the
/// validation of tags refuses them.
pub(super) fn change_untracked<T: Tracked + Decode>(
    place: Place<'_>,
    present: &T,
    params: &PatchParams,
    patch: &Patch,
) -> Result<Patched<T>> {
    if let Patch::Apply(_) = patch {
        return change(place, present, params, patch);
    }
    let mut untracked = present.clone();
    untracked.metadata_mut().managed_fields.clear();
    let mut patched = change(place, &untracked, params, patch)?;
    patched.object.metadata_mut().managed_fields.clone_from(&present.metadata().managed_fields);
    Ok(patched)
}

/// Decodes the result of a patch, which must have the identity of the original object.
fn read<T: Mergeable + Decode>(
    json: &str,
    place: Place<'_>,
    params: &PatchParams,
    patch: &Patch,
) -> Result<Patched<T>> {
    let mut patched: Patched<T> = decoded(json, params, patch)?;
    check_place(patched.object.metadata_mut(), place)?;
    Ok(patched)
}

fn decoded<T: Mergeable + Decode>(json: &str, params: &PatchParams, patch: &Patch) -> Result<Patched<T>> {
    let (object, warnings) = check_kind(json, T::API_RESOURCE, patch)
        .and_then(|()| {
            let (object, found) = json::decode_strictly::<T>(json.as_bytes()).map_err(|error| text(&error, patch))?;
            Ok((object, told(found, params)?))
        })
        .map_err(|error| unreadable(error, json, patch))?;
    Ok(Patched { object, created: false, warnings })
}

/// The error for a document that is not an object of the kind.
fn unreadable(error: String, document: &str, patch: &Patch) -> Error {
    // The real server shows a strategic patch itself, and the result of other patches.
    let shown = match patch {
        Patch::Strategic(patch) => GoValue(patch).to_string(),
        Patch::Json(_) | Patch::Merge(_) | Patch::Apply(_) => rules::html_escaped(document),
    };
    let causes = vec![rules::Path::ROOT.child("patch").invalid(&shown, error)];
    Error::invalid(Subject::Nameless, "", causes)
}

/// Whether the patched object is converted to the type that it already has, not decoded: so it is for a strategic
/// patch.
fn is_converted(patch: &Patch) -> bool {
    matches!(patch, Patch::Strategic(_))
}

/// Checks that a patched object still has the kind and version of the resource; the error is the real server's text.
fn check_kind(json: &str, resource: &ApiResource, patch: &Patch) -> Result<(), String> {
    let &ApiResource { kind, group, version, .. } = resource;
    let claim = TypeMeta::of(json.as_bytes())?.or(kind, group, version);
    let claimed = (claim.kind.as_str(), claim.group.as_str(), claim.version.as_str());
    if !is_converted(patch) && claimed != (kind, group, version) {
        return Err(claim.not_registered());
    }
    Ok(())
}

/// The real server's message for a patched object with values of wrong types.
fn text(error: &DecodeError, patch: &Patch) -> String {
    if is_converted(patch) { error.in_conversion() } else { error.to_string() }
}

/// The warnings about unknown and duplicate fields, or an error if validation is strict.
fn told(found: Vec<String>, params: &PatchParams) -> Result<Vec<String>, String> {
    let findings: Vec<String> = params.findings.iter().cloned().chain(found).collect();
    match params.field_validation {
        FieldValidation::Strict if !findings.is_empty() => {
            Err(format!("strict decoding error: {}", findings.join(", ")))
        }
        FieldValidation::Strict | FieldValidation::Ignore => Ok(Vec::new()),
        FieldValidation::Warn => Ok(findings),
    }
}

/// Checks that a patch did not change the identity of the object.
fn check_place(metadata: &mut ObjectMeta, place: Place<'_>) -> Result<()> {
    if metadata.namespace.is_empty() {
        place.namespace.clone_into(&mut metadata.namespace);
    }
    let Place { namespace, name: url, .. } = place;
    let message = match &*metadata.name {
        "" => format!("the name of the object ({url} based on URL) was undeterminable: name must be provided"),
        name if name != url => format!("the name of the object ({name}) does not match the name on the URL ({url})"),
        _ if !namespace.is_empty() && metadata.namespace != namespace => format!(
            "the namespace of the object ({}) does not match the namespace on the URL ({namespace})",
            metadata.namespace
        ),
        _ => return Ok(()),
    };
    Err(Error::bad_request(message))
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn strategic_error(error: StrategicError) -> Error {
    let text = error.to_string();
    match error {
        StrategicError::NotRetained => Error::inapplicable_patch(text),
        StrategicError::PrimitiveList
        | StrategicError::RetainKeys
        | StrategicError::SetElementOrder
        | StrategicError::Unsupported => Error::bad_request(text),
        // The real server gives no reason for these.
        StrategicError::UnknownDirective { .. } | StrategicError::MergedElement | StrategicError::MissingKey { .. } => {
            Error::unclassified(text)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::{Image, ImageStream};
    use crate::rules::patch::JsonPatch;
    use crate::{ImageStore, PostParams};

    fn store() -> ImageStore {
        let store = ImageStore::in_memory().unwrap();
        let stream = json!({"metadata": {"name": "app", "labels": {"a": "1"}},
            "spec": {"tags": [{"name": "v1", "from": {"kind": "DockerImage", "name": "quay.io/a/b:1"}}]}});
        let stream: ImageStream = serde_json::from_value(stream).unwrap();
        store.namespace("test").image_streams().create(&PostParams::default(), &stream).unwrap();
        store
    }

    fn patch_stream(patch: &Patch, params: &PatchParams) -> Result<Patched<ImageStream>, (i32, String)> {
        store()
            .namespace("test")
            .image_streams()
            .patch("app", params, patch)
            .map_err(|error| (error.status().code, error.to_string()))
    }

    fn merge(patch: Value) -> Result<Patched<ImageStream>, (i32, String)> {
        patch_stream(&Patch::Merge(patch), &PatchParams::default())
    }

    #[test]
    fn each_type_changes_the_stream() {
        let json_patch = json!([{"op": "replace", "path": "/metadata/labels/a", "value": "2"}]);
        for patch in [
            Patch::Json(JsonPatch::new(&(&json_patch).into()).unwrap()),
            Patch::Merge(json!({"metadata": {"labels": {"a": "2"}}})),
            Patch::Strategic(json!({"metadata": {"labels": {"a": "2"}}})),
        ] {
            let patched = patch_stream(&patch, &PatchParams::default()).unwrap();
            assert_eq!(patched.object.metadata.labels["a"], "2", "{patch:?}");
            assert_eq!(patched.object.spec.tags.len(), 1);
            assert!(!patched.created);
        }
    }

    #[test]
    fn a_resource_version_is_compared_only_if_the_patch_has_one() {
        assert!(merge(json!({"metadata": {"labels": {"b": "1"}}})).is_ok());
        assert_eq!(merge(json!({"metadata": {"resourceVersion": "99"}})).unwrap_err().0, 409);
        assert_eq!(merge(json!({"metadata": {"resourceVersion": null}})).unwrap_err().0, 422);
    }

    #[test]
    fn a_patch_can_not_change_the_identity_of_the_object() {
        let bad = |text: &str| Err((400, text.to_owned()));
        assert_eq!(
            merge(json!({"metadata": {"name": "other"}})),
            bad("the name of the object (other) does not match the name on the URL (app)")
        );
        assert_eq!(
            merge(json!({"metadata": {"name": null}})),
            bad("the name of the object (app based on URL) was undeterminable: name must be provided")
        );
        assert_eq!(
            merge(json!({"metadata": {"namespace": "other"}})),
            bad("the namespace of the object (other) does not match the namespace on the URL (test)")
        );
        let (code, text) = merge(json!({"metadata": {"uid": "x"}})).unwrap_err();
        assert_eq!(code, 422);
        assert!(text.ends_with("metadata.uid: Invalid value: \"x\": field is immutable"), "{text}");
        let (code, text) = merge(json!({"kind": "Nope"})).unwrap_err();
        assert_eq!(code, 422);
        assert!(text.contains("no kind \"Nope\" is registered for version \"image.openshift.io/v1\""), "{text}");
    }

    #[test]
    fn unknown_fields_are_reported_or_refused() {
        let patch = Patch::Strategic(json!({"nope": 1}));
        let patched = |validation| patch_stream(&patch, &PatchParams::default().validation(validation));
        assert_eq!(patched(FieldValidation::Warn).unwrap().warnings, [r#"unknown field "nope""#]);
        assert_eq!(patched(FieldValidation::Ignore).unwrap().warnings, [""; 0]);
        assert_eq!(
            patched(FieldValidation::Strict),
            Err((
                422,
                " \"\" is invalid: patch: Invalid value: \"map[nope:1]\": strict decoding error: unknown field \"nope\""
                    .to_owned()
            ))
        );
    }

    #[test]
    fn the_error_for_a_wrong_type_depends_on_the_type_of_the_patch() {
        let labels = json!({"metadata": {"labels": {"a": true}}});
        let (code, text) = patch_stream(&Patch::Strategic(labels.clone()), &PatchParams::default()).unwrap_err();
        assert_eq!(
            (code, text.as_str()),
            (
                422,
                " \"\" is invalid: patch: Invalid value: \"map[metadata:map[labels:map[a:true]]]\": unrecognized type: \
                 string"
            )
        );
        let (code, text) = merge(labels).unwrap_err();
        assert_eq!(code, 422);
        assert!(
            text.ends_with(
                "json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string"
            )
        );
        let kind = patch_stream(&Patch::Strategic(json!({"kind": "Nope"})), &PatchParams::default());
        assert_eq!(kind.unwrap().object.kind, "ImageStream");
    }

    #[test]
    fn a_dry_run_writes_nothing() {
        let store = store();
        let streams = store.namespace("test").image_streams();
        let patch = Patch::Merge(json!({"metadata": {"labels": null}}));
        let patched = streams.patch("app", &PatchParams::dry_run(), &patch).unwrap().object;
        assert!(patched.metadata.labels.is_empty());
        assert_eq!(streams.get("app").unwrap().metadata.labels.len(), 1);
    }

    #[test]
    fn a_patch_that_changes_nothing_keeps_the_resource_version() {
        let store = store();
        let before = store.resource_version().unwrap();
        let streams = store.namespace("test").image_streams();
        let _ = streams.patch("app", &PatchParams::default(), &Patch::Merge(json!({}))).unwrap();
        let _ = streams.patch_status("app", &PatchParams::default(), &Patch::Strategic(json!({}))).unwrap();
        assert_eq!(store.resource_version().unwrap(), before);
    }

    #[test]
    fn signatures_of_an_image_are_merged() {
        let store = ImageStore::in_memory().unwrap();
        let image = json!({"metadata": {"name": "i"}, "dockerImageReference": "quay.io/a/b:1",
            "signatures": [{"metadata": {"name": "i@a"}, "type": "x", "content": "YQ=="}]});
        let image: Image = serde_json::from_value(image).unwrap();
        store.images().create(&PostParams::default(), &image).unwrap();
        let patch = json!({"signatures": [{"metadata": {"name": "i@b"}, "type": "x", "content": "Yg=="}]});
        let patched = store.images().patch("i", &PatchParams::default(), &Patch::Strategic(patch)).unwrap().object;
        let names: Vec<_> = patched.signatures.iter().map(|signature| &*signature.metadata.name).collect();
        assert_eq!(names, ["i@b", "i@a"]);
        let before = store.resource_version().unwrap();
        let _ = store.images().patch("i", &PatchParams::default(), &Patch::Strategic(json!({}))).unwrap();
        assert_eq!(store.resource_version().unwrap(), before);
    }

    #[test]
    fn tags_of_a_stream_are_patched_and_created() {
        let store = store();
        let tags = store.namespace("test").image_stream_tags();
        let patch = Patch::Merge(json!({"metadata": {"annotations": {"x": "y"}}}));
        let patched = tags.patch("app:v1", &PatchParams::default(), &patch).unwrap();
        assert_eq!((patched.created, &*patched.object.metadata.annotations["x"]), (false, "y"));
        let patch = Patch::Strategic(json!({"tag": {"from": {"kind": "DockerImage", "name": "quay.io/a/b:2"}}}));
        assert!(tags.patch("app:v2", &PatchParams::default(), &patch).unwrap().created);
        assert!(tags.patch("new:v1", &PatchParams::default(), &patch).unwrap().created);
        let tags = store.namespace("test").image_tags();
        let patched = tags.patch("app:v1", &PatchParams::default(), &Patch::Merge(json!({"spec": null}))).unwrap();
        assert_eq!(patched.object.spec, None);
    }

    #[test]
    fn the_number_of_json_patch_operations_is_limited() {
        let operation = json!({"op": "test", "path": "/metadata/name", "value": "app"});
        let patch =
            |count| Patch::Json(JsonPatch::new(&(&Value::Array(vec![operation.clone(); count])).into()).unwrap());
        assert!(patch_stream(&patch(MAX_OPERATIONS), &PatchParams::default()).is_ok());
        let (code, text) = patch_stream(&patch(MAX_OPERATIONS + 1), &PatchParams::default()).unwrap_err();
        assert_eq!(code, 413);
        assert!(text.ends_with("The allowed maximum operations in a JSON patch is 10000, got 10001"), "{text}");
    }
}
