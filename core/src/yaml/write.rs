//! JSON values to YAML text, byte for byte as go-yaml v2 prints them.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use super::order::NaturalKey;
use super::scalar::{Scalar, is_sexagesimal};
use crate::json::{DecodeError, parse};

/// After this column a line is broken at the next space.
const WIDTH: usize = 80;
/// The indentation of a level, in spaces.
const INDENT: usize = 2;
/// Longer keys begin with `?`.
const MAX_SIMPLE_KEY: usize = 128;

/// Prints a value as YAML: block style, keys sorted (with numbers in them in the order of their values), lists not
/// indented under their key, long lines folded at spaces.
///
/// # Errors
///
/// Those of `serde_json`: the value has a map whose keys are not strings, or its own serialization fails.
pub fn to_string<T: Serialize + ?Sized>(value: &T) -> Result<String, serde_json::Error> {
    serde_json::to_value(value).map(|value| print(&value))
}

/// Prints a JSON text as YAML, as [`to_string`] prints a value. Of members of one name the last is printed.
///
/// # Errors
///
/// A syntax error, or a number beyond the range of `f64`.
pub fn from_json(text: &[u8]) -> Result<String, DecodeError> {
    let out_of_range = |number| DecodeError::other(format_args!("{number} is out of range"));
    parse(text)?.into_value().map(|value| print(&value)).map_err(out_of_range)
}

fn print(value: &Value) -> String {
    let mut printer = Printer { text: String::new(), column: 0, compact: false };
    match value {
        Value::Object(members) if !members.is_empty() => printer.mapping(members, 0),
        Value::Array(items) if !items.is_empty() => printer.sequence(items, 0),
        scalar => printer.scalar(scalar, INDENT),
    }
    printer.end_line();
    printer.text
}

struct Printer {
    text: String,
    /// The number of characters in the current line.
    column: usize,
    /// Whether the current line has only indicators, so that a collection can begin in it.
    compact: bool,
}

impl Printer {
    fn mapping(&mut self, members: &serde_json::Map<String, Value>, indent: usize) {
        let mut members: Vec<_> = members.iter().collect();
        members.sort_by_cached_key(|(key, _)| NaturalKey::of(key));
        for (key, value) in members {
            self.start_line(indent);
            let explicit = key.len() > MAX_SIMPLE_KEY || key.contains(is_break);
            if explicit {
                self.put("? ");
                self.string(key, indent + INDENT, Role::Value);
                self.start_line(indent);
                self.put(":");
                self.compact = true;
            } else {
                self.string(key, indent, Role::Key);
                self.put(":");
            }
            match value {
                Value::Object(members) if !members.is_empty() => self.mapping(members, indent + INDENT),
                Value::Array(items) if !items.is_empty() => {
                    self.sequence(items, if explicit { indent + INDENT } else { indent });
                }
                scalar => {
                    self.put(" ");
                    self.scalar(scalar, indent + INDENT);
                }
            }
        }
    }

    fn sequence(&mut self, items: &[Value], indent: usize) {
        for item in items {
            self.start_line(indent);
            self.put("-");
            self.compact = true;
            match item {
                Value::Object(members) if !members.is_empty() => self.mapping(members, indent + INDENT),
                Value::Array(items) if !items.is_empty() => self.sequence(items, indent + INDENT),
                scalar => {
                    self.put(" ");
                    self.scalar(scalar, indent + INDENT);
                }
            }
        }
    }

    /// Prints a value that begins in the current line. Further lines are indented.
    fn scalar(&mut self, value: &Value, indent: usize) {
        match value {
            Value::Null => self.put("null"),
            Value::Bool(value) => self.put(if *value { "true" } else { "false" }),
            Value::Number(number) => self.put(&number.to_string()),
            Value::String(text) => self.string(text, indent, Role::Value),
            Value::Array(_) => self.put("[]"),
            Value::Object(_) => self.put("{}"),
        }
    }

    fn string(&mut self, text: &str, indent: usize, role: Role) {
        match Style::of(text, role) {
            Style::Plain => self.folded(text, "", indent, role),
            Style::SingleQuoted => {
                self.put("'");
                self.folded(text, "'", indent, role);
                self.put("'");
            }
            Style::DoubleQuoted => self.double_quoted(text, indent, role),
            Style::Literal => self.literal(text, indent),
        }
    }

    /// Prints a text in which nothing is escaped but the quote, which is doubled.
    fn folded(&mut self, text: &str, quote: &str, indent: usize, role: Role) {
        let mut previous = None;
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            let single = character == ' ' && previous.is_some_and(|previous| previous != ' ');
            let inside = characters.peek().is_some_and(|next| *next != ' ');
            if single && inside && self.column > WIDTH && role == Role::Value {
                self.break_line(indent);
            } else {
                self.put(character.encode_utf8(&mut [0; 4]));
                if quote.starts_with(character) {
                    self.put(quote);
                }
            }
            previous = Some(character);
        }
    }

    fn double_quoted(&mut self, text: &str, indent: usize, role: Role) {
        self.put("\"");
        let mut previous = None;
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            let single = character == ' ' && previous.is_some_and(|previous| previous != ' ');
            if single && self.column > WIDTH && role == Role::Value && characters.peek().is_some() {
                self.break_line(indent);
                if characters.peek() == Some(&' ') {
                    self.put("\\");
                }
            } else if let Some(escape) = escape(character) {
                self.put(&escape);
            } else {
                self.put(character.encode_utf8(&mut [0; 4]));
            }
            previous = Some(character);
        }
        self.put("\"");
    }

    fn literal(&mut self, text: &str, indent: usize) {
        self.put("|");
        if text.starts_with([' ', '\n']) {
            self.put("2");
        }
        if !text.ends_with('\n') {
            self.put("-");
        } else if text == "\n" || text.ends_with("\n\n") {
            self.put("+");
        }
        let lines = text.strip_suffix('\n').unwrap_or(text);
        for line in lines.split('\n') {
            self.put("\n");
            self.column = 0;
            if !line.is_empty() {
                self.pad(indent);
                self.put(line);
            }
        }
        if text.ends_with('\n') {
            self.put("\n");
            self.column = 0;
        }
    }

    /// Begins the line of the next entry of a block.
    fn start_line(&mut self, indent: usize) {
        if !self.compact {
            self.end_line();
        }
        self.pad(indent);
    }

    fn end_line(&mut self) {
        if self.column > 0 {
            self.put("\n");
            self.column = 0;
        }
    }

    fn break_line(&mut self, indent: usize) {
        self.end_line();
        self.pad(indent);
    }

    fn pad(&mut self, column: usize) {
        while self.column < column {
            self.put(" ");
        }
    }

    fn put(&mut self, text: &str) {
        self.text.push_str(text);
        self.column += text.chars().count();
        self.compact = false;
    }
}

/// What a text is: keys are not folded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Key,
    Value,
}

enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    /// A block of lines.
    Literal,
}

impl Style {
    fn of(text: &str, role: Role) -> Self {
        let special =
            text.chars().any(|character| character != '\n' && (!is_printable(character) || is_break(character)));
        if text.contains('\n') {
            let literal = role == Role::Value && !special && !text.ends_with(' ') && !text.contains(" \n");
            return if literal { Self::Literal } else { Self::DoubleQuoted };
        }
        if special || is_sexagesimal(text) || Scalar::of(text) != Scalar::Text {
            return Self::DoubleQuoted;
        }
        if text.starts_with(' ') || text.ends_with(' ') || has_indicators(text) {
            return Self::SingleQuoted;
        }
        Self::Plain
    }
}

/// Whether the text has characters that have a meaning in YAML.
fn has_indicators(text: &str) -> bool {
    let mut characters = text.chars();
    let first = characters.next();
    let before_space = characters.next().is_none_or(|second| second == ' ');
    match first {
        Some('#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`') => true,
        Some('?' | ':' | '-') if before_space => true,
        _ => {
            text.starts_with("---")
                || text.starts_with("...")
                || text.ends_with(':')
                || text.contains(": ")
                || text.contains(" #")
        }
    }
}

fn is_break(character: char) -> bool {
    matches!(character, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether go-yaml prints the character without an escape: none beyond 16 bits, and no tab.
fn is_printable(character: char) -> bool {
    matches!(character, ' '..='~' | '\u{a0}'..='\u{fffd}') && character != '\u{feff}'
}

fn escape(character: char) -> Option<String> {
    Some(match character {
        '"' | '\\' => format!("\\{character}"),
        '\0' => r"\0".to_owned(),
        '\u{7}' => r"\a".to_owned(),
        '\u{8}' => r"\b".to_owned(),
        '\t' => r"\t".to_owned(),
        '\n' => r"\n".to_owned(),
        '\u{b}' => r"\v".to_owned(),
        '\u{c}' => r"\f".to_owned(),
        '\r' => r"\r".to_owned(),
        '\u{1b}' => r"\e".to_owned(),
        '\u{85}' => r"\N".to_owned(),
        '\u{2028}' => r"\L".to_owned(),
        '\u{2029}' => r"\P".to_owned(),
        _ if is_printable(character) => return None,
        _ => {
            let mut escape = String::new();
            // Writing to a string does not fail.
            let _ = match u32::from(character) {
                code @ ..=0xff => write!(escape, r"\x{code:02X}"),
                code @ ..=0xffff => write!(escape, r"\u{code:04X}"),
                code => write!(escape, r"\U{code:08X}"),
            };
            escape
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::to_string;
    use crate::yaml::documents;

    fn print(value: &Value) -> String {
        to_string(value).unwrap()
    }

    #[test]
    fn an_object_is_printed_as_the_real_server_does() {
        let layer = |size| json!({"name": "sha256:9eab", "size": size, "mediaType": "application/vnd.docker.image"});
        let image = json!({
            "kind": "Image",
            "apiVersion": "image.openshift.io/v1",
            "metadata": {"name": "sha256:5a53", "creationTimestamp": "2024-03-05T10:20:30Z", "resourceVersion": "5"},
            "dockerImageLayers": [layer(1000), layer(1001)],
            "dockerImageManifest": "{\n   \"schemaVersion\": 2\n}",
            "dockerImageMetadata": {"Id": "", "Created": null, "Config": {"Cmd": ["/bin/sh", "-c", "#(nop) LABEL a=b"],
                "ExposedPorts": {"8443/tcp": {}, "8080/tcp": {}}, "User": "1001"}, "apiVersion": "image.openshift.io/1.0"},
            "dockerImageMetadataVersion": "1.0",
            "finalizers": [],
        });
        let expected = "\
apiVersion: image.openshift.io/v1
dockerImageLayers:
- mediaType: application/vnd.docker.image
  name: sha256:9eab
  size: 1000
- mediaType: application/vnd.docker.image
  name: sha256:9eab
  size: 1001
dockerImageManifest: |-
  {
     \"schemaVersion\": 2
  }
dockerImageMetadata:
  Config:
    Cmd:
    - /bin/sh
    - -c
    - '#(nop) LABEL a=b'
    ExposedPorts:
      8080/tcp: {}
      8443/tcp: {}
    User: \"1001\"
  Created: null
  Id: \"\"
  apiVersion: image.openshift.io/1.0
dockerImageMetadataVersion: \"1.0\"
finalizers: []
kind: Image
metadata:
  creationTimestamp: \"2024-03-05T10:20:30Z\"
  name: sha256:5a53
  resourceVersion: \"5\"
";
        assert_eq!(print(&image), expected);
    }

    #[test]
    fn long_lines_are_folded_at_spaces() {
        let message = "only the following media types are accepted: application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch";
        assert_eq!(
            print(&json!({"message": message})),
            "message: 'only the following media types are accepted: application/json;stream=watch,\n  \
             application/vnd.kubernetes.protobuf;stream=watch'\n"
        );
        let words = "word ".repeat(20) + "end";
        let folded = format!("{}word\n    word word word word end", "word ".repeat(15));
        assert_eq!(print(&json!({"a": {"b": words}})), format!("a:\n  b: {folded}\n"));
        let tab = format!("\t{}", "word ".repeat(20));
        assert!(print(&json!(tab)).starts_with("\"\\tword"));
        // Two spaces can't be folded, and keys are not.
        let wide = format!("{}  b", "a".repeat(90));
        assert_eq!(print(&json!(wide)), format!("{wide}\n"));
        let key = format!("{} b", "a".repeat(90));
        assert_eq!(print(&json!({&key: 1})), format!("{key}: 1\n"));
    }

    #[test]
    fn texts_are_quoted_if_they_would_have_another_type() {
        for (text, printed) in [
            ("plain text", "plain text"),
            ("quay.io/a/b:1", "quay.io/a/b:1"),
            ("a#b", "a#b"),
            ("-c", "-c"),
            ("it's", "it's"),
            ("y", "\"y\""),
            ("null", "\"null\""),
            ("~", "\"~\""),
            ("1e3", "\"1e3\""),
            ("0x1F", "\"0x1F\""),
            ("2024-01-01", "\"2024-01-01\""),
            ("1:20", "\"1:20\""),
            ("<<", "\"<<\""),
            ("a: b", "'a: b'"),
            ("a:", "'a:'"),
            ("a #b", "'a #b'"),
            ("- a", "'- a'"),
            ("-", "'-'"),
            ("*", "'*'"),
            ("'a'", "'''a'''"),
            (" a", "' a'"),
            ("---", "'---'"),
            ("{}", "'{}'"),
            ("a\tb", "\"a\\tb\""),
            ("\u{1f600}\u{7}\u{80}\\\"", "\"\\U0001F600\\a\\x80\\\\\\\"\""),
            ("h\u{e9}llo\u{a0}", "h\u{e9}llo\u{a0}"),
            ("\u{feff}\u{2028}", "\"\\uFEFF\\L\""),
        ] {
            assert_eq!(print(&json!(text)), format!("{printed}\n"));
        }
    }

    #[test]
    fn lines_are_printed_as_blocks() {
        assert_eq!(
            print(&json!({"a": ["x\ny\n", "x\ny", "x\n\n"], "b": 1})),
            "a:\n- |\n  x\n  y\n- |-\n  x\n  y\n- |+\n  x\n\nb: 1\n"
        );
        assert_eq!(print(&json!({"a": {"b": " x\n\n  y"}})), "a:\n  b: |2-\n     x\n\n      y\n");
        assert_eq!(print(&json!("x \ny")), "\"x \\ny\"\n");
        assert_eq!(print(&json!("x\ry\n")), "\"x\\ry\\n\"\n");
    }

    #[test]
    fn lists_and_long_keys_start_on_the_line_of_their_indicator() {
        assert_eq!(
            print(&json!([[1, [2]], {"a": [{"b": 1, "c": 2}]}, [], null])),
            "- - 1\n  - - 2\n- a:\n  - b: 1\n    c: 2\n- []\n- null\n"
        );
        let key = "k".repeat(129);
        assert_eq!(print(&json!({&key: {"a": 1}})), format!("? {key}\n: a: 1\n"));
        assert_eq!(print(&json!({&key: [1, 2]})), format!("? {key}\n: - 1\n  - 2\n"));
    }

    fn arbitrary_json() -> impl Strategy<Value = Value> {
        let text = prop_oneof![any::<String>(), "[-?:,\\[\\]{}&*!|>'\"%@` #\n~0-9a-f.yn]{0,12}", "[a-z :#]{70,120}"];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            text.clone().prop_map(Into::into)
        ];
        leaf.prop_recursive(4, 32, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                prop::collection::btree_map(text.clone(), inner, 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(value in arbitrary_json()) {
            let text = print(&value);
            let document = documents(&text).next().transpose();
            let document = document.map_err(|error| TestCaseError::fail(format!("{error} in {text:?}")))?.unwrap();
            prop_assert_eq!(serde_json::to_value(&document.node).unwrap(), value, "{:?}", text);
            prop_assert!(document.duplicates.is_empty());
        }
    }
}
