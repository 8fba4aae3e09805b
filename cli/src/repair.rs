//! `imagestream repair`: bring back what is intact in a damaged store.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use imagestream::{ImageStore, RepairReport};

use crate::failure::{Failure, Result};
use crate::output::{ReportFormat, print_json};

/// Bring back what is intact in a damaged store, into a new one
///
/// The damaged file is only read. What comes back is as it was, with uids, times and histories; resource versions are new. What is
/// damaged is left out, never guessed: an image comes back whole or not at all; a stream with its intact tags, and with the entries
/// of their histories up to the first damaged one.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Repair {
    /// The damaged store
    #[arg(value_name = "FILE")]
    damaged: PathBuf,
    /// The new store, which must not exist
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// The output format
    #[arg(short, long, value_enum, default_value = "text")]
    output: ReportFormat,
}

const EXAMPLES: &str = "\
Examples:
  imagestream verify --db shop.redb
  imagestream repair shop.redb --to repaired.redb
  imagestream verify --db repaired.redb

Images that are found where nothing refers to any more come back, too: they may have been deleted, and `imagestream prune` finds
those that nothing uses. Tags are never made of them.

Exit status: 0 everything came back, 1 failed, 2 wrong arguments, 3 something is missing.";

impl Repair {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result {
        let report = ImageStore::builder().repair(&self.damaged, &self.to)?;
        match self.output {
            ReportFormat::Text => self.print(out, &report)?,
            ReportFormat::Json => print_json(out, &report)?,
        }
        if report.is_complete && report.missing.is_empty() { Ok(()) } else { Err(Failure::Findings) }
    }

    fn print(&self, out: &mut impl Write, report: &RepairReport) -> Result {
        writeln!(out, "repaired {} to {}:", self.damaged.display(), self.to.display())?;
        writeln!(out, "  images: {}", report.images)?;
        if report.orphans > 0 {
            writeln!(out, "  of these, images that may have been deleted before: {}", report.orphans)?;
        }
        writeln!(out, "  image streams: {}", report.image_streams)?;
        if report.namespaces > 0 {
            writeln!(out, "  namespaces: {}", report.namespaces)?;
        }
        for missing in &report.missing {
            writeln!(out, "  missing: {missing}")?;
        }
        if report.is_complete {
            writeln!(out, "everything in the file was read")?;
        } else {
            writeln!(out, "parts of the file can't be read: further objects may be missing")?;
        }
        Ok(())
    }
}
