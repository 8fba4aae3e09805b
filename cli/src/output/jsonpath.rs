//! `-o jsonpath=TEMPLATE`, as `kubectl` has it: text, with paths, quoted texts and ranges in braces.

use serde_json::Value;

use super::path::{Path, text};

/// A template.
#[derive(Debug, Clone)]
pub(crate) struct Template(Vec<Part>);

#[derive(Debug, Clone)]
enum Part {
    Text(String),
    Path(Path),
    /// `{range PATH}...{end}`: the parts for each value.
    Range(Path, Vec<Part>),
}

impl Template {
    /// Parses a template.
    pub(crate) fn parse(template: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        // The ranges that are not closed yet, each with the parts before it.
        let mut open: Vec<(Path, Vec<Part>)> = Vec::new();
        let mut rest = template;
        while let Some((before, action)) = rest.split_once('{') {
            push_text(&mut parts, before);
            let (action, behind) = action.split_at(end_of_action(action).ok_or("a closing brace is missing")?);
            rest = behind.get(1..).unwrap_or_default();
            let action = action.trim();
            if action == "end" {
                let (path, before) = open.pop().ok_or("{end} without {range}")?;
                let body = std::mem::replace(&mut parts, before);
                parts.push(Part::Range(path, body));
            } else if let Some(path) = action.strip_prefix("range ") {
                open.push((Path::parse(path.trim())?, std::mem::take(&mut parts)));
            } else if action.starts_with(['"', '\'']) {
                push_text(&mut parts, &unquoted(action)?);
            } else if action.is_empty() {
                return Err("there is nothing in {}".to_owned());
            } else {
                parts.push(Part::Path(Path::parse(action)?));
            }
        }
        push_text(&mut parts, rest);
        if !open.is_empty() {
            return Err("{range} without {end}".to_owned());
        }
        if template.starts_with(['.', '$']) && !template.contains('{') {
            return Err(format!("paths are in braces: {{{template}}}"));
        }
        Ok(Self(parts))
    }

    /// Fills in a value.
    pub(crate) fn print(&self, value: &Value) -> String {
        let mut out = String::new();
        print(&self.0, value, &mut out);
        out
    }
}

fn print(parts: &[Part], value: &Value, out: &mut String) {
    for part in parts {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Path(path) => {
                let found: Vec<_> = path.find(value).into_iter().map(text).collect();
                out.push_str(&found.join(" "));
            }
            Part::Range(path, body) => path.find(value).into_iter().for_each(|value| print(body, value, out)),
        }
    }
}

fn push_text(parts: &mut Vec<Part>, text: &str) {
    if !text.is_empty() {
        parts.push(Part::Text(text.to_owned()));
    }
}

/// Where the brace is that closes an action; braces in quotes don't.
fn end_of_action(action: &str) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    for (at, char) in action.char_indices() {
        match (quote, char) {
            _ if std::mem::take(&mut escaped) => {}
            (_, '\\') => escaped = true,
            (Some(open), char) if open == char => quote = None,
            (None, '"' | '\'') => quote = Some(char),
            (None, '}') => return Some(at),
            _ => {}
        }
    }
    None
}

fn unquoted(text: &str) -> Result<String, String> {
    let json = match text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        Some(inner) => format!("\"{}\"", inner.replace('"', "\\\"")),
        None => text.to_owned(),
    };
    serde_json::from_str(&json).map_err(|error| format!("text {text}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn printed(template: &str) -> String {
        let value = json!({"kind": "List", "items": [
            {"name": "a", "tags": [{"tag": "1"}, {"tag": "2"}]},
            {"name": "b", "tags": []},
        ]});
        Template::parse(template).unwrap().print(&value)
    }

    #[test]
    fn texts_paths_and_ranges() {
        assert_eq!(printed("{.items[*].name}"), "a b");
        assert_eq!(printed("kind={.kind}, none={.none}"), "kind=List, none=");
        assert_eq!(printed(r#"{range .items[*]}{.name}{"\t"}{.tags[*].tag}{"\n"}{end}"#), "a\t1 2\nb\t\n");
        assert_eq!(printed("{range .items[*]}{range .tags[*]}{.tag}{'}'}{end};{end}"), "1}2};;");
        assert_eq!(printed(r#"{.items[?(@.name=="b")].tags}"#), "[]");
        assert_eq!(printed("no path"), "no path");
    }

    #[test]
    fn errors_say_what_is_wrong() {
        for (template, reason) in [
            ("{.a", "a closing brace is missing"),
            ("{range .a}", "{range} without {end}"),
            ("{end}", "{end} without {range}"),
            ("{}", "there is nothing in {}"),
            (".items", "paths are in braces: {.items}"),
            (r#"{"\q"}"#, "text"),
        ] {
            let error = Template::parse(template).unwrap_err();
            assert!(error.contains(reason), "{template}: {error}");
        }
    }
}
