//! Strategic merge patch: a merge patch that also merges lists.

use serde_json::{Map, Value};

use super::Schema;
use super::strategic_error::StrategicError;
use super::strategic_list::{DIRECTIVE, merge_list, merge_set};
use crate::collected;

const RETAIN_KEYS: &str = "$retainKeys";
const DELETE_FROM_LIST: &str = "$deleteFromPrimitiveList/";
const SET_ORDER: &str = "$setElementOrder/";

/// Applies a strategic merge patch.
///
/// As in a merge patch, objects are merged and `null` removes a member. In addition:
/// * Lists with a key are merged element by element; sets are united.
/// * `$patch: delete` in such an element removes it; `$patch: replace` in an object or an element replaces the object
///   or the whole list. If the document has no such object or list, everything that has a `$patch` is omitted.
/// * `$retainKeys` removes all members of an object that it does not name.
/// * `$deleteFromPrimitiveList/NAME` removes elements from a set, `$setElementOrder/NAME` sets the order of a list.
///
/// New elements come before elements that only the document has, unless an order is set.
///
/// # Errors
///
/// For an unknown directive, and for an element without its key.
///
/// ```
/// use imagestream::api::ImageStream;
/// use imagestream::rules::patch::{Mergeable, apply_strategic_merge_patch};
/// use serde_json::json;
///
/// let mut stream = json!({"spec": {"tags": [{"name": "a"}, {"name": "b", "reference": true}]}});
/// let patch = json!({"spec": {"tags": [{"name": "a", "$patch": "delete"}, {"name": "b", "generation": 0}]}});
/// apply_strategic_merge_patch(&mut stream, &patch, &ImageStream::SCHEMA)?;
/// assert_eq!(stream, json!({"spec": {"tags": [{"name": "b", "reference": true, "generation": 0}]}}));
/// # Ok::<(), imagestream::rules::patch::StrategicError>(())
/// ```
pub fn apply_strategic_merge_patch(document: &mut Value, patch: &Value, schema: &Schema) -> Result<(), StrategicError> {
    *document = merge_value(Some(document.take()), patch, schema, &ListDirectives::default())?.unwrap_or_default();
    Ok(())
}

/// Merges a part of the patch into the same part of the document; returns `None` if it is removed.
fn merge_value(
    present: Option<Value>,
    patch: &Value,
    schema: &Schema,
    lists: &ListDirectives<'_>,
) -> Result<Option<Value>, StrategicError> {
    match (present, patch, schema) {
        (Some(Value::Object(present)), Value::Object(patch), _) => {
            merge_object(present, patch, schema).map(|members| Some(Value::Object(members)))
        }
        (Some(present @ Value::Array(_)), Value::Array(_), Schema::Set | Schema::List { .. }) => {
            merge_elements(Some(present), Some(patch), schema, lists)
        }
        (Some(Value::Array(_)), Value::Array(_), _) => Ok(Some(patch.clone())),
        _ => Ok(taken(patch)),
    }
}

fn merge_object(
    mut present: Map<String, Value>,
    patch: &Map<String, Value>,
    schema: &Schema,
) -> Result<Map<String, Value>, StrategicError> {
    match patch.get(DIRECTIVE) {
        None => {}
        Some(Value::String(directive)) if directive == "replace" => {
            let mut replacing = patch.clone();
            replacing.remove(DIRECTIVE);
            return Ok(replacing);
        }
        Some(Value::String(directive)) if directive == "delete" => return Ok(Map::new()),
        Some(other) => {
            return Err(StrategicError::unknown_directive(other, &Value::Object(patch.clone())));
        }
    }
    if let Some(retained) = patch.get(RETAIN_KEYS) {
        retain(&mut present, patch, retained)?;
    }
    for (name, value) in patch {
        if is_directive(name) {
            continue;
        }
        let schema = schema.member(name);
        let merged = merge_value(present.remove(name), value, &schema, &ListDirectives::of(patch, name))?;
        if let Some(merged) = merged {
            present.insert(name.clone(), merged);
        }
    }
    // Lists for which the patch has only an order or deletions.
    for name in patch.keys().filter_map(|name| name.strip_prefix(DELETE_FROM_LIST).or(name.strip_prefix(SET_ORDER))) {
        if patch.contains_key(name) {
            continue;
        }
        if let Some(before) = present.remove(name)
            && let Some(merged) =
                merge_elements(Some(before), None, &schema.member(name), &ListDirectives::of(patch, name))?
        {
            present.insert(name.to_owned(), merged);
        }
    }
    Ok(present)
}

/// The result of a part of the patch if the document has nothing of the same type there.
///
/// Parity: an object or element with `$patch` is omitted as a whole, whatever the directive is; other directives are
/// treated as members.
fn taken(value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Object(members) if members.contains_key(DIRECTIVE) => None,
        Value::Object(members) => {
            Some(members.iter().filter_map(|(name, value)| Some((name.clone(), taken(value)?))).collect())
        }
        Value::Array(items) => {
            Some(items.iter().filter_map(|item| if item.is_null() { Some(Value::Null) } else { taken(item) }).collect())
        }
        scalar => Some(scalar.clone()),
    }
}

/// The directives for a list: they are members beside the list itself.
#[derive(Default)]
struct ListDirectives<'a> {
    delete: Option<&'a Value>,
    order: Option<&'a Value>,
}

impl<'a> ListDirectives<'a> {
    fn of(patch: &'a Map<String, Value>, name: &str) -> Self {
        Self {
            delete: patch.get(&format!("{DELETE_FROM_LIST}{name}")),
            order: patch.get(&format!("{SET_ORDER}{name}")),
        }
    }
}

fn merge_elements(
    present: Option<Value>,
    patch: Option<&Value>,
    schema: &Schema,
    directives: &ListDirectives<'_>,
) -> Result<Option<Value>, StrategicError> {
    let present = match present {
        Some(Value::Array(present)) => present,
        other if patch.is_none() => return Ok(other),
        _ => Vec::new(),
    };
    let list = |value: Option<&'_ Value>, error| match value {
        None => Ok(None),
        Some(Value::Array(items)) => Ok(Some(items.clone())),
        Some(_) => Err(error),
    };
    let patch = list(patch, StrategicError::Unsupported)?.unwrap_or_default();
    let delete = list(directives.delete, StrategicError::PrimitiveList)?.unwrap_or_default();
    let order = list(directives.order, StrategicError::SetElementOrder)?;
    let merged = match schema {
        Schema::Set => merge_set(present, &patch, &delete, order.as_deref())?,
        Schema::List { key, item } => {
            let merge = |present, patch: &Value| {
                merge_value(present, patch, item, &ListDirectives::default()).map(Option::unwrap_or_default)
            };
            merge_list(present, &patch, key, &merge, order.as_deref())?
        }
        // The elements of a list without a schema have no key.
        Schema::Object(_) | Schema::Atomic => {
            let delete = collected::set(delete.iter().map(Value::to_string));
            present.into_iter().filter(|item| !delete.contains(&item.to_string())).collect()
        }
    };
    Ok(Some(Value::Array(merged)))
}

fn retain(
    present: &mut Map<String, Value>,
    patch: &Map<String, Value>,
    retained: &Value,
) -> Result<(), StrategicError> {
    let retained = retained.as_array().ok_or(StrategicError::RetainKeys)?;
    let retained: Option<Vec<&str>> = retained.iter().map(Value::as_str).collect();
    let retained = collected::set(retained.ok_or(StrategicError::RetainKeys)?);
    if patch.keys().any(|name| !is_directive(name) && !retained.contains(&**name)) {
        return Err(StrategicError::NotRetained);
    }
    present.retain(|name, _| retained.contains(&**name));
    Ok(())
}

fn is_directive(name: &str) -> bool {
    name == DIRECTIVE || name == RETAIN_KEYS || name.starts_with(DELETE_FROM_LIST) || name.starts_with(SET_ORDER)
}

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "documents are literals")]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::api::{Image, ImageStream};
    use crate::rules::patch::{Mergeable, apply_merge_patch};

    fn stream(mut document: Value, patch: Value) -> Result<Value, String> {
        apply_strategic_merge_patch(&mut document, &patch, &ImageStream::SCHEMA).map_err(|error| error.to_string())?;
        Ok(document)
    }

    fn tags(present: Value, patch: Value) -> Result<Value, String> {
        stream(json!({"spec": {"tags": present}}), json!({"spec": {"tags": patch}}))
            .map(|document| document["spec"]["tags"].clone())
    }

    #[test]
    fn elements_are_merged_by_their_key() {
        let present = json!([{"name": "a", "from": {"kind": "DockerImage", "name": "x"}}, {"name": "b"}]);
        let merged = tags(present, json!([{"name": "c"}, {"name": "a", "from": {"name": "y"}}])).unwrap();
        assert_eq!(
            merged,
            json!([{"name": "c"}, {"name": "a", "from": {"kind": "DockerImage", "name": "y"}}, {"name": "b"}])
        );
        assert_eq!(tags(json!(null), json!([{"name": "a"}])), Ok(json!([{"name": "a"}])));
    }

    #[test]
    fn directives_remove_elements_and_lists() {
        let present = json!([{"name": "a"}, {"name": "b"}]);
        let patched = |patch| tags(present.clone(), patch);
        assert_eq!(patched(json!([{"name": "a", "$patch": "delete"}])), Ok(json!([{"name": "b"}])));
        assert_eq!(patched(json!([{"name": "z", "$patch": "delete"}])), Ok(present.clone()));
        assert_eq!(patched(json!([{"$patch": "replace"}])), Ok(json!([])));
        assert_eq!(patched(json!([{"name": "c"}, {"$patch": "replace"}])), Ok(json!([{"name": "c"}])));
        assert_eq!(
            patched(json!([{"name": "a", "$patch": "merge"}])).unwrap_err(),
            "merging lists cannot yet be specified in the patch"
        );
        assert_eq!(
            patched(json!([{"$patch": "burn"}])).unwrap_err(),
            "unknown patch type: burn in map: map[$patch:burn]"
        );
    }

    #[test]
    fn directives_remove_and_replace_objects() {
        let present = json!({"metadata": {"labels": {"a": "1", "b": "2"}, "name": "x"}});
        let patched = |labels: Value| {
            stream(present.clone(), json!({"metadata": {"labels": labels}}))
                .map(|document| document["metadata"]["labels"].clone())
        };
        assert_eq!(patched(json!({"$patch": "replace", "c": "3"})), Ok(json!({"c": "3"})));
        assert_eq!(patched(json!({"$patch": "delete"})), Ok(json!({})));
        assert_eq!(patched(json!({"$retainKeys": ["b", "c"], "c": "3"})), Ok(json!({"b": "2", "c": "3"})));
        assert_eq!(patched(json!({"$patch": "replace", "c": null})), Ok(json!({"c": null})));
        assert_eq!(
            patched(json!({"$retainKeys": ["b"], "c": "3"})).unwrap_err(),
            "patch content doesn't match retainKeys list"
        );
        assert_eq!(patched(json!({"$retainKeys": "b"})).unwrap_err(), "invalid patch format of retainKeys");
        for (directive, shown) in [
            (json!("merge"), "merge in map: map[$patch:merge]"),
            (json!(""), " in map: map[$patch:]"),
            (json!(null), "%!s(<nil>) in map: map[$patch:<nil>]"),
            (json!(1), "%!s(int64=1) in map: map[$patch:1]"),
            (json!(true), "%!s(bool=true) in map: map[$patch:true]"),
        ] {
            let error = patched(json!({ "$patch": directive })).unwrap_err();
            assert_eq!(error, format!("unknown patch type: {shown}"));
        }
        assert_eq!(stream(json!({"spec": "x"}), json!({"spec": {"a": {"$patch": "merge"}}})), Ok(json!({"spec": {}})));
    }

    #[test]
    fn directives_for_missing_parts() {
        let patched = |patch: Value| stream(json!({"metadata": {"name": "x"}, "spec": {"tags": null}}), patch).unwrap();
        for directive in ["replace", "delete", "merge", "burn"] {
            let labels = json!({"metadata": {"labels": {"$patch": directive, "a": "1"}}});
            assert_eq!(patched(labels)["metadata"], json!({"name": "x"}));
            let tags = json!({"spec": {"tags": [{"name": "a"}, {"name": "b", "$patch": directive}, null]}});
            assert_eq!(patched(tags)["spec"]["tags"], json!([{"name": "a"}, null]));
            let nested = json!({"status": {"x": {"y": {"$patch": directive}, "z": null}}});
            assert_eq!(patched(nested)["status"], json!({"x": {}}));
        }
        let retained = json!({"metadata": {"annotations": {"$retainKeys": ["a"], "a": "1"}}});
        assert_eq!(patched(retained)["metadata"]["annotations"], json!({"$retainKeys": ["a"], "a": "1"}));
    }

    #[test]
    fn sets_are_united_and_elements_deleted() {
        let present = json!({"metadata": {"finalizers": ["x/a", "x/b"]}});
        let patched = |metadata: Value| {
            stream(present.clone(), json!({"metadata": metadata}))
                .map(|document| document["metadata"]["finalizers"].clone())
        };
        assert_eq!(patched(json!({"finalizers": ["x/c", "x/b"]})), Ok(json!(["x/c", "x/a", "x/b"])));
        assert_eq!(patched(json!({"$deleteFromPrimitiveList/finalizers": ["x/a", "x/z"]})), Ok(json!(["x/b"])));
        assert_eq!(
            patched(json!({"$deleteFromPrimitiveList/finalizers": ["x/a"], "finalizers": ["x/c"]})),
            Ok(json!(["x/c", "x/b"]))
        );
        assert_eq!(patched(json!({"$setElementOrder/finalizers": ["x/b", "x/a"]})), Ok(json!(["x/b", "x/a"])));
        assert_eq!(
            patched(json!({"$deleteFromPrimitiveList/finalizers": "x/a"})).unwrap_err(),
            "invalid patch format of primitive list"
        );
        assert_eq!(
            patched(json!({"$setElementOrder/finalizers": 1})).unwrap_err(),
            "invalid patch format of setElementOrder list"
        );
    }

    #[test]
    fn the_order_can_be_set() {
        let patch = json!({"spec": {"$setElementOrder/tags": [{"name": "b"}, {"name": "a"}, {"name": "c"}],
            "tags": [{"name": "c"}]}});
        let patched = stream(json!({"spec": {"tags": [{"name": "a"}, {"name": "b"}]}}), patch).unwrap();
        assert_eq!(patched, json!({"spec": {"tags": [{"name": "b"}, {"name": "a"}, {"name": "c"}]}}));
    }

    #[test]
    fn elements_must_have_their_key() {
        assert_eq!(
            tags(json!([]), json!([{"from": {"name": "x"}}])).unwrap_err(),
            "map: map[from:map[name:x]] does not contain declared merge key: name"
        );
        assert_eq!(tags(json!([]), json!(["a"])).unwrap_err(), "strategic merge patch format is not supported");
    }

    #[test]
    fn signatures_are_identified_by_their_names() {
        let signature = |name: &str, identity: &str| json!({"metadata": {"name": name}, "imageIdentity": identity});
        let mut image = json!({"signatures": [signature("i@a", "1"), signature("i@b", "2")]});
        let patch = json!({"signatures": [{"metadata": {"name": "i@b"}, "imageIdentity": "3",
            "conditions": [{"type": "Trusted"}]}]});
        apply_strategic_merge_patch(&mut image, &patch, &Image::SCHEMA).unwrap();
        assert_eq!(image["signatures"][0], signature("i@a", "1"));
        assert_eq!(image["signatures"][1]["imageIdentity"], "3");
        assert_eq!(image["signatures"][1]["conditions"], json!([{"type": "Trusted"}]));
    }

    fn any_object() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![Just(json!(null)), Just(json!(1)), Just(json!("x")), Just(json!([1, {"a": 2}]))];
        let objects = |inner: BoxedStrategy<Value>| {
            prop::collection::btree_map("[ab]", inner, 0..3).prop_map(|members| json!(members)).boxed()
        };
        objects(leaf.prop_recursive(3, 16, 3, objects).boxed())
    }

    proptest! {
        #[test]
        fn without_lists_and_directives_it_is_a_merge_patch(document in any_object(), patch in any_object()) {
            let merged = apply_merge_patch(&document.to_string(), &patch).unwrap();
            let mut strategic = document;
            apply_strategic_merge_patch(&mut strategic, &patch, &Schema::PLAIN).unwrap();
            prop_assert_eq!(strategic.to_string(), merged);
        }

        #[test]
        fn applying_a_patch_twice_is_the_same_as_once(present in prop::collection::btree_set("[a-e]", 0..5), sent in prop::collection::btree_set("[a-e]", 0..5)) {
            let list = |names: &BTreeSet<String>| {
                json!({"spec": {"tags": names.iter().map(|name| json!({"name": name})).collect::<Vec<_>>()}})
            };
            let once = stream(list(&present), list(&sent)).unwrap();
            let tags = once["spec"]["tags"].as_array().unwrap().len();
            prop_assert_eq!(tags, present.union(&sent).count());
            prop_assert_eq!(stream(once.clone(), list(&sent)).unwrap(), once);
        }
    }
}
