//! What stands in for a value that does not fit: the zero value of its type, and the type's name in Go.

use serde::de::value::{MapDeserializer, StrDeserializer};
use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};

use super::node::NODE;
use super::{DecodeError, go_type};

/// A deserializer that gives whoever asks the zero value of what it asks for, and writes down the name of that.
///
/// The type of a list's elements or a map's values is learned from what the list or map asks for first.
pub(super) struct Zero<'t> {
    pub(super) go_type: &'t mut String,
    /// What a text is called here.
    pub(super) text: &'static str,
}

impl Zero<'_> {
    fn named(self, name: &str) -> Self {
        self.go_type.push_str(name);
        self
    }
}

macro_rules! zeros {
    ($($method:ident $visit:ident $zero:literal $name:literal;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
            self.go_type.push_str($name);
            visitor.$visit($zero)
        }
    )*};
}

impl<'de> Deserializer<'de> for Zero<'_> {
    type Error = DecodeError;

    zeros! {
        deserialize_bool visit_bool false "bool";
        deserialize_i8 visit_i8 0 "int8";
        deserialize_i16 visit_i16 0 "int16";
        deserialize_i32 visit_i32 0 "int32";
        deserialize_i64 visit_i64 0 "int64";
        deserialize_u8 visit_u8 0 "uint8";
        deserialize_u16 visit_u16 0 "uint16";
        deserialize_u32 visit_u32 0 "uint32";
        deserialize_u64 visit_u64 0 "uint64";
        deserialize_f32 visit_f32 0.0 "float32";
        deserialize_f64 visit_f64 0.0 "float64";
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let text = self.text;
        self.named(text);
        visitor.visit_str("")
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        // A pointer is called what it points to.
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        match name {
            "Time" => {
                self.named("v1.Time");
                visitor.visit_newtype_struct(StrDeserializer::new("0001-01-01T00:00:00Z"))
            }
            "Bytes" => {
                self.named("[]uint8");
                visitor.visit_newtype_struct(StrDeserializer::new(""))
            }
            NODE => self.deserialize_any(visitor),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_seq(Elements(Some(self.named("[]"))))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_map(Entries(Some(self.named("map[string]"))))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.named(&go_type::of_struct(name));
        visit_empty_map(visitor)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.named("interface {}");
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        i128 u128 char bytes byte_buf unit unit_struct tuple tuple_struct enum identifier ignored_any
    }
}

/// Gives a visitor an object without members.
pub(super) fn visit_empty_map<'de, V: Visitor<'de>>(visitor: V) -> Result<V::Value, DecodeError> {
    visitor.visit_map(MapDeserializer::new(std::iter::empty::<((), ())>()))
}

/// A list that is empty, but for the look at what it would hold.
struct Elements<'t>(Option<Zero<'t>>);

impl<'de> SeqAccess<'de> for Elements<'_> {
    type Error = DecodeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, DecodeError> {
        if let Some(zero) = self.0.take() {
            // Only the name is of interest, and that is written whether the element can be made or not.
            let _ = seed.deserialize(zero);
        }
        Ok(None)
    }
}

/// A map with one entry of zero values, since that is the only way to see what its values are.
struct Entries<'t>(Option<Zero<'t>>);

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = DecodeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, DecodeError> {
        if self.0.is_none() {
            return Ok(None);
        }
        let key: StrDeserializer<'_, DecodeError> = "".into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, DecodeError> {
        match self.0.take() {
            Some(zero) => seed.deserialize(zero),
            None => Err(serde::de::Error::custom("a value without a key")),
        }
    }
}
