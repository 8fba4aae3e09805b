//! Objects that come in a text of several: a file, or what is piped into a command.

use crate::api::{API_VERSION, ImageStreamMapping, Resource as _};
use crate::json::{self, Node};
use crate::yaml::{self, YamlDocument};

/// The mappings of a text in JSON or YAML, one document each.
///
/// Nothing is tolerated that would be lost: unknown members, members that are there twice, and other kinds are errors.
/// Empty documents are passed over.
///
/// # Errors
///
/// What is wrong with the first document that can't be read, with its number where there are several; a text without any.
pub fn mappings(text: &str) -> Result<Vec<ImageStreamMapping>, String> {
    let documents: Vec<YamlDocument> =
        yaml::documents(text).collect::<Result<_, _>>().map_err(|error| error.to_string())?;
    let several = documents.len() > 1;
    let mut mappings = Vec::new();
    for (index, document) in documents.iter().enumerate().filter(|(_, document)| document.node != Node::Null) {
        let mapping = mapping(document).map_err(|reason| {
            let place = if several { format!("document {}: ", index + 1) } else { String::new() };
            format!("{place}{reason}")
        })?;
        mappings.push(mapping);
    }
    if mappings.is_empty() { Err("there is no object in it".to_owned()) } else { Ok(mappings) }
}

fn mapping(document: &YamlDocument) -> Result<ImageStreamMapping, String> {
    let (mapping, findings) = json::decode_strictly::<ImageStreamMapping>(document.node.to_json().as_bytes())
        .map_err(|error| error.to_string())?;
    let kind = ImageStreamMapping::KIND;
    if mapping.kind != kind || mapping.api_version != API_VERSION {
        let found = format!("kind {:?} of {:?}", mapping.kind, mapping.api_version);
        return Err(format!("expected kind {kind:?} of {API_VERSION:?}, found {found}"));
    }
    let findings = [document.duplicates.as_slice(), findings.as_slice()].concat();
    if findings.is_empty() { Ok(mapping) } else { Err(findings.join(", ")) }
}
