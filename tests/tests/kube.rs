//! Responses of the server are preserved by the types of the feature `kube`.
#![allow(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use imagestream::{api, kube};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Decodes the object as `Object`, converts it to its twin, and serializes and decodes that.
fn round_trip<Object, Twin>(recorded: &Value) -> Value
where
    Object: DeserializeOwned + TryFrom<Twin, Error = serde_json::Error> + PartialEq + std::fmt::Debug,
    Twin: DeserializeOwned + Serialize + Clone + TryFrom<Object, Error = serde_json::Error>,
{
    let object: Object = serde_json::from_value(recorded.clone()).unwrap();
    let twin: Twin = serde_json::from_value(recorded.clone()).unwrap();
    assert_eq!(Object::try_from(twin.clone()).unwrap(), object);
    serde_json::to_value(Twin::try_from(object).unwrap()).unwrap()
}

/// All objects of the API group in a recorded response, each with its kind.
fn objects(value: &Value, found: &mut Vec<Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| objects(item, found)),
        Value::Object(members) => {
            if members.get("apiVersion").and_then(Value::as_str) == Some(api::API_VERSION) {
                found.push(value.clone());
            }
            // The items of a list have no kind.
            let list = members.get("kind").and_then(Value::as_str).and_then(|kind| kind.strip_suffix("List"));
            if let (Some(kind), Some(Value::Array(items))) = (list, members.get("items")) {
                for item in items.iter().filter_map(Value::as_object) {
                    let mut item = item.clone();
                    item.insert("kind".to_owned(), kind.into());
                    item.insert("apiVersion".to_owned(), api::API_VERSION.into());
                    found.push(item.into());
                }
            }
            members.values().for_each(|member| objects(member, found));
        }
        _ => {}
    }
}

#[test]
fn recorded_objects_are_preserved() {
    let mut found = Vec::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("data/conformance/expected")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap().replace("<time>", "2026-01-02T03:04:05Z");
        objects(&serde_json::from_str(&text).unwrap(), &mut found);
    }
    let mut counts = BTreeMap::new();
    for object in &found {
        let kind = object["kind"].as_str().unwrap();
        let written = match kind {
            "Image" => round_trip::<api::Image, kube::Image>(object),
            "ImageStream" => round_trip::<api::ImageStream, kube::ImageStream>(object),
            "ImageStreamMapping" => round_trip::<api::ImageStreamMapping, kube::ImageStreamMapping>(object),
            "ImageStreamTag" => round_trip::<api::ImageStreamTag, kube::ImageStreamTag>(object),
            "ImageTag" => round_trip::<api::ImageTag, kube::ImageTag>(object),
            _ => continue,
        };
        assert_eq!(&written, object);
        *counts.entry(kind).or_insert(0) += 1;
    }
    for kind in ["Image", "ImageStream", "ImageStreamTag", "ImageTag"] {
        assert!(counts.get(kind).is_some_and(|count| *count > 10), "{counts:?}");
    }
}
