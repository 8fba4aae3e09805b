//! Settings of a store.

use std::sync::Arc;

use super::workloads::Workloads;
#[cfg(not(target_family = "wasm"))]
use crate::importer::Importer;

/// Settings that affect the results of calls.
#[derive(Clone, Default)]
pub(crate) struct Settings {
    pub(crate) internal_registry: String,
    pub(crate) external_registry: String,
    pub(crate) import_mode: ImportMode,
    pub(crate) require_identity: bool,
    pub(crate) workloads: Arc<Workloads>,
    #[cfg(not(target_family = "wasm"))]
    pub(crate) importer: Option<Arc<dyn Importer>>,
}

/// The import mode of tags that do not set one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ImportMode {
    /// One image of a manifest list.
    #[default]
    Legacy,
    /// The manifest list with all its images.
    PreserveOriginal,
}

impl ImportMode {
    /// The name in an `importPolicy`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Legacy => "Legacy",
            Self::PreserveOriginal => "PreserveOriginal",
        }
    }
}
