//! Imports from a registry, as `oc import-image` requests them.

use std::thread::sleep;
use std::time::{Duration, Instant};

use imagestream_tests::registry::{Registry, layout, skopeo};
use serde_json::{Value, json};

use super::{STREAMS, Server};

const IMPORTS: &str = "/apis/image.openshift.io/v1/namespaces/shop/imagestreamimports";

/// The request of `oc import-image` for some images.
fn request(images: &[Value], import: bool) -> String {
    json!({"kind": "ImageStreamImport", "apiVersion": "image.openshift.io/v1", "metadata": {"name": "web"},
        "spec": {"import": import, "images": images}})
    .to_string()
}

fn image(name: &str, tag: &str, mode: &str) -> Value {
    json!({"from": {"kind": "DockerImage", "name": name}, "to": {"name": tag},
        "importPolicy": {"importMode": mode}, "referencePolicy": {"type": "Source"}})
}

fn post(server: &Server, body: &str) -> Value {
    let (code, answer) = server.request("POST", IMPORTS, None, body.as_bytes());
    assert_eq!(code, 201, "{answer}");
    serde_json::from_str(&answer).unwrap()
}

fn get(server: &Server, path: &str) -> Value {
    serde_json::from_str(&server.request("GET", path, None, b"").1).unwrap()
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

#[test]
fn images_are_imported_with_their_tags_and_failures() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let list = layout(&at.join("original"));
    let registry = Registry::start(at, false);
    let copy = |tag: &str| {
        let name = registry.name(&format!("shop/web:{tag}"));
        skopeo(at, &["copy", "-q", "--all", "--dest-tls-verify=false", "oci:original:1.2", &name]);
    };
    copy("1.2");
    let server =
        Server::start(&["--import-from-registries", "--tls-verify=false", "--scheduled-import-interval", "1s"]);
    let spec = |tag: &str| format!("{}/shop/web:{tag}", registry.host());

    // Only looked at: nothing is written.
    let seen = post(&server, &request(&[image(&spec("1.2"), "v1", "Legacy")], false));
    assert_eq!(text(&seen, "/status/images/0/status/status"), "Success", "{seen}");
    assert_eq!(server.request("GET", &format!("{STREAMS}/web"), None, b"").0, 404);

    // One image of the list, the whole list, and one that is not there.
    let images = [
        image(&spec("1.2"), "v1", "Legacy"),
        image(&spec("1.2"), "all", "PreserveOriginal"),
        image(&spec("9"), "none", "Legacy"),
    ];
    let done = post(&server, &request(&images, true));
    let status = |index: usize, member: &str| text(&done, &format!("/status/images/{index}/{member}")).to_owned();
    assert_eq!([0, 1, 2].map(|index| status(index, "status/status")), ["Success", "Success", "Failure"], "{done}");
    assert_eq!(status(1, "image/metadata/name"), list);
    assert_eq!(status(0, "image/dockerImageMetadata/Architecture"), "amd64");
    assert_ne!(status(0, "image/metadata/name"), list);
    assert_eq!(status(0, "image/dockerImageManifest"), "", "only on request");
    assert_eq!((status(2, "status/reason"), status(2, "tag")), ("NotFound".to_owned(), "none".to_owned()));
    assert_eq!(done.pointer("/status/images/1/manifests").and_then(Value::as_array).unwrap().len(), 2);
    assert_eq!(text(&done, "/status/import/metadata/name"), "web");

    let stream = get(&server, &format!("{STREAMS}/web"));
    let tag = |name: &str| {
        let tags = stream.pointer("/status/tags").and_then(Value::as_array).unwrap();
        tags.iter().find(|tag| text(tag, "/tag") == name).cloned().unwrap_or_else(|| panic!("{name}: {stream}"))
    };
    let digest = status(0, "image/metadata/name");
    assert_eq!(text(&tag("v1"), "/items/0/image"), digest);
    let pull_spec = format!("{}/shop/web@{digest}", registry.host());
    assert_eq!(text(&tag("v1"), "/items/0/dockerImageReference"), pull_spec);
    assert_eq!(text(&tag("all"), "/items/0/image"), list);
    let failed = tag("none");
    assert_eq!(
        (text(&failed, "/conditions/0/type"), text(&failed, "/conditions/0/status")),
        ("ImportSuccess", "False")
    );
    assert_eq!(text(&failed, "/conditions/0/reason"), "NotFound");
    let generation = stream.pointer("/metadata/generation").and_then(Value::as_i64);
    assert_eq!(tag("v1").pointer("/items/0/generation").and_then(Value::as_i64), generation);
    assert_eq!(failed.pointer("/conditions/0/generation").and_then(Value::as_i64), generation);
    let specs = stream.pointer("/spec/tags").and_then(Value::as_array).unwrap();
    assert!(specs.iter().all(|tag| tag.pointer("/generation").and_then(Value::as_i64) == generation), "{stream}");
    // The images of the list are there, too.
    let members = get(&server, "/apis/image.openshift.io/v1/images");
    assert_eq!(members.pointer("/items").and_then(Value::as_array).unwrap().len(), 3);

    // Once the image is there, the failure is gone; and what has not changed makes no new entry.
    copy("9");
    let done =
        post(&server, &request(&[image(&spec("9"), "none", "Legacy"), image(&spec("1.2"), "v1", "Legacy")], true));
    let tags = done.pointer("/status/import/status/tags").and_then(Value::as_array).unwrap();
    let find = |name: &str| tags.iter().find(|tag| text(tag, "/tag") == name).unwrap();
    assert_eq!(find("none").get("conditions"), None, "{done}");
    assert_eq!(find("v1").pointer("/items").and_then(Value::as_array).unwrap().len(), 1);
}

#[test]
fn scheduled_tags_are_imported_again_and_waiting_ones_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let _ = layout(&at.join("original"));
    let registry = Registry::start(at, false);
    let name = registry.name("shop/web:1.2");
    let server =
        Server::start(&["--import-from-registries", "--tls-verify=false", "--scheduled-import-interval", "200ms"]);
    let from = json!({"kind": "DockerImage", "name": format!("{}/shop/web:1.2", registry.host())});
    let stream = json!({"kind": "ImageStream", "apiVersion": "image.openshift.io/v1", "metadata": {"name": "web"},
        "spec": {"tags": [{"name": "v1", "from": from, "importPolicy": {"scheduled": true}}]}});
    assert_eq!(server.request("POST", STREAMS, None, stream.to_string().as_bytes()).0, 201);
    let wait = |pointer: &str, expected: &str| {
        let began = Instant::now();
        loop {
            let stream = get(&server, &format!("{STREAMS}/web"));
            if text(&stream, pointer).contains(expected) {
                return;
            }
            assert!(began.elapsed() < Duration::from_secs(60), "{pointer} is not {expected}: {stream}");
            sleep(Duration::from_millis(100));
        }
    };
    wait("/status/tags/0/conditions/0/reason", "NotFound");
    // The image appears later.
    skopeo(at, &["copy", "-q", "--all", "--dest-tls-verify=false", "oci:original:1.2", &name]);
    wait("/status/tags/0/items/0/image", "sha256:");
    // What has not changed is not written again.
    let before = get(&server, &format!("{STREAMS}/web"));
    sleep(Duration::from_secs(1));
    assert_eq!(get(&server, &format!("{STREAMS}/web")), before);
}

#[test]
fn without_the_flag_nothing_is_requested_from_a_registry() {
    // Whoever connects would be noticed.
    let registry = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    registry.set_nonblocking(true).unwrap();
    let spec = format!("{}/shop/web:1", registry.local_addr().unwrap());
    let server = Server::start(&[]);
    let answer = post(&server, &request(&[image(&spec, "v1", "Legacy")], true));
    assert_eq!(text(&answer, "/status/images/0/status/reason"), "MethodNotAllowed", "{answer}");
    assert!(registry.accept().is_err(), "somebody has connected");
}
