//! Paths of `kubectl`'s dialect of JSON path, as RFC 9535 has them.
//!
//! The dialect: the `$` may be left out, and often the first dot; `\.` is a dot within a name; names after a dot may have
//! any character but `.`, `[` and white space.

use std::iter::Peekable;
use std::str::CharIndices;

use serde_json::Value;
use serde_json_path::JsonPath;

/// A path into an object.
#[derive(Debug, Clone)]
pub(crate) struct Path(JsonPath);

impl Path {
    /// Parses a path, with or without braces around it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let inner = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(text).trim();
        let mut reader = Reader { text: inner, chars: inner.char_indices().peekable() };
        let standard = reader.path(|_| false).map_err(|reason| format!("path {text:?}: {reason}"))?;
        if let Some((at, _)) = reader.chars.peek() {
            let rest = inner.get(*at..).unwrap_or_default();
            return Err(format!("path {text:?}: what is {rest:?}?"));
        }
        JsonPath::parse(&standard).map(Self).map_err(|error| format!("path {text:?}: {error}"))
    }

    /// What the path leads to; nothing where members are missing.
    pub(crate) fn find<'a>(&self, value: &'a Value) -> Vec<&'a Value> {
        self.0.query(value).all()
    }
}

/// A value as `kubectl` prints it: texts as they are, objects and arrays as JSON.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

struct Reader<'a> {
    text: &'a str,
    chars: Peekable<CharIndices<'a>>,
}

impl Reader<'_> {
    fn next_is(&mut self, wanted: char) -> bool {
        self.chars.next_if(|(_, char)| *char == wanted).is_some()
    }

    /// A path until its end, or until a character that `ends` it.
    fn path(&mut self, ends: fn(char) -> bool) -> Result<String, String> {
        let mut standard = String::from("$");
        let _ = self.next_is('$') || self.next_is('@');
        while let Some((_, char)) = self.chars.peek().copied() {
            if char.is_whitespace() || ends(char) {
                break;
            }
            let is_dot = self.next_is('.');
            let descends = is_dot && self.next_is('.');
            if descends {
                standard.push_str("..");
            }
            if self.next_is('[') {
                standard.push('[');
                self.brackets(&mut standard)?;
            } else if self.next_is('*') {
                standard.push_str("[*]");
            } else {
                let name = self.name(ends);
                if !name.is_empty() {
                    standard.extend(["[", &Value::from(name).to_string(), "]"]);
                } else if descends || !is_dot || self.chars.peek().is_some_and(|(_, char)| *char == '.') {
                    return Err("a name is missing".to_owned());
                }
            }
        }
        Ok(standard)
    }

    fn name(&mut self, ends: fn(char) -> bool) -> String {
        let mut name = String::new();
        while let Some((_, char)) =
            self.chars.next_if(|(_, char)| !(matches!(char, '.' | '[') || char.is_whitespace() || ends(*char)))
        {
            let escaped = if char == '\\' { self.chars.next() } else { None };
            name.push(escaped.map_or(char, |(_, escaped)| escaped));
        }
        name
    }

    /// What is between brackets, and the closing one.
    fn brackets(&mut self, standard: &mut String) -> Result<(), String> {
        let mut depth = 0_usize;
        while let Some((_, char)) = self.chars.peek().copied() {
            match char {
                '\'' | '"' => self.quoted(standard)?,
                '@' | '$' => {
                    let path = self.path(|char| "()=!<>&|],".contains(char))?;
                    standard.push(char);
                    standard.push_str(path.strip_prefix('$').unwrap_or_default());
                }
                _ => {
                    self.chars.next();
                    standard.push(char);
                    match char {
                        '[' => depth += 1,
                        ']' if depth == 0 => return Ok(()),
                        ']' => depth -= 1,
                        _ => {}
                    }
                }
            }
        }
        Err(format!("a closing bracket is missing in {:?}", self.text))
    }

    /// A text in quotes.
    fn quoted(&mut self, standard: &mut String) -> Result<(), String> {
        let Some((_, quote)) = self.chars.next() else { return Ok(()) };
        let mut text = String::new();
        while let Some((_, char)) = self.chars.next() {
            match char {
                '\\' => text.extend(self.chars.next().map(|(_, escaped)| escaped)),
                char if char == quote => {
                    standard.push_str(&Value::from(text).to_string());
                    return Ok(());
                }
                char => text.push(char),
            }
        }
        Err("a closing quote is missing".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(path: &str) -> Vec<String> {
        let value = json!({
            "kind": "List",
            "items": [
                {"metadata": {"name": "a", "labels": {"app.kubernetes.io/name": "web"}}, "size": 7},
                {"metadata": {"name": "b.c"}, "size": 12, "tags": ["x", "y"]},
            ],
        });
        Path::parse(path).unwrap().find(&value).into_iter().map(text).collect()
    }

    #[test]
    fn every_form_of_the_dialect() {
        for path in [".kind", "kind", "$.kind", "{.kind}", "@.kind", "['kind']", "$[\"kind\"]"] {
            assert_eq!(found(path), ["List"], "{path}");
        }
        assert_eq!(found(".items[*].metadata.name"), ["a", "b.c"]);
        assert_eq!(found(".items[1:].size"), ["12"]);
        assert_eq!(found(".items[-1].metadata.name"), ["b.c"]);
        assert_eq!(found(r".items[0].metadata.labels.app\.kubernetes\.io/name"), ["web"]);
        assert_eq!(found(".items[0].metadata.labels['app.kubernetes.io/name']"), ["web"]);
        assert_eq!(found("..name"), ["a", "b.c"]);
        assert_eq!(found(".items[0].metadata['name', 'none']"), ["a"]);
        assert_eq!(found(r#".items[?(@.metadata.name=="b.c")].size"#), ["12"]);
        assert_eq!(found(".items[?(@.metadata.name == 'a')].size"), ["7"]);
        assert_eq!(found(r".items[?(@.metadata.labels.app\.kubernetes\.io/name=='web')].size"), ["7"]);
        assert_eq!(found(".items[?(@.size>10)].metadata.name"), ["b.c"]);
        assert_eq!(found(".items[?(@.tags)].tags[*]"), ["x", "y"]);
        assert_eq!(found(".items[1].tags"), [r#"["x","y"]"#]);
        assert_eq!(found(".items[*].none"), [""; 0]);
        assert_eq!(found(".").len(), 1);
    }

    #[test]
    fn other_texts_say_what_is_wrong() {
        for (path, reason) in [
            (".items[0", "closing bracket"),
            (".items['a]", "closing quote"),
            (".a...b", "a name is missing"),
            (".a b", "what is \" b\"?"),
            (".items[?]", "path"),
        ] {
            let error = Path::parse(path).unwrap_err();
            assert!(error.contains(reason), "{path}: {error}");
        }
    }
}
