//! Values captured from a response, which later steps send.

use std::collections::BTreeMap;

use serde_json::Value;

/// The captured values by name; a text uses one as `${name}`.
#[derive(Debug, Default)]
pub(super) struct Variables(BTreeMap<String, Value>);

impl Variables {
    pub(super) fn set(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    /// Captures the member of `answer` at `path`, such as `body.items[0].metadata.uid`. A missing one becomes a text
    /// that says so.
    pub(super) fn capture(&mut self, name: &str, path: &str, answer: &Value) {
        let mut pointer = String::new();
        for part in path.split(['.', '[', ']']).filter(|part| !part.is_empty()) {
            pointer.push('/');
            pointer.push_str(&part.replace('~', "~0").replace('/', "~1"));
        }
        let value = answer.pointer(&pointer).cloned();
        self.set(name, value.unwrap_or_else(|| Value::from(format!("<uncaptured:{name}>"))));
    }

    /// Fills in a text. Unknown names are left as they are.
    pub(super) fn fill(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, value) in &self.0 {
            text = text.replace(&format!("${{{name}}}"), &plain(value));
        }
        text
    }

    /// Fills in JSON text. A string that consists only of `${name}` becomes the value with its type.
    pub(super) fn fill_json(&self, json: &str) -> String {
        let mut json = json.to_owned();
        for (name, value) in &self.0 {
            json = json.replace(&format!("\"${{{name}}}\""), &value.to_string());
            let quoted = Value::from(plain(value)).to_string();
            json = json.replace(&format!("${{{name}}}"), quoted.trim_matches('"'));
        }
        json
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn variables() -> Variables {
        let mut variables = Variables::default();
        let answer = json!({"body": {"items": [{"generation": 3, "uid": "a\"b"}]}});
        variables.capture("generation", "body.items[0].generation", &answer);
        variables.capture("uid", "body.items[0].uid", &answer);
        variables.capture("none", "body.items[1].uid", &answer);
        variables
    }

    #[test]
    fn values_are_filled_in_and_unknown_names_kept() {
        assert_eq!(variables().fill("/x?g=${generation}&n=${none}&${FOO}"), "/x?g=3&n=<uncaptured:none>&${FOO}");
    }

    #[test]
    fn a_whole_string_takes_the_type_and_a_part_is_escaped() {
        let filled = variables().fill_json(r#"{"a": "${generation}", "b": "v${generation}", "c": "-${uid}"}"#);
        assert_eq!(filled, r#"{"a": 3, "b": "v3", "c": "-a\"b"}"#);
    }
}
