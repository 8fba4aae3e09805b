//! Writing images, for `images`, `imagesignatures` and mappings.

use super::lifecycle::{may_go, valid};
use super::managed_fields::keep_times;
use crate::api::{Image, Time};
use crate::error::Result;
use crate::rules::image_strategy::prepare_for_update;
use crate::rules::{Path, validate_image, validate_image_update};
use crate::store::object_key::Key;
use crate::store::{Write, images};

/// The result of replacing an image.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct ReplacedImage {
    /// The image as it is now.
    pub image: Image,
    /// The fields that were sent with another value but not changed, for example `dockerImageLayers`.
    pub ignored: Vec<&'static str>,
}

/// Replaces the stored image with one that has the same name and version.
///
/// Nothing is written if nothing changes; an image that is being deleted is removed with its last finalizer.
pub(super) fn update(tx: &mut Write, mut image: Image, stored: &Image, now: Time) -> Result<ReplacedImage> {
    let name = &stored.metadata.name;
    let ignored = prepare_for_update(&mut image, stored, now);
    valid::<Image>(name, validate_image_update(&image, stored))?;
    images::stored_form(&mut image)?;
    keep_times(&mut image, stored, |image| &image.metadata, |image| &mut image.metadata);
    if may_go(&image.metadata) {
        tx.change(Key::image(name).as_bytes(), |tx, _| images::delete(tx, stored))?;
    } else if image != *stored {
        let version = tx.change(Key::image(name).as_bytes(), |tx, version| {
            images::put(tx, &image, version)?;
            Ok(version)
        })?;
        tx.stamp(&mut image.metadata, version);
    }
    Ok(ReplacedImage { image, ignored })
}

/// Validates a new image that has already been derived.
pub(super) fn validate_new(image: &Image) -> Result<()> {
    valid::<Image>(&image.metadata.name, validate_image(image, &Path::ROOT))
}
