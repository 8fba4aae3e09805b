//! A JSON value that keeps what its text said.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// A JSON value with everything that its text said: order, duplicates, numbers as written. What can be is borrowed from
/// the text.
///
/// It is (de)serializable, so that it can stand for any JSON inside of a typed value. From another format than
/// [`decode`](super::decode)'s own, numbers come as that format prints them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node<'t> {
    /// `null`
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

/// The name under which a [`Node`] asks a deserializer for any value. [`Raw`] knows it and hands over a number's text
/// as bytes, which JSON does not have otherwise.
pub(super) const NODE: &str = "imagestream::json::Node";

impl Node<'_> {
    /// What Go's decoder calls a value of this kind.
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

/// A number in the narrowest type that holds it.
pub(super) enum Number {
    Signed(i64),
    Unsigned(u64),
    Float(f64),
}

impl Number {
    /// Reads a number's text; nothing if it is beyond the range of `f64`.
    pub(super) fn of(text: &str) -> Option<Self> {
        if let Ok(number) = text.parse() {
            return Some(Self::Signed(number));
        }
        if let Ok(number) = text.parse() {
            return Some(Self::Unsigned(number));
        }
        text.parse().ok().filter(|number: &f64| number.is_finite()).map(Self::Float)
    }
}

impl<'de> Deserialize<'de> for Node<'static> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(NODE, NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node<'static>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON value")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node<'static>, D::Error> {
        deserializer.deserialize_any(self)
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
            // Debug keeps a fraction or an exponent, so that the text still says it is no integer.
            Ok(Node::Number(format!("{number:?}").into()))
        } else {
            Err(E::invalid_value(Unexpected::Float(number), &self))
        }
    }

    fn visit_bytes<E: serde::de::Error>(self, number: &[u8]) -> Result<Node<'static>, E> {
        let text = std::str::from_utf8(number).map_err(E::custom)?;
        Ok(Node::Number(text.to_owned().into()))
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

/// Gives a node to a visitor that takes whatever comes: another [`Node`], or a value of serde's own.
pub(super) struct Raw<'a> {
    pub(super) node: &'a Node<'a>,
    /// Whether the visitor is a [`Node`]'s, which wants the text of numbers.
    pub(super) exact: bool,
}

impl<'de> Deserializer<'de> for Raw<'de> {
    type Error = super::DecodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        let exact = self.exact;
        match self.node {
            Node::Null => visitor.visit_unit(),
            Node::Bool(value) => visitor.visit_bool(*value),
            Node::Number(text) if exact => visitor.visit_bytes(text.as_bytes()),
            Node::Number(text) => match Number::of(text) {
                Some(Number::Signed(number)) => visitor.visit_i64(number),
                Some(Number::Unsigned(number)) => visitor.visit_u64(number),
                Some(Number::Float(number)) => visitor.visit_f64(number),
                None => {
                    let message = format_args!("json: cannot unmarshal number {text} into Go value of type float64");
                    Err(Self::Error::custom(message))
                }
            },
            Node::String(text) => visitor.visit_borrowed_str(text),
            Node::Array(items) => {
                let items = items.iter().map(|node| Raw { node, exact });
                visitor.visit_seq(serde::de::value::SeqDeserializer::new(items))
            }
            Node::Object(members) => {
                let members = members.iter().map(|(name, node)| (&**name, Raw { node, exact }));
                visitor.visit_map(serde::de::value::MapDeserializer::new(members))
            }
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        if name == NODE { self.deserialize_any(visitor) } else { visitor.visit_newtype_struct(self) }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self.node {
            Node::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> serde::de::IntoDeserializer<'de, super::DecodeError> for Raw<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
