//! The file that a command works on.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use imagestream::api::Time;
use imagestream::{Builder, FixedClock, ImageStore};

use crate::failure::Result;

/// The location of the store.
#[derive(Debug, Args)]
pub(crate) struct StoreFile {
    /// The file of the store
    #[arg(long = "db", value_name = "FILE", env = "IMAGESTREAM_DB")]
    path: PathBuf,
}

impl StoreFile {
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens the store read-only, which never changes the file.
    pub(crate) fn read(&self) -> Result<ImageStore> {
        Ok(ImageStore::builder().open_read_only(&self.path)?)
    }

    /// Opens an existing store to change it; for a dry run, read-only.
    pub(crate) fn change(&self, now: Option<Time>, dry_run: bool) -> Result<ImageStore> {
        let builder = builder_at(now);
        Ok(if dry_run { builder.open_read_only(&self.path)? } else { builder.create(false).open(&self.path)? })
    }
}

/// The sizes in bytes of the file of a store, and of its journal, which is 0 if the store was closed.
pub(crate) fn sizes(path: &Path) -> (u64, u64) {
    let size = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        fs::metadata(name).map_or(0, |file| file.len())
    };
    (size(""), size(".journal-a") + size(".journal-b"))
}

/// Options for opening a store with the time `now`, or with the system's clock.
pub(crate) fn builder_at(now: Option<Time>) -> Builder {
    match now {
        Some(now) => ImageStore::builder().clock(Arc::new(FixedClock(now))),
        None => ImageStore::builder(),
    }
}
