//! Objects in files, for the command: JSON or YAML, one or several.

use imagestream::api::{API_VERSION, ImageStreamMapping, Resource};
use imagestream::json::{self, Node};
use imagestream::yaml::{self, Document};
use imagestream::{Error, Result};

use crate::convert::to_text;
use crate::error::bad;

/// The mappings of a text, as a JSON array of objects. Nothing is tolerated that would be lost: unknown members, members
/// that are there twice, and other kinds are errors.
pub(crate) fn mappings(text: &str) -> Result<String> {
    let documents: Vec<Document> = yaml::documents(text).collect::<Result<_, _>>().map_err(bad)?;
    let several = documents.len() > 1;
    let mut mappings = Vec::new();
    for (index, document) in documents.iter().enumerate().filter(|(_, document)| document.node != Node::Null) {
        let mapping = mapping(document).map_err(|reason| {
            let place = if several { format!("document {}: ", index + 1) } else { String::new() };
            bad(format!("{place}{reason}"))
        })?;
        mappings.push(mapping);
    }
    if mappings.is_empty() {
        return Err(bad("there is no object in it"));
    }
    to_text(&mappings)
}

fn mapping(document: &Document) -> Result<ImageStreamMapping, String> {
    let (mapping, findings) =
        json::decode_strictly::<ImageStreamMapping>(&document.node).map_err(|error| error.to_string())?;
    let kind = ImageStreamMapping::KIND;
    if mapping.kind != kind || mapping.api_version != API_VERSION {
        let found = format!("kind {:?} of {:?}", mapping.kind, mapping.api_version);
        return Err(format!("expected kind {kind:?} of {API_VERSION:?}, found {found}"));
    }
    let findings = [document.duplicates.as_slice(), findings.as_slice()].concat();
    if findings.is_empty() { Ok(mapping) } else { Err(findings.join(", ")) }
}

/// An object in JSON as YAML, its members in their order.
pub(crate) fn yaml(text: &str) -> Result<String> {
    let node = json::parse(text.as_bytes()).map_err(bad)?;
    yaml::to_string(&node).map_err(|error| Error::Internal(error.to_string()))
}
