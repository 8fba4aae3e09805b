//! `imagestream compact`: free the unused space in a store's file.

use std::io::Write;
use std::path::Path;

use clap::Args;
use imagestream::{ErrorKind, ImageStore};

use crate::failure::{Failure, Result};
use crate::store_file::StoreFile;

/// Shrink the file of a store as far as its content allows
///
/// A file grows in large steps, and keeps the space of deleted objects for new ones. Nobody else may have the store
/// open during this. A file of an older format is converted to the present one first.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Compact {
    #[command(flatten)]
    store: StoreFile,
}

const EXAMPLES: &str = "\
Example:
  imagestream compact --db shop.redb";

impl Compact {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result {
        let path = self.store.path();
        let open = || ImageStore::builder().create(false).open(path);
        let before = bytes(path).ok();
        let store = match open() {
            Err(error) if matches!(error.kind(), ErrorKind::OldFormat { .. }) => {
                ImageStore::builder().convert(path)?;
                writeln!(out, "{}: converted to the present format", path.display())?;
                open()?
            }
            opened => opened?,
        };
        store.compact()?;
        // The last pages are freed when the file is closed.
        drop(store);
        let before = before.unwrap_or_default();
        writeln!(out, "{}: {before} bytes before, {} after", path.display(), bytes(path)?)?;
        Ok(())
    }
}

fn bytes(path: &Path) -> Result<u64> {
    std::fs::metadata(path).map(|file| file.len()).map_err(|error| Failure::file("reading", path, error))
}
