//! `imagestream untag`: remove tags with their histories.

use std::io::Write;

use clap::Args;
use imagestream::{DeleteParams, ExpectedImage};

use crate::failure::{Failure, Result};
use crate::history::stream_and_tag;
use crate::store_file::StoreFile;

/// Remove tags from their streams, with their histories
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Untag {
    /// The tags
    #[arg(value_name = "STREAM:TAG", value_parser = stream_and_tag, required = true)]
    tags: Vec<(String, String)>,
    #[command(flatten)]
    store: StoreFile,
    /// The namespace of the streams
    #[arg(short, long, default_value = "default")]
    namespace: String,
    /// Fail for a tag that does not point to this image before
    #[arg(long, value_name = "DIGEST|absent")]
    expect: Option<ExpectedImage>,
    /// Show what would happen, but write nothing
    #[arg(long)]
    dry_run: bool,
}

const EXAMPLES: &str = "\
Examples:
  imagestream untag web:1.1 --db shop.redb -n shop

  # Only if it still points to the image that was looked at
  imagestream untag web:1.2 --db shop.redb -n shop --expect \"$IMAGE\"

The images stay; `imagestream which` shows where else one is used. Tags that follow a removed tag keep their histories.
Tags are removed one by one: the first that can't be removed ends the command.";

impl Untag {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result {
        let store = self.store.change(None, self.dry_run)?;
        let tags = store.namespace(&self.namespace).image_stream_tags().expecting(self.expect.clone());
        let params = DeleteParams { dry_run: self.dry_run, ..DeleteParams::default() };
        let suffix = if self.dry_run { " (dry run)" } else { "" };
        for (stream, tag) in &self.tags {
            let removed = tags.delete(&format!("{stream}:{tag}"), &params);
            removed.map_err(|error| Failure::message(format!("{}/{stream}:{tag}: {error}", self.namespace)))?;
            writeln!(out, "tag {}/{stream}:{tag} removed{suffix}", self.namespace)?;
        }
        Ok(())
    }
}
