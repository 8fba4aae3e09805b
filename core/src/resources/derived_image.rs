//! Images as shown by the resources that read them through a stream.

use crate::api::{Image, Time};
use crate::error::Result;
use crate::rules::image_strategy::prepare_for_read;
use crate::rules::manifest::{DeriveError, is_derived};
use crate::store::Rows;
use crate::store::images::WithoutTexts;

/// An image as tags and streams show it: derived again, and without texts.
///
/// The derivation error is returned as a value, so that the caller can decide whether to fail.
pub(super) fn show_derived(
    rows: &dyn Rows,
    stored: WithoutTexts,
    now: Time,
) -> Result<std::result::Result<Image, DeriveError>> {
    // The texts are most of an image, and nearly always nothing needs to be derived from them.
    if is_derived(&stored.image) {
        return Ok(Ok(stored.image));
    }
    let mut image = stored.with_texts(rows)?;
    Ok(prepare_for_read(&mut image, now).map(|()| image))
}
