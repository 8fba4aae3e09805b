//! Sets of fields, and how Kubernetes writes them down.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::{Map, Value};

use super::Schema;
use super::strategic_list::id;
use crate::collected;
use crate::json::{self, Names};

/// One step of the way to a field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum PathElement {
    /// To a member of an object.
    Field(String),
    /// To the element of a list that has these keys: a JSON object.
    Key(String),
    /// To an element of a set: its JSON.
    Value(String),
}

impl PathElement {
    /// Reads it as it is written in `fieldsV1`.
    fn parse(text: &str) -> Option<Self> {
        match text.split_once(':')? {
            ("f", name) => Some(Self::Field(name.to_owned())),
            ("k", keys) => Some(Self::Key(keys.to_owned())),
            ("v", value) => Some(Self::Value(value.to_owned())),
            _ => None,
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Field(name) => format!("f:{name}"),
            Self::Key(keys) => format!("k:{keys}"),
            Self::Value(value) => format!("v:{value}"),
        }
    }

    /// The way to an element of a list; nothing where the list is taken as a whole, or the element lacks its key.
    #[must_use]
    pub fn of_item(item: &Value, list: &Schema) -> Option<Self> {
        match list {
            Schema::Set => Some(Self::Value(item.to_string())),
            Schema::List { key, .. } => {
                let id = id(item, key)?;
                Some(Self::Key(format!("{{{}:{id}}}", Value::String(key.join(".")))))
            }
            Schema::Object(_) | Schema::Atomic => None,
        }
    }
}

/// The way to a field. As text: `.spec.tags[name="v1"].from`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct FieldPath(pub Vec<PathElement>);

impl fmt::Display for PathElement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(name) => write!(formatter, ".{name}"),
            Self::Value(value) => write!(formatter, "[={value}]"),
            Self::Key(keys) => {
                let keys: Value = json::decode(keys.as_bytes(), Names::Exact).unwrap_or_default();
                let keys = keys.as_object().into_iter().flatten();
                let keys: Vec<_> = keys.map(|(name, value)| format!("{name}={value}")).collect();
                write!(formatter, "[{}]", keys.join(","))
            }
        }
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|element| element.fmt(formatter))
    }
}

/// A set of fields, the `fieldsV1` of Kubernetes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldSet(pub BTreeSet<FieldPath>);

impl FieldSet {
    /// The fields that a value has: its leaves, and the elements of lists.
    #[must_use]
    pub fn of(value: &Value, schema: &Schema) -> Self {
        Self(collected::set(leaves(value, schema).into_keys()))
    }

    /// Reads a set as it is written. What is not understood is left out.
    #[must_use]
    pub fn parse(fields: &Value) -> Self {
        fn read(fields: &Value, path: &mut FieldPath, set: &mut BTreeSet<FieldPath>) {
            let Value::Object(members) = fields else { return };
            if members.is_empty() || members.contains_key(".") {
                set.insert(path.clone());
            }
            for (name, below) in members {
                if let Some(element) = PathElement::parse(name) {
                    path.0.push(element);
                    read(below, path, set);
                    path.0.pop();
                }
            }
        }
        let mut set = BTreeSet::new();
        read(fields, &mut FieldPath::default(), &mut set);
        set.remove(&FieldPath::default());
        Self(set)
    }

    /// The set as it is written.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut root = Map::new();
        let mut above: Option<&FieldPath> = None;
        for path in &self.0 {
            let mut place = &mut root;
            for element in &path.0 {
                let below = place.entry(element.name()).or_insert_with(|| Value::Object(Map::new()));
                // Only objects are ever put there.
                let Value::Object(members) = below else { return Value::Null };
                place = members;
            }
            // A field with others below it says that it is one itself. They follow it in the order of the set.
            if let Some(above) = above.filter(|above| path.0.starts_with(&above.0)) {
                mark(&mut root, &above.0);
            }
            above = Some(path);
        }
        Value::Object(root)
    }

    /// Whether a field, or one below it, is in the set.
    #[must_use]
    pub fn has_within(&self, path: &FieldPath) -> bool {
        self.0.range(path..).next().is_some_and(|next| next.0.starts_with(&path.0))
    }
}

fn mark(root: &mut Map<String, Value>, path: &[PathElement]) {
    let mut place = root;
    for element in path {
        let Some(Value::Object(members)) = place.get_mut(&element.name()) else { return };
        place = members;
    }
    place.insert(".".to_owned(), Value::Object(Map::new()));
}

/// The leaves of a value with what they hold, and the elements of its lists, which hold nothing by themselves.
pub(super) fn leaves<'a>(value: &'a Value, schema: &Schema) -> BTreeMap<FieldPath, Option<&'a Value>> {
    fn walk<'a>(
        value: &'a Value,
        schema: &Schema,
        path: &mut FieldPath,
        found: &mut BTreeMap<FieldPath, Option<&'a Value>>,
    ) {
        match (value, schema) {
            (Value::Object(members), Schema::Object(_)) if !members.is_empty() => {
                for (name, value) in members {
                    path.0.push(PathElement::Field(name.clone()));
                    walk(value, &schema.member(name), path, found);
                    path.0.pop();
                }
            }
            (Value::Array(items), Schema::Set | Schema::List { .. }) => {
                let below = if let Schema::List { item, .. } = schema { item } else { &Schema::Atomic };
                for item in items {
                    let Some(element) = PathElement::of_item(item, schema) else { continue };
                    path.0.push(element);
                    found.insert(path.clone(), None);
                    if item.is_object() && *below != Schema::Atomic {
                        walk(item, below, path, found);
                    } else {
                        found.insert(path.clone(), Some(item));
                    }
                    path.0.pop();
                }
            }
            _ => {
                found.insert(path.clone(), Some(value));
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(value, schema, &mut FieldPath::default(), &mut found);
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::ImageStream;
    use crate::rules::patch::Mergeable;

    fn of(value: &Value) -> FieldSet {
        FieldSet::of(value, &ImageStream::SCHEMA)
    }

    #[test]
    fn leaves_and_elements_are_fields() {
        let set = of(&json!({
            "metadata": {"labels": {"a": "1"}, "finalizers": ["x/a"], "annotations": {}},
            "spec": {"tags": [{"name": "v1", "from": {"kind": "DockerImage", "name": "x"}}]}
        }));
        let texts: Vec<_> = set.0.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                ".metadata.annotations",
                ".metadata.finalizers[=\"x/a\"]",
                ".metadata.labels.a",
                ".spec.tags[name=\"v1\"]",
                ".spec.tags[name=\"v1\"].from",
                ".spec.tags[name=\"v1\"].name"
            ]
        );
        assert_eq!(
            set.to_json(),
            json!({
                "f:metadata": {"f:annotations": {}, "f:finalizers": {"v:\"x/a\"": {}}, "f:labels": {"f:a": {}}},
                "f:spec": {"f:tags": {"k:{\"name\":\"v1\"}": {".": {}, "f:from": {}, "f:name": {}}}}
            })
        );
    }

    #[test]
    fn a_written_set_is_read_again() {
        let written = json!({
            "f:metadata": {"f:labels": {".": {}, "f:a": {}, "f:b": {".": {}, "f:c": {}}}},
            "f:spec": {"f:tags": {"k:{\"name\":\"v1\"}": {".": {}, "f:from": {}}}}
        });
        let set = FieldSet::parse(&written);
        assert_eq!(set.to_json(), written);
        assert_eq!(FieldSet::parse(&json!({"x": {}, "f:a": 1, "z:b": {}})), FieldSet::default());
        assert_eq!(FieldSet::parse(&json!({})).to_json(), json!({}));
    }

    #[test]
    fn what_lies_within_is_found() {
        let set = of(&json!({"metadata": {"labels": {"b": "1"}}}));
        let path =
            |names: &[&str]| FieldPath(names.iter().map(|name| PathElement::Field((*name).to_owned())).collect());
        assert!(set.has_within(&path(&["metadata"])));
        assert!(set.has_within(&path(&["metadata", "labels", "b"])));
        assert!(!set.has_within(&path(&["metadata", "labels", "a"])));
        assert!(!set.has_within(&path(&["metadata", "labels", "b", "c"])));
    }
}
