//! Objects in files, for the command: JSON or YAML, one or more.

use imagestream::{Result, request, yaml};

use crate::convert::to_text;
use crate::error::bad;

/// The mappings in a text, as a JSON array. Unknown members, duplicate members and other kinds are errors, because they
/// would be lost.
pub(crate) fn mappings(text: &str) -> Result<String> {
    to_text(&request::mappings(text).map_err(bad)?)
}

/// An object in JSON as YAML.
pub(crate) fn yaml(text: &str) -> Result<String> {
    yaml::from_json(text.as_bytes()).map_err(bad)
}
