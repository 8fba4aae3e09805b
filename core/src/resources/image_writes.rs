//! Writing an image: through `images`, `imagesignatures` and mappings.

use super::lifecycle::{may_go, valid};
use super::managed_fields::keep_times;
use crate::api::{Image, Time};
use crate::error::Result;
use crate::rules::image_strategy::prepare_for_update;
use crate::rules::{Path, validate_image, validate_image_update};
use crate::store::object_key::Key;
use crate::store::{Write, images};

/// What replacing an image did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct ReplacedImage {
    /// The image as it is now.
    pub image: Image,
    /// The fields that were sent with another value and kept as they were, for example `dockerImageLayers`.
    pub ignored: Vec<&'static str>,
}

/// Puts an image in the place of the stored one, whose name and version it has.
///
/// Nothing is written where nothing changes; an image that is being deleted goes with its last finalizer.
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

/// Checks a new image whose manifest has been looked at.
pub(super) fn validate_new(image: &Image) -> Result<()> {
    valid::<Image>(&image.metadata.name, validate_image(image, &Path::ROOT))
}
