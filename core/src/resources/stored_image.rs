//! Images that are decoded on demand.

use crate::api::{Image, Resource as _};
use crate::error::Result;
use crate::store::images::ImageRows;

/// An image as it was when it was read, decoded on demand.
///
/// The texts of manifest and config are stored compressed, and an [`Image`] has a hundred members. A registry that only
/// serves the manifest need not pay for the rest. Later writes do not change what was read.
///
/// The checksums of the rows are verified when they are read. Other damage, such as a missing text, is reported by the
/// method that needs the row.
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

    /// The text of the manifest; empty if the image has none.
    ///
    /// # Errors
    ///
    /// [`Corrupted`](crate::ErrorKind::Corrupted) if it can't be restored.
    pub fn manifest(&self) -> Result<String> {
        self.rows.manifest()
    }

    /// The text of the config; empty if the image has none.
    ///
    /// # Errors
    ///
    /// [`Corrupted`](crate::ErrorKind::Corrupted) if it can't be restored.
    pub fn config(&self) -> Result<String> {
        self.rows.config()
    }

    /// The media type of the manifest, for the header of a response; empty if unknown.
    ///
    /// # Errors
    ///
    /// [`Corrupted`](crate::ErrorKind::Corrupted) if it can't be restored.
    pub fn media_type(&self) -> Result<String> {
        self.rows.media_type()
    }

    /// The image without the texts of manifest and config, which are empty: metadata, layers, signatures, and the
    /// Docker metadata.
    ///
    /// # Errors
    ///
    /// [`Corrupted`](crate::ErrorKind::Corrupted) if it can't be restored.
    pub fn without_texts(&self) -> Result<Image> {
        let mut image = self.rows.without_texts(&self.name)?;
        image.set_type();
        Ok(image)
    }

    /// The whole image, as returned by [`Images::get`](crate::Images::get).
    ///
    /// # Errors
    ///
    /// [`Corrupted`](crate::ErrorKind::Corrupted) if a part of it can't be restored.
    pub fn image(&self) -> Result<Image> {
        let mut image = self.rows.image(&self.name)?;
        image.set_type();
        Ok(image)
    }
}
