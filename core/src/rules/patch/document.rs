//! JSON documents that patches change.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::json::{self, Node, SyntaxError};

/// A JSON document in which a patch opens only the parts that it changes.
///
/// An unopened part keeps the order of its members; the members of an opened object are sorted. The library of the real
/// server does the same, and error messages show the text of patched documents.
#[derive(Debug, Clone)]
pub(super) enum Document<'t> {
    /// An unopened part, or a scalar.
    Closed(Node<'t>),
    Array(Vec<Self>),
    Object(BTreeMap<Cow<'t, str>, Self>),
}

impl<'t> Document<'t> {
    pub(super) fn parse(json: &'t [u8]) -> Result<Self, SyntaxError> {
        json::parse(json).map(Self::Closed)
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Closed(Node::Null))
    }

    /// Opens an array or an object; a scalar stays as it is.
    pub(super) fn open(&mut self) -> &mut Self {
        if let Self::Closed(node) = self {
            *self = match std::mem::take(node) {
                Node::Array(items) => Self::Array(items.into_iter().map(Self::Closed).collect()),
                Node::Object(members) => {
                    let mut opened = BTreeMap::new();
                    opened.extend(members.into_iter().map(|(name, value)| (name, Self::Closed(value))));
                    Self::Object(opened)
                }
                scalar => Self::Closed(scalar),
            };
        }
        self
    }

    /// Whether two documents are equal. Opens both, as the library of the real server does.
    pub(super) fn equals(&mut self, other: &mut Self) -> bool {
        match (self.open(), other.open()) {
            (Self::Closed(one), Self::Closed(other)) => one == other,
            (Self::Array(one), Self::Array(other)) => {
                one.len() == other.len() && one.iter_mut().zip(other).all(|(one, other)| one.equals(other))
            }
            (Self::Object(one), Self::Object(other)) => {
                one.len() == other.len()
                    && one
                        .iter_mut()
                        .zip(other)
                        .all(|((name, one), (other_name, other))| name == other_name && one.equals(other))
            }
            _ => false,
        }
    }

    /// Whether the document has more than `levels` levels.
    pub(super) fn is_deeper(&self, levels: usize) -> bool {
        fn node_is_deeper(node: &Node<'_>, levels: usize) -> bool {
            let Some(left) = levels.checked_sub(1) else { return true };
            match node {
                Node::Array(items) => items.iter().any(|item| node_is_deeper(item, left)),
                Node::Object(members) => members.iter().any(|(_, value)| node_is_deeper(value, left)),
                _ => false,
            }
        }
        let left = levels.checked_sub(1);
        match (self, left) {
            (Self::Closed(node), _) => node_is_deeper(node, levels),
            (_, None) => true,
            (Self::Array(items), Some(left)) => items.iter().any(|item| item.is_deeper(left)),
            (Self::Object(members), Some(left)) => members.values().any(|value| value.is_deeper(left)),
        }
    }

    /// The document as JSON without whitespace.
    pub(super) fn to_json(&self) -> String {
        let mut json = String::new();
        self.write(&mut json);
        json
    }

    fn write(&self, json: &mut String) {
        match self {
            Self::Closed(node) => node.write(json),
            Self::Array(items) => {
                json.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        json.push(',');
                    }
                    item.write(json);
                }
                json.push(']');
            }
            Self::Object(members) => {
                json.push('{');
                for (index, (name, value)) in members.iter().enumerate() {
                    if index > 0 {
                        json.push(',');
                    }
                    json::write_string(name, json);
                    json.push(':');
                    value.write(json);
                }
                json.push('}');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_opened_objects_are_sorted() {
        let mut document = Document::parse(br#"{"b": {"d": 1, "c": [1.0, "x\n"]}, "a": null}"#).unwrap();
        assert_eq!(document.to_json(), r#"{"b":{"d":1,"c":[1.0,"x\n"]},"a":null}"#);
        document.open();
        assert_eq!(document.to_json(), r#"{"a":null,"b":{"d":1,"c":[1.0,"x\n"]}}"#);
    }

    #[test]
    fn member_order_is_no_difference() {
        let equal = |one: &str, other: &str| {
            let mut one = Document::parse(one.as_bytes()).unwrap();
            one.equals(&mut Document::parse(other.as_bytes()).unwrap())
        };
        assert!(equal(r#"{"a": [1, {"x": null, "y": "z"}], "b": 2}"#, r#"{"b": 2, "a": [1, {"y": "z", "x": null}]}"#));
        assert!(!equal(r#"{"a": 1}"#, r#"{"b": 1}"#));
        assert!(!equal(r#"{"a": 1}"#, r#"{"a": 1, "b": null}"#));
        assert!(!equal("[1, 2]", "[2, 1]"));
        assert!(!equal("[]", "{}"));
        assert!(!equal("1", "1.0"));
    }
}
