//! What can't be used in files of others.

use std::fmt;

use serde::Serialize;

use crate::json::members;

/// Something in a file that can't be used, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Finding {
    /// The file, with the archives around it.
    pub file: String,
    /// The number of the document in the file, from 1; 0 for a file that is no text of documents.
    #[serde(skip_serializing_if = "is_zero")]
    pub document: u64,
    /// The number of the item in its list, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<u64>,
    /// The kind, if known.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// The name, with the namespace before a slash, if known.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The reason, with the field.
    pub reason: String,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "for serde")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

members!(Finding as "Finding" {
    "file" => file,
    "document" => document,
    "item" => item,
    "kind" => kind,
    "name" => name,
    "reason" => reason,
});

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.document > 0 {
            write!(formatter, "document {}", self.document)?;
            if let Some(item) = self.item {
                write!(formatter, ", item {item}")?;
            }
            formatter.write_str(": ")?;
        }
        if !self.kind.is_empty() {
            write!(formatter, "{} {:?}: ", self.kind, self.name)?;
        }
        formatter.write_str(&self.reason)
    }
}
