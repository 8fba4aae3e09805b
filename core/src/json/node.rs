//! A JSON value that keeps the details of its text.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use super::number::Number;

/// A JSON value with the order of its members, duplicate members, and numbers as they were written. Strings without escapes
/// and numbers are borrowed from the text.
///
/// It implements [`Decode`](super::Decode), so it can hold any JSON inside of a typed value. With serde, numbers are written
/// in the notation of the other format.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Node<'t> {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number as it was written.
    Number(Cow<'t, str>),
    /// A string.
    String(Cow<'t, str>),
    /// An array.
    Array(Vec<Self>),
    /// An object with its members in order, duplicates included.
    Object(Vec<(Cow<'t, str>, Self)>),
}

impl Node<'_> {
    /// The name in Go's errors of the type of this value.
    pub(crate) fn noun(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "bool",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
        }
    }

    /// The value as JSON without white space.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut json = String::new();
        self.write(&mut json);
        json
    }

    pub(crate) fn write(&self, json: &mut String) {
        match self {
            Self::Null => json.push_str("null"),
            Self::Bool(value) => json.push_str(if *value { "true" } else { "false" }),
            Self::Number(text) => json.push_str(text),
            Self::String(text) => write_string(text, json),
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
                    write_string(name, json);
                    json.push(':');
                    value.write(json);
                }
                json.push('}');
            }
        }
    }

    /// Converts to a value of `serde_json`, which keeps the last of several members of one name. The error is a number beyond
    /// the range of `f64`.
    pub(crate) fn into_value(self) -> Result<Value, String> {
        Ok(match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(value),
            Self::Number(text) => match Number::of(&text) {
                Some(Number::Signed(number)) => number.into(),
                Some(Number::Unsigned(number)) => number.into(),
                Some(Number::Float(number)) => number.into(),
                None => return Err(text.into_owned()),
            },
            Self::String(text) => Value::String(text.into_owned()),
            Self::Array(items) => Value::Array(items.into_iter().map(Node::into_value).collect::<Result<_, _>>()?),
            Self::Object(members) => {
                let mut map = serde_json::Map::new();
                for (name, value) in members {
                    map.insert(name.into_owned(), value.into_value()?);
                }
                Value::Object(map)
            }
        })
    }

    /// Converts to a value that borrows nothing.
    pub(crate) fn into_owned(self) -> Node<'static> {
        match self {
            Self::Null => Node::Null,
            Self::Bool(value) => Node::Bool(value),
            Self::Number(text) => Node::Number(text.into_owned().into()),
            Self::String(text) => Node::String(text.into_owned().into()),
            Self::Array(items) => Node::Array(items.into_iter().map(Node::into_owned).collect()),
            Self::Object(members) => {
                let owned = |(name, value): (Cow<'_, str>, Node<'_>)| (name.into_owned().into(), value.into_owned());
                Node::Object(members.into_iter().map(owned).collect())
            }
        }
    }
}

impl From<&Value> for Node<'static> {
    /// The same value; numbers are written as `serde_json` writes them.
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => Self::Number(number.to_string().into()),
            Value::String(text) => Self::String(text.clone().into()),
            Value::Array(items) => Self::Array(items.iter().map(Self::from).collect()),
            Value::Object(members) => {
                let member = |(name, value): (&String, &Value)| (name.clone().into(), Self::from(value));
                Self::Object(members.iter().map(member).collect())
            }
        }
    }
}

/// Writes a string as JSON, with the short escapes that Go has.
pub(crate) fn write_string(text: &str, json: &mut String) {
    json.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => json.extend(['\\', character]),
            '\u{8}' => json.push_str("\\b"),
            '\u{c}' => json.push_str("\\f"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            // Writing to a string does not fail.
            '\0'..='\u{1f}' => drop(write!(json, "\\u{:04x}", u32::from(character))),
            _ => json.push(character),
        }
    }
    json.push('"');
}

impl Serialize for Node<'_> {
    /// Numbers are written as the narrowest of `i64`, `u64` and `f64` that holds them.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(text) => match Number::of(text) {
                Some(Number::Signed(number)) => serializer.serialize_i64(number),
                Some(Number::Unsigned(number)) => serializer.serialize_u64(number),
                Some(Number::Float(number)) => serializer.serialize_f64(number),
                None => Err(serde::ser::Error::custom(format_args!("{text} is out of range"))),
            },
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(items) => serializer.collect_seq(items),
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Node<'static> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node<'static>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Node<'static>, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node<'static>, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node<'static>, E> {
        Ok(Node::Number(number.to_string().into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node<'static>, E> {
        Ok(Node::Number(number.to_string().into()))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Node<'static>, E> {
        if number.is_finite() {
            // Debug always writes a fraction or an exponent, so that the text can be told from an integer's.
            Ok(Node::Number(format!("{number:?}").into()))
        } else {
            Err(E::invalid_value(Unexpected::Float(number), &self))
        }
    }

    fn visit_str<E>(self, text: &str) -> Result<Node<'static>, E> {
        Ok(Node::String(text.to_owned().into()))
    }

    fn visit_string<E>(self, text: String) -> Result<Node<'static>, E> {
        Ok(Node::String(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Node<'static>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Node::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Node<'static>, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = access.next_entry()? {
            members.push(member);
        }
        Ok(Node::Object(members))
    }
}
