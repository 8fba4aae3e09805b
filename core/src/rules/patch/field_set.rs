//! Sets of fields, and their form in `fieldsV1`.

use std::collections::{BTreeMap, btree_map};
use std::fmt;

use serde_json::{Map, Value};

use super::Schema;
use super::strategic_list::id;
use crate::json::{self, Names};

/// One step of the path to a field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum PathElement {
    /// A member of an object.
    Field(String),
    /// The list element with these keys: a JSON object.
    Key(String),
    /// An element of a set: its JSON.
    Value(String),
}

impl PathElement {
    /// Parses a path element of `fieldsV1`.
    fn parse(text: &str) -> Option<Self> {
        match text.split_once(':')? {
            ("f", name) => Some(Self::Field(name.to_owned())),
            ("k", keys) => compact(keys).map(Self::Key),
            ("v", value) => compact(value).map(Self::Value),
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

    /// The path element of a list element; `None` if the list is atomic, or the element lacks its key.
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

/// JSON without whitespace, with sorted members.
fn compact(json: &str) -> Option<String> {
    let value: Value = json::decode(json.as_bytes(), Names::Exact).ok()?;
    Some(value.to_string())
}

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

/// A set of fields, the `fieldsV1` of Kubernetes.
///
/// A field and the fields below it are separate: a list element can have another owner than the fields in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldSet(BTreeMap<PathElement, Branch>);

/// A field that is in the set, or is the parent of fields that are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Branch {
    is_member: bool,
    below: FieldSet,
}

impl Branch {
    fn is_empty(&self) -> bool {
        !self.is_member && self.below.is_empty()
    }
}

impl FieldSet {
    /// Whether the set is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a field.
    pub fn insert(&mut self, path: &[PathElement]) {
        let Some((element, path)) = path.split_first() else { return };
        // Most fields are already in the set when a field below them is added.
        if !self.0.contains_key(element) {
            self.0.insert(element.clone(), Branch::default());
        }
        let Some(branch) = self.0.get_mut(element) else { return };
        if path.is_empty() {
            branch.is_member = true;
        } else {
            branch.below.insert(path);
        }
    }

    /// Whether the field one step down is in the set.
    #[must_use]
    pub fn has(&self, element: &PathElement) -> bool {
        self.0.get(element).is_some_and(|branch| branch.is_member)
    }

    /// The fields of the set below an element, if there are any.
    #[must_use]
    pub fn below(&self, element: &PathElement) -> Option<&Self> {
        self.0.get(element).map(|branch| &branch.below).filter(|below| !below.is_empty())
    }

    /// Adds the fields of another set: the union.
    pub fn unite(&mut self, other: &Self) {
        for (element, branch) in &other.0 {
            match self.0.entry(element.clone()) {
                btree_map::Entry::Vacant(vacant) => drop(vacant.insert(branch.clone())),
                btree_map::Entry::Occupied(mut occupied) => {
                    let own = occupied.get_mut();
                    own.is_member |= branch.is_member;
                    own.below.unite(&branch.below);
                }
            }
        }
    }

    /// Removes the fields of another set: the difference.
    pub fn subtract(&mut self, other: &Self) {
        self.0.retain(|element, branch| {
            if let Some(other) = other.0.get(element) {
                branch.is_member &= !other.is_member;
                branch.below.subtract(&other.below);
            }
            !branch.is_empty()
        });
    }

    /// Keeps only the fields that are also in another set: the intersection.
    pub fn intersect(&mut self, other: &Self) {
        self.0.retain(|element, branch| {
            let Some(other) = other.0.get(element) else { return false };
            branch.is_member &= other.is_member;
            branch.below.intersect(&other.below);
            !branch.is_empty()
        });
    }

    /// The set plus all object members that contain fields of the set: `metadata.labels.a` adds `metadata` and
    /// `metadata.labels`.
    #[must_use]
    pub fn with_parents(&self) -> Self {
        let branches = self.0.iter().map(|(element, branch)| {
            let is_parent = matches!(element, PathElement::Field(_)) && !branch.below.is_empty();
            let branch = Branch { is_member: branch.is_member || is_parent, below: branch.below.with_parents() };
            (element.clone(), branch)
        });
        let mut set = BTreeMap::new();
        set.extend(branches);
        Self(set)
    }

    /// The fields as messages name them, for example `.spec.tags[name="v1"].from`. On each level, the fields of the set
    /// come first, then the fields below them.
    #[must_use]
    pub fn paths(&self) -> Vec<String> {
        fn walk(set: &FieldSet, above: &str, paths: &mut Vec<String>) {
            paths.extend(
                set.0.iter().filter(|(_, branch)| branch.is_member).map(|(element, _)| format!("{above}{element}")),
            );
            for (element, branch) in &set.0 {
                walk(&branch.below, &format!("{above}{element}"), paths);
            }
        }
        let mut paths = Vec::new();
        walk(self, "", &mut paths);
        paths
    }

    /// Parses `fieldsV1`. Unknown path elements are omitted.
    #[must_use]
    pub fn parse(fields: &Value) -> Self {
        let mut set = BTreeMap::new();
        for (name, below) in fields.as_object().into_iter().flatten() {
            let Some(element) = PathElement::parse(name) else { continue };
            let members = below.as_object();
            let is_member = members.is_some_and(|below| below.is_empty() || below.contains_key("."));
            let branch = Branch { is_member, below: Self::parse(below) };
            if !branch.is_empty() {
                set.insert(element, branch);
            }
        }
        Self(set)
    }

    /// The set as `fieldsV1`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut members = Map::new();
        for (element, branch) in &self.0 {
            let mut below = branch.below.to_json();
            if let (Value::Object(below), true) = (&mut below, branch.is_member && !branch.below.is_empty()) {
                // A field with fields below it needs a `.` if it is in the set itself.
                below.insert(".".to_owned(), Value::Object(Map::new()));
            }
            members.insert(element.name(), below);
        }
        Value::Object(members)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn path(names: &str) -> Vec<PathElement> {
        names.chars().map(|name| PathElement::Field(name.to_string())).collect()
    }

    /// A set of fields with one-letter names.
    fn set(paths: &[&str]) -> FieldSet {
        let mut set = FieldSet::default();
        for names in paths {
            set.insert(&path(names));
        }
        set
    }

    #[test]
    fn a_written_set_can_be_read() {
        let written = json!({
            "f:metadata": {"f:labels": {".": {}, "f:a": {}, "f:b": {".": {}, "f:c": {}}}, "f:finalizers": {"v:\"x/a\"": {}}},
            "f:spec": {"f:tags": {"k:{\"name\":\"v1\"}": {".": {}, "f:from": {}}}}
        });
        let set = FieldSet::parse(&written);
        assert_eq!(set.to_json(), written);
        assert_eq!(
            set.paths(),
            [
                ".metadata.labels",
                ".metadata.finalizers[=\"x/a\"]",
                ".metadata.labels.a",
                ".metadata.labels.b",
                ".metadata.labels.b.c",
                ".spec.tags[name=\"v1\"]",
                ".spec.tags[name=\"v1\"].from"
            ]
        );
        let spaced = json!({"f:spec": {"f:tags": {"k:{\"name\": \"v1\"}": {".": {}, "f:from": {}}}}});
        let mut rest = FieldSet::parse(&written);
        rest.intersect(&FieldSet::parse(&spaced));
        assert_eq!(rest.paths(), [".spec.tags[name=\"v1\"]", ".spec.tags[name=\"v1\"].from"]);
        assert_eq!(FieldSet::parse(&json!({"x": {}, "f:a": 1, "z:b": {}, "k:{": {}})), FieldSet::default());
        assert_eq!(FieldSet::parse(&json!({})).to_json(), json!({}));
    }

    #[test]
    fn parents_are_object_members() {
        assert_eq!(set(&["abc", "d"]).with_parents(), set(&["a", "ab", "abc", "d"]));
        let keyed = FieldSet::parse(&json!({"f:tags": {"k:{\"name\":\"v1\"}": {"f:from": {}}}}));
        assert_eq!(keyed.with_parents().paths(), [".tags", ".tags[name=\"v1\"].from"]);
    }

    fn any_set() -> impl Strategy<Value = std::collections::BTreeSet<String>> {
        prop::collection::btree_set("[ab]{1,3}", 0..8)
    }

    proptest! {
        #[test]
        fn set_operations_follow_set_algebra(one in any_set(), other in any_set()) {
            let of = |paths: &mut dyn Iterator<Item = &String>| {
                let mut set = FieldSet::default();
                for names in paths {
                    set.insert(&path(names));
                }
                set
            };
            let [mut united, mut without, mut common] = [(); 3].map(|()| of(&mut one.iter()));
            let others = of(&mut other.iter());
            united.unite(&others);
            without.subtract(&others);
            common.intersect(&others);
            prop_assert_eq!(united, of(&mut one.union(&other)));
            prop_assert_eq!(without, of(&mut one.difference(&other)));
            prop_assert_eq!(common, of(&mut one.intersection(&other)));
        }
    }
}
