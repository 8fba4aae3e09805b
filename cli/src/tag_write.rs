//! What the commands that write to tags have in common.

use std::io::Write;

use clap::Args;
use imagestream::api::Time;
use imagestream::rules::TagDestination;
use imagestream::{DeleteParams, ExpectedImage, ImageStore};

use crate::create_mapping::time;
use crate::failure::{Failure, Result};
use crate::store_file::StoreFile;

/// How to write to tags.
#[derive(Debug, Args)]
pub(crate) struct TagWrite {
    /// Refuse to write to a tag that does not point to this image before
    #[arg(long, value_name = "DIGEST|absent")]
    pub(crate) expect: Option<ExpectedImage>,
    /// Show what would happen, but write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// The time to record (RFC 3339) instead of the current time, for reproducible runs
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) now: Option<Time>,
}

impl TagWrite {
    /// Opens an existing store; for a dry run, read-only.
    pub(crate) fn open(&self, store: &StoreFile) -> Result<ImageStore> {
        store.change(self.now, self.dry_run)
    }

    /// What is printed after each change.
    pub(crate) fn suffix(&self) -> &'static str {
        if self.dry_run { " (dry run)" } else { "" }
    }

    /// Removes tags one by one, and says so.
    pub(crate) fn remove(&self, out: &mut impl Write, store: &ImageStore, tags: &[TagDestination]) -> Result {
        let params = DeleteParams { dry_run: self.dry_run, ..DeleteParams::default() };
        for TagDestination { namespace, stream, tag } in tags {
            let of_namespace = store.namespace(namespace).image_stream_tags().expecting(self.expect.clone());
            let removed = of_namespace.delete(&format!("{stream}:{tag}"), &params);
            removed.map_err(|error| Failure::message(format!("{namespace}/{stream}:{tag}: {error}")))?;
            writeln!(out, "tag {namespace}/{stream}:{tag} removed{}", self.suffix())?;
        }
        Ok(())
    }
}
