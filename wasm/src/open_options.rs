//! Options for opening a store.

use std::path::PathBuf;
use std::sync::Arc;

use imagestream::api::Time;
use imagestream::{Builder, Error, ErrorKind, FixedClock, ImageStore, ImportMode, Result};
use serde::Deserialize;
use serde::de::Deserializer;

use crate::convert::{strict, whole_number};
use crate::environment::JavaScript;
use crate::host::HostFiles;

/// The options for opening a store that concern the library.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OpenOptions {
    /// The store's name in errors.
    path: String,
    create: bool,
    read_only: bool,
    internal_registry: String,
    external_registry: String,
    import_mode: Mode,
    require_identity: bool,
    cache_bytes: Option<u32>,
    checkpoint_bytes: Option<u32>,
    #[serde(deserialize_with = "keep_changes")]
    keep_changes: Option<KeepChanges>,
    /// A fixed time instead of the host's clock.
    now: Option<Time>,
}

/// [`ImportMode`] in JavaScript.
#[derive(Clone, Copy, Default, Deserialize)]
enum Mode {
    #[default]
    Legacy,
    PreserveOriginal,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeepChanges {
    #[serde(deserialize_with = "whole_number")]
    count: u64,
    #[serde(deserialize_with = "whole_number")]
    bytes: u64,
}

impl OpenOptions {
    /// Opens the store in files of the host.
    pub(crate) fn open(&self, files: &HostFiles) -> Result<ImageStore> {
        let builder = self.builder();
        let (file, journal) = (files.store_file(), files.journal());
        let opened = if self.read_only {
            builder.open_files_read_only(file, journal)
        } else {
            builder.open_files(file, journal)
        };
        opened.map_err(|error| self.named(error))
    }

    fn builder(&self) -> Builder {
        let mode = match self.import_mode {
            Mode::Legacy => ImportMode::Legacy,
            Mode::PreserveOriginal => ImportMode::PreserveOriginal,
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
        builder
    }

    /// The error with the store's own name, which the library does not know.
    fn named(&self, error: Error) -> Error {
        let path = PathBuf::from(&self.path);
        let kind = match error.into_kind() {
            ErrorKind::NotAStore { reason, .. } => ErrorKind::NotAStore { path, reason },
            ErrorKind::NewerFormat { found, supported, .. } => ErrorKind::NewerFormat { path, found, supported },
            ErrorKind::OldFormat { .. } => ErrorKind::OldFormat { path },
            ErrorKind::NoSuchStore { .. } => ErrorKind::NoSuchStore { path },
            ErrorKind::JournalMismatch { reason, .. } => ErrorKind::JournalMismatch { path, reason },
            ErrorKind::Io { action, source, .. } => ErrorKind::Io { action, path, source },
            kind => kind,
        };
        kind.into()
    }
}

fn keep_changes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<KeepChanges>, D::Error> {
    strict(deserializer).map(Some)
}
