//! `imagestream search`: streams and images by a part of a name, a label, a digest or a pull spec.

use std::io::Write;

use clap::Args;
use imagestream::SearchResult;

use crate::failure::{Failure, Result};
use crate::output::{ReportFormat, print_json};
use crate::store_file::StoreFile;
use crate::which;

/// Search streams and images by a part of a name, a label, a digest, a pull spec or an address of the console
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Search {
    /// A part of NAMESPACE/STREAM, or of NAMESPACE/STREAM:TAG with the colon, or of LABEL=VALUE; or at least six digits of a
    /// digest, a pull spec, or the address of a stream in the console of OpenShift
    text: String,
    #[command(flatten)]
    store: StoreFile,
    /// The output format
    #[arg(short, long, value_enum, default_value = "text")]
    output: ReportFormat,
}

const EXAMPLES: &str = "\
Examples:
  imagestream search web --db cluster.redb
  imagestream search shop/web:1.2 --db cluster.redb
  imagestream search app=web --db cluster.redb
  imagestream search 0dfb9628 --db cluster.redb -o json

Exit status: 0 found, 1 not found or failed, 2 wrong arguments.";

impl Search {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result {
        let found = self.store.read()?.search(&self.text)?;
        match self.output {
            ReportFormat::Json => print_json(out, &found)?,
            ReportFormat::Text => print(out, &found)?,
        }
        if found.image_streams.is_empty() && found.images.is_empty() {
            return Err(Failure::message(format!("nothing matches {}", self.text)));
        }
        Ok(())
    }
}

fn print(out: &mut impl Write, found: &SearchResult) -> Result {
    for stream in &found.image_streams {
        let because = [&stream.tags, &stream.labels].into_iter().flatten().map(String::as_str).collect::<Vec<_>>();
        let because = if because.is_empty() { String::new() } else { format!("  ({})", because.join(", ")) };
        writeln!(out, "imagestream {}/{}{because}", stream.namespace, stream.name)?;
    }
    if found.more {
        writeln!(out, "and more image streams")?;
    }
    for image in &found.images {
        write!(out, "image ")?;
        which::print(out, image)?;
    }
    Ok(())
}
