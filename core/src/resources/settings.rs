//! What a store is configured with.

/// The options of a store that change its answers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settings {
    pub(crate) internal_registry: String,
    pub(crate) external_registry: String,
    pub(crate) import_mode: ImportMode,
    pub(crate) require_identity: bool,
}

/// How a tag without an import mode of its own is imported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ImportMode {
    /// One image of a manifest list.
    #[default]
    Legacy,
    /// The manifest list with all its images.
    PreserveOriginal,
}

impl ImportMode {
    /// The word for it in an `importPolicy`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Legacy => "Legacy",
            Self::PreserveOriginal => "PreserveOriginal",
        }
    }
}
