//! That the types are decoded as serde reads them, where it does.

use proptest::prelude::*;

use super::{Decode, decode_strictly};
use crate::api::{Image, ImageStream, ImageStreamMapping, ImageStreamTag, ObjectMeta};

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
fn every_member_is_read_into_the_same_field_as_by_serde() {
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
        ImageTag ListMeta LocalObjectReference ManagedFieldsEntry NamedTagEventList Namespace NamespaceSpec
        NamespaceStatus ObjectMeta ObjectReference
        OwnerReference RepositoryImportSpec RepositoryImportStatus SignatureCondition SignatureIssuer SignatureSubject
        Status StatusCause StatusDetails TagEvent TagEventCondition TagImportPolicy TagReference TagReferencePolicy
    }
}

#[test]
fn valid_documents_are_read_as_by_serde_json() {
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
