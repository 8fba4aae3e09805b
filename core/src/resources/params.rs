//! Parameters and results of verbs.

/// Options for creating or replacing an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PostParams {
    /// Return the same result, but write nothing. Default: `false`.
    pub dry_run: bool,
    /// The manager of the fields that are set, for the managed fields of images and image streams. An object that is
    /// created without one has no managed fields. Default: empty.
    pub field_manager: String,
}

impl PostParams {
    /// Returns the same result, but writes nothing.
    #[must_use]
    pub fn dry_run() -> Self {
        Self { dry_run: true, ..Self::default() }
    }

    /// Names the manager of the fields that are set.
    #[must_use]
    pub fn field_manager(mut self, manager: impl Into<String>) -> Self {
        self.field_manager = manager.into();
        self
    }
}

/// How to treat unknown and duplicate fields.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FieldValidation {
    /// Ignore them.
    Ignore,
    /// Report them as warnings.
    #[default]
    Warn,
    /// Refuse the call.
    Strict,
}

/// Options for deleting an object.
///
/// There is no propagation policy: the store has no garbage collector, so dependents stay, and the finalizers
/// `foregroundDeletion` and `orphan` do not keep an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeleteParams {
    /// Return the same result, but write nothing. Default: `false`.
    pub dry_run: bool,
    /// Conditions on the object. Default: none.
    pub preconditions: Preconditions,
}

/// What must be true of an object for it to be deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preconditions {
    /// Its uid.
    pub uid: Option<String>,
    /// Its resource version.
    pub resource_version: Option<String>,
}

/// What a deletion did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Deletion<T> {
    /// The object is gone.
    Done {
        /// Its former uid.
        uid: String,
    },
    /// The object is marked as being deleted, and stays until its last finalizer is removed.
    Waiting(Box<T>),
}

/// The result of replacing a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct ReplacedTag<T> {
    /// The tag as it is now.
    pub tag: T,
    /// Whether the tag was missing from the spec of the stream before.
    pub created: bool,
}
