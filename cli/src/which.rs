//! `imagestream which`: who uses this digest?

use std::io::Write;

use clap::Args;
use imagestream::{FoundBy, FoundImage};

use crate::failure::{Failure, Result};
use crate::output::{ReportFormat, print_json};
use crate::store_file::StoreFile;

/// Find images by a digest, the beginning of one, or a pull spec, and the tags that name them
///
/// The digest may be that of an image, of a list of images, of a config (which `docker images` shows as the id) or of a
/// layer. The host of a pull spec is not compared.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Which {
    /// A digest, at least four digits of one, or a pull spec
    image: String,
    #[command(flatten)]
    store: StoreFile,
    /// The output format
    #[arg(short, long, value_enum, default_value = "text")]
    output: ReportFormat,
}

const EXAMPLES: &str = "\
Examples:
  imagestream which 0dfb9628 --db cluster.redb
  imagestream which mirror.example.com/shop/web:latest --db cluster.redb
  imagestream which quay.io/shop/web@sha256:0dfb962810b5 --db cluster.redb -o json

Exit status: 0 found, 1 not found or failed, 2 wrong arguments.";

impl Which {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result {
        let found = self.store.read()?.find(&self.image)?;
        match self.output {
            ReportFormat::Json => print_json(out, &found)?,
            ReportFormat::Text => found.iter().try_for_each(|image| print(out, image))?,
        }
        if found.is_empty() {
            return Err(Failure::message(format!("no image is called {}, and none has it as a part", self.image)));
        }
        Ok(())
    }
}

/// Prints an image, and below it what names it.
pub(crate) fn print(out: &mut impl Write, image: &FoundImage) -> Result {
    let by = match image.by {
        FoundBy::Config => ", by its config",
        FoundBy::Layer => ", by a layer",
        _ => "",
    };
    let reference = if image.missing { "the store does not have it" } else { &image.docker_image_reference };
    writeln!(out, "{} ({reference}){by}", image.name)?;
    for tag in &image.tags {
        let place = match (tag.position, tag.entries) {
            (0, 1) => "the only entry".to_owned(),
            (0, entries) => format!("the newest of {entries} entries"),
            (position, entries) => format!("entry {} of {entries}", position + 1),
        };
        let created = tag.created.map(|time| format!(", {time}")).unwrap_or_default();
        writeln!(out, "  {}/{}:{}  {place}{created}", tag.namespace, tag.stream, tag.tag)?;
    }
    for list in &image.lists {
        writeln!(out, "  in the list {list}")?;
    }
    if image.tags.is_empty() && image.lists.is_empty() {
        writeln!(out, "  no tag names it")?;
    }
    Ok(())
}
