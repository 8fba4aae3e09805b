//! How verbs are asked, and what they answer beside objects.

/// How to create or replace an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PostParams {
    /// Answer as if, and write nothing. Default: `false`.
    pub dry_run: bool,
    /// The manager of the fields that are set, for the managed fields of images and image streams. An object that is
    /// created without one has no managed fields. Default: empty.
    pub field_manager: String,
}

impl PostParams {
    /// Answers as if, and writes nothing.
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

/// What is done about fields that are not known or come twice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FieldValidation {
    /// Nothing.
    Ignore,
    /// They are told with the answer.
    #[default]
    Warn,
    /// The call is refused.
    Strict,
}

/// How to delete an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeleteParams {
    /// Answer as if, and write nothing. Default: `false`.
    pub dry_run: bool,
    /// What must hold of the object. Default: nothing.
    pub preconditions: Preconditions,
    /// What becomes of the objects that the object owns. Default: nothing is done about them.
    pub propagation_policy: Option<PropagationPolicy>,
}

/// What must hold of an object for it to be deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preconditions {
    /// It has this uid.
    pub uid: Option<String>,
    /// It has this resource version.
    pub resource_version: Option<String>,
}

/// What becomes of the objects that a deleted stream owns.
///
/// The store has no garbage collector: it writes the finalizer that asks one for it, and the object stays until that
/// is taken away. Images take no finalizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PropagationPolicy {
    /// They stay: finalizer `orphan`.
    Orphan,
    /// They go later: no finalizer.
    Background,
    /// They go before: finalizer `foregroundDeletion`.
    Foreground,
}

/// What a deletion did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Deletion<T> {
    /// The object is gone.
    Done {
        /// The uid that it had.
        uid: String,
    },
    /// The object is marked, and stays until its last finalizer is removed.
    Waiting(Box<T>),
}

/// What replacing a tag did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct ReplacedTag<T> {
    /// The tag as it is now.
    pub tag: T,
    /// Whether the spec of the stream did not have the tag before.
    pub created: bool,
}
