//! Lists that can't be merged.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Schema;
use super::field_set::PathElement;
use crate::quote::Quoted;

/// Finds the lists in a manager's configuration that can't be merged; each message has the real server's text.
#[must_use]
pub fn check_lists(wanted: &Value, schema: &Schema) -> Vec<String> {
    let mut mistakes = Vec::new();
    check(wanted, schema, "", &mut mistakes);
    mistakes
}

fn check(value: &Value, schema: &Schema, path: &str, mistakes: &mut Vec<String>) {
    match (value, schema) {
        (Value::Object(members), Schema::Object(_)) => {
            for (name, value) in members {
                check(value, &schema.member(name), &format!("{path}.{name}"), mistakes);
            }
        }
        (Value::Array(items), Schema::List { .. } | Schema::Set) => {
            let mut seen = BTreeSet::new();
            for (index, item) in items.iter().enumerate() {
                let Some(element) = PathElement::of_item(item, schema) else {
                    if let Schema::List { key, .. } = schema {
                        let key = Quoted(&key.join(".")).to_string();
                        mistakes.push(format!(
                            "{path}: element {index}: associative list with keys has an element that omits key field \
                             {key} (and doesn't have default value)"
                        ));
                    }
                    continue;
                };
                check(item, &schema.item(), &format!("{path}{element}"), mistakes);
                if seen.contains(&element) {
                    mistakes.push(format!("{path}: duplicate entries for key {element}"));
                }
                seen.insert(element);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::ImageStream;
    use crate::rules::patch::Mergeable;

    #[test]
    fn elements_need_distinct_keys() {
        let wanted = json!({"spec": {"tags": [{"name": "a"}, {"from": {}}, {"name": "a"}]},
            "metadata": {"finalizers": ["x/a", "x/a"]}});
        assert_eq!(
            check_lists(&wanted, &ImageStream::SCHEMA),
            [
                ".metadata.finalizers: duplicate entries for key [=\"x/a\"]",
                ".spec.tags: element 1: associative list with keys has an element that omits key field \"name\" (and \
                 doesn't have default value)",
                ".spec.tags: duplicate entries for key [name=\"a\"]"
            ]
        );
    }
}
