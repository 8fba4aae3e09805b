//! Files with several objects, for the command.

use crate::api::{API_VERSION, ImageStreamMapping, Resource as _, TypeMeta};
use crate::json::{self, Decode, Raw, members};
use crate::yaml;

/// The Kubernetes `List` of objects of any kind.
#[derive(Default)]
struct ObjectList {
    kind: String,
    api_version: String,
    metadata: Raw,
    items: Vec<Raw>,
}

members!(ObjectList as "v1.List" {
    "kind" => kind,
    "apiVersion" => api_version,
    "metadata" => metadata,
    "items" => items,
});

/// A JSON or YAML document.
struct Document {
    json: String,
    /// The duplicate members, if the JSON does not show them any more.
    duplicates: Vec<String>,
}

/// The mappings in a text: consecutive JSON objects, as `jq -c` prints them, or YAML documents. Each is a mapping or a
/// `List` of mappings.
///
/// Nothing is silently dropped: unknown members, duplicate members and other kinds are errors. Empty documents are
/// skipped.
///
/// # Errors
///
/// The error of the first invalid document, with its number if there are several; also if there is no object.
pub fn mappings(text: &str) -> Result<Vec<ImageStreamMapping>, String> {
    let documents = documents(text)?;
    let mut mappings = Vec::new();
    for (index, document) in documents.iter().enumerate().filter(|(_, document)| document.json != "null") {
        document.read(&mut mappings).map_err(|reason| {
            let place = if documents.len() > 1 { format!("document {}: ", index + 1) } else { String::new() };
            format!("{place}{reason}")
        })?;
    }
    if mappings.is_empty() { Err("it contains no object".to_owned()) } else { Ok(mappings) }
}

/// The documents of a text. A text that begins like JSON but is not JSON may still be YAML.
fn documents(text: &str) -> Result<Vec<Document>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_start().starts_with('{')
        && let Ok(values) = json::values(text.as_bytes())
    {
        let json = values.into_iter().map(|value| String::from_utf8_lossy(value).into_owned());
        return Ok(json.map(|json| Document { json, duplicates: Vec::new() }).collect());
    }
    let documents = yaml::documents(text).map(|document| {
        let yaml::YamlDocument { node, duplicates } = document.map_err(|error| error.to_string())?;
        Ok(Document { json: node.to_json(), duplicates })
    });
    documents.collect()
}

impl Document {
    /// Decodes the mapping, or the mappings of the list.
    fn read(&self, mappings: &mut Vec<ImageStreamMapping>) -> Result<(), String> {
        let claim = TypeMeta::of(self.json.as_bytes())?;
        if (claim.kind.as_str(), claim.api_version().as_str()) != ("List", "v1") {
            mappings.push(mapping(&self.json, &self.duplicates)?);
            return Ok(());
        }
        let list: ObjectList = strictly(&self.json, &self.duplicates)?;
        for (index, Raw(item)) in list.items.iter().enumerate() {
            mappings.push(mapping(item, &[]).map_err(|reason| format!("items[{index}]: {reason}"))?);
        }
        Ok(())
    }
}

fn mapping(json: &str, duplicates: &[String]) -> Result<ImageStreamMapping, String> {
    let mapping: ImageStreamMapping = strictly(json, duplicates)?;
    let kind = ImageStreamMapping::KIND;
    if mapping.kind != kind || mapping.api_version != API_VERSION {
        let found = format!("kind {:?} of {:?}", mapping.kind, mapping.api_version);
        return Err(format!("expected kind {kind:?} of {API_VERSION:?}, found {found}"));
    }
    Ok(mapping)
}

fn strictly<T: Decode + Default>(json: &str, duplicates: &[String]) -> Result<T, String> {
    let (value, findings) = json::decode_strictly::<T>(json.as_bytes()).map_err(|error| error.to_string())?;
    let findings = [duplicates, findings.as_slice()].concat();
    if findings.is_empty() { Ok(value) } else { Err(findings.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(stream: &str) -> String {
        format!(
            r#"{{"kind":"ImageStreamMapping","apiVersion":"image.openshift.io/v1","metadata":{{"name":"{stream}"}},"tag":"t"}}"#
        )
    }

    fn names(text: &str) -> Result<Vec<String>, String> {
        Ok(mappings(text)?.into_iter().map(|mapping| mapping.metadata.name).collect())
    }

    #[test]
    fn json_objects_may_follow_each_other() {
        let [a, b] = ["a", "b"].map(mapping);
        for text in
            [format!("{a}\n{b}\n"), format!("{a}{b}"), format!("\u{feff}\n {a}\r\n\t{b} "), format!("{a}\n---\n{b}")]
        {
            assert_eq!(names(&text), Ok(vec!["a".to_owned(), "b".to_owned()]), "{text}");
        }
        let spread = a.replace(',', ",\n  ");
        assert_eq!(names(&format!("{spread}\n{spread}")), Ok(vec!["a".to_owned(), "a".to_owned()]));
    }

    #[test]
    fn lists_hold_objects() {
        let list = |items: &str| format!(r#"{{"kind":"List","apiVersion":"v1","metadata":{{}},"items":[{items}]}}"#);
        let [a, b] = ["a", "b"].map(mapping);
        let expected = Ok(vec!["a".to_owned(), "b".to_owned()]);
        assert_eq!(names(&list(&format!("{a},{b}"))), expected);
        assert_eq!(names(&format!("{}\n{b}", list(&a))), expected);
        let yaml = "kind: List\napiVersion: v1\nitems:\n- ";
        assert_eq!(names(&format!("{yaml}{a}\n- {b}\n---\n{}", list(""))), expected);
        assert_eq!(names(&list("")), Err("it contains no object".to_owned()));
    }

    #[test]
    fn nothing_is_silently_dropped() {
        let a = mapping("a");
        for (text, reason) in [
            (a.replace("\"tag\"", "\"tagg\""), "unknown field \"tagg\""),
            (a.replace("\"tag\":", "\"tag\":\"u\",\"tag\":"), "duplicate field \"tag\""),
            (format!("{a}\n{}", a.replace("\"tag\"", "\"tagg\"")), "document 2: unknown field \"tagg\""),
            (
                format!(r#"{{"kind":"List","apiVersion":"v1","items":[{a},{{"kind":"Image"}}]}}"#),
                "items[1]: expected kind",
            ),
            (format!(r#"{{"kind":"List","apiVersion":"v1","item":[{a}]}}"#), "unknown field \"item\""),
            (
                format!(r#"{{"kind":"List","apiVersion":"v1","items":[{}]}}"#, a.replace("\"tag\"", "\"x\"")),
                "items[0]: unknown",
            ),
            (format!(r#"{{"kind":"ImageList","apiVersion":"v1","items":[{a}]}}"#), "unknown field"),
            (format!("{a}\n{{"), "yaml"),
        ] {
            let error = names(&text).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
