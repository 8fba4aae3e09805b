//! Finds the first difference between two JSON values, as text.

use serde_json::Value;

/// The first difference between a recorded response and the actual one; `None` if they are equal. The status is
/// compared first, since it says the most.
pub(super) fn of_answers(recorded: &Value, actual: &Value) -> Option<String> {
    if let (Some(expected), Some(found)) = (recorded.get("status"), actual.get("status"))
        && let Some(difference) = at(".status", expected, found)
    {
        let message = actual.pointer("/body/message").map(|message| format!(": {}", shown(message)));
        return Some(difference + &message.unwrap_or_default());
    }
    first(recorded, actual)
}

/// The first difference between two values; `None` if they are equal.
fn first(expected: &Value, actual: &Value) -> Option<String> {
    at("", expected, actual)
}

fn at(path: &str, expected: &Value, actual: &Value) -> Option<String> {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            for (name, value) in expected {
                let path = format!("{path}.{name}");
                let Some(found) = actual.get(name) else {
                    return Some(format!("{path}: missing, expected {}", shown(value)));
                };
                if let Some(difference) = at(&path, value, found) {
                    return Some(difference);
                }
            }
            let (name, value) = actual.iter().find(|(name, _)| !expected.contains_key(*name))?;
            Some(format!("{path}.{name}: not expected, got {}", shown(value)))
        }
        (Value::Array(expected), Value::Array(actual)) => {
            let pairs = expected.iter().zip(actual).enumerate();
            for (index, (expected, actual)) in pairs {
                if let Some(difference) = at(&format!("{path}[{index}]"), expected, actual) {
                    return Some(difference);
                }
            }
            (expected.len() != actual.len())
                .then(|| format!("{path}: expected {} elements, got {}", expected.len(), actual.len()))
        }
        _ if expected == actual => None,
        _ => {
            let path = if path.is_empty() { "answer" } else { path };
            Some(format!("{path}: expected {}, got {}", shown(expected), shown(actual)))
        }
    }
}

/// The value on one line, shortened if it is too long to read.
fn shown(value: &Value) -> String {
    const LONGEST: usize = 300;
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_kind_of_difference_is_named_with_its_path() {
        for (expected, actual, difference) in [
            (json!({"a": [1, {"b": 2}]}), json!({"a": [1, {"b": 2}]}), None),
            (json!({"a": [1, {"b": 2}]}), json!({"a": [1, {"b": 3}]}), Some(".a[1].b: expected 2, got 3")),
            (json!({"a": 1}), json!({"a": 1.0}), Some(".a: expected 1, got 1.0")),
            (json!({"a": null}), json!({}), Some(".a: missing, expected null")),
            (json!({}), json!({"a": ""}), Some(".a: not expected, got \"\"")),
            (json!([1, 2]), json!([1]), Some(": expected 2 elements, got 1")),
            (json!("x"), json!(1), Some("answer: expected \"x\", got 1")),
        ] {
            assert_eq!(first(&expected, &actual).as_deref(), difference);
        }
    }

    #[test]
    fn a_wrong_status_is_reported_first_and_with_its_message() {
        let recorded = json!({"body": {"kind": "ImageStream"}, "status": 201});
        let actual = json!({"body": {"kind": "Status", "message": "no"}, "status": 400});
        assert_eq!(of_answers(&recorded, &actual).as_deref(), Some(".status: expected 201, got 400: \"no\""));
    }
}
