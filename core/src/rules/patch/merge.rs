//! Merging a manager's configuration into an object, and removing fields.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Schema;
use super::field_set::{FieldSet, PathElement};
use crate::collected;

/// Merges a manager's configuration into an object. Nothing is removed: if the configuration has an empty object or
/// list, or `null` in its place, the present one stays.
pub(super) fn merge(live: Option<Value>, wanted: &Value, schema: &Schema) -> Value {
    match (live, wanted, schema) {
        (Some(Value::Object(live)), Value::Null, Schema::Object(_)) if !live.is_empty() => Value::Object(live),
        (Some(Value::Array(live)), Value::Null, Schema::Set | Schema::List { .. }) if !live.is_empty() => {
            Value::Array(live)
        }
        (Some(Value::Object(mut live)), Value::Object(wanted), Schema::Object(_)) => {
            for (name, wanted) in wanted {
                let merged = merge(live.remove(name), wanted, &schema.member(name));
                live.insert(name.clone(), merged);
            }
            Value::Object(live)
        }
        (Some(Value::Array(live)), Value::Array(wanted), Schema::Set | Schema::List { .. }) => {
            Value::Array(merge_lists(live, wanted, schema))
        }
        (_, wanted, _) => wanted.clone(),
    }
}

/// Merges two lists. The elements of the second keep its order; elements that are only in the first keep their position
/// relative to the common elements.
fn merge_lists(live: Vec<Value>, wanted: &[Value], schema: &Schema) -> Vec<Value> {
    let element = |item: &Value| PathElement::of_item(item, schema);
    let wanted_elements: BTreeSet<PathElement> = collected::set(wanted.iter().filter_map(element));
    let live_elements: Vec<Option<PathElement>> = live.iter().map(element).collect();
    let is_shared =
        |element: &Option<PathElement>| element.as_ref().is_some_and(|element| wanted_elements.contains(element));
    let mut present: BTreeMap<PathElement, Value> = BTreeMap::new();
    let mut rest = Vec::with_capacity(live.len());
    for (item, element) in live.into_iter().zip(live_elements) {
        match element {
            Some(element) if is_shared(&Some(element.clone())) => {
                rest.push((Some(element.clone()), Value::Null));
                present.insert(element, item);
            }
            _ => rest.push((None, item)),
        }
    }
    let mut shared: Vec<PathElement> =
        wanted.iter().filter_map(element).filter(|element| present.contains_key(element)).collect();
    shared.reverse();
    let mut rest = rest.into_iter().peekable();
    let mut merged = Vec::with_capacity(rest.len() + wanted.len());
    for item in wanted {
        let Some(element) = PathElement::of_item(item, schema) else { continue };
        while let Some((place, other)) = rest.next_if(|(place, _)| place.is_none() || place.as_ref() != shared.last()) {
            if place.is_none() {
                merged.push(other);
            }
        }
        if shared.last() == Some(&element) {
            shared.pop();
            rest.next();
        }
        merged.push(merge(present.remove(&element), item, &schema.item()));
    }
    merged.extend(rest.filter(|(place, _)| place.is_none()).map(|(_, item)| item));
    merged
}

/// Removes fields. An object or list that becomes empty becomes `null`.
pub(super) fn remove(value: &mut Value, fields: &FieldSet, schema: &Schema) {
    /// Removes the fields below an element, and returns whether the element itself stays.
    fn stays(value: &mut Value, element: &PathElement, fields: &FieldSet, schema: &Schema) -> bool {
        if fields.has(element) {
            return false;
        }
        if let Some(below) = fields.below(element) {
            remove(value, below, schema);
        }
        true
    }
    let is_empty = match (&mut *value, schema) {
        (Value::Object(members), Schema::Object(_)) => {
            members.retain(|name, value| stays(value, &PathElement::Field(name.clone()), fields, &schema.member(name)));
            members.is_empty()
        }
        (Value::Array(items), Schema::Set | Schema::List { .. }) => {
            items.retain_mut(|item| {
                let element = PathElement::of_item(item, schema);
                element.is_none_or(|element| stays(item, &element, fields, &schema.item()))
            });
            items.is_empty()
        }
        _ => false,
    };
    if is_empty {
        *value = Value::Null;
    }
}

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "documents are literals")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::ImageStream;
    use crate::rules::patch::Mergeable;

    fn merged(live: Value, wanted: Value) -> Value {
        merge(Some(live), &wanted, &ImageStream::SCHEMA)
    }

    #[test]
    fn merging_removes_nothing() {
        let live =
            json!({"metadata": {"labels": {"a": "1"}, "finalizers": ["x/a"]}, "spec": {"tags": [{"name": "a"}]}});
        let wanted = json!({"metadata": {"labels": {}, "finalizers": null}, "spec": {"tags": []}});
        assert_eq!(merged(live.clone(), wanted), live);
        assert_eq!(
            merged(json!({"spec": {"dockerImageRepository": "x"}}), json!({"spec": {"dockerImageRepository": null}})),
            json!({"spec": {"dockerImageRepository": null}})
        );
    }

    #[test]
    fn elements_are_merged_and_from_is_replaced() {
        let live = json!({"spec": {"tags": [{"name": "a", "from": {"kind": "x", "name": "y"}, "generation": 3}]}});
        let wanted = json!({"spec": {"tags": [{"name": "a", "from": {"kind": "z"}}]}});
        let expected = json!({"spec": {"tags": [{"name": "a", "from": {"kind": "z"}, "generation": 3}]}});
        assert_eq!(merged(live, wanted), expected);
    }

    #[test]
    fn the_configuration_determines_the_order() {
        let order = |live: &[&str], wanted: &[&str]| {
            let list = |items: &[&str]| json!({"metadata": {"finalizers": items}});
            let merged = merged(list(live), list(wanted));
            let items = merged["metadata"]["finalizers"].as_array().unwrap();
            items.iter().map(|item| item.as_str().unwrap()).collect::<String>()
        };
        assert_eq!(order(&["a", "b"], &["c"]), "abc");
        assert_eq!(order(&["a", "b"], &["b", "a"]), "ba");
        assert_eq!(order(&["a", "x", "b"], &["b", "a"]), "xba");
        assert_eq!(order(&["a", "x", "b"], &["a", "b"]), "axb");
        assert_eq!(order(&["a", "x", "b"], &["a", "c", "b"]), "axcb");
        assert_eq!(order(&["x", "a", "y"], &["c", "a", "d"]), "xcayd");
    }

    #[test]
    fn what_becomes_empty_is_null() {
        let mut value = json!({"metadata": {"labels": {"a": "1"}, "finalizers": ["x/a", "x/b"]},
            "spec": {"tags": [{"name": "a", "generation": 1}, {"name": "b", "generation": 1}]}});
        let fields = FieldSet::parse(&json!({
            "f:metadata": {"f:labels": {"f:a": {}}, "f:finalizers": {"v:\"x/a\"": {}}, "f:annotations": {}},
            "f:spec": {"f:tags": {"k:{\"name\":\"a\"}": {}, "k:{\"name\":\"b\"}": {"f:generation": {}}}}
        }));
        remove(&mut value, &fields, &ImageStream::SCHEMA);
        let expected = json!({"metadata": {"labels": null, "finalizers": ["x/b"]}, "spec": {"tags": [{"name": "b"}]}});
        assert_eq!(value, expected);
    }
}
