//! `imagestream layers`: what an image is made of, and who shares it.

use std::io::Write;

use clap::Args;
use imagestream::printers::size;

use crate::failure::Result;
use crate::image_argument::image;
use crate::output::{ReportFormat, print_json};
use crate::store_file::StoreFile;

/// Show the layers of an image, with their sizes and how many other images have them
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Layers {
    /// STREAM:TAG, a digest, or the beginning of one
    image: String,
    #[command(flatten)]
    store: StoreFile,
    /// The namespace of the stream
    #[arg(short, long, default_value = "default")]
    namespace: String,
    /// The output format
    #[arg(short, long, value_enum, default_value = "text")]
    output: ReportFormat,
}

const EXAMPLES: &str = "\
Examples:
  imagestream layers web:latest --db shop.redb -n shop
  imagestream layers a1c54a8c --db cluster.redb -o json";

impl Layers {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result {
        let store = self.store.read()?;
        let image = image(&store, &self.namespace, &self.image)?;
        let layers = store.image_layers(&image.metadata.name)?;
        if self.output == ReportFormat::Json {
            return print_json(out, &layers);
        }
        let total: i64 = layers.iter().map(|layer| layer.size).sum();
        let own: i64 = layers.iter().filter(|layer| layer.others.is_empty()).map(|layer| layer.size).sum();
        writeln!(out, "{}: {} in {} layers", image.metadata.name, size(total), layers.len())?;
        for layer in &layers {
            let shared = match layer.others.len() {
                0 => "only here".to_owned(),
                1 => "in 1 other image".to_owned(),
                count => format!("in {count} other images"),
            };
            writeln!(out, "  {:>8}  {}  {shared}", size(layer.size), layer.name)?;
        }
        writeln!(out, "only this image has {}", size(own))?;
        Ok(())
    }
}
