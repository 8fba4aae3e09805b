//! Lists in strategic merge patches.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::GoValue;
use super::strategic_error::StrategicError;
use crate::collected;

/// The member with the directive for its object or element.
pub(super) const DIRECTIVE: &str = "$patch";

/// Unites two lists of strings, and removes the strings to delete.
pub(super) fn merge_set(
    present: Vec<Value>,
    patch: &[Value],
    delete: &[Value],
    order: Option<&[Value]>,
) -> Result<Vec<Value>, StrategicError> {
    if patch.iter().any(|item| item.is_object() || item.is_array()) {
        return Err(StrategicError::Unsupported);
    }
    let ids = |items: &[Value]| -> Vec<String> { items.iter().map(Value::to_string).collect() };
    let mut wanted = ids(order.unwrap_or_default());
    wanted.extend(ids(patch));
    let places = Places::new(ids(&present), wanted);
    let mut seen = collected::set(ids(delete));
    let united = present.into_iter().chain(patch.iter().cloned());
    let united = united.map(|item| (item.to_string(), item)).filter(|(id, _)| seen.insert(id.clone()));
    Ok(places.arrange(united.map(|(id, item)| (Some(id), item)).collect()))
}

/// Merges an element of the patch into the present one, if there is one.
pub(super) type MergeElement<'a> = dyn Fn(Option<Value>, &Value) -> Result<Value, StrategicError> + 'a;

/// Merges the elements of two lists by their keys.
pub(super) fn merge_list(
    present: Vec<Value>,
    patch: &[Value],
    key: &[&str],
    merge: &MergeElement<'_>,
    order: Option<&[Value]>,
) -> Result<Vec<Value>, StrategicError> {
    let replaced = patch.iter().any(|item| item.get(DIRECTIVE).and_then(Value::as_str) == Some("replace"));
    let present = if replaced { Vec::new() } else { present };
    let server: Vec<String> = present.iter().map(|item| id(item, key).unwrap_or_default()).collect();
    let mut merged: Vec<(Option<String>, Value)> = present.into_iter().map(|item| (id(&item, key), item)).collect();
    let mut at = collected::map(merged.iter().enumerate().filter_map(|(index, (id, _))| Some((id.clone()?, index))));
    let mut deleted = BTreeSet::new();
    let mut sent = Vec::new();
    for item in patch {
        if !item.is_object() {
            return Err(StrategicError::Unsupported);
        }
        let directive = item.get(DIRECTIVE);
        match directive.map(Value::as_str) {
            None | Some(Some("delete")) => {}
            Some(Some("replace")) => continue,
            Some(Some("merge")) => return Err(StrategicError::MergedElement),
            Some(_) => {
                return Err(StrategicError::unknown_directive(directive.unwrap_or(&Value::Null), item));
            }
        }
        let Some(id) = id(item, key) else {
            return Err(StrategicError::MissingKey { map: GoValue(item).to_string(), key: key.join(".") });
        };
        if directive.is_some() {
            deleted.insert(id);
            continue;
        }
        sent.push(id.clone());
        if let Some((_, present)) = at.get(&id).and_then(|index| merged.get_mut(*index)) {
            *present = merge(Some(present.take()), item)?;
        } else {
            at.insert(id.clone(), merged.len());
            merged.push((Some(id), merge(None, item)?));
        }
    }
    merged.retain(|(id, _)| id.as_ref().is_none_or(|id| !deleted.contains(id)));
    let order = order.unwrap_or_default().iter().filter_map(|item| id(item, key));
    Ok(Places::new(server, order.chain(sent).collect()).arrange(merged))
}

/// The key of an element as text; `None` if the element lacks it.
pub(super) fn id(item: &Value, key: &[&str]) -> Option<String> {
    key.iter().try_fold(item, |value, name| value.get(name)).filter(|id| !id.is_null()).map(Value::to_string)
}

/// The positions that elements had, and the requested ones.
struct Places {
    before: BTreeMap<String, usize>,
    wanted: BTreeMap<String, usize>,
}

impl Places {
    fn new(before: Vec<String>, wanted: Vec<String>) -> Self {
        let mut order = BTreeMap::new();
        for (index, id) in wanted.into_iter().enumerate() {
            order.entry(id).or_insert(index);
        }
        Self { before: collected::map(before.into_iter().enumerate().map(|(index, id)| (id, index))), wanted: order }
    }

    /// Sorts the elements. Elements with a requested position come in that order, the others keep their order. Between
    /// the two groups, elements that existed before keep their relative order; a new element comes as early as
    /// possible.
    fn arrange(&self, items: Vec<(Option<String>, Value)>) -> Vec<Value> {
        let mut wanted = BTreeMap::new();
        let mut others = Vec::new();
        for (id, item) in items {
            match id.as_ref().and_then(|id| self.wanted.get(id)) {
                Some(place) => {
                    wanted.insert(*place, (id, item));
                }
                None => others.push((id, item)),
            }
        }
        let before = |id: &Option<String>| id.as_ref().and_then(|id| self.before.get(id)).copied();
        let mut arranged = Vec::with_capacity(wanted.len() + others.len());
        let mut others = others.into_iter().peekable();
        for (id, item) in wanted.into_values() {
            let place = before(&id);
            while let Some((_, other)) = others.next_if(|(other, _)| before(other) < place) {
                arranged.push(other);
            }
            arranged.push(item);
        }
        arranged.extend(others.map(|(_, item)| item));
        arranged
    }
}
