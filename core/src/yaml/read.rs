//! YAML text to [`Node`].

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, StrInput, Tag};

use super::scalar::Scalar;
use crate::json::Node;
use crate::rules::Quoted;

/// How deep collections may lie in each other, with aliases replaced by what they stand for.
const MAX_DEPTH: usize = 128;
/// How many bytes anchors and aliases may copy in a document, so that a small one can't fill the memory.
const MAX_COPIES: usize = 16 << 20;

/// The text is not YAML, or not YAML that JSON can say.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("yaml: {0}")]
pub struct YamlError(String);

/// One document of a YAML text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The value. The members of objects are sorted, each once with its last value, as in the JSON that the real
    /// server makes of YAML.
    pub node: Node<'static>,
    /// The keys that came more than once, as `line 7: key "tag" already set in map`.
    pub duplicates: Vec<String>,
}

/// Reads the documents of a text one after the other.
///
/// An empty text has no documents. After an error there are no more.
#[must_use]
pub fn documents(text: &str) -> Documents<'_> {
    Documents { events: Some(Parser::new_from_str(text.strip_prefix('\u{feff}').unwrap_or(text))) }
}

/// The documents of a YAML text, see [`documents`].
#[allow(missing_debug_implementations, reason = "the parser has none")]
pub struct Documents<'a> {
    events: Option<Parser<'a, StrInput<'a>>>,
}

impl Iterator for Documents<'_> {
    type Item = Result<Document, YamlError>;

    fn next(&mut self) -> Option<Self::Item> {
        let events = self.events.as_mut()?;
        let mut builder = Builder::default();
        loop {
            let step = match events.next_event() {
                Some(Ok((event, span))) => builder.take(event, span),
                Some(Err(error)) => Err(at(error.marker(), error.info())),
                None => Ok(Progress::End),
            };
            match step {
                Ok(Progress::More) => {}
                Ok(Progress::Document(node)) => return Some(Ok(Document { node, duplicates: builder.duplicates })),
                Ok(Progress::End) => {
                    self.events = None;
                    return None;
                }
                Err(error) => {
                    self.events = None;
                    return Some(Err(error));
                }
            }
        }
    }
}

fn at(marker: &Marker, problem: &str) -> YamlError {
    YamlError(format!("line {}: {problem}", marker.line()))
}

/// What an event led to.
enum Progress {
    More,
    Document(Node<'static>),
    End,
}

/// A collection whose end is not reached yet.
struct Open {
    anchor: usize,
    collection: Collection,
}

enum Collection {
    Sequence(Vec<Node<'static>>),
    Mapping { members: BTreeMap<String, Node<'static>>, merged: Vec<Node<'static>>, key: Option<Key> },
}

/// The key of a mapping whose value comes next.
enum Key {
    /// The key in JSON, and as Go prints it in an error.
    Member(String, String),
    Merge,
}

/// Puts the events of one document together.
#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: BTreeMap<usize, Anchored>,
    copied: usize,
    root: Option<Node<'static>>,
    duplicates: Vec<String>,
}

struct Anchored {
    node: Node<'static>,
    depth: usize,
    size: usize,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<Progress, YamlError> {
        match event {
            Event::StreamEnd => return Ok(Progress::End),
            Event::DocumentEnd => return Ok(Progress::Document(self.root.take().unwrap_or(Node::Null))),
            Event::Nothing | Event::StreamStart | Event::DocumentStart(_) => {}
            Event::Alias(anchor) => {
                let node = self.alias(anchor, &span.start)?;
                self.value(node, &span.start)?;
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(&text, style, anchor, tag.as_deref(), &span.start)?;
            }
            Event::SequenceStart(anchor, _) => self.start(anchor, Collection::Sequence(Vec::new()), &span.start)?,
            Event::MappingStart(anchor, _) => {
                let mapping = Collection::Mapping { members: BTreeMap::new(), merged: Vec::new(), key: None };
                self.start(anchor, mapping, &span.start)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(&span.start)?,
        }
        Ok(Progress::More)
    }

    fn start(&mut self, anchor: usize, collection: Collection, marker: &Marker) -> Result<(), YamlError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(at(marker, &format!("exceeded depth limit of {MAX_DEPTH}")));
        }
        self.open.push(Open { anchor, collection });
        Ok(())
    }

    fn end(&mut self, marker: &Marker) -> Result<(), YamlError> {
        let Some(Open { anchor, collection }) = self.open.pop() else { return Ok(()) };
        let node = match collection {
            Collection::Sequence(items) => Node::Array(items),
            Collection::Mapping { mut members, merged, .. } => {
                for (name, value) in merged.into_iter().flat_map(merged_members) {
                    members.entry(name.into_owned()).or_insert(value);
                }
                Node::Object(members.into_iter().map(|(name, value)| (name.into(), value)).collect())
            }
        };
        self.remember(anchor, &node, marker)?;
        self.value(node, marker)
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        marker: &Marker,
    ) -> Result<(), YamlError> {
        let tag = tag.filter(|tag| tag.is_yaml_core_schema()).map(|tag| tag.suffix.as_str());
        let scalar = match (tag, style) {
            (Some("str" | "binary"), _) => Scalar::Text,
            (Some("null" | "bool" | "int" | "float"), _) | (_, ScalarStyle::Plain) => Scalar::of(text),
            _ => Scalar::Text,
        };
        if let Some(Open { collection: Collection::Mapping { key: key @ None, .. }, .. }) = self.open.last_mut() {
            *key = Some(match scalar {
                Scalar::Merge => Key::Merge,
                Scalar::Text | Scalar::Timestamp => Key::Member(text.to_owned(), Quoted(text).to_string()),
                Scalar::Bool(value) => Key::Member(value.to_string(), value.to_string()),
                Scalar::Integer(number) => Key::Member(number.to_string(), number.to_string()),
                Scalar::Float(number) => Key::Member(decimal(number), decimal(number)),
                Scalar::Unbounded(name) => Key::Member(name.to_owned(), name.to_owned()),
                Scalar::Null => return Err(at(marker, "null can't be the key of a map")),
            });
            // Whoever names a key by an alias gets the text of the key.
            return self.remember(anchor, &Node::String(text.to_owned().into()), marker);
        }
        let node = match scalar {
            Scalar::Null => Node::Null,
            Scalar::Bool(value) => Node::Bool(value),
            Scalar::Integer(number) => Node::Number(number.to_string().into()),
            Scalar::Float(number) => Node::Number(decimal(number).into()),
            Scalar::Unbounded(name) => return Err(at(marker, &format!("{name} can't be written as JSON"))),
            Scalar::Text if tag == Some("binary") => {
                let bytes =
                    STANDARD.decode(text).map_err(|_| at(marker, "!!binary value contains invalid base64 data"))?;
                Node::String(String::from_utf8_lossy(&bytes).into_owned().into())
            }
            Scalar::Text | Scalar::Timestamp | Scalar::Merge => Node::String(text.to_owned().into()),
        };
        self.remember(anchor, &node, marker)?;
        self.value(node, marker)
    }

    /// Puts a value where it belongs.
    fn value(&mut self, node: Node<'static>, marker: &Marker) -> Result<(), YamlError> {
        match self.open.last_mut().map(|open| &mut open.collection) {
            None => self.root = Some(node),
            Some(Collection::Sequence(items)) => items.push(node),
            Some(Collection::Mapping { members, merged, key }) => match (key.take(), node) {
                (Some(Key::Member(name, printed)), node) => {
                    if members.insert(name, node).is_some() {
                        self.duplicates.push(format!("line {}: key {printed} already set in map", marker.line()));
                    }
                }
                (Some(Key::Merge), node) => merged.push(node),
                (None, Node::String(name)) => {
                    *key = Some(Key::Member(name.clone().into_owned(), Quoted(&name).to_string()));
                }
                (None, _) => return Err(at(marker, "a collection can't be the key of a map")),
            },
        }
        Ok(())
    }

    /// Keeps what an anchor names.
    fn remember(&mut self, anchor: usize, node: &Node<'static>, marker: &Marker) -> Result<(), YamlError> {
        if anchor > 0 {
            let (depth, size) = measure(node);
            self.copy(size, marker)?;
            self.anchors.insert(anchor, Anchored { node: node.clone(), depth, size });
        }
        Ok(())
    }

    fn alias(&mut self, anchor: usize, marker: &Marker) -> Result<Node<'static>, YamlError> {
        let Some(anchored) = self.anchors.get(&anchor) else {
            return Err(at(marker, "anchor value contains itself"));
        };
        if self.open.len() + anchored.depth > MAX_DEPTH {
            return Err(at(marker, &format!("exceeded depth limit of {MAX_DEPTH}")));
        }
        let (node, size) = (anchored.node.clone(), anchored.size);
        self.copy(size, marker)?;
        Ok(node)
    }

    fn copy(&mut self, size: usize, marker: &Marker) -> Result<(), YamlError> {
        self.copied = self.copied.saturating_add(size);
        if self.copied > MAX_COPIES { Err(at(marker, "document contains excessive aliasing")) } else { Ok(()) }
    }
}

/// A number in JSON: as Go writes it, a whole one has no exponent below 10^21, and never a fraction.
#[expect(clippy::cast_possible_truncation, reason = "what is not whole, or too large, is not cast")]
fn decimal(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e21 {
        (number as i128).to_string()
    } else {
        serde_json::Value::from(number).to_string()
    }
}

/// What a merge key adds: the members of a map, or of a list of them, where the first one counts.
fn merged_members(node: Node<'static>) -> Vec<(Cow<'static, str>, Node<'static>)> {
    match node {
        Node::Object(members) => members,
        Node::Array(items) => items
            .into_iter()
            .flat_map(|item| if let Node::Object(members) = item { members } else { Vec::new() })
            .collect(),
        _ => Vec::new(),
    }
}

/// How many levels of collections a node has, and about how many bytes it takes.
fn measure(node: &Node<'static>) -> (usize, usize) {
    let sum = |(depth, size): (usize, usize), (inner, more): (usize, usize)| (depth.max(inner + 1), size + more);
    let own = size_of::<Node<'static>>();
    match node {
        Node::Null | Node::Bool(_) => (0, own),
        Node::Number(text) | Node::String(text) => (0, own + text.len()),
        Node::Array(items) => items.iter().map(measure).fold((1, own), sum),
        Node::Object(members) => members
            .iter()
            .map(|(name, value)| {
                let (depth, size) = measure(value);
                (depth, size + size_of::<String>() + name.len())
            })
            .fold((1, own), sum),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::documents;
    use crate::json::{Node, parse};

    fn read(text: &str) -> Result<Node<'static>, String> {
        let document = documents(text).next().transpose().map_err(|error| error.to_string())?;
        Ok(document.map_or(Node::Null, |document| document.node))
    }

    fn json(text: &'static str) -> Node<'static> {
        parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn yaml_is_another_way_to_write_json() {
        let yaml = "\u{feff}kind: ImageStream\nmetadata:\n  name: app\n  labels: {y: aml, 1: 'yes'}\nspec:\n  tags:\n  - name: \"1.0\"\n    \
                    generation: 0x10\n  - reference: on\n    from: ~\n  text: |\n    a\n    b\n";
        let expected = r#"{"kind": "ImageStream", "metadata": {"labels": {"1": "yes", "true": "aml"}, "name": "app"},
            "spec": {"tags": [{"generation": 16, "name": "1.0"}, {"from": null, "reference": true}], "text": "a\nb\n"}}"#;
        assert_eq!(read(yaml), Ok(json(expected)));
        assert_eq!(
            read("size: 1e3\nage: 1.5\nmade: 2024-01-01\n"),
            Ok(json(r#"{"age": 1.5, "made": "2024-01-01", "size": 1000}"#))
        );
        assert_eq!(read("!!str 5"), Ok(json(r#""5""#)));
        assert_eq!(read("!!binary aGk="), Ok(json(r#""hi""#)));
        assert_eq!(read("{\"a\": [1, \"\\u00e9\"]}"), Ok(json(r#"{"a": [1, "\u00e9"]}"#)));
        assert_eq!(read(""), Ok(Node::Null));
    }

    #[test]
    fn documents_come_one_by_one() {
        let all: Vec<_> = documents("a: 1\n---\n- b\n...\n---\n").map(|document| document.unwrap().node).collect();
        assert_eq!(all, [json(r#"{"a": 1}"#), json(r#"["b"]"#), Node::Null]);
        let mut broken = documents("a: 1\n---\n'");
        assert!(broken.next().unwrap().is_ok());
        assert!(broken.next().unwrap().is_err());
        assert_eq!(broken.next(), None);
    }

    #[test]
    fn the_last_duplicate_wins_and_each_is_told() {
        let document = documents("kind: a\nmetadata:\n  x: 1\n  x: 2\ntag: old\n\ntag: new\n1: a\n1: b\n")
            .next()
            .unwrap()
            .unwrap();
        assert_eq!(document.node, json(r#"{"1": "b", "kind": "a", "metadata": {"x": 2}, "tag": "new"}"#));
        assert_eq!(
            document.duplicates,
            [
                r#"line 4: key "x" already set in map"#,
                r#"line 7: key "tag" already set in map"#,
                "line 9: key 1 already set in map"
            ]
        );
    }

    #[test]
    fn aliases_and_merge_keys_are_replaced() {
        let yaml = "base: &b {a: 1, b: 2}\nuse: *b\nmore:\n  b: 3\n  <<: [*b, {c: 4}]\n&k key: v\nother: *k\n";
        let expected = r#"{"base": {"a": 1, "b": 2}, "key": "v", "more": {"a": 1, "b": 3, "c": 4}, "other": "key", "use": {"a": 1, "b": 2}}"#;
        assert_eq!(read(yaml), Ok(json(expected)));
        assert_eq!(read("- &k a\n- *k : 1\n"), Ok(json(r#"["a", {"a": 1}]"#)));
    }

    #[test]
    fn what_would_fill_stack_or_memory_is_refused() {
        let error = |text: &str| read(text).unwrap_err();
        assert_eq!(error(&"[".repeat(200)), "yaml: line 1: exceeded depth limit of 128");
        let nested = |inner: &str| format!("{}{inner}{}", "[".repeat(100), "]".repeat(100));
        let mut bomb = vec!["a0: &a0 [xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx]".to_owned()];
        let mut chain = vec![format!("a0: &a0 {}", nested(""))];
        for number in 1..20 {
            let previous = format!("*a{}", number - 1);
            bomb.push(format!("a{number}: &a{number} [{}]", [previous.as_str(); 10].join(", ")));
            chain.push(format!("a{number}: &a{number} {}", nested(&previous)));
        }
        let (bomb, chain) = (bomb.join("\n"), chain.join("\n"));
        assert_eq!(error(&bomb), "yaml: line 6: document contains excessive aliasing");
        assert_eq!(error(&chain), "yaml: line 2: exceeded depth limit of 128");
        assert_eq!(error("&a [*a]"), "yaml: line 1: anchor value contains itself");
    }

    #[test]
    fn what_json_can_not_say_is_refused() {
        for text in ["{[a]: b}", "{{a: b}: c}", "? ~\n: a", ".nan", "[-.inf]", "!!binary '!'", "*unknown"] {
            assert!(read(text).unwrap_err().starts_with("yaml: line 1: "), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[-a?:,\\[\\]{}&*!|>'\"%@` #\n\t<~0-9]{0,40}|.{0,40}") {
            let _: Vec<_> = documents(&text).take(50).collect();
        }
    }
}
