//! The parameters and the result of a patch.

use serde_json::Value;

use super::FieldValidation;
use crate::error::Result;
use crate::rules::patch::JsonPatch;

/// A patch of an object.
///
/// ```
/// use imagestream::api::ImageStream;
/// use imagestream::{ImageStore, Patch, PatchParams, PostParams};
/// use serde_json::json;
///
/// let streams = ImageStore::in_memory()?.namespace("shop").image_streams();
/// let mut stream = ImageStream::default();
/// stream.metadata.name = "web".to_owned();
/// streams.create(&PostParams::default(), &stream)?;
///
/// let patch = Patch::Merge(json!({"metadata": {"labels": {"tier": "front"}}}));
/// let patched = streams.patch("web", &PatchParams::default(), &patch)?;
/// assert_eq!(patched.object.metadata.labels["tier"], "front");
/// # Ok::<(), imagestream::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Patch {
    /// Operations (RFC 6902), at most 10,000.
    Json(JsonPatch),
    /// An object that is merged into the stored one (RFC 7386); lists are replaced.
    Merge(Value),
    /// An object that is merged, lists included; the strategic merge patch of Kubernetes.
    Strategic(Value),
    /// The fields that a [manager](PatchParams::apply) wants the object to have, including its kind; the server-side
    /// apply of Kubernetes. Fields that the manager applied before and now omits are removed.
    Apply(Value),
}

/// How to patch an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PatchParams {
    /// Respond as usual, but write nothing. Default: `false`.
    pub dry_run: bool,
    /// How unknown fields of the patched object are treated. Default: they are reported as warnings.
    pub field_validation: FieldValidation,
    /// The manager of the fields that change. An applied patch needs one; without one a patch of another type adds no
    /// entry to the managed fields. Default: empty.
    pub field_manager: String,
    /// Whether an applied patch takes fields from other managers. Default: `false`.
    pub force: bool,
    /// Warnings about the text of the patch, found before it was decoded.
    pub(crate) findings: Vec<String>,
}

impl PatchParams {
    /// Responds as usual, but writes nothing.
    #[must_use]
    pub fn dry_run() -> Self {
        Self { dry_run: true, ..Self::default() }
    }

    /// The parameters of a server-side apply by a manager.
    #[must_use]
    pub fn apply(manager: impl Into<String>) -> Self {
        Self { field_manager: manager.into(), ..Self::default() }
    }

    /// Takes fields from other managers.
    #[must_use]
    pub fn force(mut self) -> Self {
        self.force = true;
        self
    }

    /// Sets how unknown fields of the patched object are treated.
    #[must_use]
    pub fn validation(mut self, validation: FieldValidation) -> Self {
        self.field_validation = validation;
        self
    }
}

/// The result of a patch.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Patched<T> {
    /// The object after the patch.
    pub object: T,
    /// Whether it was created.
    pub created: bool,
    /// The unknown and duplicate fields, for example `unknown field "spec.colour"`; always empty without
    /// [`FieldValidation::Warn`].
    pub warnings: Vec<String>,
}

impl<T> Patched<T> {
    /// Replaces the object by the result of writing it.
    pub(super) fn try_map<E>(self, write: impl FnOnce(T) -> Result<T, E>) -> Result<Self, E> {
        Ok(Self { object: write(self.object)?, ..self })
    }
}
