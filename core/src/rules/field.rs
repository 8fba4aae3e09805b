//! Field paths, and the messages of validation errors.

use std::fmt;

use serde::Serialize;

use super::field_error::{FieldCause, FieldError};
use crate::json;
use crate::quote::Quoted;

/// The path of a field: `a.b`, `a[0]`, `a[key]`.
///
/// A path borrows its parent and becomes text only in an error, so that validating valid objects costs nothing.
///
/// ```
/// use imagestream::rules::Path;
///
/// let tags = Path::ROOT.child("spec").child("tags").key("v1").child("from").required("");
/// assert_eq!(tags.to_string(), "spec.tags[v1].from: Required value");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    element: Element<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Element<'a> {
    Root,
    Child(&'a str),
    Index(usize),
    Key(&'a str),
}

impl<'a> Path<'a> {
    /// The object as a whole: an empty path, which messages show as `[]`.
    pub const ROOT: Path<'static> = Path { parent: None, element: Element::Root };

    /// A member of the field.
    #[must_use]
    pub fn child(&'a self, name: &'a str) -> Self {
        Self { parent: Some(self), element: Element::Child(name) }
    }

    /// An element of a list.
    #[must_use]
    pub fn index(&'a self, index: usize) -> Self {
        Self { parent: Some(self), element: Element::Index(index) }
    }

    /// A value of a map.
    #[must_use]
    pub fn key(&'a self, key: &'a str) -> Self {
        Self { parent: Some(self), element: Element::Key(key) }
    }

    /// The field is missing or empty. `detail` may be empty.
    #[must_use]
    pub fn required(&self, detail: &str) -> FieldError {
        let message = if detail.is_empty() { "Required value".to_owned() } else { format!("Required value: {detail}") };
        self.error(FieldCause::Required, message)
    }

    /// The value breaks a rule.
    #[must_use]
    pub fn invalid(&self, value: impl Into<BadValue>, detail: impl fmt::Display) -> FieldError {
        self.error(FieldCause::Invalid, format!("Invalid value: {}: {detail}", value.into().0))
    }

    /// What the value names does not exist.
    #[must_use]
    pub fn not_found(&self, value: impl Into<BadValue>) -> FieldError {
        self.error(FieldCause::NotFound, format!("Not found: {}", value.into().0))
    }

    /// The value must be unique.
    #[must_use]
    pub fn duplicate(&self, value: impl Into<BadValue>) -> FieldError {
        self.error(FieldCause::Duplicate, format!("Duplicate value: {}", value.into().0))
    }

    /// The value is not one of the supported ones.
    #[must_use]
    pub fn not_supported(&self, value: impl Into<BadValue>, supported: &[&str]) -> FieldError {
        let supported: Vec<_> = supported.iter().map(|value| Quoted(value).to_string()).collect();
        self.error(
            FieldCause::NotSupported,
            format!("Unsupported value: {}: supported values: {}", value.into().0, supported.join(", ")),
        )
    }

    /// The field may not be set, or not to this value.
    #[must_use]
    pub fn forbidden(&self, detail: impl fmt::Display) -> FieldError {
        self.error(FieldCause::Forbidden, format!("Forbidden: {detail}"))
    }

    /// The value is longer than `limit` bytes.
    #[must_use]
    pub fn too_long(&self, limit: usize) -> FieldError {
        self.error(FieldCause::TooLong, format!("Too long: may not be more than {limit} bytes"))
    }

    /// The list has more than `limit` items.
    #[must_use]
    pub fn too_many(&self, found: usize, limit: usize) -> FieldError {
        self.error(FieldCause::TooMany, format!("Too many: {found}: must have at most {limit} items"))
    }

    /// The field could not be checked.
    #[must_use]
    pub fn internal(&self, detail: impl fmt::Display) -> FieldError {
        self.error(FieldCause::Internal, format!("Internal error: {detail}"))
    }

    fn error(&self, cause: FieldCause, message: String) -> FieldError {
        FieldError { cause, field: self.to_string(), message }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(formatter)?;
        }
        match self.element {
            Element::Root => Ok(()),
            Element::Child(name) if self.parent.is_none_or(Path::is_root) => formatter.write_str(name),
            Element::Child(name) => write!(formatter, ".{name}"),
            Element::Index(index) => write!(formatter, "[{index}]"),
            Element::Key(key) => write!(formatter, "[{key}]"),
        }
    }
}

impl Path<'_> {
    fn is_root(&self) -> bool {
        matches!(self.element, Element::Root)
    }
}

/// A value as messages show it: strings in quotes, numbers and booleans plain, everything else as JSON.
pub struct BadValue(String);

impl BadValue {
    /// A value as JSON in Go's encoding, which escapes `<`, `>` and `&`.
    ///
    /// The real server shows its internal types, whose members have the names of the Go fields; `value` must serialize
    /// in the same way.
    #[must_use]
    pub fn json(value: &impl Serialize) -> Self {
        Self(json::to_string(value).unwrap_or_default())
    }
}

/// JSON with the escapes that Go writes for `<`, `>`, `&`, U+2028 and U+2029.
#[must_use]
pub fn html_escaped(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '<' => escaped.push_str("\\u003c"),
            '>' => escaped.push_str("\\u003e"),
            '&' => escaped.push_str("\\u0026"),
            '\u{2028}' => escaped.push_str("\\u2028"),
            '\u{2029}' => escaped.push_str("\\u2029"),
            _ => escaped.push(character),
        }
    }
    escaped
}

impl From<&str> for BadValue {
    fn from(text: &str) -> Self {
        Self(Quoted(text).to_string())
    }
}

impl From<&String> for BadValue {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<i64> for BadValue {
    fn from(number: i64) -> Self {
        Self(number.to_string())
    }
}

impl From<bool> for BadValue {
    fn from(value: bool) -> Self {
        Self(value.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_join_members_indexes_and_keys() {
        assert_eq!(Path::ROOT.to_string(), "");
        assert_eq!(Path::ROOT.child("a").to_string(), "a");
        assert_eq!(Path::ROOT.child("a").child("b").index(0).child("c").key("k.l").to_string(), "a.b[0].c[k.l]");
        assert_eq!(Path::ROOT.key("k").child("a").to_string(), "[k].a");
    }

    #[test]
    fn every_cause_has_its_message() {
        let root = Path::ROOT;
        let field = root.child("f");
        let texts = [
            field.required(""),
            field.required("why"),
            field.invalid("a\"b", "why"),
            field.invalid(-1, "why"),
            field.invalid(true, "why"),
            field.invalid(BadValue::json(&["<a>&"]), "why"),
            field.not_found("x"),
            field.duplicate("x"),
            field.not_supported("x", &["", "y"]),
            field.forbidden("why"),
            field.too_long(262_144),
            field.too_many(3, 2),
            root.internal("why"),
        ]
        .map(|error| format!("{} {error}", error.cause.reason()));
        assert_eq!(
            texts,
            [
                "FieldValueRequired f: Required value",
                "FieldValueRequired f: Required value: why",
                "FieldValueInvalid f: Invalid value: \"a\\\"b\": why",
                "FieldValueInvalid f: Invalid value: -1: why",
                "FieldValueInvalid f: Invalid value: true: why",
                "FieldValueInvalid f: Invalid value: [\"\\u003ca\\u003e\\u0026\"]: why",
                "FieldValueNotFound f: Not found: \"x\"",
                "FieldValueDuplicate f: Duplicate value: \"x\"",
                "FieldValueNotSupported f: Unsupported value: \"x\": supported values: \"\", \"y\"",
                "FieldValueForbidden f: Forbidden: why",
                "FieldValueTooLong f: Too long: may not be more than 262144 bytes",
                "FieldValueTooMany f: Too many: 3: must have at most 2 items",
                "InternalError []: Internal error: why",
            ]
        );
    }
}
