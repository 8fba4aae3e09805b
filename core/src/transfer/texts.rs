//! Splits JSON and YAML texts of any length into objects, one at a time.
//!
//! The items of a list come one by one, before the list itself without its items: its kind may come last. So memory is
//! bounded by the largest object, not by the text.

use std::io::{self, BufRead as _, Read};

use super::limits::MAX_OBJECT;
use crate::yaml;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A part of a text, as JSON; or why it can't be read.
pub(super) enum Part {
    /// An item of a list.
    Item(Result<Vec<u8>, String>),
    /// An object, or a list without its items, at the end of a document.
    Document(Result<Vec<u8>, String>),
}

/// Gets the parts of a text. After an error of this, nothing more is read.
pub(super) trait Parts {
    type Error: From<io::Error>;

    fn part(&mut self, part: Part) -> Result<(), Self::Error>;
}

/// Splits a text; the error is that of `parts`, or of reading.
pub(super) fn split<P: Parts>(beginning: &[u8], content: &mut dyn Read, parts: &mut P) -> Result<(), P::Error> {
    let mut beginning = beginning;
    if let Some(rest) = beginning.strip_prefix(BYTE_ORDER_MARK) {
        beginning = rest;
        content.read_exact(&mut [0; BYTE_ORDER_MARK.len()])?;
    }
    match beginning.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{' | b'[') => Json::default().read(content, parts),
        _ => Yaml::default().read(content, parts),
    }
}

fn too_long() -> String {
    format!("an object has more than {MAX_OBJECT} bytes")
}

/// The place in relation to the strings of a JSON text.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum StringPlace {
    #[default]
    Outside,
    Inside,
    /// Behind a backslash.
    Escaped,
}

/// The place in a JSON text.
#[derive(Default)]
struct Json {
    depth: usize,
    string: StringPlace,
    /// The last string at the first level, as far as it may be a key.
    last_string: Vec<u8>,
    /// Whether the next value at the first level is that of `items`.
    at_items: bool,
    in_items: bool,
    /// The object, without the items of a list.
    document: Vec<u8>,
    item: Vec<u8>,
    /// Three dashes separate documents, too.
    dashes: usize,
}

impl Json {
    fn read<P: Parts>(mut self, content: &mut dyn Read, parts: &mut P) -> Result<(), P::Error> {
        let mut buffer = vec![0; 64 << 10];
        loop {
            let count = content.read(&mut buffer)?;
            let bytes = buffer.get(..count).unwrap_or_default();
            if count == 0 {
                break;
            }
            for byte in bytes {
                if !self.byte(*byte, parts)? {
                    return Ok(());
                }
            }
        }
        if self.depth > 0 {
            parts.part(Part::Document(Err("it ends in the middle of an object".to_owned())))?;
        }
        Ok(())
    }

    /// Returns whether to go on.
    fn byte<P: Parts>(&mut self, byte: u8, parts: &mut P) -> Result<bool, P::Error> {
        if self.depth == 0 && !matches!(byte, b'{' | b'[') {
            if byte.is_ascii_whitespace() || byte == b'-' && self.dashes < 3 {
                self.dashes = if byte == b'-' { self.dashes + 1 } else { 0 };
                return Ok(true);
            }
            let shown = char::from(byte).escape_debug();
            parts.part(Part::Document(Err(format!("invalid character '{shown}' between objects"))))?;
            return Ok(false);
        }
        let in_items = self.in_items && self.depth >= 2;
        let is_separator = self.depth == 2 && !self.in_string() && matches!(byte, b',' | b']');
        if in_items && is_separator {
            self.end_item(parts)?;
        }
        let to_item = in_items && !is_separator && !(self.item.is_empty() && byte.is_ascii_whitespace());
        if !in_items || self.depth == 2 && byte == b']' && !self.in_string() {
            self.document.push(byte);
        } else if to_item {
            self.item.push(byte);
        }
        if self.document.len() > MAX_OBJECT || self.item.len() > MAX_OBJECT {
            parts.part(Part::Document(Err(too_long())))?;
            return Ok(false);
        }
        self.follow(byte);
        if self.depth == 0 {
            let document = std::mem::take(&mut self.document);
            *self = Self::default();
            parts.part(Part::Document(Ok(document)))?;
        }
        Ok(true)
    }

    fn in_string(&self) -> bool {
        self.string != StringPlace::Outside
    }

    /// Follows the structure.
    fn follow(&mut self, byte: u8) {
        if self.in_string() {
            match byte {
                _ if self.string == StringPlace::Escaped => self.string = StringPlace::Inside,
                b'\\' => self.string = StringPlace::Escaped,
                b'"' => self.string = StringPlace::Outside,
                _ if self.depth == 1 && self.last_string.len() < 16 => self.last_string.push(byte),
                _ => {}
            }
            return;
        }
        match byte {
            b'"' => {
                self.string = StringPlace::Inside;
                self.last_string.clear();
            }
            b'{' | b'[' => {
                // An array of objects is a list without more.
                self.in_items |= byte == b'[' && self.depth == 1 && self.at_items;
                self.depth += 1;
                self.at_items = false;
            }
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 1 {
                    self.in_items = false;
                }
            }
            b':' if self.depth == 1 => self.at_items = self.last_string == b"items",
            _ => {}
        }
    }

    fn end_item<P: Parts>(&mut self, parts: &mut P) -> Result<(), P::Error> {
        let item = std::mem::take(&mut self.item);
        if item.is_empty() { Ok(()) } else { parts.part(Part::Item(Ok(item))) }
    }
}

/// The place in a YAML text, line by line.
///
/// The items of a list are recognized as all programs write them: a key `items` at the margin, and each item with a dash
/// at one column. Others come with the list.
#[derive(Default)]
struct Yaml {
    document: String,
    place: Place,
    item: String,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    #[default]
    Document,
    /// Behind `items:`.
    BeforeItems,
    /// In an item; the column of the dashes.
    Items(usize),
}

impl Yaml {
    fn read<P: Parts>(mut self, content: &mut dyn Read, parts: &mut P) -> Result<(), P::Error> {
        let mut lines = io::BufReader::with_capacity(64 << 10, content);
        let mut line = Vec::new();
        loop {
            line.clear();
            let limit = MAX_OBJECT as u64 + 1;
            if (&mut lines).take(limit).read_until(b'\n', &mut line)? == 0 {
                break;
            }
            let bytes = line.as_slice();
            if bytes.len() + self.document.len() + self.item.len() > MAX_OBJECT {
                return parts.part(Part::Document(Err(too_long())));
            }
            let Ok(text) = std::str::from_utf8(bytes) else {
                return parts.part(Part::Document(Err("it is not UTF-8".to_owned())));
            };
            self.line(text, parts)?;
        }
        self.end_document(parts)
    }

    fn line<P: Parts>(&mut self, line: &str, parts: &mut P) -> Result<(), P::Error> {
        let bare = line.trim_end();
        if let Some(rest) = bare.strip_prefix("---").filter(|rest| rest.is_empty() || rest.starts_with([' ', '\t'])) {
            self.end_document(parts)?;
            self.document.push_str(rest);
            self.document.push('\n');
            return Ok(());
        }
        if bare == "..." {
            return self.end_document(parts);
        }
        let indent = line.len() - line.trim_start_matches(' ').len();
        let inner = line.get(indent..).unwrap_or_default();
        let is_dash = inner.trim_end() == "-" || inner.starts_with("- ");
        match self.place {
            Place::Document if bare == "items:" => self.place = Place::BeforeItems,
            Place::Document => self.document.push_str(line),
            Place::BeforeItems if bare.is_empty() || inner.starts_with('#') => {}
            Place::BeforeItems if is_dash => {
                self.document.push_str("items: []\n");
                self.begin_item(indent, line);
            }
            Place::BeforeItems => {
                self.document.push_str("items:\n");
                self.place = Place::Document;
                return self.line(line, parts);
            }
            Place::Items(column) if is_dash && indent == column => {
                self.end_item(parts)?;
                self.begin_item(column, line);
            }
            Place::Items(column) if indent > column || bare.is_empty() || inner.starts_with('#') => {
                self.item.push_str(line);
            }
            Place::Items(_) => {
                self.end_item(parts)?;
                self.place = Place::Document;
                return self.line(line, parts);
            }
        }
        Ok(())
    }

    /// Begins an item whose dash is at `column`: without the dash, the item is a document.
    fn begin_item(&mut self, column: usize, line: &str) {
        self.place = Place::Items(column);
        let (before, rest) = line.split_at_checked(column).unwrap_or_default();
        self.item.push_str(before);
        self.item.push(' ');
        self.item.push_str(rest.get(1..).unwrap_or_default());
    }

    fn end_item<P: Parts>(&mut self, parts: &mut P) -> Result<(), P::Error> {
        let item = std::mem::take(&mut self.item);
        if item.is_empty() { Ok(()) } else { to_json(&item).map_or(Ok(()), |item| parts.part(Part::Item(item))) }
    }

    fn end_document<P: Parts>(&mut self, parts: &mut P) -> Result<(), P::Error> {
        self.end_item(parts)?;
        self.place = Place::Document;
        let document = std::mem::take(&mut self.document);
        to_json(&document).map_or(Ok(()), |document| parts.part(Part::Document(document)))
    }
}

/// The first document of a YAML text as JSON; `None` if there is none.
fn to_json(text: &str) -> Option<Result<Vec<u8>, String>> {
    let document = yaml::documents(text).next()?;
    match document {
        Ok(document) if document.node == crate::json::Node::Null => None,
        Ok(document) => Some(Ok(document.node.to_json().into_bytes())),
        Err(error) => Some(Err(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Default)]
    struct Collected(Vec<String>);

    impl Parts for Collected {
        type Error = io::Error;

        fn part(&mut self, part: Part) -> io::Result<()> {
            let text = |json: Result<Vec<u8>, String>| match json {
                Ok(json) => String::from_utf8(json).unwrap().split_whitespace().collect(),
                Err(error) => format!("error: {error}"),
            };
            self.0.push(match part {
                Part::Item(json) => format!("item {}", text(json)),
                Part::Document(json) => text(json),
            });
            Ok(())
        }
    }

    /// Gives single bytes, so that every boundary is met.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let count = out.len().min(1);
            self.0.read(&mut out[..count])
        }
    }

    fn parts(text: &str) -> Vec<String> {
        let mut collected = Collected::default();
        split(text.as_bytes(), &mut text.as_bytes(), &mut collected).unwrap();
        let mut slowly = Collected::default();
        split(text.as_bytes(), &mut Slow(text.as_bytes()), &mut slowly).unwrap();
        assert_eq!(collected.0, slowly.0);
        collected.0
    }

    #[test]
    fn json_documents_and_items_come_one_by_one() {
        assert_eq!(parts(r#"{"a":1} {"b":"}"}"#), [r#"{"a":1}"#, r#"{"b":"}"}"#]);
        assert_eq!(parts("\u{feff}{\"a\":1}\n---\n{\"b\":2}\n"), [r#"{"a":1}"#, r#"{"b":2}"#]);
        assert_eq!(
            parts(r#"{"apiVersion":"v1","items":[{"x":"],{"}, {"items":[1,{}]} ],"kind":"List"}"#),
            [r#"item {"x":"],{"}"#, r#"item {"items":[1,{}]}"#, r#"{"apiVersion":"v1","items":[],"kind":"List"}"#]
        );
        assert_eq!(parts(r#"{"items":null,"kind":"List"}"#), [r#"{"items":null,"kind":"List"}"#]);
        assert_eq!(parts(r#"{"a":{"items":[{}]}}"#), [r#"{"a":{"items":[{}]}}"#]);
        assert_eq!(parts(r#"{"items":[1,"a"]}"#), ["item 1", "item \"a\"", r#"{"items":[]}"#]);
    }

    #[test]
    fn broken_json_is_reported_where_it_breaks() {
        assert_eq!(parts(r#"{"a":1} x {"b":2}"#), [r#"{"a":1}"#, "error: invalid character 'x' between objects"]);
        assert_eq!(
            parts(r#"{"items":[{"a":1},{"b":"#),
            [r#"item {"a":1}"#, "error: it ends in the middle of an object"]
        );
    }

    #[test]
    fn yaml_documents_and_items_come_one_by_one() {
        assert_eq!(parts("a: 1\n---\nb: 2\n...\n---\n# nothing\n---\n"), [r#"{"a":1}"#, r#"{"b":2}"#]);
        for margin in ["", "  "] {
            let text = "apiVersion: v1\nitems:\n>- a: |\n>    - b\n\n>    items:\n>  c: 1\n># note\n>-\n>  d: [2,\n>   3]\nkind: List\n"
                .replace('>', margin);
            assert_eq!(
                parts(&text),
                [
                    r#"item {"a":"-b\n\nitems:\n","c":1}"#,
                    r#"item {"d":[2,3]}"#,
                    r#"{"apiVersion":"v1","items":[],"kind":"List"}"#
                ],
                "{text}"
            );
        }
        assert_eq!(parts("items: []\nkind: List\n"), [r#"{"items":[],"kind":"List"}"#]);
        assert_eq!(parts("items:\nkind: List\n"), [r#"{"items":null,"kind":"List"}"#]);
        assert_eq!(parts("items: [{a: 1}]\n"), [r#"{"items":[{"a":1}]}"#]);
    }

    #[test]
    fn a_broken_item_does_not_hide_the_next_one() {
        let found = parts("items:\n- a: [\n- b: 1\nkind: List\n");
        assert!(found[0].starts_with("item error: "), "{found:?}");
        assert_eq!(found[1..], [r#"item {"b":1}"#, r#"{"items":[],"kind":"List"}"#]);
    }

    /// Collects items only.
    struct Each<'a>(&'a mut Vec<serde_json::Value>);

    impl Parts for Each<'_> {
        type Error = io::Error;
        fn part(&mut self, part: Part) -> io::Result<()> {
            if let Part::Item(json) = part {
                self.0.push(serde_json::from_slice(&json.unwrap()).unwrap());
            }
            Ok(())
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "[{}\\[\\]\",:a\\\\ \n-]{0,60}") {
            parts(&text);
        }

        #[test]
        fn the_items_of_any_list_are_found(items in proptest::collection::vec("[a-z\"\\\\{}\\[\\], ]{0,12}", 0..5)) {
            let items: Vec<_> = items.iter().map(|text| serde_json::json!({"items": [{"text": text}]})).collect();
            let list = serde_json::json!({"kind": "List", "items": items});
            for text in [list.to_string(), serde_json::to_string_pretty(&list).unwrap()] {
                let mut collected = Vec::new();
                split(text.as_bytes(), &mut text.as_bytes(), &mut Each(&mut collected)).unwrap();
                prop_assert_eq!(&collected, &items);
            }
        }
    }
}
