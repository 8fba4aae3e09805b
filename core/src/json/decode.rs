//! A document to a typed value.

use std::collections::{BTreeMap, BTreeSet};

use super::parse::node;
use super::scan::SyntaxError;
use super::{DecodeError, Node, Reader};

/// How names of members are matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// Exactly, as the API does.
    Exact,
    /// Without regard to case, as Go's own decoder does, which reads manifests and image configs.
    Folded,
}

/// Decodes a JSON text.
///
/// # Errors
///
/// What is wrong with the syntax; else, when it is not a `T`, the first value of a wrong type, unless a time can't be read.
pub fn decode<T: Decode>(text: &[u8], names: Names) -> Result<T, DecodeError> {
    Reader::document(text, names, None).map(|(value, _)| value)
}

/// Decodes a JSON text and says what strict field validation says about it: `unknown field "metadata.zip"`,
/// `duplicate field "tag"`, in the order of the document, each text once, at most 100. Inside of a [`Node`] or another
/// value that takes any JSON there are no findings.
///
/// # Errors
///
/// As [`decode`], with exact names.
pub fn decode_strictly<T: Decode>(text: &[u8]) -> Result<(T, Vec<String>), DecodeError> {
    Reader::document(text, Names::Exact, Some(Vec::new()))
}

/// A type that JSON is read into as Go does: over what is there already.
///
/// Structs get it by [`members!`](crate::json::members).
pub trait Decode: Default {
    /// Reads the next value. What the value does not say stays; one that does not fit is remembered by the reader as the
    /// mistake of the document.
    ///
    /// # Errors
    ///
    /// Only those of the syntax.
    fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), SyntaxError>;

    /// Adds the type's name in Go to `name`; `text` is what a text is called at the place.
    fn go_type(name: &mut String, text: &str);
}

/// Gives a struct [`Decode`], with the names that its fields have in JSON.
///
/// The struct's own name is that in Go without its package, where that is one called `v1`; else with it.
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
/// members!(Descriptor as "ocispec.Descriptor" { "digest" => digest, "size" => size });
///
/// let descriptor: Descriptor = decode(br#"{"Digest": "sha256:12", "size": 5}"#, Names::Folded)?;
/// assert_eq!((descriptor.digest.as_str(), descriptor.size), ("sha256:12", Some(5)));
/// # Ok::<(), imagestream::json::DecodeError>(())
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! __members {
    ($type:ty as $name:literal { $($member:literal => $field:ident),* $(,)? }) => {
        impl $crate::json::Decode for $type {
            #[allow(unused_assignments, unused_mut, unused_variables, reason = "the same for any number of members")]
            fn read(&mut self, reader: &mut $crate::json::Reader<'_>) -> Result<(), $crate::json::SyntaxError> {
                reader.object($name, &[$($member),*], &mut |member, reader| {
                    let mut number = 0;
                    $(
                        if member == number {
                            return $crate::json::Decode::read(&mut self.$field, reader);
                        }
                        number += 1;
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

/// Any value, which is read over.
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

/// What Go calls a value of any type.
const ANYTHING: &str = "interface {}";

/// Any value, as its text; `null` is an empty text.
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
                reader.mistake(format_args!("json: cannot unmarshal number {number} into Go value of type float64"));
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

    fn go_type(name: &mut String, text: &str) {
        name.push_str(text);
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

numbers! {
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

    fn go_type(name: &mut String, text: &str) {
        // A pointer is called what it points to.
        T::go_type(name, text);
    }
}

impl<T: Decode> Decode for Box<T> {
    fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), SyntaxError> {
        T::read(self, reader)
    }

    fn go_type(name: &mut String, text: &str) {
        T::go_type(name, text);
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), SyntaxError> {
        match reader.scanner().first()? {
            b'[' => {
                self.clear();
                reader.elements(&mut |reader| {
                    let mut element = T::default();
                    element.read(reader)?;
                    self.push(element);
                    Ok(())
                })
            }
            b'n' => {
                self.clear();
                reader.scanner().literal_null()
            }
            first => reader.misfit(first, &Self::go_type),
        }
    }

    fn go_type(name: &mut String, text: &str) {
        name.push_str("[]");
        T::go_type(name, text);
    }
}

impl<T: Decode> Decode for BTreeMap<String, T> {
    fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), SyntaxError> {
        match reader.scanner().first()? {
            b'{' => {
                // What is there from an object of the same name before is no duplicate in this one.
                let mut earlier: BTreeSet<String> = self.keys().cloned().collect();
                reader.entries(&mut |key, reader| {
                    let mut value = T::default();
                    value.read(reader)?;
                    let replaced = self.insert(key.clone().into_owned(), value).is_some();
                    Ok(replaced && !earlier.remove(&*key))
                })
            }
            b'n' => {
                self.clear();
                reader.scanner().literal_null()
            }
            first => reader.misfit(first, &Self::go_type),
        }
    }

    fn go_type(name: &mut String, text: &str) {
        name.push_str("map[string]");
        T::go_type(name, text);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::{Names, decode, decode_strictly};
    use crate::api::{Image, ImageLayer, ImageStream, ImageStreamMapping, ImageStreamTag, ObjectMeta};
    use crate::json::{Decode, members};

    fn mapping(text: &str) -> Result<ImageStreamMapping, String> {
        decode(text.as_bytes(), Names::Exact).map_err(|error| error.to_string())
    }

    fn findings(text: &str) -> Vec<String> {
        decode_strictly::<ImageStreamMapping>(text.as_bytes()).unwrap().1
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

    /// The names of the members that serde's derived implementation reads.
    fn names_of<T: serde::de::DeserializeOwned>() -> &'static [&'static str] {
        struct Asker<'a>(&'a mut &'static [&'static str]);

        impl<'de> serde::Deserializer<'de> for Asker<'_> {
            type Error = serde::de::value::Error;

            fn deserialize_any<V: serde::de::Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
                Err(serde::de::Error::custom("not a struct"))
            }

            fn deserialize_struct<V: serde::de::Visitor<'de>>(
                self,
                _: &'static str,
                fields: &'static [&'static str],
                _: V,
            ) -> Result<V::Value, Self::Error> {
                *self.0 = fields;
                Err(serde::de::Error::custom("only the names are wanted"))
            }

            serde::forward_to_deserialize_any! {
                bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
                newtype_struct seq tuple tuple_struct map enum identifier ignored_any
            }
        }

        let mut names: &[&str] = &[];
        assert!(T::deserialize(Asker(&mut names)).is_err());
        names
    }

    #[test]
    fn every_member_is_read_into_the_field_that_serde_reads_it_into() {
        fn check<T: Decode + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>() {
            const VALUES: [&str; 9] = [
                r#""aGk=""#,
                r#""2024-01-01T00:00:00Z""#,
                "5",
                "true",
                "{}",
                r#"{"a": "b"}"#,
                r#"{"a": {}}"#,
                r#"["aGk="]"#,
                "[{}]",
            ];
            for name in names_of::<T>() {
                let mut accepted = 0;
                for value in VALUES {
                    let text = format!(r#"{{"{name}": {value}}}"#);
                    let found = decode_strictly::<T>(text.as_bytes());
                    // serde reads lists as structs, too.
                    if found.is_err() && value.starts_with('[') {
                        continue;
                    }
                    if let Ok(expected) = serde_json::from_str::<T>(&text) {
                        accepted += 1;
                        assert_eq!(found, Ok((expected, Vec::new())), "{text}");
                    }
                }
                assert!(accepted > 0, "{name} takes none of the values");
            }
        }
        macro_rules! check {
            ($($type:ident)*) => {$( check::<crate::api::$type>(); )*};
        }
        check! {
            DockerConfig Image ImageBlobReferences ImageImportSpec ImageImportStatus ImageLayer ImageLayerData
            ImageLookupPolicy ImageManifest ImageSignature ImageStream ImageStreamImage ImageStreamImport ImageStreamImportSpec
            ImageStreamImportStatus ImageStreamLayers ImageStreamMapping ImageStreamSpec ImageStreamStatus ImageStreamTag
            ImageTag ListMeta LocalObjectReference ManagedFieldsEntry NamedTagEventList ObjectMeta ObjectReference
            OwnerReference RepositoryImportSpec RepositoryImportStatus SignatureCondition SignatureIssuer SignatureSubject
            Status StatusCause StatusDetails TagEvent TagEventCondition TagImportPolicy TagReference TagReferencePolicy
        }
    }

    #[test]
    fn valid_documents_read_as_serde_json_reads_them() {
        fn agree<T: Decode + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(text: &str) {
            let expected: T = serde_json::from_str(text).unwrap();
            let (found, findings) = decode_strictly::<T>(text.as_bytes()).unwrap();
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
            let found = decode_strictly::<ImageStreamMapping>(text.as_bytes());
            if let Ok(expected) = serde_json::from_str::<ImageStreamMapping>(&text) {
                prop_assert_eq!(found, Ok((expected, Vec::new())));
            } else if let Ok((value, findings)) = found {
                // serde has no zero values for null.
                prop_assert!(text.contains("null") || !findings.is_empty(), "{:?}", value);
            }
        }
    }
}
