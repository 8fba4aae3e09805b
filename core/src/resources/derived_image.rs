//! Images as the resources that read them through a stream show them.

use crate::api::{Image, Time};
use crate::error::Result;
use crate::rules::image_strategy::prepare_for_read;
use crate::rules::manifest::{DeriveError, is_derived};
use crate::store::Rows;
use crate::store::images::WithoutTexts;

/// What tags and streams show of an image: it is derived anew, and has no texts.
///
/// Why nothing can be derived is a value, so that the caller decides what fails with it.
pub(super) fn show_derived(
    rows: &dyn Rows,
    stored: WithoutTexts,
    now: Time,
) -> Result<std::result::Result<Image, DeriveError>> {
    // The texts are most of an image, and nearly always there is nothing to be derived from them.
    if is_derived(&stored.image) {
        return Ok(Ok(stored.image));
    }
    let mut image = stored.with_texts(rows)?;
    Ok(prepare_for_read(&mut image, now).map(|()| image))
}
