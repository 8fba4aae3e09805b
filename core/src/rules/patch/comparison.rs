//! The fields of an object, and the fields in which two objects differ.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Schema;
use super::field_set::{FieldSet, PathElement};

/// The fields in which two objects differ.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Comparison {
    pub(super) added: FieldSet,
    pub(super) modified: FieldSet,
    pub(super) removed: FieldSet,
}

impl Comparison {
    /// Compares two objects. Besides scalars, the added and removed fields include the objects and lists that contain
    /// them.
    pub(super) fn of(before: &Value, after: &Value, schema: &Schema) -> Self {
        let mut comparison = Self::default();
        comparison.walk(Some(before), Some(after), schema, &mut Vec::new());
        comparison
    }

    /// The fields that were added or modified.
    pub(super) fn set(&self) -> FieldSet {
        let mut set = self.modified.clone();
        set.unite(&self.added);
        set
    }

    fn walk(&mut self, before: Option<&Value>, after: Option<&Value>, schema: &Schema, path: &mut Vec<PathElement>) {
        let has_members =
            |value: Option<&Value>| value.and_then(Value::as_object).is_some_and(|members| !members.is_empty());
        let has_items = |value: Option<&Value>| value.and_then(Value::as_array).is_some_and(|items| !items.is_empty());
        let is_object = has_members(before) || has_members(after);
        let is_list = has_items(before) || has_items(after);
        match schema {
            Schema::Object(_) if is_object => {
                let mut pairs: BTreeMap<&String, (Option<&Value>, Option<&Value>)> = BTreeMap::new();
                for (name, value) in before.and_then(Value::as_object).into_iter().flatten() {
                    pairs.entry(name).or_default().0 = Some(value);
                }
                for (name, value) in after.and_then(Value::as_object).into_iter().flatten() {
                    pairs.entry(name).or_default().1 = Some(value);
                }
                for (name, (before, after)) in pairs {
                    if before != after {
                        path.push(PathElement::Field(name.clone()));
                        self.walk(before, after, &schema.member(name), path);
                        path.pop();
                    }
                }
            }
            Schema::Set | Schema::List { .. } if is_list => {
                let mut pairs: BTreeMap<PathElement, (Option<&Value>, Option<&Value>)> = BTreeMap::new();
                for item in before.and_then(Value::as_array).into_iter().flatten() {
                    let Some(element) = PathElement::of_item(item, schema) else { continue };
                    pairs.entry(element).or_default().0 = Some(item);
                }
                for item in after.and_then(Value::as_array).into_iter().flatten() {
                    let Some(element) = PathElement::of_item(item, schema) else { continue };
                    pairs.entry(element).or_default().1 = Some(item);
                }
                for (element, (before, after)) in pairs {
                    if before != after {
                        path.push(element);
                        self.walk(before, after, &schema.item(), path);
                        path.pop();
                    }
                }
            }
            _ => {
                if before.is_some() && after.is_some() && before != after {
                    self.modified.insert(path);
                }
            }
        }
        match (before, after) {
            (None, _) => self.added.insert(path),
            (_, None) => self.removed.insert(path),
            (Some(_), Some(_)) => {}
        }
    }
}

/// The fields of an object: its scalars, the elements of its lists, and its empty objects.
pub(super) fn fields_of(value: &Value, schema: &Schema) -> FieldSet {
    fn walk(value: &Value, schema: &Schema, path: &mut Vec<PathElement>, set: &mut FieldSet) {
        match (value, schema) {
            (Value::Object(members), Schema::Object(_)) if !members.is_empty() => {
                for (name, value) in members {
                    path.push(PathElement::Field(name.clone()));
                    walk(value, &schema.member(name), path, set);
                    path.pop();
                }
            }
            (Value::Array(items), Schema::Set | Schema::List { .. }) => {
                for item in items {
                    let Some(element) = PathElement::of_item(item, schema) else { continue };
                    path.push(element);
                    set.insert(path);
                    walk(item, &schema.item(), path, set);
                    path.pop();
                }
            }
            _ => set.insert(path),
        }
    }
    let mut set = FieldSet::default();
    walk(value, schema, &mut Vec::new(), &mut set);
    set
}

/// The fields of an object that have the same value in another object.
#[must_use]
pub fn fields_that_agree(object: &Value, other: &Value, schema: &Schema) -> FieldSet {
    let comparison = Comparison::of(object, other, schema);
    let mut fields = fields_of(object, schema);
    for different in [&comparison.modified, &comparison.added, &comparison.removed] {
        fields.subtract(different);
    }
    fields
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::ImageStream;
    use crate::rules::patch::Mergeable;

    #[test]
    fn scalars_and_elements_are_fields() {
        let value = json!({
            "metadata": {"labels": {"a": "1"}, "finalizers": ["x/a"], "annotations": {}, "uid": null},
            "spec": {"tags": [{"name": "v1", "from": {"kind": "DockerImage", "name": "x"}}]},
            "status": {"tags": []}
        });
        assert_eq!(
            fields_of(&value, &ImageStream::SCHEMA).to_json(),
            json!({
                "f:metadata": {"f:annotations": {}, "f:finalizers": {"v:\"x/a\"": {}}, "f:labels": {"f:a": {}}, "f:uid": {}},
                "f:spec": {"f:tags": {"k:{\"name\":\"v1\"}": {".": {}, "f:from": {}, "f:name": {}}}}
            })
        );
    }

    #[test]
    fn differences_are_added_modified_or_removed() {
        let before = json!({"metadata": {"labels": {"a": "1", "b": "1"}},
            "spec": {"tags": [{"name": "a", "from": {"kind": "x"}}, {"name": "b"}], "lookupPolicy": {"local": false}}});
        let after = json!({"metadata": {"labels": {"a": "2", "c": "1"}, "annotations": {"x": "y"}},
            "spec": {"tags": [{"name": "c"}, {"name": "a", "from": {"kind": "y"}}], "lookupPolicy": {"local": false}}});
        let Comparison { added, modified, removed } = Comparison::of(&before, &after, &ImageStream::SCHEMA);
        assert_eq!(modified.paths(), [".metadata.labels.a", ".spec.tags[name=\"a\"].from"]);
        assert_eq!(
            added.paths(),
            [
                ".metadata.annotations",
                ".metadata.annotations.x",
                ".metadata.labels.c",
                ".spec.tags[name=\"c\"]",
                ".spec.tags[name=\"c\"].name"
            ]
        );
        assert_eq!(removed.paths(), [".metadata.labels.b", ".spec.tags[name=\"b\"]", ".spec.tags[name=\"b\"].name"]);
    }

    #[test]
    fn null_and_empty_differ() {
        let compare = |before: Value, after: Value| {
            let comparison = Comparison::of(&json!({"spec": before}), &json!({"spec": after}), &ImageStream::SCHEMA);
            [comparison.added.paths(), comparison.modified.paths(), comparison.removed.paths()]
        };
        let none: [Vec<String>; 3] = Default::default();
        assert_eq!(
            compare(json!({"tags": null}), json!({"tags": []})),
            [vec![], vec![".spec.tags".to_owned()], vec![]]
        );
        assert_eq!(compare(json!({"tags": null}), json!({"tags": null})), none);
        assert_eq!(
            compare(json!({"tags": null}), json!({"tags": [{"name": "a"}]}))[0],
            [".spec.tags[name=\"a\"]", ".spec.tags[name=\"a\"].name"]
        );
        assert_eq!(compare(json!({}), json!({"tags": []}))[0], [".spec.tags"]);
    }
}
