//! Objects that the user hands over in a file: JSON or YAML, one or several.

use std::io::Read;
use std::path::Path;

use imagestream::api::{API_VERSION, ImageStreamMapping, Resource};
use imagestream::json::{Node, decode_strictly};
use imagestream::yaml;

use crate::failure::{Failure, Result};

/// Reads the mappings in a file, or in standard input where it is `-`.
///
/// Nothing is tolerated that would be lost: unknown members, members that are there twice, and other kinds are errors.
pub(crate) fn mappings(path: &Path) -> Result<Vec<ImageStreamMapping>> {
    let text = text(path)?;
    let documents = yaml::parse_all(&text).map_err(|error| Failure::file("reading", path, error))?;
    let several = documents.len() > 1;
    let mappings: Vec<ImageStreamMapping> = documents
        .iter()
        .enumerate()
        .filter(|(_, document)| **document != Node::Null)
        .map(|(index, document)| {
            mapping(document).map_err(|error| {
                let place = if several { format!("document {}: ", index + 1) } else { String::new() };
                Failure::file("reading", path, format!("{place}{error}"))
            })
        })
        .collect::<Result<_>>()?;
    if mappings.is_empty() {
        return Err(Failure::file("reading", path, "there is no object in it"));
    }
    Ok(mappings)
}

fn mapping(document: &Node) -> Result<ImageStreamMapping, String> {
    let (mapping, findings) = decode_strictly::<ImageStreamMapping>(document).map_err(|error| error.to_string())?;
    let kind = ImageStreamMapping::KIND;
    if mapping.kind != kind || mapping.api_version != API_VERSION {
        let found = format!("kind {:?} of {:?}", mapping.kind, mapping.api_version);
        return Err(format!("expected kind {kind:?} of {API_VERSION:?}, found {found}"));
    }
    if findings.is_empty() { Ok(mapping) } else { Err(findings.join(", ")) }
}

fn text(path: &Path) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().read_to_end(&mut text).map(drop)
    } else {
        std::fs::read(path).map(|bytes| text = bytes)
    };
    read.map_err(|error| Failure::file("reading", path, error))?;
    Ok(text)
}
