//! Bodies that are too large or nested too deeply are refused with the API's errors, and the store still works.
#![allow(clippy::unwrap_used, reason = "a failure here is a failed test")]

use bytes::Bytes;
use http::{Request, StatusCode};
use imagestream::{ImageStore, request};
use imagestream_tests::objects::{create_stream, mapping};
use serde_json::Value;

/// The maximum body size of the API in bytes.
const LIMIT: usize = 3_145_728;

fn store() -> ImageStore {
    let store = ImageStore::in_memory().unwrap();
    create_stream(&store, "web").unwrap();
    store
}

fn post(store: &ImageStore, content_type: &str, body: impl Into<Bytes>) -> (StatusCode, Value) {
    let request = Request::post("/apis/image.openshift.io/v1/namespaces/shop/imagestreammappings")
        .header("Content-Type", content_type)
        .body(body.into())
        .unwrap();
    let (parts, body) = request::handle(store, &request, None).into_parts();
    (parts.status, serde_json::from_slice(&body.into_bytes()).unwrap())
}

fn assert_still_works(store: &ImageStore) {
    let body = serde_json::to_vec(&mapping("web", "latest", 1)).unwrap();
    assert_eq!(post(store, "application/json", body).0, StatusCode::CREATED);
}

#[test]
fn a_body_over_three_megabytes_is_too_large() {
    let store = store();
    let body = |size: usize| {
        let mut body = serde_json::to_vec(&mapping("web", "latest", 2)).unwrap();
        body.resize(size, b' ');
        body
    };
    assert_eq!(post(&store, "application/json", body(LIMIT)).0, StatusCode::CREATED);
    let (status, answer) = post(&store, "application/json", body(LIMIT + 1));
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer["reason"], "RequestEntityTooLarge");
    assert_still_works(&store);
}

#[test]
fn nesting_is_bounded_in_every_body_format() {
    let store = store();
    // The real server skips unknown members up to 10,000 levels deep; beyond that it refuses the body.
    for (depth, unknown) in [(129, 422), (9_000, 422), (10_001, 400), (1_000_000, 400)] {
        let objects = format!("{}1{}", "{\"image\":".repeat(depth), "}".repeat(depth));
        let arrays = format!("{{\"image\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        for (content_type, body, expected) in [
            ("application/json", objects.get(..objects.len().min(LIMIT)).unwrap().to_owned(), unknown),
            ("application/json", arrays.clone(), 400),
            ("application/yaml", arrays, 400),
        ] {
            let (status, answer) = post(&store, content_type, body);
            assert_eq!(status.as_u16(), expected, "{content_type}, depth {depth}: {answer}");
        }
    }
    assert_still_works(&store);
}

#[test]
fn nesting_inside_manifests_and_configs_is_bounded() {
    let store = store();
    for depth in [129, 1_000_000] {
        let deep = format!("{{\"schemaVersion\":2,\"config\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        let mut mapping = mapping("web", "latest", 3);
        mapping.image.docker_image_manifest.clone_from(&deep);
        mapping.image.docker_image_config = deep;
        let (status, _) = post(&store, "application/json", serde_json::to_vec(&mapping).unwrap());
        assert!(status.is_success() || status.is_client_error(), "depth {depth}: {status}");
    }
    assert_still_works(&store);
}
