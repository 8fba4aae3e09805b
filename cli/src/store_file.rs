//! The file that a command works on.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use imagestream::api::Time;
use imagestream::{Builder, FixedClock, ImageStore};

use crate::failure::Result;

/// Where the store is.
#[derive(Debug, Args)]
pub(crate) struct StoreFile {
    /// The file of the store
    #[arg(long = "db", value_name = "FILE")]
    path: PathBuf,
}

impl StoreFile {
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens the store for reading, which leaves every byte of the file as it is.
    pub(crate) fn read(&self) -> Result<ImageStore> {
        Ok(ImageStore::builder().open_read_only(&self.path)?)
    }
}

/// Options for opening a store whose clock stands at `now`, or is the system's.
pub(crate) fn builder_at(now: Option<Time>) -> Builder {
    match now {
        Some(now) => ImageStore::builder().clock(Arc::new(FixedClock(now))),
        None => ImageStore::builder(),
    }
}
