//! JSON patch and merge patch.

use json_patch::PatchOperation;
use serde_json::Value;

/// The most operations that a JSON patch may have.
pub const MAX_OPERATIONS: usize = 10_000;

/// The most bytes that the `copy` operations of a JSON patch may add in all.
pub const MAX_COPIED: usize = 3 << 20;

/// How deep the result may be. What is deeper is no object of the API, and whoever walks it may use the stack.
const MAX_DEPTH: usize = 128;

/// The patch does not fit the document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InapplicablePatch(String);

/// Applies the operations of a JSON patch (RFC 6902), all or none.
///
/// # Errors
///
/// Where one of them fails (a `test` that does not hold, a path that does not exist), where the copies grow over
/// [`MAX_COPIED`], and where the result is too deep to be an object of the API. The document is not to be used then.
///
/// ```
/// use imagestream::rules::patch::apply_json_patch;
/// use serde_json::json;
///
/// let patch = serde_json::from_value(json!([{"op": "add", "path": "/labels", "value": {"a": "b"}}]))?;
/// let mut document = json!({});
/// apply_json_patch(&mut document, &patch)?;
/// assert_eq!(document, json!({"labels": {"a": "b"}}));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn apply_json_patch(document: &mut Value, patch: &json_patch::Patch) -> Result<(), InapplicablePatch> {
    let mut copied = 0;
    for operation in &patch.0 {
        if let PatchOperation::Copy(copy) = operation {
            copied += document.pointer(copy.from.as_str()).map_or(0, |value| value.to_string().len());
            if copied > MAX_COPIED {
                return Err(InapplicablePatch(format!("the copies are larger than {MAX_COPIED} bytes")));
            }
        }
        json_patch::patch(document, std::slice::from_ref(operation))
            .map_err(|error| InapplicablePatch(error.to_string()))?;
    }
    if is_deeper(document, MAX_DEPTH) {
        return Err(InapplicablePatch(format!("the result is deeper than {MAX_DEPTH} levels")));
    }
    Ok(())
}

/// Applies a merge patch (RFC 7386): objects are merged, `null` takes a member away, everything else replaces.
///
/// ```
/// use imagestream::rules::patch::apply_merge_patch;
/// use serde_json::json;
///
/// let mut document = json!({"labels": {"a": "1", "b": "2"}, "tags": [1, 2]});
/// apply_merge_patch(&mut document, &json!({"labels": {"a": null}, "tags": [3]}));
/// assert_eq!(document, json!({"labels": {"b": "2"}, "tags": [3]}));
/// ```
pub fn apply_merge_patch(document: &mut Value, patch: &Value) {
    json_patch::merge(document, patch);
}

fn is_deeper(value: &Value, levels: usize) -> bool {
    let Some(left) = levels.checked_sub(1) else { return true };
    match value {
        Value::Array(items) => items.iter().any(|item| is_deeper(item, left)),
        Value::Object(members) => members.values().any(|value| is_deeper(value, left)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn patched(mut document: Value, patch: Value) -> Result<Value, String> {
        apply_json_patch(&mut document, &serde_json::from_value(patch).unwrap()).map_err(|error| error.to_string())?;
        Ok(document)
    }

    #[test]
    fn operations_come_one_after_the_other() {
        let patch = json!([
            {"op": "add", "path": "/a/-", "value": 2},
            {"op": "test", "path": "/a/1", "value": 2},
            {"op": "move", "from": "/a/0", "path": "/b"},
            {"op": "copy", "from": "/b", "path": "/c"},
            {"op": "replace", "path": "/b", "value": null},
        ]);
        assert_eq!(patched(json!({"a": [1]}), patch), Ok(json!({"a": [2], "b": null, "c": 1})));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for operation in [
            json!({"op": "test", "path": "/a", "value": 2}),
            json!({"op": "remove", "path": "/b"}),
            json!({"op": "replace", "path": "/b", "value": 1}),
            json!({"op": "add", "path": "/b/c", "value": 1}),
        ] {
            assert!(patched(json!({"a": 1}), json!([operation])).is_err(), "{operation}");
        }
    }

    #[test]
    fn copies_do_not_grow_without_end() {
        let double = json!({"op": "copy", "from": "/a", "path": "/a/-"});
        let patch = Value::Array(vec![double; 100]);
        assert!(patched(json!({"a": ["x"]}), patch).unwrap_err().contains("larger than"));
    }

    #[test]
    fn moves_do_not_nest_without_end() {
        let steps = [
            json!({"op": "add", "path": "/b", "value": {}}),
            json!({"op": "move", "from": "/a", "path": "/b/a"}),
            json!({"op": "move", "from": "/b", "path": "/a"}),
        ];
        let patch: Vec<_> = steps.iter().cycle().take(9_000).cloned().collect();
        assert!(patched(json!({"a": 1}), Value::Array(patch)).unwrap_err().contains("deeper than"));
    }
}
