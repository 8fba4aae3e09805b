//! What normalising hides: which uids are equal, and the order of resource versions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::normalise::Normaliser;

static UUID: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new("^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$").ok());

/// The uids and versions in one response, by path. Those of the replay are values from the store, those of a recording
/// are ranks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Ids {
    /// Resource versions.
    #[serde(default)]
    rv: BTreeMap<String, u64>,
    /// Uids of objects.
    #[serde(default, deserialize_with = "texts")]
    uid: BTreeMap<String, String>,
}

/// Ranks in a recording are numbers, uids of the replay are strings: as strings they can share a type.
fn texts<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let ranks = BTreeMap::<String, u64>::deserialize(deserializer)?;
    Ok(ranks.into_iter().map(|(path, rank)| (path, rank.to_string())).collect())
}

/// The uids and versions of all compared responses of a scenario, in order.
#[derive(Debug, Default)]
pub(super) struct Identities(Vec<Ids>);

impl Identities {
    pub(super) fn add(&mut self, ids: Ids) {
        self.0.push(ids);
    }

    /// The same with every value replaced by its rank among all: resource versions by order, uids by first appearance.
    /// Two runs agree in their ranks if they agree in which versions are older and which uids are equal. A response
    /// without any has `None`.
    pub(super) fn ranked(&self) -> Vec<Option<Value>> {
        let versions: BTreeSet<u64> = self.0.iter().flat_map(|ids| ids.rv.values().copied()).collect();
        let version_ranks: BTreeMap<u64, usize> = versions.into_iter().zip(1..).collect();
        let mut uid_ranks: BTreeMap<&str, usize> = BTreeMap::new();
        self.0
            .iter()
            .map(|ids| {
                let mut ranks = Map::new();
                if !ids.rv.is_empty() {
                    let ranked = ids.rv.iter().map(|(path, version)| (path, version_ranks.get(version)));
                    ranks.insert("rv".to_owned(), json!(ranked.collect::<BTreeMap<_, _>>()));
                }
                if !ids.uid.is_empty() {
                    let mut ranked = BTreeMap::new();
                    for (path, uid) in &ids.uid {
                        let next = uid_ranks.len() + 1;
                        ranked.insert(path, *uid_ranks.entry(uid).or_insert(next));
                    }
                    ranks.insert("uid".to_owned(), json!(ranked));
                }
                (!ranks.is_empty()).then_some(Value::Object(ranks))
            })
            .collect()
    }
}

/// The uids and versions in a response of the store. Items of a list are identified by name, since their order does not
/// matter here.
pub(super) fn of_answer(answer: &Value, normaliser: &Normaliser) -> Ids {
    let mut ids = Ids::default();
    if let Some(body) = answer.get("body") {
        match body.get("items").and_then(Value::as_array) {
            Some(items) => {
                let mut named = Map::new();
                for (index, item) in items.iter().enumerate() {
                    let name = item.pointer("/metadata/name").and_then(Value::as_str);
                    named.insert(normaliser.text(name.unwrap_or(&index.to_string())), item.clone());
                }
                let mut body = body.clone();
                super::answer::insert(&mut body, "items", Some(Value::Object(named)));
                ids.collect(&body, "body", normaliser);
            }
            None => ids.collect(body, "body", normaliser),
        }
    }
    if let Some(events) = answer.get("events") {
        ids.collect(events, "events", normaliser);
    }
    ids
}

impl Ids {
    fn collect(&mut self, value: &Value, path: &str, normaliser: &Normaliser) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    let path = format!("{path}.{name}");
                    let text = member.as_str().unwrap_or_default();
                    match name.as_str() {
                        "managedFields" => {}
                        "resourceVersion" if text.parse::<u64>().is_ok() => {
                            self.rv.insert(path, text.parse().unwrap_or_default());
                        }
                        "uid" if is_uuid(text) && !normaliser.is_of_client(text) => {
                            self.uid.insert(path, text.to_owned());
                        }
                        _ => self.collect(member, &path, normaliser),
                    }
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.collect(item, &format!("{path}[{index}]"), normaliser);
                }
            }
            _ => {}
        }
    }
}

fn is_uuid(text: &str) -> bool {
    UUID.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranked(answers: &[Value]) -> Vec<Option<Value>> {
        let mut identities = Identities::default();
        for answer in answers {
            identities.add(serde_json::from_value(answer.clone()).unwrap());
        }
        identities.ranked()
    }

    #[test]
    fn ranks_are_equal_if_order_and_equality_agree() {
        let one =
            [json!({"rv": {"a": 7}, "uid": {"a": 4}}), json!({}), json!({"rv": {"a": 3}, "uid": {"a": 9, "b": 4}})];
        let same =
            [json!({"rv": {"a": 2}, "uid": {"a": 1}}), json!({}), json!({"rv": {"a": 1}, "uid": {"a": 2, "b": 1}})];
        assert_eq!(ranked(&one), ranked(&same));
        assert_eq!(ranked(&one)[1], None);
        let other_order = [json!({"rv": {"a": 1}}), json!({}), json!({"rv": {"a": 2}})];
        assert_ne!(ranked(&one), ranked(&other_order));
    }
}
