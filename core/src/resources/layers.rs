//! `imagestreams/layers`: the blobs of the images in a stream.

use std::collections::BTreeMap;

use crate::api::{ImageBlobReferences, ImageLayerData, ImageStreamLayers, media_type};
use crate::error::{Error, Result, Subject};
use crate::rules::validate_layers;
use crate::store::Rows;
use crate::store::images::{self, WithoutTexts};
use crate::store::streams::{self, StreamName};

/// What a registry must serve for a stream; `None` if there is no such stream.
pub(super) fn of_stream(rows: &dyn Rows, at: StreamName<'_>) -> Result<Option<ImageStreamLayers>> {
    let Some(stream) = streams::get(rows, at)? else { return Ok(None) };
    let mut layers = ImageStreamLayers { metadata: stream.metadata, ..ImageStreamLayers::default() };
    let events = stream.status.tags.into_iter().filter_map(|tag| tag.items).flatten();
    for event in events.filter(|event| !event.image.is_empty()) {
        add(rows, &mut layers, event.image)?;
    }
    let causes = validate_layers(&layers);
    if causes.is_empty() {
        return Ok(Some(layers));
    }
    // The real server reports neither the kind nor the name.
    Err(Error::invalid(Subject::Kind(""), "", causes))
}

/// Adds an image and, if it is a manifest list, the images in that list, recursively.
fn add(rows: &dyn Rows, layers: &mut ImageStreamLayers, name: String) -> Result<()> {
    let mut waiting = vec![name];
    while let Some(name) = waiting.pop() {
        if layers.images.contains_key(&name) {
            continue;
        }
        let Some(WithoutTexts { image, .. }) = images::get_without_texts(rows, &name)? else {
            let missing = ImageBlobReferences { image_missing: true, ..ImageBlobReferences::default() };
            layers.images.insert(name, missing);
            continue;
        };
        let mut references = ImageBlobReferences::default();
        let blobs = &mut layers.blobs;
        if !image.docker_image_layers.is_empty() {
            references.layers = Some(image.docker_image_layers.iter().map(|layer| layer.name.clone()).collect());
        }
        for layer in image.docker_image_layers {
            blob(blobs, layer.name, Some(layer.layer_size), &layer.media_type);
        }
        let manifest_type = &*image.docker_image_manifest_media_type;
        let config_type = match manifest_type {
            media_type::SCHEMA2 => Some(media_type::SCHEMA2_CONFIG),
            media_type::OCI_MANIFEST => Some(media_type::OCI_CONFIG),
            _ => None,
        };
        if let Some(config_type) = config_type {
            let config = image.docker_image_metadata.unwrap_or_default().id;
            blob(blobs, config.clone(), None, config_type);
            references.config = Some(config);
        }
        let manifest_type = if manifest_type.is_empty() { media_type::SCHEMA2 } else { manifest_type };
        blob(blobs, name.clone(), None, manifest_type);
        references.manifests = image.docker_image_manifests.iter().map(|manifest| manifest.digest.clone()).collect();
        waiting.extend(references.manifests.iter().rev().cloned());
        layers.images.insert(name, references);
    }
    Ok(())
}

/// Adds a blob; the first entry for a blob is kept.
fn blob(blobs: &mut BTreeMap<String, ImageLayerData>, name: String, size: Option<i64>, media_type: &str) {
    blobs.entry(name).or_insert_with(|| ImageLayerData { size, media_type: media_type.to_owned() });
}
