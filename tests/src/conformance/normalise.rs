//! Replaces what differs between two runs (current times, uids, versions, generated names) with placeholders.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use imagestream::api::Time;
use regex::{Captures, Regex};
use serde_json::{Map, Value};

use super::recording::Step;

/// How many seconds before the first and after the last response still count as the current time.
const AROUND: i64 = 120;

/// The patterns that are replaced anywhere in a text.
struct Patterns {
    uuid: Regex,
    time: Regex,
    age: Regex,
    /// Each with the replacement for the match.
    versions: Vec<(Regex, &'static str)>,
    port: Regex,
    version_in_text: Regex,
}

#[allow(clippy::expect_used, reason = "the patterns are constants")]
static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let pattern = |text: &str| Regex::new(text).expect("a valid pattern");
    Patterns {
        uuid: pattern(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"),
        time: pattern(r"\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})"),
        age: pattern(
            "^(?:[0-9]+ (?:second|minute|hour|day|week|month|year)s?|Less than a second|About a minute|About an hour) ago$",
        ),
        versions: vec![
            (pattern(r"(resource version to )\d+"), "$1<rv>"),
            (pattern(r"(ResourceVersion in object meta: )\d+"), "$1<rv>"),
            (pattern(r"(Too large resource version: \d+, current: )\d+"), "$1<rv>"),
            (pattern(r"(too old resource version: \d+ \()\d+(\))"), "$1<rv>$2"),
            (pattern(r"(StorageError: [^\n]*Key: /openshift\.io/[^\n]*ResourceVersion: )\d+"), "$1<rv>"),
            (pattern(r"(ResourceVersion in record \()\d+\)"), "$1<rv>)"),
            (pattern(r#"("resourceVersion":")\d+""#), "$1<rv>\""),
        ],
        port: pattern(r"127\.0\.0\.1:\d+"),
        version_in_text: pattern(r#"(resourceVersion"?: ?"?)\d+"#),
    }
});

/// The placeholders of one run.
pub(super) struct Normaliser {
    first: i64,
    last: i64,
    /// Generated names and their placeholders.
    names: BTreeMap<String, String>,
    client_uids: BTreeSet<String>,
}

impl Normaliser {
    /// For a run of `scenario` from `first` to `last`; uids that occur in the scenario are kept.
    pub(super) fn new(first: Time, last: Time, scenario: &str) -> Self {
        Self {
            first: first.unix() - AROUND,
            last: last.unix() + AROUND,
            names: BTreeMap::new(),
            client_uids: PATTERNS.uuid.find_iter(scenario).map(|found| found.as_str().to_owned()).collect(),
        }
    }

    /// Whether a request contained this uid.
    pub(super) fn is_of_client(&self, uid: &str) -> bool {
        self.client_uids.contains(uid)
    }

    /// The response with placeholders. If the request had a `generateName`, the generated name is remembered.
    pub(super) fn normalise(&mut self, step: &Step, answer: &Value) -> Value {
        self.learn_generated_name(step, answer);
        let mut normal = Map::new();
        for (name, member) in answer.as_object().into_iter().flatten() {
            let value = match (name.as_str(), member) {
                ("text", Value::String(text)) => Value::from(self.whole_text(text)),
                _ => self.value(member),
            };
            normal.insert(name.clone(), value);
        }
        Value::Object(normal)
    }

    fn learn_generated_name(&mut self, step: &Step, answer: &Value) {
        const SUFFIX: usize = 5;
        let request: Option<Value> = step.body.as_ref().and_then(|body| serde_json::from_str(body.get()).ok());
        let prefix = request.as_ref().and_then(|body| body.pointer("/metadata/generateName")?.as_str());
        let name = ["/body/metadata/name", "/body/details/name"]
            .iter()
            .filter_map(|pointer| answer.pointer(pointer)?.as_str())
            .find(|name| !name.is_empty());
        if let (Some(prefix), Some(name)) = (prefix, name)
            && !prefix.is_empty()
            && name.strip_prefix(prefix).is_some_and(|suffix| suffix.len() == SUFFIX)
        {
            self.names.insert(name.to_owned(), format!("{prefix}<rand>"));
        }
    }

    fn value(&self, value: &Value) -> Value {
        match value {
            Value::Object(members) => Value::Object(
                members
                    .iter()
                    .filter(|(name, _)| *name != "managedFields")
                    .map(|(name, member)| self.member(name, member))
                    .collect(),
            ),
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Value::String(text) => Value::from(self.text(text)),
            _ => value.clone(),
        }
    }

    fn member(&self, name: &str, member: &Value) -> (String, Value) {
        let value = match (name, member) {
            ("resourceVersion" | "continue", Value::String(text)) => {
                let placeholder = if name == "continue" { "<continue>" } else { "<rv>" };
                Value::from(if text.is_empty() { "" } else { placeholder })
            }
            ("columnDefinitions", Value::Array(columns)) => columns.iter().map(|column| self.column(column)).collect(),
            _ => return (self.text(name), self.value(member)),
        };
        (name.to_owned(), value)
    }

    /// A column definition of a table without its description, which is free text.
    fn column(&self, column: &Value) -> Value {
        let mut column = self.value(column);
        if let Some(description) = column.get_mut("description") {
            *description = Value::from("<text>");
        }
        column
    }

    /// A text with placeholders.
    pub(super) fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, placeholder) in &self.names {
            text = text.replace(name, placeholder);
        }
        let mut text = PATTERNS.time.replace_all(&text, |time: &Captures<'_>| self.time(&time[0])).into_owned();
        text = PATTERNS
            .uuid
            .replace_all(
                &text,
                |uid: &Captures<'_>| {
                    if self.is_of_client(&uid[0]) { uid[0].to_owned() } else { "<uid>".to_owned() }
                },
            )
            .into_owned();
        for (pattern, replacement) in &PATTERNS.versions {
            text = pattern.replace_all(&text, *replacement).into_owned();
        }
        text = PATTERNS.port.replace_all(&text, "127.0.0.1:<port>").into_owned();
        if PATTERNS.age.is_match(&text) { "<age>".to_owned() } else { text }
    }

    fn time(&self, text: &str) -> String {
        let is_now = text.parse::<Time>().is_ok_and(|time| (self.first..=self.last).contains(&time.unix()));
        if is_now { "<time>".to_owned() } else { text.to_owned() }
    }

    /// A whole body as text: pretty JSON or YAML.
    fn whole_text(&self, text: &str) -> String {
        let text = self.text(text);
        let text = PATTERNS.version_in_text.replace_all(&text, "$1<rv>");
        without_managed_fields(&text)
    }
}

/// Removes the lines of `managedFields` from pretty JSON and YAML.
fn without_managed_fields(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut lines = text.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let content = line.trim_start_matches(' ');
        let indent = " ".repeat(line.len() - content.len());
        if content.starts_with("\"managedFields\": [") {
            let end = format!("{indent}]");
            for line in lines.by_ref() {
                if line.starts_with(&end) {
                    break;
                }
            }
        } else if content.starts_with("managedFields:\n") {
            let is_inside = |line: &&str| line.strip_prefix(&indent).is_some_and(|rest| rest.starts_with(['-', ' ']));
            while lines.next_if(is_inside).is_some() {}
        } else {
            kept.push_str(line);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn step(body: &Value) -> Step {
        serde_json::from_value(json!({"id": "s", "method": "POST", "path": "/", "body": body})).unwrap()
    }

    fn normaliser() -> Normaliser {
        let time: Time = "2031-10-17T10:40:00Z".parse().unwrap();
        Normaliser::new(time, time, "11111111-1111-1111-1111-111111111111")
    }

    #[test]
    fn only_what_differs_between_runs_is_replaced() {
        let answer = json!({"id": "s", "body": {
            "metadata": {
                "uid": "22222222-2222-2222-2222-222222222222",
                "resourceVersion": "12",
                "creationTimestamp": "2031-10-17T10:40:30Z",
                "managedFields": [],
            },
            "owner": "11111111-1111-1111-1111-111111111111",
            "built": "2016-09-23T23:20:45Z",
            "age": "4 minutes ago",
            "message": "http://127.0.0.1:8443 at resource version to 4",
        }});
        assert_eq!(
            normaliser().normalise(&step(&Value::Null), &answer),
            json!({"id": "s", "body": {
                "metadata": {"uid": "<uid>", "resourceVersion": "<rv>", "creationTimestamp": "<time>"},
                "owner": "11111111-1111-1111-1111-111111111111",
                "built": "2016-09-23T23:20:45Z",
                "age": "<age>",
                "message": "http://127.0.0.1:<port> at resource version to <rv>",
            }})
        );
    }

    #[test]
    fn a_generated_name_is_remembered() {
        let mut normaliser = normaliser();
        let answer = json!({"body": {"metadata": {"name": "app-x7k2p"}}});
        normaliser.normalise(&step(&json!({"metadata": {"generateName": "app-"}})), &answer);
        assert_eq!(normaliser.text("imagestreams \"app-x7k2p\""), "imagestreams \"app-<rand>\"");
    }

    #[test]
    fn managed_fields_are_removed_from_texts() {
        let json = "{\n  \"metadata\": {\n    \"managedFields\": [\n      {}\n    ],\n    \"name\": \"a\"\n  }\n}";
        assert_eq!(without_managed_fields(json), "{\n  \"metadata\": {\n    \"name\": \"a\"\n  }\n}");
        let yaml = "metadata:\n  managedFields:\n  - manager: a\n    time: b\n  name: a\n";
        assert_eq!(without_managed_fields(yaml), "metadata:\n  name: a\n");
    }
}
