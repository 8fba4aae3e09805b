//! Server-side apply: every manager says what it wants, and has that and nothing else.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Schema;
use super::field_set::{FieldPath, FieldSet, PathElement, leaves};
use crate::api::{API_VERSION, ManagedFieldsEntry, Time};
use crate::collected;
use crate::quote::Quoted;

const APPLY: &str = "Apply";

/// What of an object's metadata nobody manages.
const UNMANAGED: [&str; 8] =
    ["creationTimestamp", "generation", "managedFields", "name", "namespace", "resourceVersion", "selfLink", "uid"];

/// Who applies, and how.
#[derive(Debug, Clone, Copy)]
pub struct Applier<'a> {
    /// The name of the manager.
    pub manager: &'a str,
    /// The sub-resource through which it applies; empty for the object itself.
    pub subresource: &'a str,
    /// Whether it takes fields from other managers.
    pub force: bool,
    /// The time.
    pub now: Time,
}

/// A field that another manager has with another value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldConflict {
    /// The other manager, as messages name it: `"one"`.
    pub manager: String,
    /// The field, for example `.metadata.labels.a`.
    pub field: String,
}

/// Applies what a manager wants of an object: what it says is set, what it said before and says no more is taken away,
/// unless another manager has it.
///
/// `managed` is what is written down about the managers of the object; with the object, the result gives what is to be
/// written down from now on.
///
/// # Errors
///
/// Every field that another manager has and that would change, unless the applier takes them.
pub fn apply(
    live: &Value,
    wanted: &Value,
    schema: &Schema,
    managed: &[ManagedFieldsEntry],
    applier: Applier<'_>,
) -> Result<(Value, Vec<ManagedFieldsEntry>), Vec<FieldConflict>> {
    let is_own = |entry: &ManagedFieldsEntry| {
        entry.operation == APPLY && entry.manager == applier.manager && entry.subresource == applier.subresource
    };
    let fields = |entry: &ManagedFieldsEntry| entry.fields_v1.as_ref().map(FieldSet::parse).unwrap_or_default();
    let own = managed.iter().find(|entry| is_own(entry));
    let mut others: Vec<(&ManagedFieldsEntry, FieldSet)> =
        managed.iter().filter(|entry| !is_own(entry)).map(|entry| (entry, fields(entry))).collect();
    let set = managed_fields(wanted, schema);

    let mut merged = merge(Some(live.clone()), wanted, schema);
    let last = own.map(fields).unwrap_or_default();
    let mut doomed = last.0;
    doomed.retain(|path| !set.has_within(path) && !others.iter().any(|(_, other)| other.has_within(path)));
    prune(&mut merged, schema, &mut FieldPath::default(), &doomed);

    let (before, after) = (leaves(live, schema), leaves(&merged, schema));
    let changed = |path: &FieldPath| after.get(path).is_some_and(|value| before.get(path) != Some(value));
    let conflicts: Vec<FieldConflict> = others
        .iter()
        .flat_map(|(entry, other)| other.0.iter().map(move |path| (entry, path)))
        .filter(|(_, path)| changed(path))
        .map(|(entry, path)| FieldConflict { manager: shown(entry), field: path.to_string() })
        .collect();
    if !conflicts.is_empty() && !applier.force {
        return Err(conflicts);
    }
    for (_, other) in &mut others {
        other.0.retain(|path| !changed(path) && (after.contains_key(path) || !before.contains_key(path)));
    }

    let mut entries: Vec<ManagedFieldsEntry> = others
        .into_iter()
        .filter(|(_, fields)| !fields.0.is_empty())
        .map(|(entry, fields)| ManagedFieldsEntry { fields_v1: Some(fields.to_json()), ..entry.clone() })
        .collect();
    let fields = Some(set.to_json());
    match own {
        _ if set.0.is_empty() => {}
        Some(own) if own.fields_v1 == fields && before == after => entries.push(own.clone()),
        _ => entries.push(ManagedFieldsEntry {
            manager: applier.manager.to_owned(),
            operation: APPLY.to_owned(),
            api_version: API_VERSION.to_owned(),
            time: Some(applier.now),
            fields_type: "FieldsV1".to_owned(),
            fields_v1: fields,
            subresource: applier.subresource.to_owned(),
        }),
    }
    // One order whoever applied last, so that applying the same again changes nothing.
    entries.sort_by(|one, other| {
        (&one.operation, &one.manager, &one.subresource).cmp(&(&other.operation, &other.manager, &other.subresource))
    });
    Ok((merged, entries))
}

/// What is to be written down about the managers of an object that was changed by somebody who does not apply: a field
/// that has another value now is no longer theirs.
#[must_use]
pub fn disown(
    before: &Value,
    after: &Value,
    schema: &Schema,
    managed: Vec<ManagedFieldsEntry>,
) -> Vec<ManagedFieldsEntry> {
    let (before, after) = (leaves(before, schema), leaves(after, schema));
    let mut entries = managed;
    entries.retain_mut(|entry| {
        let Some(fields) = &mut entry.fields_v1 else { return true };
        let mut set = FieldSet::parse(fields);
        let count = set.0.len();
        set.0.retain(|path| before.get(path) == after.get(path));
        if set.0.len() < count {
            *fields = set.to_json();
        }
        !set.0.is_empty() || count == 0
    });
    entries
}

/// The lists of what a manager wants that can't be merged; each mistake as the real server says it.
#[must_use]
pub fn check_lists(wanted: &Value, schema: &Schema) -> Vec<String> {
    fn check(value: &Value, schema: &Schema, path: &mut FieldPath, mistakes: &mut Vec<String>) {
        match (value, schema) {
            (Value::Object(members), Schema::Object(_)) => {
                for (name, value) in members {
                    path.0.push(PathElement::Field(name.clone()));
                    check(value, &schema.member(name), path, mistakes);
                    path.0.pop();
                }
            }
            (Value::Array(items), Schema::List { .. } | Schema::Set) => {
                let mut seen = BTreeSet::new();
                for (index, item) in items.iter().enumerate() {
                    let Some(element) = PathElement::of_item(item, schema) else {
                        if let Schema::List { key, .. } = schema {
                            let key = Quoted(&key.join(".")).to_string();
                            mistakes.push(format!(
                                "{path}: element {index}: associative list with keys has an element that omits key \
                                 field {key} (and doesn't have default value)"
                            ));
                        }
                        continue;
                    };
                    if !seen.insert(element.clone()) {
                        let element = FieldPath(vec![element.clone()]);
                        mistakes.push(format!("{path}: duplicate entries for key {element}"));
                    }
                    if let Schema::List { item: schema, .. } = schema {
                        path.0.push(element);
                        check(item, schema, path, mistakes);
                        path.0.pop();
                    }
                }
            }
            _ => {}
        }
    }
    let mut mistakes = Vec::new();
    check(wanted, schema, &mut FieldPath::default(), &mut mistakes);
    mistakes
}

/// The fields of what a manager wants, without those that only say which object that is.
fn managed_fields(wanted: &Value, schema: &Schema) -> FieldSet {
    let field = |name: &str| PathElement::Field(name.to_owned());
    let mut set = FieldSet::of(wanted, schema);
    for path in [vec![], vec![field("apiVersion")], vec![field("kind")], vec![field("metadata")]] {
        set.0.remove(&FieldPath(path));
    }
    let unmanaged: Vec<_> = UNMANAGED.iter().map(|name| vec![field("metadata"), field(name)]).collect();
    set.0.retain(|path| !unmanaged.iter().any(|unmanaged| path.0.starts_with(unmanaged)));
    set
}

fn merge(live: Option<Value>, wanted: &Value, schema: &Schema) -> Value {
    match (live, wanted, schema) {
        (Some(Value::Object(mut live)), Value::Object(wanted), Schema::Object(_)) => {
            for (name, wanted) in wanted {
                let merged = merge(live.remove(name), wanted, &schema.member(name));
                live.insert(name.clone(), merged);
            }
            Value::Object(live)
        }
        (Some(Value::Array(mut live)), Value::Array(wanted), Schema::Set | Schema::List { .. }) => {
            let below = if let Schema::List { item, .. } = schema { item } else { &Schema::Atomic };
            let places = live.iter().enumerate();
            let mut places =
                collected::map(places.filter_map(|(index, item)| Some((PathElement::of_item(item, schema)?, index))));
            for item in wanted {
                let Some(element) = PathElement::of_item(item, schema) else { continue };
                if let Some(present) = places.get(&element).and_then(|index| live.get_mut(*index)) {
                    *present = merge(Some(present.take()), item, below);
                } else {
                    places.insert(element, live.len());
                    live.push(item.clone());
                }
            }
            Value::Array(live)
        }
        (_, wanted, _) => wanted.clone(),
    }
}

/// Takes fields away.
fn prune(value: &mut Value, schema: &Schema, path: &mut FieldPath, doomed: &BTreeSet<FieldPath>) {
    match (value, schema) {
        (Value::Object(members), Schema::Object(_)) => members.retain(|name, value| {
            path.0.push(PathElement::Field(name.clone()));
            let stays = !doomed.contains(path);
            if stays {
                prune(value, &schema.member(name), path, doomed);
            }
            path.0.pop();
            stays
        }),
        (Value::Array(items), Schema::Set | Schema::List { .. }) => {
            let below = if let Schema::List { item, .. } = schema { item } else { &Schema::Atomic };
            items.retain_mut(|item| {
                let Some(element) = PathElement::of_item(item, schema) else { return true };
                path.0.push(element);
                let stays = !doomed.contains(path);
                if stays {
                    prune(item, below, path, doomed);
                }
                path.0.pop();
                stays
            });
        }
        _ => {}
    }
}

/// How messages name a manager.
fn shown(entry: &ManagedFieldsEntry) -> String {
    let manager = Quoted(&entry.manager);
    let through = match &*entry.subresource {
        "" => String::new(),
        subresource => format!(" with subresource {}", Quoted(subresource)),
    };
    let version = if entry.operation == APPLY { String::new() } else { format!(" using {}", entry.api_version) };
    format!("{manager}{through}{version}")
}

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "documents are literals")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::ImageStream;
    use crate::rules::patch::Mergeable;

    /// An object and what is written down about its managers.
    struct Live(Value, Vec<ManagedFieldsEntry>);

    impl Live {
        fn new() -> Self {
            Self(json!({}), Vec::new())
        }

        fn try_apply(&mut self, manager: &str, wanted: Value, force: bool, second: i64) -> Result<(), Vec<String>> {
            let applier = Applier { manager, subresource: "", force, now: Time::from_unix(second) };
            let (object, entries) =
                apply(&self.0, &wanted, &ImageStream::SCHEMA, &self.1, applier).map_err(|found| {
                    found
                        .into_iter()
                        .map(|conflict| format!("{} {}", conflict.manager, conflict.field))
                        .collect::<Vec<_>>()
                })?;
            *self = Self(object, entries);
            Ok(())
        }

        fn apply(&mut self, manager: &str, wanted: Value) -> &mut Self {
            self.try_apply(manager, wanted, false, 1).unwrap();
            self
        }

        fn tags(&self) -> Vec<&str> {
            self.0["spec"]["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect()
        }
    }

    fn labels(labels: Value) -> Value {
        json!({"kind": "ImageStream", "metadata": {"name": "app", "labels": labels}})
    }

    fn tags(names: &[&str]) -> Value {
        json!({"spec": {"tags": names.iter().map(|name| json!({"name": name})).collect::<Vec<_>>()}})
    }

    #[test]
    fn what_is_said_no_more_goes() {
        let mut live = Live::new();
        live.apply("one", labels(json!({"a": "1", "b": "1"}))).apply("one", labels(json!({"b": "1"})));
        assert_eq!(live.0["metadata"]["labels"], json!({"b": "1"}));
        live.apply("one", labels(json!({})));
        assert_eq!(live.0["metadata"]["labels"], json!({}));
    }

    #[test]
    fn what_nobody_applied_stays() {
        let mut live = Live(json!({"metadata": {"labels": {"x": "y"}}}), Vec::new());
        live.apply("one", labels(json!({"a": "1"}))).apply("one", labels(json!({})));
        assert_eq!(live.0["metadata"]["labels"], json!({"x": "y"}));
        assert_eq!(live.1.len(), 1, "the empty labels are a field");
    }

    #[test]
    fn what_another_has_stays() {
        let mut live = Live::new();
        live.apply("one", labels(json!({"a": "1"}))).apply("two", labels(json!({"a": "1"}))).apply("one", json!({}));
        assert_eq!(live.0["metadata"]["labels"], json!({"a": "1"}));
        assert_eq!(live.1.iter().map(|entry| &*entry.manager).collect::<Vec<_>>(), ["two"]);
        live.apply("two", json!({}));
        assert_eq!(live.0["metadata"]["labels"], json!({}));
        assert!(live.1.is_empty());
    }

    #[test]
    fn a_field_of_another_is_taken_only_by_force() {
        let mut live = Live::new();
        live.apply("one", labels(json!({"a": "1", "b": "1"})));
        let wanted = labels(json!({"a": "2"}));
        assert_eq!(live.try_apply("two", wanted.clone(), false, 2), Err(vec!["\"one\" .metadata.labels.a".to_owned()]));
        live.try_apply("two", wanted, true, 2).unwrap();
        assert_eq!(live.0["metadata"]["labels"], json!({"a": "2", "b": "1"}));
        // It is no longer the first one's to take away, and no longer its to set.
        let mut again = Live(live.0.clone(), live.1.clone());
        again.apply("one", labels(json!({"b": "1"})));
        assert_eq!(again.0["metadata"]["labels"], json!({"a": "2", "b": "1"}));
        let conflict = live.try_apply("one", labels(json!({"a": "1"})), false, 3);
        assert_eq!(conflict, Err(vec!["\"two\" .metadata.labels.a".to_owned()]));
    }

    #[test]
    fn elements_belong_to_those_who_apply_them() {
        let mut live = Live::new();
        live.apply("one", tags(&["a", "b"])).apply("two", tags(&["b", "c"]));
        assert_eq!(live.tags(), ["a", "b", "c"]);
        live.apply("one", tags(&[]));
        assert_eq!(live.tags(), ["b", "c"]);
        live.0["spec"]["tags"][0]["generation"] = json!(3);
        live.apply("two", tags(&["c"]));
        assert_eq!(live.tags(), ["c"], "what the store added to an element goes with it");
    }

    #[test]
    fn some_objects_are_applied_as_a_whole() {
        let from = |from: Value| json!({"spec": {"tags": [{"name": "a", "from": from}]}});
        let mut live = Live::new();
        live.apply("one", from(json!({"kind": "DockerImage", "name": "x", "namespace": "n"})))
            .apply("one", from(json!({"kind": "DockerImage", "name": "y"})));
        assert_eq!(live.0["spec"]["tags"][0]["from"], json!({"kind": "DockerImage", "name": "y"}));
    }

    #[test]
    fn the_same_again_changes_nothing() {
        let mut live = Live::new();
        live.apply("two", labels(json!({"a": "1"}))).apply("one", tags(&["a"]));
        let before = live.1.clone();
        live.try_apply("two", labels(json!({"a": "1"})), false, 99).unwrap();
        assert_eq!(live.1, before);
        assert_eq!(before[0].time, Some(Time::from_unix(1)));
    }

    #[test]
    fn writers_that_do_not_apply_are_named_with_their_version() {
        let entry = ManagedFieldsEntry {
            manager: "kubectl".to_owned(),
            operation: "Update".to_owned(),
            api_version: API_VERSION.to_owned(),
            fields_v1: Some(json!({"f:metadata": {"f:labels": {"f:a": {}}}})),
            subresource: "status".to_owned(),
            ..ManagedFieldsEntry::default()
        };
        let mut live = Live(json!({"metadata": {"labels": {"a": "1"}}}), vec![entry]);
        assert_eq!(
            live.try_apply("one", labels(json!({"a": "2"})), false, 1),
            Err(vec![
                "\"kubectl\" with subresource \"status\" using image.openshift.io/v1 .metadata.labels.a".to_owned()
            ])
        );
    }

    #[test]
    fn what_others_change_is_no_longer_applied() {
        let mut live = Live::new();
        live.apply("one", labels(json!({"a": "1", "b": "1"}))).apply("two", labels(json!({"c": "1"})));
        let changed = json!({"metadata": {"labels": {"a": "2", "b": "1", "d": "1"}}});
        live.1 = disown(&live.0, &changed, &ImageStream::SCHEMA, live.1.clone());
        live.0 = changed;
        assert_eq!(live.1.len(), 1, "the second one has nothing left");
        live.apply("one", labels(json!({})));
        assert_eq!(live.0["metadata"]["labels"], json!({"a": "2", "d": "1"}));
    }

    #[test]
    fn elements_must_be_told_apart() {
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
