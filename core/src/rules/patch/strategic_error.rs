//! Why a strategic merge patch can't be applied.

use serde_json::Value;

use super::GoValue;

/// Why a strategic merge patch can't be applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StrategicError {
    /// An unknown `$patch`.
    #[error("unknown patch type: {directive} in map: {map}")]
    UnknownDirective {
        /// Its value.
        directive: String,
        /// The object that contains it, as Go prints it.
        map: String,
    },
    /// `$patch: merge` in an element of a list.
    #[error("merging lists cannot yet be specified in the patch")]
    MergedElement,
    /// A list element without the member that identifies it.
    #[error("map: {map} does not contain declared merge key: {key}")]
    MissingKey {
        /// The element, as Go prints it.
        map: String,
        /// The member.
        key: String,
    },
    /// `$deleteFromPrimitiveList` for something that is not a list.
    #[error("invalid patch format of primitive list")]
    PrimitiveList,
    /// `$retainKeys` that is not a list of names.
    #[error("invalid patch format of retainKeys")]
    RetainKeys,
    /// `$setElementOrder` that is not a list.
    #[error("invalid patch format of setElementOrder list")]
    SetElementOrder,
    /// A member that the `$retainKeys` of its object does not name.
    #[error("patch content doesn't match retainKeys list")]
    NotRetained,
    /// A list element of the wrong type.
    #[error("strategic merge patch format is not supported")]
    Unsupported,
}

impl StrategicError {
    /// The error for an object with an unknown `$patch`.
    pub(super) fn unknown_directive(directive: &Value, object: &Value) -> Self {
        let directive = match directive {
            Value::String(text) => text.clone(),
            Value::Null => "%!s(<nil>)".to_owned(),
            Value::Bool(value) => format!("%!s(bool={value})"),
            Value::Number(number) if number.is_f64() => format!("%!s(float64={number})"),
            Value::Number(number) => format!("%!s(int64={number})"),
            other => GoValue(other).to_string(),
        };
        Self::UnknownDirective { directive, map: GoValue(object).to_string() }
    }
}
