//! How a store is opened.

use std::path::PathBuf;
use std::sync::Arc;

use imagestream::api::Time;
use imagestream::json::members;
use imagestream::{Builder, Error, ErrorKind, FixedClock, ImageStore, ImportMode, Result};

use crate::convert::from_text;
use crate::environment::JavaScript;
use crate::error::bad;
use crate::host::HostFiles;

/// How a store is opened: what of the options of the package concerns the library.
#[derive(Debug, Default)]
pub(crate) struct OpenOptions {
    /// What errors call the store.
    path: String,
    create: bool,
    read_only: bool,
    internal_registry: String,
    external_registry: String,
    import_mode: String,
    require_identity: bool,
    cache_bytes: Option<u32>,
    checkpoint_bytes: Option<u32>,
    keep_changes: Option<KeepChanges>,
    /// Where the clock stands; that of the host if none is given.
    now: Option<Time>,
}

members!(OpenOptions as "OpenOptions" {
    "path" => path,
    "create" => create,
    "readOnly" => read_only,
    "internalRegistry" => internal_registry,
    "externalRegistry" => external_registry,
    "importMode" => import_mode,
    "requireIdentity" => require_identity,
    "cacheBytes" => cache_bytes,
    "checkpointBytes" => checkpoint_bytes,
    "keepChanges" => keep_changes,
    "now" => now,
});

#[derive(Debug, Default)]
struct KeepChanges {
    count: u64,
    bytes: u64,
}

members!(KeepChanges as "KeepChanges" {
    "count" => count,
    "bytes" => bytes,
});

impl OpenOptions {
    pub(crate) fn parse(text: &str) -> Result<Self> {
        from_text(text)
    }

    /// Opens the store in files of the host.
    pub(crate) fn open(&self, files: &HostFiles) -> Result<ImageStore> {
        let builder = self.builder()?;
        let (file, journal) = (files.store_file(), files.journal());
        let opened = if self.read_only {
            builder.open_files_read_only(file, journal)
        } else {
            builder.open_files(file, journal)
        };
        opened.map_err(|error| self.named(error))
    }

    fn builder(&self) -> Result<Builder> {
        let mode = match self.import_mode.as_str() {
            "" | "Legacy" => ImportMode::Legacy,
            "PreserveOriginal" => ImportMode::PreserveOriginal,
            other => return Err(bad(format!("importMode: expected Legacy or PreserveOriginal, found {other:?}"))),
        };
        let mut builder = Builder::new(Arc::new(JavaScript), Arc::new(JavaScript))
            .create(self.create)
            .internal_registry(&self.internal_registry)
            .external_registry(&self.external_registry)
            .require_identity(self.require_identity)
            .import_mode(mode);
        if let Some(now) = self.now {
            builder = builder.clock(Arc::new(FixedClock(now)));
        }
        if let Some(bytes) = self.cache_bytes {
            builder = builder.cache_bytes(bytes as usize);
        }
        if let Some(bytes) = self.checkpoint_bytes {
            builder = builder.checkpoint_bytes(bytes as usize);
        }
        if let Some(KeepChanges { count, bytes }) = self.keep_changes {
            builder = builder.keep_changes(count, bytes);
        }
        Ok(builder)
    }

    /// The error with the store's own name, which the library does not know.
    fn named(&self, error: Error) -> Error {
        let path = PathBuf::from(&self.path);
        let kind = match error.into_kind() {
            ErrorKind::NotAStore { reason, .. } => ErrorKind::NotAStore { path, reason },
            ErrorKind::NewerFormat { found, supported, .. } => ErrorKind::NewerFormat { path, found, supported },
            ErrorKind::NoSuchStore { .. } => ErrorKind::NoSuchStore { path },
            ErrorKind::JournalMismatch { reason, .. } => ErrorKind::JournalMismatch { path, reason },
            ErrorKind::Io { action, source, .. } => ErrorKind::Io { action, path, source },
            kind => kind,
        };
        kind.into()
    }
}
