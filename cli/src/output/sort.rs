//! `--sort-by PATH`: objects in the order of what a path leads to.

use std::cmp::Ordering;

use imagestream::json;
use serde::Serialize;
use serde_json::Value;

use super::path::{Path, text};
use crate::failure::{Failure, Result};

/// Sorts objects; those that have nothing there come first.
pub(crate) fn sort<R: Serialize>(objects: &mut Vec<R>, path: &Path) -> Result {
    let mut keyed = Vec::with_capacity(objects.len());
    for object in objects.drain(..) {
        let value = value(&object)?;
        let key = path.find(&value).first().map(|found| (*found).clone());
        keyed.push((key, object));
    }
    if !keyed.is_empty() && keyed.iter().all(|(key, _)| key.is_none()) {
        return Err(Failure::message("no object has what --sort-by names"));
    }
    keyed.sort_by(|(one, _), (other, _)| compare(one.as_ref(), other.as_ref()));
    objects.extend(keyed.into_iter().map(|(_, object)| object));
    Ok(())
}

/// An object as it is printed.
pub(crate) fn value(object: &impl Serialize) -> Result<Value> {
    let text = json::to_vec(object).map_err(|error| Failure::message(error.to_string()))?;
    serde_json::from_slice(&text).map_err(|error| Failure::message(error.to_string()))
}

fn compare(one: Option<&Value>, other: Option<&Value>) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => match (one.as_f64(), other.as_f64()) {
            (Some(one), Some(other)) => one.total_cmp(&other),
            _ => natural(&text(one), &text(other)),
        },
        (one, other) => one.is_some().cmp(&other.is_some()),
    }
}

/// The order in which numbers within texts count as numbers: `v9` comes before `v10`.
fn natural(one: &str, other: &str) -> Ordering {
    let (mut one_rest, mut other_rest) = (one, other);
    loop {
        let (Some(a), Some(b)) = (one_rest.chars().next(), other_rest.chars().next()) else {
            return one_rest.len().cmp(&other_rest.len()).then_with(|| one.cmp(other));
        };
        let order = if a.is_ascii_digit() && b.is_ascii_digit() {
            let (a, b) = (number(&mut one_rest), number(&mut other_rest));
            a.len().cmp(&b.len()).then_with(|| a.cmp(b))
        } else {
            one_rest = one_rest.get(a.len_utf8()..).unwrap_or_default();
            other_rest = other_rest.get(b.len_utf8()..).unwrap_or_default();
            a.cmp(&b)
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Takes the digits at the beginning, and returns them without leading zeros.
fn number<'a>(rest: &mut &'a str) -> &'a str {
    let end = rest.find(|char: char| !char.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, behind) = rest.split_at(end);
    *rest = behind;
    digits.trim_start_matches('0')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sorted(path: &str, values: &Value) -> Vec<Value> {
        let mut objects: Vec<Value> = values.as_array().unwrap().clone();
        sort(&mut objects, &Path::parse(path).unwrap()).unwrap();
        objects
    }

    #[test]
    fn numbers_are_numbers_also_within_texts() {
        let values = json!([{"a": 10}, {"b": 1}, {"a": 9}, {"a": -1.5}]);
        assert_eq!(sorted(".a", &values), [json!({"b": 1}), json!({"a": -1.5}), json!({"a": 9}), json!({"a": 10})]);
        let values = json!([{"a": "v10"}, {"a": "v9"}, {"a": "v"}, {"a": "v09x"}, {"a": "v9.1"}]);
        let texts: Vec<_> = sorted("a", &values).iter().map(|value| text(&value["a"])).collect();
        assert_eq!(texts, ["v", "v9", "v9.1", "v09x", "v10"]);
    }

    #[test]
    fn a_path_that_no_object_has_is_an_error() {
        let mut objects = vec![json!({"a": 1})];
        assert!(sort(&mut objects, &Path::parse(".b").unwrap()).is_err());
    }
}
