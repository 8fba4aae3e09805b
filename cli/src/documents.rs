//! Objects in files that the user passes: one or several, JSON or YAML.

use std::io::Read;
use std::path::Path;

use imagestream::api::ImageStreamMapping;
use imagestream::request;

use crate::failure::{Failure, Result};

/// Reads the mappings in a file, or in standard input for `-`.
///
/// Nothing is silently dropped: unknown members, duplicate members and other kinds are errors.
pub(crate) fn mappings(path: &Path) -> Result<Vec<ImageStreamMapping>> {
    let text = text(path)?;
    request::mappings(&text).map_err(|reason| Failure::file("reading", path, reason))
}

fn text(path: &Path) -> Result<String> {
    let mut text = String::new();
    let read = if path == Path::new("-") {
        std::io::stdin().read_to_string(&mut text).map(drop)
    } else {
        std::fs::read_to_string(path).map(|whole| text = whole)
    };
    read.map_err(|error| Failure::file("reading", path, error))?;
    Ok(text)
}
