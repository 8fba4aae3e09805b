//! Which images share layers.

use serde::Serialize;

use super::ImageStore;
use crate::error::Result;
use crate::store::images;

/// A layer of an image, and who else has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LayerUse {
    /// The digest of the layer.
    pub name: String,
    /// Its size in bytes.
    pub size: i64,
    /// The other images that have it.
    pub others: Vec<String>,
}

impl ImageStore {
    /// The images that have a layer, by its digest.
    ///
    /// # Errors
    ///
    /// Errors of reading.
    pub fn layer_users(&self, layer: &str) -> Result<Vec<String>> {
        images::with_layer(&self.access().read()?, layer)
    }

    /// The layers of an image from the base up, each with the other images that have it, too. A layer that an image has
    /// twice comes once.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound), and errors of reading.
    pub fn image_layers(&self, image: &str) -> Result<Vec<LayerUse>> {
        let found = self.images().read(image)?.without_texts()?;
        let rows = self.access().read()?;
        let mut layers: Vec<LayerUse> = Vec::new();
        for layer in found.docker_image_layers {
            if layers.iter().all(|known| known.name != layer.name) {
                let mut others = images::with_layer(&rows, &layer.name)?;
                others.retain(|other| other != image);
                layers.push(LayerUse { name: layer.name, size: layer.layer_size, others });
            }
        }
        Ok(layers)
    }
}
