//! Validation of images.

use serde::Serialize;

use super::field::{BadValue, Path};
use super::field_error::FieldError;
use super::metadata::{validate_generic_update, validate_metadata, validate_metadata_update};
use super::names::path_segment_name;
use super::reference::ImageReference;
use super::signature::validate_signature;
use crate::api::{Image, ImageManifest, Scope};

/// Validates a new image, by itself or in a mapping; upstream's `ValidateImage`.
///
/// The name may be any path segment; it need not be the digest of the manifest. Layers, manifest and config are not
/// validated.
#[must_use]
pub fn validate_image(image: &Image, path: &Path) -> Vec<FieldError> {
    let mut errors = validate_metadata(&image.metadata, Scope::Cluster, path_segment_name, &path.child("metadata"));
    let field = path.child("dockerImageReference");
    if image.docker_image_reference.is_empty() {
        errors.push(field.required(""));
    } else if let Err(error) = image.docker_image_reference.parse::<ImageReference>() {
        errors.push(field.invalid(&image.docker_image_reference, error));
    }
    let field = path.child("signatures");
    for (index, signature) in image.signatures.iter().enumerate() {
        errors.extend(validate_signature(signature, &field.index(index)));
    }
    let field = path.child("dockerImageManifests");
    for (index, manifest) in image.docker_image_manifests.iter().enumerate() {
        validate_manifest(manifest, &field.index(index), &mut errors);
    }
    if !image.docker_image_manifests.is_empty() && !image.docker_image_layers.is_empty() {
        let layers: Vec<_> = image
            .docker_image_layers
            .iter()
            .map(|layer| InternalLayer {
                name: &layer.name,
                layer_size: layer.layer_size,
                media_type: &layer.media_type,
            })
            .collect();
        let detail = "dockerImageLayers should not be set when dockerImageManifests is set";
        errors.push(path.child("dockerImageLayers").invalid(BadValue::json(&layers), detail));
    }
    errors
}

/// Validates a changed image; upstream's `ValidateImageUpdate`.
#[must_use]
pub fn validate_image_update(new: &Image, old: &Image) -> Vec<FieldError> {
    let path = Path::ROOT.child("metadata");
    let mut errors = validate_generic_update(&new.metadata, &old.metadata, &path);
    errors.extend(validate_metadata_update(&new.metadata, &old.metadata, &path));
    errors.extend(validate_image(new, &Path::ROOT));
    errors
}

fn validate_manifest(manifest: &ImageManifest, path: &Path, errors: &mut Vec<FieldError>) {
    if !contains_digest(&manifest.digest) {
        let detail = "digest does not conform with OCI image specification";
        errors.push(path.child("digest").invalid(&manifest.digest, detail));
    }
    if !is_media_type(&manifest.media_type) {
        errors.push(path.child("mediaType").invalid(&manifest.media_type, "media type does not conform to RFC6838"));
    }
    if manifest.architecture.is_empty() {
        errors.push(path.child("architecture").required(""));
    }
    if manifest.os.is_empty() {
        errors.push(path.child("os").required(""));
    }
    if manifest.manifest_size < 0 {
        errors.push(path.child("size").invalid(manifest.manifest_size, "manifest size cannot be negative"));
    }
}

/// Whether the text contains a digest: a word that has a letter, a colon, and at least 32 hexadecimal digits.
///
/// Upstream's pattern for the algorithm allows several words that begin with letters. It is not anchored, so the end of
/// one word is enough to match.
fn contains_digest(text: &str) -> bool {
    let parts = || text.split(':');
    parts().zip(parts().skip(1)).any(|(before, behind)| {
        before.bytes().rev().take_while(u8::is_ascii_alphanumeric).any(|byte| byte.is_ascii_alphabetic())
            && behind.bytes().take_while(u8::is_ascii_hexdigit).count() >= 32
    })
}

/// Whether the text is a media type as in RFC 6838; surrounding blanks are allowed.
fn is_media_type(text: &str) -> bool {
    const TYPE: &[u8] = b"!#$&^_-";
    const SUBTYPE: &[u8] = b"!#$&^_.+-";
    let is_name = |name: &str, others: &[u8]| {
        name.len() <= 127
            && name.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte))
    };
    text.trim_matches(' ')
        .split_once('/')
        .is_some_and(|(name, subtype)| is_name(name, TYPE) && is_name(subtype, SUBTYPE))
}

/// A layer in the real server's internal type, which its messages show.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct InternalLayer<'a> {
    name: &'a str,
    layer_size: i64,
    media_type: &'a str,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn image(more: &Value) -> Image {
        let mut image = json!({"metadata": {"name": "any name"}, "dockerImageReference": "quay.io/a/b:1"});
        image.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(image).unwrap()
    }

    fn validate(more: &Value) -> Vec<String> {
        validate_image(&image(more), &Path::ROOT).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_reference_is_required_and_must_parse() {
        assert!(validate(&json!({})).is_empty());
        assert_eq!(validate(&json!({"dockerImageReference": ""})), ["dockerImageReference: Required value"]);
        assert_eq!(
            validate(&json!({"dockerImageReference": "NOPE NOPE"})),
            ["dockerImageReference: Invalid value: \"NOPE NOPE\": invalid reference format"]
        );
        assert!(validate(&json!({"dockerImageReference": "quay.io"})).is_empty(), "a registry is a reference");
    }

    #[test]
    fn the_name_is_a_path_segment() {
        for (name, message) in
            [("a/b", "may not contain '/'"), ("..", "may not be '..'"), ("a%b", "may not contain '%'")]
        {
            assert_eq!(
                validate(&json!({"metadata": {"name": name}})),
                [format!("metadata.name: Invalid value: \"{name}\": {message}")]
            );
        }
        assert_eq!(
            validate(&json!({"metadata": {}})),
            ["metadata.name: Required value: name or generateName is required"]
        );
        assert_eq!(
            validate(&json!({"metadata": {"name": "a", "namespace": "test"}})),
            ["metadata.namespace: Forbidden: not allowed on this type"]
        );
    }

    #[test]
    fn signatures_are_validated_with_their_paths() {
        assert_eq!(
            validate(&json!({"signatures": [
                {"metadata": {"name": "a@b"}, "type": "t", "content": "c2ln"},
                {"metadata": {"name": "a"}, "type": "t"},
            ]})),
            [
                "signatures[1].metadata.name: Invalid value: \"a\": \
                 name must be of format <imageName>@<signatureName>",
                "signatures[1].content: Required value",
            ]
        );
    }

    #[test]
    fn images_of_a_manifest_list_need_every_field() {
        let digest = "sha256:e562d946d88664264e459199b1e5513bfd29f34b2157f2af02e8d3e06b2d547b";
        let good = json!({"digest": digest, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "manifestSize": 0, "architecture": "amd64", "os": "linux"});
        assert!(validate(&json!({"dockerImageManifests": [good]})).is_empty());
        assert_eq!(
            validate(&json!({"dockerImageManifests": [good, {"manifestSize": -1}]})),
            [
                "dockerImageManifests[1].digest: Invalid value: \"\": digest does not conform with OCI image \
                 specification",
                "dockerImageManifests[1].mediaType: Invalid value: \"\": media type does not conform to RFC6838",
                "dockerImageManifests[1].architecture: Required value",
                "dockerImageManifests[1].os: Required value",
                "dockerImageManifests[1].size: Invalid value: -1: manifest size cannot be negative",
            ]
        );
        assert_eq!(
            validate(&json!({"dockerImageManifests": [good], "dockerImageLayers": [{"name": "l"}]})),
            ["dockerImageLayers: Invalid value: [{\"Name\":\"l\",\"LayerSize\":0,\"MediaType\":\"\"}]: \
              dockerImageLayers should not be set when dockerImageManifests is set"]
        );
    }

    #[test]
    fn a_digest_may_stand_anywhere() {
        let hex = "0aF".repeat(11);
        for good in ["md5:", "x md5:", "1a:", "a1:", "a+b:", "+b:", "::a:", "a:b:"] {
            assert!(contains_digest(&format!("{good}{hex}")), "{good}");
            assert!(contains_digest(&format!("{good}{hex} and more:")), "{good}");
        }
        for bad in ["", ":", "1:", "a+1:", "a+:", "\u{e4}:", "a: "] {
            assert!(!contains_digest(&format!("{bad}{hex}")), "{bad}");
        }
        assert!(!contains_digest(&format!("a:{}", "0".repeat(31))));
        assert!(contains_digest(&format!("a:{}", "0".repeat(32))));
        assert!(!contains_digest(&"a:".repeat(1 << 20)), "takes one pass");
    }

    #[test]
    fn media_types() {
        for good in ["a/b", "  a/b ", "1!#$&^_-/1!#$&^_.+-", &format!("{0}/{0}", "t".repeat(127))] {
            assert!(is_media_type(good), "{good}");
        }
        for bad in ["", "a", "a/", "/b", "a/b/c", "a.b/c", "a /b", "a/b;c=d", "\ta/b", "-a/b", &"t".repeat(128)] {
            assert!(!is_media_type(bad), "{bad}");
        }
        assert!(!is_media_type(&format!("a/{}", "t".repeat(128))));
    }

    #[test]
    fn an_update_reports_metadata_errors_as_often_as_the_server() {
        let old = image(&json!({"metadata": {"name": "a", "uid": "u", "resourceVersion": "1"}}));
        let update = |more: &Value| -> Vec<_> {
            validate_image_update(&image(more), &old).iter().map(ToString::to_string).collect()
        };
        assert!(update(&json!({"metadata": {"name": "a", "uid": "u", "resourceVersion": "1"}})).is_empty());
        assert_eq!(
            update(&json!({
                "metadata": {"name": "a", "uid": "v", "resourceVersion": "1"}, "dockerImageReference": "",
            })),
            [
                "metadata.uid: Invalid value: \"v\": field is immutable",
                "metadata.uid: Invalid value: \"v\": field is immutable",
                "dockerImageReference: Required value",
            ]
        );
        assert_eq!(
            update(&json!({"metadata": {
                "name": "a", "uid": "u", "resourceVersion": "1", "finalizers": ["nope"], "labels": {"a": "-"}
            }}))
            .iter()
            .map(|error| error.split(':').next().unwrap())
            .collect::<Vec<_>>(),
            [
                "metadata.labels",
                "metadata.labels",
                "metadata.finalizers[0]",
                "metadata.labels",
                "metadata.finalizers[0]",
            ]
        );
    }
}
