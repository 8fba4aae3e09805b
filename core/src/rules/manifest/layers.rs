//! The layers of an image, base first.

use super::derive_error::DeriveError;
use super::document::{Descriptor, HistorySize, Manifest, read};
use crate::api::{Image, ImageLayer, annotation, media_type};
use crate::json::Int;

const ASCENDING: &str = "ascending";
const DESCENDING: &str = "descending";

/// Puts the layers of an image in ascending order, base first, and records that in the annotation
/// `image.openshift.io/dockerLayersOrder`.
///
/// The annotation states the current order: `descending`, or ascending for any other value. Without it, schema 1 images
/// are taken to be in ascending order, and schema 2 and OCI images in descending order, as they were before the
/// annotation existed. So if a client sends those without the annotation, their layers are reversed. Images of other
/// media types and images without layers are not changed.
pub fn order_layers(image: &mut Image) {
    if image.docker_image_layers.is_empty() {
        return;
    }
    let descending = match image.metadata.annotations.get(annotation::LAYERS_ORDER) {
        Some(order) => order == DESCENDING,
        None => match image.docker_image_manifest_media_type.as_str() {
            media_type::SCHEMA1 | media_type::SCHEMA1_SIGNED => false,
            media_type::SCHEMA2 | media_type::OCI_MANIFEST => true,
            _ => return,
        },
    };
    if descending {
        image.docker_image_layers.reverse();
    }
    mark_ascending(image);
}

/// Whether the layers are in ascending order, by the annotation.
pub(super) fn are_ascending(image: &Image) -> bool {
    image.metadata.annotations.get(annotation::LAYERS_ORDER).is_some_and(|order| order == ASCENDING)
}

/// Moves the layers of the manifest to the image, base first. After an error the image is unchanged.
pub(super) fn fill_layers(image: &mut Image, manifest: &mut Manifest) -> Result<(), DeriveError> {
    image.docker_image_layers = match manifest.schema_version {
        Int(1) => schema1_layers(image, manifest)?,
        Int(2) => schema2_layers(std::mem::take(&mut manifest.layers)),
        Int(version) => return Err(DeriveError::unrecognized(image, version)),
    };
    mark_ascending(image);
    Ok(())
}

fn mark_ascending(image: &mut Image) {
    image.metadata.annotations.insert(annotation::LAYERS_ORDER.to_owned(), ASCENDING.to_owned());
}

/// The layers of a schema 1 manifest, which lists the newest first, with the sizes from its history.
fn schema1_layers(image: &Image, manifest: &Manifest) -> Result<Vec<ImageLayer>, DeriveError> {
    if manifest.history.len() != manifest.fs_layers.len() {
        return Err(DeriveError::MismatchedHistory {
            name: image.metadata.name.clone(),
            reference: image.docker_image_reference.clone(),
            history: manifest.history.len(),
            layers: manifest.fs_layers.len(),
        });
    }
    let newest_first = manifest.fs_layers.iter().zip(&manifest.history);
    Ok(newest_first
        .rev()
        .map(|(layer, history)| ImageLayer {
            name: layer.blob_sum.clone(),
            // Not all builders wrote sizes; if the entry can't be decoded, the size is 0.
            layer_size: read::<HistorySize>(&history.v1_compatibility).map_or(0, |entry| entry.size),
            media_type: media_type::SCHEMA1_LAYER.to_owned(),
        })
        .collect())
}

fn schema2_layers(layers: Vec<Descriptor>) -> Vec<ImageLayer> {
    let layers = layers.into_iter();
    layers
        .map(|Descriptor { media_type, size, digest }| ImageLayer { name: digest, layer_size: size, media_type })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(media_type: &str, order: Option<&str>) -> Image {
        let layer = |name: &str| ImageLayer { name: name.to_owned(), ..ImageLayer::default() };
        let mut image = Image {
            docker_image_layers: vec![layer("base"), layer("top")],
            docker_image_manifest_media_type: media_type.to_owned(),
            ..Image::default()
        };
        if let Some(order) = order {
            image.metadata.annotations.insert(annotation::LAYERS_ORDER.to_owned(), order.to_owned());
        }
        image
    }

    /// The first layer and the annotation after ordering.
    fn ordered(media_type: &str, order: Option<&str>) -> (String, Option<String>) {
        let mut image = image(media_type, order);
        order_layers(&mut image);
        let order = image.metadata.annotations.get(annotation::LAYERS_ORDER).cloned();
        (image.docker_image_layers[0].name.clone(), order)
    }

    #[test]
    fn without_annotation_the_media_type_decides() {
        let ascending = Some("ascending".to_owned());
        for schema1 in [media_type::SCHEMA1, media_type::SCHEMA1_SIGNED] {
            assert_eq!(ordered(schema1, None), ("base".to_owned(), ascending.clone()));
        }
        for reversed in [media_type::SCHEMA2, media_type::OCI_MANIFEST] {
            assert_eq!(ordered(reversed, None), ("top".to_owned(), ascending.clone()));
        }
        for other in ["", media_type::OCI_INDEX, "text/plain"] {
            assert_eq!(ordered(other, None), ("base".to_owned(), None));
        }
    }

    #[test]
    fn the_annotation_decides_for_any_media_type() {
        let ascending = Some("ascending".to_owned());
        for media_type in [media_type::SCHEMA1, media_type::SCHEMA2, "text/plain", ""] {
            assert_eq!(ordered(media_type, Some("descending")), ("top".to_owned(), ascending.clone()));
            for order in ["ascending", "", "DESCENDING"] {
                assert_eq!(ordered(media_type, Some(order)), ("base".to_owned(), ascending.clone()), "{order:?}");
            }
        }
    }

    #[test]
    fn without_layers_there_is_no_order() {
        let mut image = image(media_type::OCI_INDEX, Some(""));
        image.docker_image_layers.clear();
        let before = image.clone();
        order_layers(&mut image);
        assert_eq!(image, before);
    }
}
