//! A document to a typed value.

use std::collections::{BTreeMap, BTreeSet};
use std::num::ParseIntError;
use std::str::FromStr;

use super::decode_error::DecodeError;
use super::names::Names;
use super::node::Node;
use super::parse::node;
use super::reader::Reader;
use super::scan::SyntaxError;

/// Decodes a JSON text.
///
/// # Errors
///
/// What is wrong with the syntax; else a time that can't be read; else the first value of a wrong type.
pub fn decode<T: Decode>(text: &[u8], names: Names) -> Result<T, DecodeError> {
    let mut value = T::default();
    Reader::document(text, names, None, &mut |reader| value.read(reader))?;
    Ok(value)
}

/// Decodes a JSON text, and reports what strict field validation finds in it: `unknown field "metadata.zip"`,
/// `duplicate field "tag"`.
///
/// The findings are in the order of the document, each text once, at most 100. Inside of a [`Node`] or another type that
/// takes any JSON nothing is reported.
///
/// # Errors
///
/// As [`decode`], with exact names.
pub fn decode_strictly<T: Decode>(text: &[u8]) -> Result<(T, Vec<String>), DecodeError> {
    let mut value = T::default();
    let findings = Reader::document(text, Names::Exact, Some(Vec::new()), &mut |reader| value.read(reader))?;
    Ok((value, findings))
}

/// A type that can be decoded as Go does it: JSON is read into a value that exists already.
///
/// Structs get it by [`members!`](crate::json::members).
pub trait Decode: Default {
    /// Reads the next value of the document into this one. What the document does not mention keeps its value; a value of a
    /// wrong type is recorded by the reader.
    ///
    /// # Errors
    ///
    /// Only those of the syntax.
    fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), SyntaxError>;

    /// Appends the name of the type in Go. `string` is the name of the string type at this place, since some members that are
    /// strings here have a type of their own in Go.
    fn go_type(name: &mut String, string: &str);
}

/// Implements [`Decode`] for a struct: the type, its name in Go, and for each member its name in JSON and its field.
///
/// The name in Go is without its package where that is `v1`. A string member of a type of its own in Go has that type behind
/// `as`. A field may be one of a field (`image.kind`).
///
/// ```
/// use imagestream::json::{Names, decode, members};
///
/// #[derive(Default)]
/// struct Descriptor {
///     digest: String,
///     size: Option<i64>,
/// }
///
/// members!(Descriptor as "ocispec.Descriptor" { "digest" => digest as "digest.Digest", "size" => size });
///
/// let descriptor: Descriptor = decode(br#"{"Digest": "sha256:12", "size": 5}"#, Names::Folded)?;
/// assert_eq!((descriptor.digest.as_str(), descriptor.size), ("sha256:12", Some(5)));
/// let error = decode::<Descriptor>(br#"{"digest": 5}"#, Names::Exact).map(drop).unwrap_err().to_string();
/// assert_eq!(error, "json: cannot unmarshal number into Go struct field Descriptor.digest of type digest.Digest");
/// # Ok::<(), imagestream::json::DecodeError>(())
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! __members {
    ($type:ty as $name:literal { $($member:literal => $($field:ident).+ $(as $string_type:literal)?),* $(,)? }) => {
        impl $crate::json::Decode for $type {
            #[allow(unused_assignments, unused_mut, unused_variables, reason = "a struct may have no members")]
            fn read(&mut self, reader: &mut $crate::json::Reader<'_>) -> Result<(), $crate::json::SyntaxError> {
                static STRUCT: $crate::json::GoStruct = $crate::json::GoStruct {
                    name: $name,
                    members: &[$($member),*],
                    string_types: &[$($(($member, $string_type),)?)*],
                };
                reader.object(&STRUCT, &mut |member, reader| {
                    let mut index = 0;
                    $(
                        if member == index {
                            return $crate::json::Decode::read(&mut self.$($field).+, reader);
                        }
                        index += 1;
                    )*
                    Ok(())
                })
            }

            fn go_type(name: &mut String, _: &str) {
                name.push_str(&$crate::json::go_type_of_struct($name));
            }
        }
    };
}

/// A value of any type, which is not kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ignored;

impl Decode for Ignored {
    fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), SyntaxError> {
        reader.raw().map(drop)
    }

    fn go_type(name: &mut String, _: &str) {
        name.push_str(ANYTHING);
    }
}

/// A string of which only the type is checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct IgnoredString;

impl Decode for IgnoredString {
    fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), SyntaxError> {
        match reader.scanner().first()? {
            b'"' => reader.scanner().skip(b'"'),
            first => reader.misfit(first, &Self::go_type),
        }
    }

    fn go_type(name: &mut String, string: &str) {
        name.push_str(string);
    }
}

/// Go's name of the type that takes any value.
const ANYTHING: &str = "interface {}";

/// A value of any type as its text; `null` is an empty text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Raw(pub String);

impl Decode for Raw {
    fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), SyntaxError> {
        self.0 = reader.raw()?.map_or_else(String::new, |text| String::from_utf8_lossy(text).into_owned());
        Ok(())
    }

    fn go_type(name: &mut String, _: &str) {
        name.push_str(ANYTHING);
    }
}

impl Decode for Node<'static> {
    fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), SyntaxError> {
        *self = node(reader.scanner())?.into_owned();
        Ok(())
    }

    fn go_type(name: &mut String, _: &str) {
        name.push_str(ANYTHING);
    }
}

impl Decode for serde_json::Value {
    fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), SyntaxError> {
        match node(reader.scanner())?.into_value() {
            Ok(value) => *self = value,
            Err(number) => {
                reader.invalid(format_args!("json: cannot unmarshal number {number} into Go value of type float64"));
            }
        }
        Ok(())
    }

    fn go_type(name: &mut String, _: &str) {
        name.push_str(ANYTHING);
    }
}

impl Decode for String {
    fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), SyntaxError> {
        match reader.string()? {
            Ok(text) => *self = text.into_owned(),
            Err(first) => reader.misfit(first, &Self::go_type)?,
        }
        Ok(())
    }

    fn go_type(name: &mut String, string: &str) {
        name.push_str(string);
    }
}

impl Decode for bool {
    fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), SyntaxError> {
        match reader.scanner().first()? {
            b't' => {
                reader.scanner().literal_true()?;
                *self = true;
            }
            b'f' => {
                reader.scanner().literal_false()?;
                *self = false;
            }
            first => reader.misfit(first, &Self::go_type)?,
        }
        Ok(())
    }

    fn go_type(name: &mut String, _: &str) {
        name.push_str("bool");
    }
}

macro_rules! numbers {
    ($($type:ty, $go_type:literal;)*) => {$(
        impl Decode for $type {
            fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), SyntaxError> {
                match reader.scanner().first()? {
                    first @ (b'-' | b'0'..=b'9') => {
                        let text = reader.scanner().number(first)?;
                        match text.parse() {
                            Ok(number) => *self = number,
                            Err(_) => reader.mismatch(&format!("number {text}"), &Self::go_type),
                        }
                    }
                    first => reader.misfit(first, &Self::go_type)?,
                }
                Ok(())
            }

            fn go_type(name: &mut String, _: &str) {
                name.push_str($go_type);
            }
        }
    )*};
}

/// Go's `int`, which has 64 bits on the real server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Int(pub i64);

impl FromStr for Int {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        text.parse().map(Self)
    }
}

numbers! {
    Int, "int";
    i32, "int32";
    i64, "int64";
    u32, "uint32";
    u64, "uint64";
}

impl<T: Decode> Decode for Option<T> {
    fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), SyntaxError> {
        if reader.scanner().null()? {
            *self = None;
            return Ok(());
        }
        self.get_or_insert_default().read(reader)
    }

    fn go_type(name: &mut String, string: &str) {
        // Go's errors name the type that a pointer points to.
        T::go_type(name, string);
    }
}

impl<T: Decode> Decode for Box<T> {
    fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), SyntaxError> {
        T::read(self, reader)
    }

    fn go_type(name: &mut String, string: &str) {
        T::go_type(name, string);
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), SyntaxError> {
        match reader.scanner().first()? {
            b'[' => {
                self.clear();
                reader.elements(&mut |reader| {
                    self.push(T::default());
                    self.last_mut().map_or(Ok(()), |element| element.read(reader))
                })
            }
            b'n' => {
                self.clear();
                reader.scanner().literal_null()
            }
            first => reader.misfit(first, &Self::go_type),
        }
    }

    fn go_type(name: &mut String, string: &str) {
        name.push_str("[]");
        T::go_type(name, string);
    }
}

impl<T: Decode> Decode for BTreeMap<String, T> {
    fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), SyntaxError> {
        match reader.scanner().first()? {
            b'{' => {
                // Keys from an earlier object of the same name are no duplicates in this one. What an object costs must not
                // depend on those: there may be many objects of the name.
                let mut own_keys = if self.is_empty() { None } else { Some(BTreeSet::new()) };
                reader.entries(&mut |key, reader| {
                    let mut value = T::default();
                    value.read(reader)?;
                    let is_new = own_keys.as_mut().map(|keys| keys.insert(key.clone()));
                    let replaced = self.insert(key.into_owned(), value).is_some();
                    Ok(is_new.map_or(replaced, |is_new| !is_new))
                })
            }
            b'n' => {
                self.clear();
                reader.scanner().literal_null()
            }
            first => reader.misfit(first, &Self::go_type),
        }
    }

    fn go_type(name: &mut String, string: &str) {
        name.push_str("map[string]");
        T::go_type(name, string);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Names, decode, decode_strictly};
    use crate::api::{ImageLayer, ImageStreamMapping, ObjectMeta};
    use crate::json::members;

    fn mapping(text: &str) -> Result<ImageStreamMapping, String> {
        decode(text.as_bytes(), Names::Exact).map_err(|error| error.to_string())
    }

    fn findings(text: &str) -> Vec<String> {
        decode_strictly::<ImageStreamMapping>(text.as_bytes()).unwrap().1
    }

    #[test]
    fn null_gives_the_zero_value_everywhere() {
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
    fn null_after_a_value_empties_lists_and_maps_and_nothing_else() {
        let read = mapping(
            r#"{"tag": "a", "metadata": {"name": "x", "labels": {"a": "1"}, "finalizers": ["f"], "deletionGracePeriodSeconds": 3,
                "creationTimestamp": "2024-01-01T00:00:00Z"}, "metadata": {"name": null, "labels": null, "finalizers": null,
                "deletionGracePeriodSeconds": null, "creationTimestamp": null}, "tag": null, "metadata": null}"#,
        )
        .unwrap();
        assert_eq!((read.tag.as_str(), read.metadata.name.as_str()), ("a", "x"));
        assert_eq!(read.metadata, ObjectMeta { name: "x".to_owned(), ..ObjectMeta::default() });
    }

    #[test]
    fn the_last_duplicate_wins_and_objects_are_merged_with_earlier_ones() {
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
    fn wrong_types_have_the_error_texts_of_go() {
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
    fn the_first_wrong_type_is_reported_unless_a_time_is_wrong() {
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
            Err(r#"no kind "DockerImage" is registered for version "image.openshift.io/2" in scheme "pkg/runtime/scheme.go:110""#.to_owned())
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
    fn at_most_a_hundred_findings_are_reported() {
        let members: Vec<_> = (0..200).map(|number| format!(r#""u{number}": 0"#)).collect();
        assert_eq!(findings(&format!("{{{}}}", members.join(","))).len(), 100);
    }

    #[test]
    fn names_are_compared_with_unicode_case_folding() {
        #[derive(Debug, Default, PartialEq)]
        struct Config {
            os: String,
            kind: String,
            layers: Vec<ImageLayer>,
        }
        members!(Config as "Config" { "os" => os, "kind" => kind, "layers" => layers });
        let text = "{\"O\u{17f}\": \"linux\", \"\u{212a}IND\": \"a\", \"LAYERS\": [{\"MEDIATYPE\": \"x\"}], \"ki\u{307}nd\": \"b\"}";
        let config: Config = decode(text.as_bytes(), Names::Folded).unwrap();
        assert_eq!((config.os.as_str(), config.kind.as_str()), ("linux", "a"));
        assert_eq!(config.layers[0].media_type, "x");
        assert_eq!(decode::<Config>(text.as_bytes(), Names::Exact), Ok(Config::default()));
    }
}
