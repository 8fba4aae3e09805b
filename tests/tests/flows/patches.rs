//! Patches as clients send them: JSON patches with the rules of the real server's library, and empty patches.

use http::Method;
use serde_json::{Value, json};

use crate::{Answer, Client, Cluster, stream};

const JSON_PATCH: &str = "application/json-patch+json";

/// A client and the stream `web`, which has one label and two tags.
fn client() -> Client {
    let client = Cluster::new().alice();
    let mut web = stream("web");
    web["metadata"]["labels"] = json!({"l": "1"});
    web["spec"]["tags"] = json!([{"name": "a"}, {"name": "b"}]);
    client.post("imagestreams", &web).expect(201);
    client
}

fn patched(path: &str, operations: &Value) -> Answer {
    client().send(Method::PATCH, path, JSON_PATCH, Some(operations))
}

#[test]
fn missing_members_read_as_null() {
    let labels = |operations: Value| patched("imagestreams/web", &operations).expect(200)["metadata"]["labels"].clone();
    let set = json!({"op": "replace", "path": "/metadata/labels/new", "value": "2"});
    assert_eq!(labels(json!([set])), json!({"l": "1", "new": "2"}));
    let holds = json!({"op": "test", "path": "/metadata/labels/new", "value": null});
    assert_eq!(labels(json!([holds, set])), json!({"l": "1", "new": "2"}));
    assert_eq!(labels(json!([{"op": "test", "path": "/metadata/labels/new"}])), json!({"l": "1"}));
    assert_eq!(labels(json!([{"op": "add", "path": "/metadata/labels/x"}])), json!({"l": "1", "x": ""}));
    assert_eq!(
        labels(json!([{"op": "copy", "from": "/metadata/labels/none", "path": "/metadata/labels/y"}])),
        json!({"l": "1", "y": ""})
    );
    assert_eq!(labels(json!([{"op": "replace", "path": "/metadata/labels"}])), json!(null));

    let repository = json!([{"op": "replace", "path": "/spec/dockerImageRepository", "value": "quay.io/x/y"}]);
    let stream = patched("imagestreams/web", &repository).expect(200);
    assert_eq!(stream["spec"]["dockerImageRepository"], "quay.io/x/y");
    let annotated = json!([{"op": "replace", "path": "/metadata/annotations", "value": {"a": "b"}}]);
    let tag = patched("imagestreamtags/web:new", &annotated);
    assert_eq!(tag.failure().0, 400, "what the patch makes has no tag: {}", tag.body);
    let tag =
        json!([{"op": "replace", "path": "/tag", "value": {"from": {"kind": "DockerImage", "name": "quay.io/x/y"}}}]);
    assert_eq!(patched("imagestreamtags/web:new", &tag).expect(201)["tag"]["name"], "new");
}

#[test]
fn missing_values_can_not_be_removed_moved_or_traversed() {
    for operation in [
        json!({"op": "remove", "path": "/metadata/labels/new"}),
        json!({"op": "move", "from": "/metadata/labels/new", "path": "/metadata/labels/x"}),
        json!({"op": "replace", "path": "/metadata/annotations/a", "value": "1"}),
        json!({"op": "test", "path": "/metadata/labels/l", "value": null}),
        json!({"op": "test", "path": "/metadata/labels/new", "value": ""}),
        json!({"op": "replace", "path": "/spec/tags/2", "value": {"name": "c"}}),
        json!({"op": "remove", "path": "/spec/tags/-3"}),
        json!({"op": "replace", "path": "/spec/tags/x", "value": {"name": "c"}}),
        json!({"op": "replace", "path": "/spec/tags/-", "value": {"name": "c"}}),
        json!({"op": "burn", "path": "/spec"}),
        json!({"op": "add"}),
    ] {
        let answer = patched("imagestreams/web", &json!([operation]));
        assert_eq!((answer.code, &answer.body["reason"]), (422, &json!("Invalid")), "{operation}");
    }
}

#[test]
fn indexes_are_integers_and_may_count_from_the_end() {
    let names = |operation: Value| {
        let stream = patched("imagestreams/web", &json!([operation])).expect(200);
        let tags = stream["spec"]["tags"].as_array().unwrap().clone();
        tags.iter().map(|tag| tag["name"].as_str().unwrap()).collect::<String>()
    };
    assert_eq!(names(json!({"op": "remove", "path": "/spec/tags/-1"})), "a");
    assert_eq!(names(json!({"op": "remove", "path": "/spec/tags/-2"})), "b");
    assert_eq!(names(json!({"op": "replace", "path": "/spec/tags/-1", "value": {"name": "c"}})), "ac");
    assert_eq!(names(json!({"op": "replace", "path": "/spec/tags/00/name", "value": "z"})), "bz");
    assert_eq!(names(json!({"op": "replace", "path": "/spec/tags/+1/name", "value": "z"})), "az");
    assert_eq!(names(json!({"op": "add", "path": "/spec/tags/-1", "value": {"name": "c"}})), "abc");
    assert_eq!(names(json!({"op": "add", "path": "/spec/tags/-3", "value": {"name": "c"}})), "abc");
    assert_eq!(names(json!({"op": "add", "path": "/spec/tags/-", "value": {"name": "c"}})), "abc");
    assert_eq!(names(json!({"op": "copy", "from": "/spec/tags/-1/name", "path": "/spec/tags/0/name"})), "b");
}

#[test]
fn empty_patches_are_accepted_except_a_merge_patch_that_is_null() {
    let image = json!({"metadata": {"name": "sha256:00"}, "dockerImageReference": "quay.io/a/b"});
    let paths =
        ["imagestreams/web", "imagestreams/web/status", "images/sha256:00", "imagestreamtags/web:a", "imagetags/web:a"];
    for path in paths {
        let client = client();
        client.post("images", &image).expect(201);
        let send = |patch_type: &str, text: Value| {
            client.send(Method::PATCH, path, &format!("application/{patch_type}+json"), Some(&text))
        };
        let refused = send("merge-patch", Value::Null);
        assert_eq!(
            (refused.code, &refused.body["reason"], &refused.body["message"], &refused.body["details"]),
            (400, &json!("BadRequest"), &json!("Invalid JSON Patch"), &Value::Null),
            "{path}"
        );
        for no_object in [json!([]), json!(1), json!("x"), json!(true)] {
            let refused = send("merge-patch", no_object.clone());
            assert_eq!((refused.code, &refused.body["reason"]), (400, &json!("BadRequest")), "{path} {no_object}");
            assert_eq!(send("strategic-merge-patch", no_object.clone()).code, 400, "{path} {no_object}");
        }
        if path.starts_with("imagestreamtags") || path.starts_with("imagetags") {
            continue;
        }
        let before = client.get(path).expect(200);
        for (patch_type, empty) in [
            ("strategic-merge-patch", Value::Null),
            ("strategic-merge-patch", json!({})),
            ("merge-patch", json!({})),
            ("json-patch", Value::Null),
            ("json-patch", json!([])),
        ] {
            send(patch_type, empty).expect(200);
            assert_eq!(client.get(path).expect(200), before, "{path} {patch_type}");
        }
    }
}
