//! Compares the store with the model.

use bytes::Bytes;
use http::Request;
use imagestream::{ImageStore, request};
use proptest::prelude::*;
use serde_json::Value;

use super::{Model, NAMESPACE, Operation, STREAMS};

/// Performs the operations in an empty store: each must be accepted or refused as in the model, and result in the same
/// streams.
pub(crate) fn check(store: &ImageStore, operations: &[Operation]) -> Result<(), TestCaseError> {
    let mut model = Model::default();
    for operation in operations {
        let accepted = send(store, operation);
        let expected = model.apply(operation);
        prop_assert_eq!(accepted, expected, "{:?}", operation);
        for stream in STREAMS {
            prop_assert_eq!(shown(store, stream), model.shown(stream), "{} after {:?}", stream, operation);
        }
    }
    let found = store.verify().unwrap();
    prop_assert!(found.is_clean(), "{:?}", found.problems);
    Ok(())
}

/// Sends the request of an operation; returns whether it was accepted.
fn send(store: &ImageStore, operation: &Operation) -> bool {
    let stream = store.namespace(NAMESPACE).image_streams().get(operation.stream()).ok();
    let version = stream.map(|stream| stream.metadata.resource_version).unwrap_or_default();
    let (method, path, body) = operation.request(&version);
    let uri = format!("/apis/image.openshift.io/v1{path}");
    let body = body.map_or_else(Bytes::new, |body| body.to_string().into());
    let request = Request::builder().method(method).uri(uri).body(body).unwrap();
    let response = request::handle(store, &request, None);
    assert!(!response.status().is_server_error(), "{operation:?}: {:?}", response.into_body().into_bytes());
    response.status().is_success()
}

/// A stream as the API shows it, without what a model can't know: times, uids and versions.
fn shown(store: &ImageStore, name: &str) -> Option<Value> {
    let stream = store.namespace(NAMESPACE).image_streams().get(name).ok()?;
    let mut stream = serde_json::to_value(stream).unwrap();
    let tags = stream.pointer_mut("/status/tags").map(Value::take).unwrap_or_default();
    let histories = tags.as_array().into_iter().flatten().map(|tag| {
        let events = tag.get("items").and_then(Value::as_array).into_iter().flatten().map(|event| {
            serde_json::json!([event.get("image"), event.get("dockerImageReference"), event.get("generation")])
        });
        (tag.get("tag").unwrap().as_str().unwrap().to_owned(), events.collect())
    });
    let specs = stream
        .pointer("/spec/tags")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|tag| (tag.get("name").unwrap().as_str().unwrap().to_owned(), tag.get("generation").unwrap().clone()));
    Some(serde_json::json!({
        "generation": stream.pointer("/metadata/generation"),
        "spec": Value::Object(specs.collect()),
        "status": Value::Object(histories.collect()),
    }))
}
