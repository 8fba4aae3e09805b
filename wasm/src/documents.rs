//! Objects in files, for the command: JSON or YAML, one or several.

use imagestream::{Result, request, yaml};

use crate::convert::to_text;
use crate::error::bad;

/// The mappings of a text, as a JSON array of objects. Nothing is tolerated that would be lost: unknown members, members
/// that are there twice, and other kinds are errors.
pub(crate) fn mappings(text: &str) -> Result<String> {
    to_text(&request::mappings(text).map_err(bad)?)
}

/// An object in JSON as YAML.
pub(crate) fn yaml(text: &str) -> Result<String> {
    yaml::from_json(text.as_bytes()).map_err(bad)
}
