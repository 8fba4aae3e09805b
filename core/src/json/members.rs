//! How the members of an object become those of a struct or the entries of a map.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Error, MapAccess};

use super::decode::{Names, State, Value};
use super::path::Step;
use super::{DecodeError, Node};

/// The members of one object.
pub(super) type Members<'a> = [(Cow<'a, str>, Node<'a>)];

/// The members that a struct knows, each once: the last one that is not `null` counts, and an object goes on from
/// those of the same name before it. The others are findings.
pub(super) struct StructAccess<'a, 's> {
    of: &'static str,
    fields: &'static [&'static str],
    /// What was not read yet of the object that is being read.
    object: &'a Members<'a>,
    /// The objects that go on from it, the next one last.
    later: Vec<&'a Members<'a>>,
    /// The number behind that of the last field that was found.
    next_field: usize,
    /// Which fields were read.
    read: Fields,
    /// Which fields came in the object that is being read.
    seen: Fields,
    /// The value of the key that was handed out last.
    next: Option<(&'static str, Reading<'a>)>,
    state: &'s mut State<'a>,
}

/// What a member is read from: the value that counts, and the objects before it.
struct Reading<'a> {
    node: &'a Node<'a>,
    earlier: Vec<&'a Members<'a>>,
}

/// Some of the fields of a struct, by their numbers.
#[derive(Debug, Clone, Copy, Default)]
struct Fields(u128);

impl Fields {
    /// Adds a field; says whether it was there already. No struct has 128 fields: what would not fit is never there.
    fn add(&mut self, index: usize) -> bool {
        let field = u32::try_from(index).ok().and_then(|index| 1_u128.checked_shl(index)).unwrap_or_default();
        let found = self.0 & field != 0;
        self.0 |= field;
        found
    }
}

impl<'a, 's> StructAccess<'a, 's> {
    /// The struct in `object`, which goes on from the objects `earlier`.
    pub(super) fn new(
        of: &'static str,
        fields: &'static [&'static str],
        object: &'a Members<'a>,
        mut earlier: Vec<&'a Members<'a>>,
        state: &'s mut State<'a>,
    ) -> Self {
        let mut object = object;
        if !earlier.is_empty() {
            earlier.push(object);
            earlier.reverse();
            object = earlier.pop().unwrap_or_default();
        }
        Self {
            of,
            fields,
            object,
            later: earlier,
            next_field: 0,
            read: Fields::default(),
            seen: Fields::default(),
            next: None,
            state,
        }
    }

    /// The next member of the objects.
    fn member(&mut self) -> Option<&'a (Cow<'a, str>, Node<'a>)> {
        loop {
            if let Some((first, rest)) = self.object.split_first() {
                self.object = rest;
                return Some(first);
            }
            self.object = self.later.pop()?;
            self.seen = Fields::default();
        }
    }

    /// The field that a member's name means, exactly if there is such a one, and its number.
    fn field(&self, name: &str) -> Option<(usize, &'static str)> {
        let names = self.state.names;
        // Most documents have their members in the order of the fields.
        let (before, after) = self.fields.split_at_checked(self.next_field)?;
        let after = (self.next_field..).zip(after).chain((0..).zip(before));
        let mut fields = after.map(|(index, field)| (index, *field));
        fields.clone().find(|(_, field)| *field == name).or_else(|| fields.find(|(_, field)| names.same(field, name)))
    }

    /// The value of a field that came as `first` and may come again.
    fn reading(&self, field: &str, first: &'a Node<'a>) -> Option<Reading<'a>> {
        let names = self.state.names;
        let later = self.object.iter().chain(self.later.iter().rev().flat_map(|object| object.iter()));
        let later = later.filter(|(name, _)| names.same(field, name)).map(|(_, value)| value);
        let mut values = std::iter::once(first).chain(later).filter(|value| **value != Node::Null);
        let mut node = values.next()?;
        let mut earlier = Vec::new();
        for value in values {
            match node {
                Node::Object(members) => earlier.push(members.as_slice()),
                _ => earlier.clear(),
            }
            node = value;
        }
        Some(Reading { node, earlier })
    }
}

impl<'de> MapAccess<'de> for StructAccess<'de, '_> {
    type Error = DecodeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, DecodeError> {
        while let Some((name, value)) = self.member() {
            let Some((index, field)) = self.field(name) else {
                self.state.find("unknown field", name);
                continue;
            };
            self.next_field = index + 1;
            if self.seen.add(index) {
                self.state.find("duplicate field", name);
            }
            if self.read.add(index) {
                continue;
            }
            if let Some(reading) = self.reading(field, value) {
                self.next = Some((field, reading));
                return seed.deserialize(StrDeserializer::new(field)).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, DecodeError> {
        let (name, Reading { node, earlier }) = self.next.take().ok_or_else(value_without_key)?;
        self.state.path.push(Step::Member { of: self.of, name });
        let value = seed.deserialize(Value { node, earlier, state: self.state })?;
        self.state.path.pop();
        Ok(value)
    }
}

/// The entries of a map, each key once with its last value. Keys that come again are findings.
pub(super) struct KeyedAccess<'a, 's> {
    members: std::vec::IntoIter<&'a (Cow<'a, str>, Node<'a>)>,
    /// The values of the keys that were not read yet.
    last: BTreeMap<&'a str, &'a Node<'a>>,
    next: Option<(&'a str, &'a Node<'a>)>,
    state: &'s mut State<'a>,
}

impl<'a, 's> KeyedAccess<'a, 's> {
    /// The map in `object`, which goes on from the objects `earlier`.
    pub(super) fn new(object: &'a Members<'a>, earlier: Vec<&'a Members<'a>>, state: &'s mut State<'a>) -> Self {
        let mut objects = earlier;
        objects.push(object);
        for object in &objects {
            let mut seen = BTreeSet::new();
            for (key, _) in *object {
                if !seen.insert(&**key) {
                    state.find("duplicate field", key);
                }
            }
        }
        let members: Vec<_> = objects.iter().flat_map(|object| object.iter()).collect();
        let last = members.iter().map(|(key, value)| (&**key, value)).collect();
        Self { members: members.into_iter(), last, next: None, state }
    }
}

impl<'de> MapAccess<'de> for KeyedAccess<'de, '_> {
    type Error = DecodeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, DecodeError> {
        for (key, _) in self.members.by_ref() {
            if let Some(value) = self.last.remove(&**key) {
                self.next = Some((key, value));
                return seed.deserialize(StrDeserializer::new(key)).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, DecodeError> {
        let (key, node) = self.next.take().ok_or_else(value_without_key)?;
        self.state.path.push(Step::Key(key));
        let value = seed.deserialize(Value { node, earlier: Vec::new(), state: self.state })?;
        self.state.path.pop();
        Ok(value)
    }
}

fn value_without_key() -> DecodeError {
    DecodeError::custom("a value was asked for before its key")
}

impl Names {
    /// Whether a member's name means a field.
    pub(super) fn same(self, field: &str, name: &str) -> bool {
        match self {
            Self::Exact => field == name,
            // Names of fields are ASCII: another name can mean one only with one of the two characters that fold to it.
            Self::Folded if name.is_ascii() => field.eq_ignore_ascii_case(name),
            Self::Folded => field.chars().map(fold).eq(name.chars().map(fold)),
        }
    }
}

/// One of the characters that Unicode's simple case folding does not tell apart. Names of fields are ASCII, and two
/// characters beyond that fold to an ASCII letter.
fn fold(character: char) -> char {
    match character {
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        _ => character.to_ascii_lowercase(),
    }
}
