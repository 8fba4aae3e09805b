//! Label selectors and field selectors.
//!
//! Syntax errors have the texts of the real server, since clients show them.

mod field;
mod label;
mod lexer;

use std::fmt;

pub use field::FieldSelector;
pub use label::LabelSelector;

/// Why a text is not a selector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidSelector(String);

impl fmt::Display for InvalidSelector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for InvalidSelector {}
