//! Request bodies in protobuf: namespaces and reviews, which `kubectl` always sends in this format.
//!
//! A message is converted to its JSON document by a table of its fields. Fields that only the server sets are skipped.

use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};
use serde_json::{Map, Value};

use super::protobuf::{Enveloped, open, unreadable};
use crate::api::ApiResource;
use crate::error::{Error, Result};

/// The fields of a message: field number, name and type.
type Message = [(u32, &'static str, Field)];

/// The type of a field.
enum Field {
    Text,
    Texts,
    Switch,
    One(&'static Message),
    Many(&'static Message),
    /// A map: each entry is a message with a `key` and a `value`.
    Map(&'static Message),
}

const NAMESPACE: &Message = &[(1, "metadata", Field::One(METADATA))];

/// `ObjectMeta`
const METADATA: &Message = &[
    (1, "name", Field::Text),
    (2, "generateName", Field::Text),
    (3, "namespace", Field::Text),
    (6, "resourceVersion", Field::Text),
    (11, "labels", Field::Map(TEXT_ENTRY)),
    (12, "annotations", Field::Map(TEXT_ENTRY)),
    (13, "ownerReferences", Field::Many(OWNER_REFERENCE)),
    (14, "finalizers", Field::Texts),
];

const OWNER_REFERENCE: &Message = &[
    (1, "kind", Field::Text),
    (3, "name", Field::Text),
    (4, "uid", Field::Text),
    (5, "apiVersion", Field::Text),
    (6, "controller", Field::Switch),
    (7, "blockOwnerDeletion", Field::Switch),
];

const TEXT_ENTRY: &Message = &[(1, "key", Field::Text), (2, "value", Field::Text)];

/// Reviews whose spec is not read.
const REVIEW: &Message = &[];
const RULES_REVIEW: &Message = &[(2, "spec", Field::One(&[(1, "namespace", Field::Text)]))];
/// The spec of a self-review has the first fields of the spec of other reviews.
const ACCESS_REVIEW: &Message = &[(2, "spec", Field::One(ACCESS_SPEC))];

const ACCESS_SPEC: &Message = &[
    (1, "resourceAttributes", Field::One(RESOURCE_ATTRIBUTES)),
    (2, "nonResourceAttributes", Field::One(&[(1, "path", Field::Text), (2, "verb", Field::Text)])),
    (3, "user", Field::Text),
    (4, "groups", Field::Texts),
    (5, "extra", Field::Map(&[(1, "key", Field::Text), (2, "value", Field::One(&[(1, "items", Field::Texts)]))])),
    (6, "uid", Field::Text),
];

const RESOURCE_ATTRIBUTES: &Message = &[
    (1, "namespace", Field::Text),
    (2, "verb", Field::Text),
    (3, "group", Field::Text),
    (4, "version", Field::Text),
    (5, "resource", Field::Text),
    (6, "subresource", Field::Text),
    (7, "name", Field::Text),
];

/// Whether objects of a resource may be created from protobuf.
pub(super) fn are_read(resource: &ApiResource) -> bool {
    resource.is_namespace() || resource.is_review()
}

/// Decodes an object of a resource as a document.
///
/// # Errors
///
/// 400 if the message can't be decoded. The kind is checked when the document is decoded.
pub(super) fn document(body: &[u8], resource: &ApiResource) -> Result<Value> {
    let message = match resource.kind {
        "Namespace" => NAMESPACE,
        "SelfSubjectReview" => REVIEW,
        "SelfSubjectRulesReview" => RULES_REVIEW,
        _ => ACCESS_REVIEW,
    };
    let Enveloped { api_version, kind, raw } = open(body)?;
    let mut document = read(message, &raw)?;
    document.insert("kind".to_owned(), kind.into());
    document.insert("apiVersion".to_owned(), api_version.into());
    Ok(document.into())
}

/// Decodes a message. No message contains its own type, so the recursion ends.
fn read(message: &Message, mut bytes: &[u8]) -> Result<Map<String, Value>> {
    let mut members = Map::new();
    while !bytes.is_empty() {
        let (tag, wire_type) = decode_key(&mut bytes).map_err(unreadable)?;
        let known = message.iter().find(|(known, ..)| *known == tag);
        match (known, wire_type) {
            (Some((_, name, Field::Switch)), WireType::Varint) => {
                let switch = decode_varint(&mut bytes).map_err(unreadable)? != 0;
                members.insert((*name).to_owned(), switch.into());
            }
            (Some((_, name, field)), WireType::LengthDelimited) => {
                let length = usize::try_from(decode_varint(&mut bytes).map_err(unreadable)?).ok();
                let (part, rest) = length.and_then(|length| bytes.split_at_checked(length)).ok_or_else(cut)?;
                bytes = rest;
                insert(&mut members, name, field, part)?;
            }
            _ => skip_field(wire_type, tag, &mut bytes, DecodeContext::default()).map_err(unreadable)?,
        }
    }
    Ok(members)
}

/// Adds the value of a field to the members. Go also writes empty strings; they are skipped.
fn insert(members: &mut Map<String, Value>, name: &str, field: &Field, part: &[u8]) -> Result<()> {
    let mut push = |value: Value| {
        if let Value::Array(list) = members.entry(name).or_insert_with(|| Value::Array(Vec::new())) {
            list.push(value);
        }
    };
    match field {
        Field::Text if part.is_empty() => {}
        Field::Text => {
            members.insert(name.to_owned(), text(part)?);
        }
        Field::Texts => push(text(part)?),
        Field::Many(message) => push(read(message, part)?.into()),
        Field::One(message) => {
            members.insert(name.to_owned(), read(message, part)?.into());
        }
        Field::Map(entry) => {
            let mut entry = read(entry, part)?;
            let key = entry.get("key").and_then(Value::as_str).unwrap_or_default().to_owned();
            let value = match entry.remove("value") {
                // A map whose values are lists has messages with one repeated field as values.
                Some(Value::Object(mut list)) => list.remove("items").unwrap_or_else(|| Value::Array(Vec::new())),
                value => value.unwrap_or_else(|| "".into()),
            };
            if let Value::Object(map) = members.entry(name).or_insert_with(|| Map::new().into()) {
                map.insert(key, value);
            }
        }
        // A number must not be length-delimited.
        Field::Switch => return Err(cut()),
    }
    Ok(())
}

fn text(part: &[u8]) -> Result<Value> {
    std::str::from_utf8(part).map(Value::from).map_err(|error| Error::bad_request(error.to_string()))
}

fn cut() -> Error {
    Error::bad_request("the message in protobuf is damaged")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::api::API_RESOURCES;

    /// A length-delimited field of a message: the key, the length, the bytes.
    fn field(tag: u8, bytes: &[u8]) -> Vec<u8> {
        [&[tag << 3 | 2, u8::try_from(bytes.len()).unwrap()], bytes].concat()
    }

    fn resource(kind: &str) -> &'static ApiResource {
        API_RESOURCES.iter().find(|resource| resource.kind == kind).unwrap()
    }

    /// An object as Go encodes it, with metadata, spec and status.
    fn enveloped(kind: &str, metadata: &[u8], spec: &[u8]) -> Vec<u8> {
        let type_meta = [field(1, resource(kind).api_version.as_bytes()), field(2, kind.as_bytes())].concat();
        let raw = [field(1, metadata), field(2, spec), field(3, b"")].concat();
        [b"k8s\0".to_vec(), field(1, &type_meta), field(2, &raw), field(3, b""), field(4, b"")].concat()
    }

    fn spec(kind: &str, spec: &[u8]) -> Value {
        let mut document = document(&enveloped(kind, b"", spec), resource(kind)).unwrap();
        assert_eq!((&document["kind"], &document["apiVersion"]), (&json!(kind), &json!(resource(kind).api_version)));
        document["spec"].take()
    }

    #[test]
    fn a_namespace_is_decoded() {
        let entry = |tag, key: &str| field(tag, &[field(1, key.as_bytes()), field(2, b"web")].concat());
        let owner = [field(1, b"Team"), field(3, b"web"), field(4, b"1"), field(5, b"a/v1"), vec![6 << 3, 1]].concat();
        let fields = [
            field(1, b"shop"),
            field(2, b""),
            entry(11, "team"),
            entry(11, "tier"),
            entry(12, "note"),
            field(13, &owner),
        ];
        let rest = [field(8, b""), field(14, b"a/b"), field(14, b"c/d"), vec![7 << 3, 0]];
        let metadata = [fields.concat(), rest.concat()].concat();
        let found = document(&enveloped("Namespace", &metadata, b""), resource("Namespace")).unwrap();
        let metadata = json!({"name": "shop", "labels": {"team": "web", "tier": "web"}, "annotations": {"note": "web"},
            "ownerReferences": [{"apiVersion": "a/v1", "kind": "Team", "name": "web", "uid": "1", "controller": true}],
            "finalizers": ["a/b", "c/d"]});
        assert_eq!(found, json!({"kind": "Namespace", "apiVersion": "v1", "metadata": metadata}));
    }

    #[test]
    fn each_kind_of_review_is_decoded() {
        let attributes = [field(1, b"shop"), field(2, b"get"), field(5, b"imagestreams"), field(7, b"web")].concat();
        let extra = [field(1, b"scopes"), field(2, &[field(1, b"all"), field(1, b"own")].concat())].concat();
        let asked =
            [field(1, &attributes), field(3, b"alice"), field(4, b"dev"), field(4, b"ops"), field(5, &extra)].concat();
        let expected = json!({
            "resourceAttributes": {"namespace": "shop", "verb": "get", "resource": "imagestreams", "name": "web"},
            "user": "alice", "groups": ["dev", "ops"], "extra": {"scopes": ["all", "own"]}});
        assert_eq!(spec("SubjectAccessReview", &asked), expected);
        let page = [field(1, b"/healthz"), field(2, b"get")].concat();
        let expected = json!({"nonResourceAttributes": {"path": "/healthz", "verb": "get"}});
        assert_eq!(spec("SelfSubjectAccessReview", &field(2, &page)), expected);
        assert_eq!(spec("SelfSubjectRulesReview", &field(1, b"shop")), json!({"namespace": "shop"}));
        assert_eq!(spec("SelfSubjectReview", b""), Value::Null);
    }

    #[test]
    fn what_is_not_an_object_is_refused() {
        let damaged = [&b"\x0a\x7f"[..], b"\x5a\x02\x0a\x05", b"\x0a\x02\x0a", b"\x0a\x03\x0a\x01\xff"];
        let damaged = damaged.map(|metadata| enveloped("Namespace", metadata, b""));
        let others = [&b""[..], b"{}", b"k8s\0\xff"].map(<[u8]>::to_vec);
        for body in damaged.into_iter().chain(others) {
            let error = document(&body, resource("Namespace")).unwrap_err();
            assert_eq!(error.status().code, 400, "{}", body.escape_ascii());
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_object_or_an_error(body: Vec<u8>) {
            let _ = document(&[b"k8s\0", body.as_slice()].concat(), resource("Namespace"));
            let part = body.get(..50).unwrap_or(&body);
            let _ = document(&enveloped("SubjectAccessReview", b"", part), resource("SubjectAccessReview"));
            let _ = document(&enveloped("Namespace", part, b""), resource("Namespace"));
        }
    }
}
