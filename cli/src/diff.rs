//! `imagestream diff`: what is different between two images.

use std::io::Write;

use clap::Args;
use imagestream::printers::size;
use imagestream::rules::{ImageDifference, compare_images};

use crate::failure::{Failure, Result};
use crate::image_argument::image;
use crate::output::{ReportFormat, print_json};
use crate::store_file::StoreFile;

/// Compare two images: settings, environment, labels, layers and size
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Diff {
    /// STREAM:TAG, a digest, or the beginning of one
    before: String,
    /// The same for the other image
    after: String,
    #[command(flatten)]
    store: StoreFile,
    /// The namespace of the streams
    #[arg(short, long, default_value = "default")]
    namespace: String,
    /// The output format
    #[arg(short, long, value_enum, default_value = "text")]
    output: ReportFormat,
}

const EXAMPLES: &str = "\
Examples:
  imagestream diff web:1.1 web:1.2 --db shop.redb -n shop
  imagestream diff a1c54a8c 4890b8e5 --db cluster.redb -o json

Exit status: 0 no difference, 1 failed, 2 wrong arguments, 3 they are different.";

impl Diff {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result {
        let store = self.store.read()?;
        let (before, after) =
            (image(&store, &self.namespace, &self.before)?, image(&store, &self.namespace, &self.after)?);
        let difference = compare_images(&before, &after);
        match self.output {
            ReportFormat::Json => print_json(out, &difference)?,
            ReportFormat::Text => {
                writeln!(out, "--- {}\n+++ {}", before.metadata.name, after.metadata.name)?;
                print(out, &difference)?;
            }
        }
        if difference.is_empty() { Ok(()) } else { Err(Failure::Findings) }
    }
}

fn print(out: &mut impl Write, difference: &ImageDifference) -> Result {
    for setting in &difference.settings {
        writeln!(out, "{}", setting.name)?;
        for (mark, value) in [('-', &setting.before), ('+', &setting.after)] {
            if let Some(value) = value {
                writeln!(out, "  {mark} {value}")?;
            }
        }
    }
    if !difference.removed_layers.is_empty() || !difference.added_layers.is_empty() {
        writeln!(out, "Layers ({} in common at the base)", difference.common_layers)?;
        for (mark, layers) in [('-', &difference.removed_layers), ('+', &difference.added_layers)] {
            for layer in layers {
                writeln!(out, "  {mark} {:>8}  {}", size(layer.layer_size), layer.name)?;
            }
        }
    }
    if difference.size_before != difference.size_after {
        writeln!(out, "Size\n  - {}\n  + {}", size(difference.size_before), size(difference.size_after))?;
    }
    Ok(())
}
