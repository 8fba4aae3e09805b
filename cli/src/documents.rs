//! Objects that the user hands over in a file: JSON or YAML, one or several.

use std::io::Read;
use std::path::Path;

use imagestream::api::{API_VERSION, ImageStreamMapping, Resource};
use imagestream::json::{Node, decode_strictly};
use imagestream::yaml::{self, Document};

use crate::failure::{Failure, Result};

/// Reads the mappings in a file, or in standard input where it is `-`.
///
/// Nothing is tolerated that would be lost: unknown members, members that are there twice, and other kinds are errors.
pub(crate) fn mappings(path: &Path) -> Result<Vec<ImageStreamMapping>> {
    let text = text(path)?;
    let documents: Vec<Document> =
        yaml::documents(&text).collect::<Result<_, _>>().map_err(|error| Failure::file("reading", path, error))?;
    let several = documents.len() > 1;
    let mut mappings = Vec::new();
    for (index, document) in documents.iter().enumerate().filter(|(_, document)| document.node != Node::Null) {
        let mapping = mapping(document).map_err(|error| {
            let place = if several { format!("document {}: ", index + 1) } else { String::new() };
            Failure::file("reading", path, format!("{place}{error}"))
        })?;
        mappings.push(mapping);
    }
    if mappings.is_empty() {
        return Err(Failure::file("reading", path, "there is no object in it"));
    }
    Ok(mappings)
}

fn mapping(document: &Document) -> Result<ImageStreamMapping, String> {
    let (mapping, findings) =
        decode_strictly::<ImageStreamMapping>(&document.node).map_err(|error| error.to_string())?;
    let kind = ImageStreamMapping::KIND;
    if mapping.kind != kind || mapping.api_version != API_VERSION {
        let found = format!("kind {:?} of {:?}", mapping.kind, mapping.api_version);
        return Err(format!("expected kind {kind:?} of {API_VERSION:?}, found {found}"));
    }
    let findings = [document.duplicates.as_slice(), findings.as_slice()].concat();
    if findings.is_empty() { Ok(mapping) } else { Err(findings.join(", ")) }
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
