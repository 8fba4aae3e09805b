//! Server-side apply: each manager declares the fields it wants, and owns exactly those.

use serde_json::Value;

use super::Schema;
use super::comparison::{Comparison, fields_of};
use super::field_set::{FieldSet, PathElement};
use super::managers::{APPLY, Manager, Managers, UPDATE};
use super::merge::{merge, remove};
use crate::api::ManagedFieldsEntry;

/// The metadata fields that no manager owns.
const UNMANAGED: [&str; 8] =
    ["creationTimestamp", "generation", "managedFields", "name", "namespace", "resourceVersion", "selfLink", "uid"];

/// The manager that owns the existing fields of an object when somebody first applies to it.
const BEFORE_FIRST_APPLY: &str = "before-first-apply";

/// A field that another manager owns with a different value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldConflict {
    /// The other manager, as messages name it: `"one"`.
    pub manager: String,
    /// The field, for example `.metadata.labels.a`.
    pub field: String,
}

/// The reason why a configuration is not applied: conflicts with other managers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApplyConflict {
    /// Every field that conflicts.
    pub conflicts: Vec<FieldConflict>,
    /// The same fields as a set.
    pub fields: FieldSet,
}

/// An object to apply to, with its managed fields.
#[derive(Debug, Clone, Copy)]
pub struct LiveObject<'a> {
    /// The document of the object.
    pub object: &'a Value,
    /// The document of an empty object of the kind.
    pub nothing: &'a Value,
    /// Its managed fields.
    pub managed: &'a [ManagedFieldsEntry],
    /// The API version of the object.
    pub api_version: &'static str,
}

/// Applies a manager's configuration to an object, and returns the object and its managed fields. The object is `None`
/// if nothing in it changes.
///
/// Fields of the configuration are set. Fields that the manager applied before and now omits are removed, unless
/// another manager owns them. If the object has no managed fields, a manager `before-first-apply` owns all its fields.
///
/// # Errors
///
/// Every field that another manager owns and that would change, unless `force` is set: then the applier takes these
/// fields over.
pub fn apply(
    live: LiveObject<'_>,
    wanted: &Value,
    schema: &Schema,
    applier: Manager<'_>,
    force: bool,
) -> Result<(Option<Value>, Vec<ManagedFieldsEntry>), ApplyConflict> {
    let mut managers = Managers::read(live.managed, live.api_version);
    if managers.list.is_empty() {
        let before = Manager { name: BEFORE_FIRST_APPLY, ..applier };
        managers = updated(managers, live.nothing, live.object, schema, Some(before));
    }
    let own = managers.take(applier.name, applier.subresource, APPLY);
    let wanted_fields = fields_of(wanted, schema);
    let mut merged = merge(Some(live.object.clone()), wanted, schema);
    if !own.fields.is_empty() {
        let mut owned = managers.fields();
        owned.unite(&wanted_fields);
        prune(&mut merged, schema, &own.fields, &owned);
    }

    let comparison = Comparison::of(live.object, &merged, schema);
    let changed = comparison.set();
    if !force {
        let conflict = conflicts(&managers, &changed);
        if !conflict.conflicts.is_empty() {
            return Err(conflict);
        }
    }
    managers.subtract(&changed);
    managers.subtract(&comparison.removed);
    let is_changed = comparison != Comparison::default();
    let fields = managed(wanted_fields);
    let is_new = own.fields.is_empty();
    managers.put(own, fields, (is_changed || is_new).then_some(applier.now));
    managers.bound();
    Ok((is_changed.then_some(merged), managers.write()))
}

/// The managed fields of an object after a write other than an apply: the writer owns the fields that changed. A writer
/// without a name gets no entry.
///
/// `before` is the object before the write; for a new object, an empty one.
#[must_use]
pub fn update(
    before: &Value,
    after: &Value,
    schema: &Schema,
    managed: &[ManagedFieldsEntry],
    writer: Option<Manager<'_>>,
    api_version: &'static str,
) -> Vec<ManagedFieldsEntry> {
    let mut managers = updated(Managers::read(managed, api_version), before, after, schema, writer);
    managers.bound();
    managers.write()
}

fn updated(
    mut managers: Managers,
    before: &Value,
    after: &Value,
    schema: &Schema,
    writer: Option<Manager<'_>>,
) -> Managers {
    let comparison = Comparison::of(before, after, schema);
    let changed = comparison.set();
    managers.subtract(&changed);
    managers.subtract(&comparison.removed);
    let changed = managed(changed);
    if let (Some(writer), false) = (writer, changed.is_empty()) {
        let own = managers.take(writer.name, writer.subresource, UPDATE);
        let mut fields = own.fields.clone();
        fields.unite(&changed);
        managers.put(own, fields, Some(writer.now));
    }
    managers
}

/// The changed fields that other managers own.
fn conflicts(managers: &Managers, changed: &FieldSet) -> ApplyConflict {
    let mut all = ApplyConflict::default();
    for managed in &managers.list {
        let mut taken = managed.fields.clone();
        taken.intersect(changed);
        let conflict = |field| FieldConflict { manager: managed.shown(), field };
        all.conflicts.extend(taken.paths().into_iter().map(conflict));
        all.fields.unite(&taken);
    }
    all
}

/// Removes the fields that the manager applied last time (`last`) and that no manager owns any more.
///
/// An object that contains only fields of the manager is removed as a whole, like a list element, including what the
/// store added to it.
fn prune(merged: &mut Value, schema: &Schema, last: &FieldSet, owned: &FieldSet) {
    let mut unclaimed = last.clone();
    unclaimed.subtract(owned);
    if unclaimed.is_empty() {
        return;
    }
    let all = fields_of(merged, schema).with_parents();
    let last = last.with_parents();
    let without = |fields: &FieldSet| {
        let mut pruned = merged.clone();
        remove(&mut pruned, fields, schema);
        fields_of(&pruned, schema).with_parents()
    };
    let mut unowned = all.clone();
    unowned.subtract(&without(&last));
    unowned.subtract(&owned.with_parents());
    let mut doomed = all;
    doomed.subtract(&without(&unowned));
    doomed.intersect(&last);
    remove(merged, &doomed, schema);
}

/// The fields that can be managed: all but those that identify the object and those that the server sets.
fn managed(mut fields: FieldSet) -> FieldSet {
    let field = |name: &str| PathElement::Field(name.to_owned());
    let mut unmanaged = FieldSet::default();
    for path in [vec![field("apiVersion")], vec![field("kind")], vec![field("metadata")]] {
        unmanaged.insert(&path);
    }
    for name in UNMANAGED {
        unmanaged.insert(&[field("metadata"), field(name)]);
    }
    fields.subtract(&unmanaged);
    fields
}

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "documents are literals")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::{API_VERSION, ImageStream, Time};
    use crate::rules::patch::Mergeable;

    /// An object and its managed fields.
    struct Live(Value, Vec<ManagedFieldsEntry>);

    impl Live {
        fn new() -> Self {
            Self(json!({}), Vec::new())
        }

        /// An object that was written by other means than apply.
        fn written(manager: &str, object: Value) -> Self {
            let mut live = Self::new();
            live.write(manager, object);
            live
        }

        fn write(&mut self, manager: &str, object: Value) {
            let writer = Manager { name: manager, subresource: "", now: Time::from_unix(1) };
            let writer = (!manager.is_empty()).then_some(writer);
            self.1 = update(&self.0, &object, &ImageStream::SCHEMA, &self.1, writer, API_VERSION);
            self.0 = object;
        }

        fn managers(&self) -> Vec<String> {
            self.1.iter().map(|entry| format!("{} {}", entry.operation, entry.manager)).collect()
        }

        fn fields(&self, manager: &str) -> Vec<String> {
            let entry = self.1.iter().find(|entry| entry.manager == manager).unwrap();
            FieldSet::parse(entry.fields_v1.as_ref().unwrap()).paths()
        }

        fn try_apply(&mut self, manager: &str, wanted: Value, force: bool, second: i64) -> Result<(), Vec<String>> {
            let applier = Manager { name: manager, subresource: "", now: Time::from_unix(second) };
            let live = LiveObject { object: &self.0, nothing: &json!({}), managed: &self.1, api_version: API_VERSION };
            let (object, entries) = apply(live, &wanted, &ImageStream::SCHEMA, applier, force).map_err(|conflict| {
                let shown = |conflict: FieldConflict| format!("{} {}", conflict.manager, conflict.field);
                conflict.conflicts.into_iter().map(shown).collect::<Vec<_>>()
            })?;
            self.0 = object.unwrap_or_else(|| self.0.clone());
            self.1 = entries;
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
    fn omitted_fields_are_removed() {
        let mut live = Live::new();
        live.apply("one", labels(json!({"a": "1", "b": "1"}))).apply("one", labels(json!({"b": "1"})));
        assert_eq!(live.0["metadata"]["labels"], json!({"b": "1"}));
        live.apply("one", labels(json!({})));
        assert_eq!(live.0["metadata"]["labels"], json!(null));
        live.apply("one", json!({"metadata": {"name": "app"}}));
        assert_eq!(live.managers(), [""; 0]);
    }

    #[test]
    fn fields_from_before_the_first_apply_stay() {
        let mut live = Live(json!({"metadata": {"labels": {"x": "y"}}}), Vec::new());
        live.apply("one", labels(json!({"a": "1"})));
        assert_eq!(live.managers(), ["Apply one", "Update before-first-apply"]);
        assert_eq!(live.fields("before-first-apply"), [".metadata.labels", ".metadata.labels.x"]);
        live.apply("one", json!({}));
        assert_eq!(live.0["metadata"]["labels"], json!({"x": "y"}));
        let conflict = live.try_apply("one", labels(json!({"x": "z"})), false, 1);
        assert_eq!(
            conflict,
            Err(vec!["\"before-first-apply\" using image.openshift.io/v1 .metadata.labels.x".to_owned()])
        );
    }

    #[test]
    fn an_empty_first_apply_adds_an_entry() {
        let mut live = Live(json!({"metadata": {"labels": {"x": "y"}}}), Vec::new());
        live.apply("one", json!({"metadata": {"name": "app"}}));
        assert_eq!(live.managers(), ["Update before-first-apply"]);
    }

    #[test]
    fn fields_of_another_manager_stay() {
        let mut live = Live::new();
        live.apply("one", labels(json!({"a": "1"}))).apply("two", labels(json!({"a": "1"}))).apply("one", json!({}));
        assert_eq!(live.0["metadata"]["labels"], json!({"a": "1"}));
        assert_eq!(live.managers(), ["Apply two"]);
        live.apply("two", json!({}));
        assert_eq!(live.0["metadata"], json!(null));
        assert!(live.1.is_empty());
    }

    #[test]
    fn only_force_takes_a_field_from_another_manager() {
        let mut live = Live::new();
        live.apply("one", labels(json!({"a": "1", "b": "1"})));
        let wanted = labels(json!({"a": "2"}));
        assert_eq!(live.try_apply("two", wanted.clone(), false, 2), Err(vec!["\"one\" .metadata.labels.a".to_owned()]));
        live.try_apply("two", wanted, true, 2).unwrap();
        assert_eq!(live.0["metadata"]["labels"], json!({"a": "2", "b": "1"}));
        // The first manager no longer owns the field: it can neither remove nor set it.
        let mut again = Live(live.0.clone(), live.1.clone());
        again.apply("one", labels(json!({"b": "1"})));
        assert_eq!(again.0["metadata"]["labels"], json!({"a": "2", "b": "1"}));
        let conflict = live.try_apply("one", labels(json!({"a": "1"})), false, 3);
        assert_eq!(conflict, Err(vec!["\"two\" .metadata.labels.a".to_owned()]));
    }

    #[test]
    fn list_elements_belong_to_their_appliers() {
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
    fn atomic_objects_are_applied_as_a_whole() {
        let from = |from: Value| json!({"spec": {"tags": [{"name": "a", "from": from}]}});
        let mut live = Live::new();
        live.apply("one", from(json!({"kind": "DockerImage", "name": "x", "namespace": "n"})))
            .apply("one", from(json!({"kind": "DockerImage", "name": "y"})));
        assert_eq!(live.0["spec"]["tags"][0]["from"], json!({"kind": "DockerImage", "name": "y"}));
    }

    #[test]
    fn applying_the_same_again_changes_nothing() {
        let mut live = Live::new();
        live.apply("two", labels(json!({"a": "1"}))).apply("one", tags(&["a"]));
        let before = live.1.clone();
        live.try_apply("two", labels(json!({"a": "1"})), false, 99).unwrap();
        assert_eq!(live.1, before);
        assert_eq!(before[0].time, Some(Time::from_unix(1)));
    }

    #[test]
    fn writers_own_what_they_change_and_appliers_conflict_with_them() {
        let mut live = Live::written("edit", labels(json!({"a": "1", "b": "1"})));
        assert_eq!(live.managers(), ["Update edit"]);
        live.write("other", labels(json!({"a": "2", "b": "1", "c": "1"})));
        assert_eq!(live.fields("edit"), [".metadata.labels", ".metadata.labels.b"]);
        assert_eq!(live.fields("other"), [".metadata.labels.a", ".metadata.labels.c"]);
        live.write("", labels(json!({"a": "3", "b": "1", "c": "1"})));
        assert_eq!(live.fields("other"), [".metadata.labels.c"], "a writer without a name has no entry");
        assert_eq!(
            live.try_apply("one", labels(json!({"b": "2"})), false, 1),
            Err(vec!["\"edit\" using image.openshift.io/v1 .metadata.labels.b".to_owned()])
        );
        live.write("edit", labels(json!({"a": "3"})));
        assert_eq!(live.managers(), ["Update edit"], "nothing is left of the other's");
    }

    #[test]
    fn a_field_that_another_writer_changes_is_no_longer_applied() {
        let mut live = Live::new();
        live.apply("one", labels(json!({"a": "1", "b": "1"}))).apply("two", labels(json!({"c": "1"})));
        live.write("edit", labels(json!({"a": "2", "b": "1", "d": "1"})));
        assert_eq!(live.managers(), ["Apply one", "Update edit"]);
        live.apply("one", labels(json!({})));
        assert_eq!(live.0["metadata"]["labels"], json!({"a": "2", "d": "1"}));
    }

    #[test]
    fn subresources_and_api_versions_are_separate_managers() {
        let entry = |api_version: &str, subresource: &str, label: &str| ManagedFieldsEntry {
            manager: "kubectl".to_owned(),
            operation: "Update".to_owned(),
            api_version: api_version.to_owned(),
            fields_v1: Some(json!({"f:metadata": {"f:labels": {format!("f:{label}"): {}}}})),
            subresource: subresource.to_owned(),
            ..ManagedFieldsEntry::default()
        };
        let entries = vec![entry(API_VERSION, "status", "a"), entry("v1", "", "b")];
        let mut live = Live(json!({"metadata": {"labels": {"a": "1", "b": "1"}}}), entries);
        assert_eq!(
            live.try_apply("one", labels(json!({"a": "2", "b": "2"})), false, 1),
            Err(vec![
                "\"kubectl\" with subresource \"status\" using image.openshift.io/v1 .metadata.labels.a".to_owned()
            ])
        );
    }

    #[test]
    fn the_oldest_writers_share_an_entry() {
        let mut live = Live::new();
        let mut object = labels(json!({}));
        for number in 0..15 {
            object["metadata"]["labels"][format!("l{number:02}")] = json!("x");
            live.write(&format!("m{number:02}"), object.clone());
        }
        assert_eq!(live.1.len(), 10);
        let ancient: Vec<_> = (0..6).map(|number| format!(".metadata.labels.l{number:02}")).collect();
        assert_eq!(live.fields("ancient-changes")[1..], ancient);
    }
}
