//! [`Node`] to a typed value.

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, SeqAccess, Visitor};

use super::decode_error::DecodeError;
use super::go_type;
use super::members::{KeyedAccess, Members, StructAccess};
use super::node::{NODE, Node, Raw};
use super::path::{Path, Step};
use super::zero::{Zero, visit_empty_map};
use crate::rules::Quoted;

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

/// Decodes a value.
///
/// Structs should have `#[serde(default)]`, since Go knows no member that must be there. `deny_unknown_fields` has no
/// effect. A struct that is not of a Go package `v1` is renamed to what Go calls it, for example
/// `docker10.DockerImage`, for the sake of error texts.
///
/// # Errors
///
/// When it is not a `T`: the first value of a wrong type, unless a time can't be read.
pub fn decode<T: DeserializeOwned>(node: &Node<'_>, names: Names) -> Result<T, DecodeError> {
    State::new(names, None).decode(node)
}

/// Decodes a value and says what strict field validation says about it: `unknown field "metadata.zip"`,
/// `duplicate field "tag"`, in the order of the document, each text once, at most 100. Inside of a [`Node`] or another
/// value that takes any JSON there are no findings.
///
/// # Errors
///
/// As [`decode`], with exact names.
pub fn decode_strictly<T: DeserializeOwned>(node: &Node<'_>) -> Result<(T, Vec<String>), DecodeError> {
    let mut state = State::new(Names::Exact, Some(Vec::new()));
    let value = state.decode(node)?;
    Ok((value, state.findings.unwrap_or_default()))
}

/// What is known while a document is decoded.
pub(super) struct State<'a> {
    pub(super) names: Names,
    pub(super) path: Path<'a>,
    /// `None` where nobody asks for them.
    findings: Option<Vec<String>>,
    /// The first value of a wrong type. Go's decoder goes on after it, and so a time that can't be read is told first.
    mismatch: Option<DecodeError>,
    /// Whether decoding ended because of something that Go's decoder does not go on after.
    fatal: bool,
}

impl<'a> State<'a> {
    fn new(names: Names, findings: Option<Vec<String>>) -> Self {
        Self { names, path: Path::default(), findings, mismatch: None, fatal: false }
    }

    fn decode<T: DeserializeOwned>(&mut self, node: &'a Node<'a>) -> Result<T, DecodeError> {
        let result = T::deserialize(Value { node, earlier: Vec::new(), state: self });
        match (self.mismatch.take(), result) {
            (Some(mismatch), Err(_)) if !self.fatal => Err(mismatch),
            (Some(mismatch), Ok(_)) => Err(mismatch),
            (_, result) => result,
        }
    }

    /// Adds a finding about a member of the object that is being read.
    pub(super) fn find(&mut self, what: &str, member: &str) {
        let Some(findings) = self.findings.as_mut().filter(|findings| findings.len() < MAX_FINDINGS) else { return };
        let text = format!("{what} {}", Quoted(&self.path.place(member)));
        if !findings.contains(&text) {
            findings.push(text);
        }
    }

    fn type_error(&self, found: &str, go_type: &str) -> DecodeError {
        DecodeError::mismatch(found, &self.path.target(), go_type)
    }

    /// The name of a text's type at this place.
    fn text_type(&self) -> &'static str {
        self.path.member().map_or("string", go_type::of_text)
    }
}

/// The deserializer of one value.
pub(super) struct Value<'a, 's> {
    pub(super) node: &'a Node<'a>,
    /// The objects of the same name before it, which an object goes on from.
    pub(super) earlier: Vec<&'a Members<'a>>,
    pub(super) state: &'s mut State<'a>,
}

impl Value<'_, '_> {
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
        match self.node {
            Node::Object(members) => visitor.visit_map(KeyedAccess::new(members, self.earlier, self.state)),
            Node::Null => visit_empty_map(visitor),
            _ => self.zero(|zero| zero.deserialize_map(visitor)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        match self.node {
            Node::Object(members) => {
                visitor.visit_map(StructAccess::new(name, fields, members, self.earlier, self.state))
            }
            _ => self.zero(|zero| zero.deserialize_struct(name, fields, visitor)),
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
    items: std::iter::Enumerate<std::slice::Iter<'a, Node<'a>>>,
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde::Deserialize;

    use super::{Names, decode, decode_strictly};
    use crate::api::{Image, ImageLayer, ImageStream, ImageStreamMapping, ImageStreamTag, ObjectMeta};
    use crate::json::parse;

    fn mapping(text: &str) -> Result<ImageStreamMapping, String> {
        decode(&parse(text.as_bytes()).unwrap(), Names::Exact).map_err(|error| error.to_string())
    }

    fn findings(text: &str) -> Vec<String> {
        decode_strictly::<ImageStreamMapping>(&parse(text.as_bytes()).unwrap()).unwrap().1
    }

    #[test]
    fn null_leaves_the_zero_value_anywhere() {
        assert_eq!(mapping("null"), Ok(ImageStreamMapping::default()));
        let nulls = r#"{"kind": null, "metadata": null, "tag": null, "image": {"dockerImageLayers": null,
            "dockerImageMetadata": null, "dockerImageSignatures": null, "metadata": {"labels": null, "generation": null,
            "creationTimestamp": null}, "signatures": null}}"#;
        assert_eq!(mapping(nulls), Ok(ImageStreamMapping::default()));
        let image = mapping(
            r#"{"image": {"dockerImageLayers": [null], "metadata": {"labels": {"a": null}, "finalizers": [null]}}}"#,
        );
        let image = image.unwrap().image;
        assert_eq!(image.docker_image_layers, [ImageLayer::default()]);
        assert_eq!(image.metadata.labels, BTreeMap::from([("a".to_owned(), String::new())]));
        assert_eq!(image.metadata.finalizers, [""]);
    }

    #[test]
    fn the_last_duplicate_wins_and_objects_go_on_from_earlier_ones() {
        let read = mapping(
            r#"{"tag": "a", "tag": "b", "tag": null,
                "metadata": {"name": "x", "labels": {"a": "1", "b": "1"}}, "metadata": {"labels": {"b": "2", "b": "3"}}}"#,
        )
        .unwrap();
        assert_eq!(read.tag, "b");
        assert_eq!(read.metadata.name, "x");
        assert_eq!(
            read.metadata.labels,
            [("a", "1"), ("b", "3")].map(|(key, value)| (key.into(), value.into())).into()
        );
        let read = mapping(
            r#"{"image": {"dockerImageLayers": [{"name": "a"}, {"name": "b"}], "dockerImageLayers": [{"size": 1}]}}"#,
        );
        assert_eq!(read.unwrap().image.docker_image_layers, [ImageLayer { layer_size: 1, ..ImageLayer::default() }]);
    }

    #[test]
    fn wrong_types_are_told_in_the_words_of_go() {
        for (text, error) in [
            (r#"{"tag": 5}"#, "number into Go struct field ImageStreamMapping.tag of type string"),
            (r#"{"image": "x"}"#, "string into Go struct field ImageStreamMapping.image of type v1.Image"),
            (r#"{"metadata": true}"#, "bool into Go struct field ImageStreamMapping.metadata of type v1.ObjectMeta"),
            (
                r#"{"image": {"dockerImageLayers": {}}}"#,
                "object into Go struct field Image.image.dockerImageLayers of type []v1.ImageLayer",
            ),
            (
                r#"{"image": {"dockerImageLayers": [{"size": "5"}]}}"#,
                "string into Go struct field ImageLayer.image.dockerImageLayers.size of type int64",
            ),
            (
                r#"{"image": {"dockerImageLayers": [{}, {"size": 5.5}]}}"#,
                "number 5.5 into Go struct field ImageLayer.image.dockerImageLayers.size of type int64",
            ),
            (
                r#"{"image": {"dockerImageLayers": [{"size": 1180591620717411303424}]}}"#,
                "number 1180591620717411303424 into Go struct field ImageLayer.image.dockerImageLayers.size of type int64",
            ),
            (
                r#"{"image": {"metadata": {"labels": {"a": 1}}}}"#,
                "number into Go struct field ObjectMeta.image.metadata.labels of type string",
            ),
            (
                r#"{"metadata": {"labels": []}}"#,
                "array into Go struct field ObjectMeta.metadata.labels of type map[string]string",
            ),
            (
                r#"{"metadata": {"finalizers": ""}}"#,
                "string into Go struct field ObjectMeta.metadata.finalizers of type []string",
            ),
            (r#"{"metadata": {"uid": 1}}"#, "number into Go struct field ObjectMeta.metadata.uid of type types.UID"),
            (
                r#"{"metadata": {"creationTimestamp": 5}}"#,
                "number into Go struct field ObjectMeta.metadata.creationTimestamp of type string",
            ),
            (
                r#"{"metadata": {"deletionGracePeriodSeconds": "5"}}"#,
                "string into Go struct field ObjectMeta.metadata.deletionGracePeriodSeconds of type int64",
            ),
            (
                r#"{"image": {"dockerImageSignatures": "x"}}"#,
                "string into Go struct field Image.image.dockerImageSignatures of type [][]uint8",
            ),
            (
                r#"{"image": {"signatures": [{"content": 1}]}}"#,
                "number into Go struct field ImageSignature.image.signatures.content of type []uint8",
            ),
            (
                r#"{"image": {"signatures": [{"conditions": [{"status": 1}]}]}}"#,
                "number into Go struct field SignatureCondition.image.signatures.conditions.status of type v1.ConditionStatus",
            ),
            ("[]", "array into Go value of type v1.ImageStreamMapping"),
        ] {
            assert_eq!(mapping(text), Err(format!("json: cannot unmarshal {error}")), "{text}");
        }
    }

    #[test]
    fn the_first_wrong_type_is_told_unless_a_time_is_wrong() {
        let time = r#"parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006""#;
        let tag = "json: cannot unmarshal number into Go struct field ImageStreamMapping.tag of type string";
        let bad_time = r#"{"tag": 5, "metadata": {"creationTimestamp": "yesterday"}}"#;
        assert_eq!(mapping(bad_time), Err(time.to_owned()));
        assert_eq!(mapping(r#"{"tag": 5, "metadata": 6}"#), Err(tag.to_owned()));
        // The metadata of an image is looked at when everything else is read.
        assert_eq!(mapping(r#"{"tag": 5, "image": {"dockerImageMetadata": []}}"#), Err(tag.to_owned()));
        assert_eq!(
            mapping(r#"{"image": {"signatures": [{"content": "!"}]}, "tag": 5}"#),
            Err("illegal base64 data at input byte 0".to_owned())
        );
    }

    #[test]
    fn errors_of_image_metadata_keep_their_text() {
        assert_eq!(
            mapping(r#"{"image": {"dockerImageMetadata": {}, "dockerImageMetadataVersion": "2"}}"#),
            Err(r#"no kind "DockerImage" is registered for version "image.openshift.io/2" in scheme "pkg/image/apis/image/v1/conversion.go:22""#.to_owned())
        );
        assert_eq!(
            mapping(r#"{"image": {"dockerImageMetadata": {"Size": 1e3}}}"#),
            Err("json: cannot unmarshal number 1e3 into Go struct field DockerImage.Size of type int64".to_owned())
        );
    }

    #[test]
    fn unknown_and_duplicate_members_are_found_in_document_order() {
        let text = r#"{"metadata": {"name": "app", "nope": 1, "labels": {"a": "1", "a": "2"}}, "tag": "old", "tag": "new",
            "extra": {"x": 1}, "image": {"unknownImageField": true, "metadata": {"name": "a", "name": "b"},
            "dockerImageMetadata": {"zip": 1, "Id": "", "Id": ""}, "dockerImageLayers": [{"zzz": 1}, {"zzz": 1}]},
            "extra": 2, "Tag": 1}"#;
        assert_eq!(
            findings(text),
            [
                r#"unknown field "metadata.nope""#,
                r#"duplicate field "metadata.labels.a""#,
                r#"duplicate field "tag""#,
                r#"unknown field "extra""#,
                r#"unknown field "image.unknownImageField""#,
                r#"duplicate field "image.metadata.name""#,
                r#"unknown field "image.dockerImageLayers[0].zzz""#,
                r#"unknown field "image.dockerImageLayers[1].zzz""#,
                r#"unknown field "Tag""#,
            ]
        );
    }

    #[test]
    fn at_most_a_hundred_findings_are_told() {
        let members: Vec<_> = (0..200).map(|number| format!(r#""u{number}": 0"#)).collect();
        assert_eq!(findings(&format!("{{{}}}", members.join(","))).len(), 100);
    }

    #[test]
    fn folded_names_are_those_that_unicode_does_not_tell_apart() {
        #[derive(Debug, Default, PartialEq, Deserialize)]
        #[serde(default)]
        struct Config {
            os: String,
            kind: String,
            layers: Vec<ImageLayer>,
        }
        let text = "{\"O\u{17f}\": \"linux\", \"\u{212a}IND\": \"a\", \"LAYERS\": [{\"MEDIATYPE\": \"x\"}], \"ki\u{307}nd\": \"b\"}";
        let node = parse(text.as_bytes()).unwrap();
        let config: Config = decode(&node, Names::Folded).unwrap();
        assert_eq!((config.os.as_str(), config.kind.as_str()), ("linux", "a"));
        assert_eq!(config.layers[0].media_type, "x");
        assert_eq!(decode::<Config>(&node, Names::Exact), Ok(Config::default()));
    }

    #[test]
    fn valid_documents_read_as_serde_json_reads_them() {
        fn agree<T: serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(text: &str) {
            let expected: T = serde_json::from_str(text).unwrap();
            let (found, findings) = decode_strictly::<T>(&parse(text.as_bytes()).unwrap()).unwrap();
            assert_eq!(found, expected);
            assert!(findings.is_empty(), "{findings:?}");
        }
        agree::<ObjectMeta>(
            r#"{"name": "a", "creationTimestamp": "2024-01-01T00:00:00Z", "deletionGracePeriodSeconds": 3,
                "annotations": {"a": "b"}, "ownerReferences": [{"uid": "1", "controller": true}],
                "managedFields": [{"manager": "m", "fieldsV1": {"f:a": {".": {}, "n": [1, 2.5, 18446744073709551615]}}}]}"#,
        );
        agree::<ImageStream>(
            r#"{"kind": "ImageStream", "spec": {"lookupPolicy": {"local": true}, "tags": [{"name": "a", "annotations": {"x": "y"},
                "from": {"kind": "DockerImage", "name": "b"}, "generation": 2}]}, "status": {"tags": [{"tag": "a", "items":
                [{"created": "0001-01-01T00:00:00Z", "image": "sha256:1", "generation": 1}]}]}}"#,
        );
        agree::<Image>(
            r#"{"metadata": {"name": "x"}, "dockerImageMetadata": {"Id": "1", "Created": "2020-01-01T01:00:00+01:00",
                "Config": {"Labels": {"a": "b"}, "ExposedPorts": {"80/tcp": {}}}, "Size": 12}, "dockerImageSignatures": ["aGk="],
                "signatures": [{"content": "aGk=", "signedClaims": {"a": "b"}}]}"#,
        );
        agree::<ImageStreamTag>(r#"{"tag": {"name": "x", "annotations": null}, "image": {"dockerImageLayers": []}}"#);
    }

    /// A document with values of every kind.
    fn document() -> serde_json::Value {
        serde_json::json!({
            "kind": "ImageStreamMapping",
            "metadata": {"name": "a", "labels": {"a": "b"}, "creationTimestamp": "2024-01-01T00:00:00Z", "generation": 1},
            "tag": "latest",
            "image": {
                "metadata": {"finalizers": ["x"], "ownerReferences": [{"uid": "1", "controller": true}]},
                "dockerImageLayers": [{"name": "sha256:1", "size": 5, "mediaType": "x"}],
                "dockerImageMetadata": {"Id": "1", "Size": 2, "Config": {"Volumes": {"/a": {}}, "Env": ["a=b"]}},
                "dockerImageSignatures": ["aGk="],
                "signatures": [{"type": "AtomicImageV1", "content": "aGk=", "signedClaims": {"a": "b"}}],
            },
        })
    }

    /// Replaces the value that is the `countdown`th of those at the end of all ways down.
    fn replace(value: &mut serde_json::Value, countdown: &mut usize, with: &serde_json::Value) {
        match value {
            serde_json::Value::Object(members) => {
                members.values_mut().for_each(|value| replace(value, countdown, with));
            }
            serde_json::Value::Array(items) => items.iter_mut().for_each(|value| replace(value, countdown, with)),
            _ => {}
        }
        if *countdown == 0 {
            *value = with.clone();
        }
        *countdown = countdown.wrapping_sub(1);
    }

    /// No arrays: serde reads them as structs, too.
    fn replacement() -> impl Strategy<Value = serde_json::Value> {
        prop_oneof![
            Just(serde_json::json!(null)),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            "[a-z=]{0,3}".prop_map(Into::into),
            Just(serde_json::json!({})),
            Just(serde_json::json!({"name": "x", "size": 1.5})),
        ]
    }

    proptest! {
        #[test]
        fn what_serde_json_accepts_is_the_same_and_without_findings(
            replacements in prop::collection::vec((0..48_usize, replacement()), 0..4),
        ) {
            let mut document = document();
            for (mut index, value) in replacements {
                replace(&mut document, &mut index, &value);
            }
            let text = document.to_string();
            let found = decode_strictly::<ImageStreamMapping>(&parse(text.as_bytes()).unwrap());
            if let Ok(expected) = serde_json::from_str::<ImageStreamMapping>(&text) {
                prop_assert_eq!(found, Ok((expected, Vec::new())));
            } else if let Ok((value, findings)) = found {
                // serde has no zero values for null.
                prop_assert!(text.contains("null") || !findings.is_empty(), "{:?}", value);
            }
        }
    }
}
