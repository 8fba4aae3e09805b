//! Members of a response in the format of the recordings.

use serde_json::Value;

pub(super) fn insert(answer: &mut Value, member: &str, value: Option<Value>) {
    if let (Value::Object(members), Some(value)) = (answer, value) {
        members.insert(member.to_owned(), value);
    }
}

pub(super) fn remove(answer: &mut Value, member: &str) {
    if let Value::Object(members) = answer {
        members.remove(member);
    }
}

/// Sorts a member of the body that the real server lists in random order.
pub(super) fn sort_unordered(answer: &mut Value, member: Option<&str>) {
    let list = member.and_then(|member| answer.get_mut("body")?.get_mut(member)?.as_array_mut());
    if let Some(list) = list {
        list.sort_by_cached_key(|item| item.get("metadata").or_else(|| item.get("cells")).unwrap_or(item).to_string());
    }
}
