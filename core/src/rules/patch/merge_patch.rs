//! Merge patch, as the API server's library applies it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::document::Document;
use crate::json::{Node, SyntaxError};

/// Applies a merge patch (RFC 7386) to a JSON text: objects are merged, `null` removes a member, all other values
/// replace the present one.
///
/// Beyond the RFC, the real server also removes `null` members from the objects in a new list.
///
/// # Errors
///
/// If the document is not valid JSON.
///
/// ```
/// use imagestream::rules::patch::apply_merge_patch;
/// use serde_json::json;
///
/// let patch = json!({"labels": {"a": null}, "tags": [3]});
/// let patched = apply_merge_patch(r#"{"labels":{"a":"1","b":"2"},"tags":[1,2]}"#, &patch)?;
/// assert_eq!(patched, r#"{"labels":{"b":"2"},"tags":[3]}"#);
/// # Ok::<(), imagestream::json::SyntaxError>(())
/// ```
pub fn apply_merge_patch(document: &str, patch: &Value) -> Result<String, SyntaxError> {
    let mut document = Document::parse(document.as_bytes())?;
    merge(&mut document, patch);
    Ok(document.to_json())
}

fn merge(document: &mut Document<'_>, patch: &Value) {
    match (document.open(), patch) {
        (Document::Object(members), Value::Object(patch)) => {
            for (name, value) in patch {
                match members.get_mut(&**name) {
                    _ if value.is_null() => drop(members.remove(&**name)),
                    Some(present) if !present.is_null() => merge(present, value),
                    _ => drop(members.insert(name.clone().into(), without_nulls(value))),
                }
            }
        }
        // The order of the patch's members is not known, so it can't be kept.
        (Document::Object(_), _) => *document = Document::Closed(Node::from(patch)),
        (_, _) => *document = without_nulls(patch),
    }
}

/// A value without the `null` members of its objects.
fn without_nulls(value: &Value) -> Document<'static> {
    match value {
        Value::Object(members) => {
            let mut kept = BTreeMap::new();
            let members = members.iter().filter(|(_, value)| !value.is_null());
            kept.extend(members.map(|(name, value)| (name.clone().into(), without_nulls(value))));
            Document::Object(kept)
        }
        Value::Array(items) => Document::Array(items.iter().map(without_nulls).collect()),
        scalar => Document::Closed(Node::from(scalar)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "patches are literals")]
    fn merged(document: &str, patch: Value) -> String {
        apply_merge_patch(document, &patch).unwrap()
    }

    #[test]
    fn the_examples_of_the_rfc() {
        for (document, patch, expected) in [
            (r#"{"a":"b"}"#, json!({"a": "c"}), r#"{"a":"c"}"#),
            (r#"{"a":"b"}"#, json!({"b": "c"}), r#"{"a":"b","b":"c"}"#),
            (r#"{"a":"b"}"#, json!({"a": null}), "{}"),
            (r#"{"a":"b","b":"c"}"#, json!({"a": null}), r#"{"b":"c"}"#),
            (r#"{"a":["b"]}"#, json!({"a": "c"}), r#"{"a":"c"}"#),
            (r#"{"a":"c"}"#, json!({"a": ["b"]}), r#"{"a":["b"]}"#),
            (r#"{"a":{"b":"c"}}"#, json!({"a": {"b": "d", "c": null}}), r#"{"a":{"b":"d"}}"#),
            (r#"{"a":[{"b":"c"}]}"#, json!({"a": [1]}), r#"{"a":[1]}"#),
            (r#"["a","b"]"#, json!(["c", "d"]), r#"["c","d"]"#),
            (r#"{"a":"b"}"#, json!(["c"]), r#"["c"]"#),
            (r#"{"e":null}"#, json!({"a": 1}), r#"{"a":1,"e":null}"#),
            ("[1,2]", json!({"a": "b", "c": null}), r#"{"a":"b"}"#),
            ("{}", json!({"a": {"bb": {"ccc": null}}}), r#"{"a":{"bb":{}}}"#),
        ] {
            assert_eq!(merged(document, patch), expected);
        }
    }

    #[test]
    fn nulls_are_removed_from_new_lists_unless_they_replace_an_object() {
        let patch = json!({"a": [{"b": null, "c": 1}, null]});
        assert_eq!(merged("{}", patch.clone()), r#"{"a":[{"c":1},null]}"#);
        assert_eq!(merged(r#"{"a":[1]}"#, patch.clone()), r#"{"a":[{"c":1},null]}"#);
        assert_eq!(merged(r#"{"a":{}}"#, patch), r#"{"a":[{"b":null,"c":1},null]}"#);
    }

    #[test]
    fn unmerged_parts_keep_their_order() {
        let document = r#"{"b":{"z":1,"y":1},"a":{"z":1,"y":1}}"#;
        assert_eq!(merged(document, json!({"a": {"x": 1}})), r#"{"a":{"x":1,"y":1,"z":1},"b":{"z":1,"y":1}}"#);
    }
}
