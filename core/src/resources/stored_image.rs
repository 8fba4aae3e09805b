//! Images of which only a part is wanted.

use crate::api::{Image, Resource as _};
use crate::error::Result;
use crate::store::images::ImageRows;

/// An image as it was when it was read, of which nothing is made before it is asked for.
///
/// The texts of manifest and config are stored compressed, and a hundred members make an [`Image`]. Whoever wants one of
/// them, as a registry does that serves a manifest, need not pay for the others. What was read is not changed by later
/// writes.
///
/// That no bit of the rows was flipped is checked when they are read. What else may be wrong with them, a text that is
/// missing for one, is found by the call that needs it.
pub struct StoredImage {
    name: String,
    rows: ImageRows,
}

impl StoredImage {
    pub(super) fn new(name: &str, rows: ImageRows) -> Self {
        Self { name: name.to_owned(), rows }
    }

    /// The name of the image, usually its digest.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text of the manifest; empty where the image has none.
    ///
    /// # Errors
    ///
    /// [`Corrupted`](crate::ErrorKind::Corrupted) where it can't be had back.
    pub fn manifest(&self) -> Result<String> {
        self.rows.manifest()
    }

    /// The text of the config; empty where the image has none.
    ///
    /// # Errors
    ///
    /// [`Corrupted`](crate::ErrorKind::Corrupted) where it can't be had back.
    pub fn config(&self) -> Result<String> {
        self.rows.config()
    }

    /// The media type of the manifest, for the header of an answer; empty where it is not known.
    ///
    /// # Errors
    ///
    /// [`Corrupted`](crate::ErrorKind::Corrupted) where it can't be had back.
    pub fn media_type(&self) -> Result<String> {
        self.rows.media_type()
    }

    /// The image with everything but the texts of manifest and config, which are empty: its metadata, layers and
    /// signatures, and what is known from the config.
    ///
    /// # Errors
    ///
    /// [`Corrupted`](crate::ErrorKind::Corrupted) where it can't be had back.
    pub fn without_texts(&self) -> Result<Image> {
        let mut image = self.rows.without_texts(&self.name)?;
        image.set_type();
        Ok(image)
    }

    /// The whole image, as [`Images::get`](crate::Images::get) gives it.
    ///
    /// # Errors
    ///
    /// [`Corrupted`](crate::ErrorKind::Corrupted) where a part of it can't be had back.
    pub fn image(&self) -> Result<Image> {
        let mut image = self.rows.image(&self.name)?;
        image.set_type();
        Ok(image)
    }
}
