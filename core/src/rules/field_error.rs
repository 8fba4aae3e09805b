//! Validation errors, as the API reports them.

use std::collections::BTreeSet;
use std::fmt;

/// A broken validation rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The cause.
    pub cause: FieldCause,
    /// Path of the field: `a.b`, `a[0]`, `a[key]`; empty for the object as a whole.
    pub field: String,
    /// The message, without the path.
    pub message: String,
}

/// The kind of a validation error: the `reason` of a cause in a [`Status`](crate::api::Status).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldCause {
    /// `FieldValueRequired`
    Required,
    /// `FieldValueInvalid`
    Invalid,
    /// `FieldValueNotFound`
    NotFound,
    /// `FieldValueDuplicate`
    Duplicate,
    /// `FieldValueNotSupported`
    NotSupported,
    /// `FieldValueForbidden`
    Forbidden,
    /// `FieldValueTooLong`
    TooLong,
    /// `FieldValueTooMany`
    TooMany,
    /// `InternalError`
    Internal,
}

impl FieldCause {
    /// The name in a [`Status`](crate::api::Status).
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Required => "FieldValueRequired",
            Self::Invalid => "FieldValueInvalid",
            Self::NotFound => "FieldValueNotFound",
            Self::Duplicate => "FieldValueDuplicate",
            Self::NotSupported => "FieldValueNotSupported",
            Self::Forbidden => "FieldValueForbidden",
            Self::TooLong => "FieldValueTooLong",
            Self::TooMany => "FieldValueTooMany",
            Self::Internal => "InternalError",
        }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = if self.field.is_empty() { "[]" } else { &self.field };
        write!(formatter, "{field}: {}", self.message)
    }
}

/// Several validation errors as one text: without duplicates, in brackets if there are several.
pub(crate) struct FieldErrors<'a>(pub(crate) &'a [FieldError]);

impl fmt::Display for FieldErrors<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut seen = BTreeSet::new();
        let texts: Vec<String> =
            self.0.iter().map(ToString::to_string).filter(|text| seen.insert(text.clone())).collect();
        match texts.as_slice() {
            [one] => formatter.write_str(one),
            several => write!(formatter, "[{}]", several.join(", ")),
        }
    }
}
