//! Validation of the layers subresource, as the server does before it responds.

use super::field::{BadValue, Path};
use super::field_error::FieldError;
use crate::api::ImageStreamLayers;

/// The inconsistencies in a response that lists the blobs of a stream; upstream's `ValidateImageStreamLayers`.
///
/// Such images can be stored: if the metadata has no `Id`, the config has no name. The real server then responds with
/// these errors instead of the list.
#[must_use]
pub fn validate_layers(layers: &ImageStreamLayers) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let images = Path::ROOT.child("images");
    for (name, image) in &layers.images {
        let path = images.key(name);
        let layers = image.layers.as_deref().unwrap_or_default();
        if image.image_missing {
            let detail = "must be unset for a missing image";
            if !layers.is_empty() {
                errors.push(path.child("layers").invalid(BadValue::json(&layers), detail));
            }
            if let Some(config) = &image.config {
                errors.push(path.child("config").invalid(config, detail));
            }
            if !image.manifests.is_empty() {
                errors.push(path.child("manifests").invalid(BadValue::json(&image.manifests), detail));
            }
            continue;
        }
        let field = path.child("layers");
        for (index, _) in layers.iter().enumerate().filter(|(_, layer)| layer.is_empty()) {
            errors.push(field.index(index).invalid("", "layer cannot be an empty string"));
        }
        if image.config.as_deref() == Some("") {
            errors.push(path.child("config").invalid("", "config cannot be an empty string"));
        }
        if !image.manifests.is_empty() && (!layers.is_empty() || image.config.is_some()) {
            let detail = "must be unset for an image with layers or a config";
            errors.push(path.child("manifests").invalid(BadValue::json(&image.manifests), detail));
        }
    }
    errors
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn images_must_be_consistent() {
        let layers: ImageStreamLayers = serde_json::from_value(json!({
            "images": {
                "a-good": {"layers": ["l"], "config": "c"},
                "b-list": {"manifests": ["m"]},
                "c-missing": {"imageMissing": true},
                "d-missing": {"imageMissing": true, "layers": ["l"], "config": "c", "manifests": ["m"]},
                "e-empty": {"layers": ["l", ""], "config": ""},
                "f-both": {"config": "c", "manifests": ["m"]},
            },
        }))
        .unwrap();
        assert_eq!(
            validate_layers(&layers).iter().map(ToString::to_string).collect::<Vec<_>>(),
            [
                "images[d-missing].layers: Invalid value: [\"l\"]: must be unset for a missing image",
                "images[d-missing].config: Invalid value: \"c\": must be unset for a missing image",
                "images[d-missing].manifests: Invalid value: [\"m\"]: must be unset for a missing image",
                "images[e-empty].layers[1]: Invalid value: \"\": layer cannot be an empty string",
                "images[e-empty].config: Invalid value: \"\": config cannot be an empty string",
                "images[f-both].manifests: Invalid value: [\"m\"]: must be unset for an image with layers or a config",
            ]
        );
    }
}
