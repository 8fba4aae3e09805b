//! [`Node`] to a typed value.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, SeqAccess, Visitor};

use super::go_type;
use super::members::{KeyedAccess, Members, StructAccess};
use super::node::{NODE, Node, Raw};
use super::path::{Path, Step};
use super::zero::{Zero, visit_empty_map};

/// How many findings are told.
const MAX_FINDINGS: usize = 100;

/// How names of members are matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// Exactly, as the API does.
    Exact,
    /// Without regard to case, as Go's own decoder does, which reads manifests and image configs.
    Folded,
}

/// Why a value can't be decoded, in the words of Go's decoder.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DecodeError(String);

impl serde::de::Error for DecodeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// Decodes a value.
///
/// Structs should have `#[serde(default)]`, since Go knows no member that must be there. `deny_unknown_fields` has no
/// effect. A struct that is not of a Go package `v1` is renamed to what Go calls it, for example
/// `docker10.DockerImage`, for the sake of error texts.
///
/// # Errors
///
/// When it is not a `T`: the first value of a wrong type, unless a time can't be read.
pub fn decode<T: DeserializeOwned>(node: &Node, names: Names) -> Result<T, DecodeError> {
    State::new(names).decode(node)
}

/// Decodes a value and says what strict field validation says about it: `unknown field "metadata.zip"`,
/// `duplicate field "tag"`, in the order of the document, each text once, at most 100. Inside of a [`Node`] or another
/// value that takes any JSON there are no findings.
///
/// # Errors
///
/// As [`decode`], with exact names.
pub fn decode_strictly<T: DeserializeOwned>(node: &Node) -> Result<(T, Vec<String>), DecodeError> {
    let mut state = State::new(Names::Exact);
    let value = state.decode(node)?;
    Ok((value, state.findings))
}

/// What is known while a document is decoded.
pub(super) struct State<'a> {
    pub(super) names: Names,
    pub(super) path: Path<'a>,
    findings: Vec<String>,
    /// The first value of a wrong type. Go's decoder goes on after it, and so a time that can't be read is told first.
    mismatch: Option<DecodeError>,
    /// Whether decoding ended because of something that Go's decoder does not go on after.
    fatal: bool,
}

impl<'a> State<'a> {
    fn new(names: Names) -> Self {
        Self { names, path: Path::default(), findings: Vec::new(), mismatch: None, fatal: false }
    }

    fn decode<T: DeserializeOwned>(&mut self, node: &'a Node) -> Result<T, DecodeError> {
        let result = T::deserialize(Value { node, earlier: Vec::new(), state: self });
        match (self.mismatch.take(), result) {
            (Some(mismatch), Err(_)) if !self.fatal => Err(mismatch),
            (Some(mismatch), Ok(_)) => Err(mismatch),
            (_, result) => result,
        }
    }

    /// Adds a finding about a member of the object that is being read.
    pub(super) fn find(&mut self, what: &str, member: &str) {
        if self.findings.len() < MAX_FINDINGS {
            let text = format!("{what} {:?}", self.path.place(member));
            if !self.findings.contains(&text) {
                self.findings.push(text);
            }
        }
    }

    fn type_error(&self, found: &str, go_type: &str) -> DecodeError {
        DecodeError(format!("json: cannot unmarshal {found} into {} of type {go_type}", self.path.target()))
    }

    /// The name of a text's type at this place.
    fn text_type(&self) -> &'static str {
        self.path.member().map_or("string", go_type::of_text)
    }
}

/// The deserializer of one value.
pub(super) struct Value<'a, 's> {
    pub(super) node: &'a Node,
    /// The objects of the same name before it, which an object goes on from.
    pub(super) earlier: Vec<&'a Members>,
    pub(super) state: &'s mut State<'a>,
}

impl<'a> Value<'a, '_> {
    /// Gives the zero value where the node is `null` or does not fit; the latter is remembered as the error.
    fn zero<T>(self, read: impl FnOnce(Zero<'_>) -> Result<T, DecodeError>) -> Result<T, DecodeError> {
        let found = self.node.noun();
        self.zero_for(found, read)
    }

    /// The same for a number that is of the right kind but does not fit.
    fn zero_for_number<T>(
        self,
        text: &str,
        read: impl FnOnce(Zero<'_>) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        self.zero_for(&format!("number {text}"), read)
    }

    fn zero_for<T>(self, found: &str, read: impl FnOnce(Zero<'_>) -> Result<T, DecodeError>) -> Result<T, DecodeError> {
        let mut go_type = String::new();
        let result = read(Zero { go_type: &mut go_type, text: self.state.text_type() });
        if *self.node == Node::Null {
            return result;
        }
        let mismatch = self.state.type_error(found, &go_type);
        let mismatch = self.state.mismatch.get_or_insert(mismatch);
        result.map_err(|_| mismatch.clone())
    }

    /// The objects that make up this value.
    fn objects(node: &'a Node, mut earlier: Vec<&'a Members>) -> Option<Vec<&'a Members>> {
        let Node::Object(members) = node else { return None };
        earlier.push(members);
        Some(earlier)
    }

    /// A time: what can't be read as one ends the decoding.
    fn time<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let result = match self.node {
            Node::String(text) => visitor.visit_newtype_struct(StrDeserializer::new(text)),
            Node::Null => return self.zero(|zero| zero.deserialize_newtype_struct("Time", visitor)),
            other => Err(self.state.type_error(other.noun(), "string")),
        };
        self.state.fatal |= result.is_err();
        result
    }

    /// Bytes: base64 that can't be read is a mistake like any other.
    fn bytes<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.node {
            Node::String(text) => {
                let result = visitor.visit_newtype_struct(StrDeserializer::new(text));
                result.inspect_err(|error: &DecodeError| {
                    self.state.mismatch.get_or_insert(error.clone());
                })
            }
            _ => self.zero(|zero| zero.deserialize_newtype_struct("Bytes", visitor)),
        }
    }
}

macro_rules! numbers {
    ($($method:ident $visit:ident;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
            match self.node {
                Node::Number(text) => match text.parse() {
                    Ok(number) => visitor.$visit(number),
                    Err(_) => self.zero_for_number(text, |zero| zero.$method(visitor)),
                },
                _ => self.zero(|zero| zero.$method(visitor)),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Value<'de, '_> {
    type Error = DecodeError;

    numbers! {
        deserialize_i8 visit_i8;
        deserialize_i16 visit_i16;
        deserialize_i32 visit_i32;
        deserialize_i64 visit_i64;
        deserialize_u8 visit_u8;
        deserialize_u16 visit_u16;
        deserialize_u32 visit_u32;
        deserialize_u64 visit_u64;
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.node {
            Node::Number(text) => match text.parse() {
                Ok(number) if f64::is_finite(number) => visitor.visit_f64(number),
                _ => self.zero_for_number(text, |zero| zero.deserialize_f64(visitor)),
            },
            _ => self.zero(|zero| zero.deserialize_f64(visitor)),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.node {
            Node::Bool(value) => visitor.visit_bool(*value),
            _ => self.zero(|zero| zero.deserialize_bool(visitor)),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.node {
            Node::String(text) => visitor.visit_borrowed_str(text),
            _ => self.zero(|zero| zero.deserialize_str(visitor)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.node {
            Node::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        match name {
            "Time" => self.time(visitor),
            "Bytes" => self.bytes(visitor),
            NODE => Raw { node: self.node, exact: true }.deserialize_any(visitor),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.node {
            Node::Array(items) => visitor.visit_seq(Items { items: items.iter().enumerate(), state: self.state }),
            Node::Null => visitor.visit_seq(Items { items: [].iter().enumerate(), state: self.state }),
            _ => self.zero(|zero| zero.deserialize_seq(visitor)),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match (Self::objects(self.node, self.earlier.clone()), self.node) {
            (Some(objects), _) => visitor.visit_map(KeyedAccess::new(&objects, self.state)),
            (None, Node::Null) => visit_empty_map(visitor),
            (None, _) => self.zero(|zero| zero.deserialize_map(visitor)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        match Self::objects(self.node, self.earlier.clone()) {
            Some(objects) => visitor.visit_map(StructAccess::new(name, fields, objects, self.state)),
            None => self.zero(|zero| zero.deserialize_struct(name, fields, visitor)),
        }
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        Raw { node: self.node, exact: false }.deserialize_any(visitor)
    }

    serde::forward_to_deserialize_any! {
        i128 u128 char bytes byte_buf unit unit_struct tuple tuple_struct enum identifier ignored_any
    }
}

/// The elements of a list.
struct Items<'a, 's> {
    items: std::iter::Enumerate<std::slice::Iter<'a, Node>>,
    state: &'s mut State<'a>,
}

impl<'de> SeqAccess<'de> for Items<'de, '_> {
    type Error = DecodeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, DecodeError> {
        let Some((index, node)) = self.items.next() else { return Ok(None) };
        self.state.path.push(Step::Index(index));
        let value = seed.deserialize(Value { node, earlier: Vec::new(), state: self.state })?;
        self.state.path.pop();
        Ok(Some(value))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}
