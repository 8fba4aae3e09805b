//! Why a strategic merge patch can't be applied.

/// Why a strategic merge patch can't be applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StrategicError {
    /// A `$patch` that is not known.
    #[error("unknown patch type {directive} in map: {map}")]
    UnknownDirective {
        /// What it says.
        directive: String,
        /// The object that it is in, as Go prints it.
        map: String,
    },
    /// An element of a list without the member by which elements are told apart.
    #[error("map: {map} does not contain declared merge key: {key}")]
    MissingKey {
        /// The element as Go prints it.
        map: String,
        /// The member.
        key: String,
    },
    /// `$deleteFromPrimitiveList` for something that is no list.
    #[error("invalid patch format of primitive list")]
    PrimitiveList,
    /// `$retainKeys` that is no list of names.
    #[error("invalid patch format of retainKeys")]
    RetainKeys,
    /// `$setElementOrder` that is no list.
    #[error("invalid patch format of setElementOrder list")]
    SetElementOrder,
    /// A member that `$retainKeys` beside it does not name.
    #[error("patch content doesn't match retainKeys list")]
    NotRetained,
    /// An element of a list that is of another type than it must be.
    #[error("strategic merge patch format is not supported")]
    Unsupported,
}
