//! Tags that must not move, and histories that are bounded.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failure here is a failed test")]

use std::ops::ControlFlow;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request};
use imagestream::api::Time;
use imagestream::rules::{HistoryRule, ImmutableRule, TagDestination, TagSource};
use imagestream::transfer::{Bytes as InMemory, ExportOptions, ImportOptions, export, import};
use imagestream::{
    ConflictRule, ErrorKind, FixedClock, ImageStore, ListParams, PruneMode, PruneParams, PruneRule, RollbackParams,
    TagParams, User, Workloads, request,
};
use imagestream_tests::objects::{assert_sound, create_stream, digest, mapping, push};
use serde_json::{Value, json};

const RULE: &str = "shop/web:prod";

/// A store whose tags `web:v1` and `web:prod` have had the images 1 and 2; `prod` follows `v1` if that is asked for.
fn shop(follows: bool) -> ImageStore {
    let store = ImageStore::in_memory().unwrap();
    create_stream(&store, "web").unwrap();
    for image in [1, 2] {
        for tag in ["v1", "prod"] {
            let _ = push(&store, "web", tag, image).unwrap();
        }
    }
    if follows {
        let spec = json!({"spec": {"tags": [{"name": "prod", "from": {"kind": "ImageStreamTag", "name": "v1"}}]}});
        let (code, _) = send(&store, Method::PATCH, "imagestreams/web", &spec);
        assert_eq!(code, 200);
    }
    store
}

fn forbid(store: &ImageStore, pattern: &str, except: &[&str]) {
    let except = except.iter().map(|pattern| pattern.parse().unwrap()).collect();
    store.add_immutable_rule(&ImmutableRule { pattern: pattern.parse().unwrap(), except }).unwrap();
}

fn send(store: &ImageStore, method: Method, path: &str, body: &Value) -> (u16, Value) {
    let content_type = if method == Method::PATCH { "application/merge-patch+json" } else { "application/json" };
    let uri = format!("/apis/image.openshift.io/v1/namespaces/shop/{path}");
    let request = Request::builder().method(method).uri(uri).header("Content-Type", content_type);
    let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
    let response = request::handle(store, &request.body(body).unwrap(), Some(User::system_admin()));
    let code = response.status().as_u16();
    (code, serde_json::from_slice(&response.into_body().into_bytes()).unwrap())
}

fn get(store: &ImageStore, path: &str) -> Value {
    send(store, Method::GET, path, &Value::Null).1
}

/// Everything in the store.
fn content(store: &ImageStore) -> String {
    let mut text = Vec::new();
    export(store, &ExportOptions::default(), &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

/// The stream with another newest entry of `prod`.
fn moved(store: &ImageStore, image: u64) -> Value {
    let mut stream = get(store, "imagestreams/web");
    for tag in stream["status"]["tags"].as_array_mut().unwrap() {
        if tag["tag"] == "prod" {
            tag["items"][0]["image"] = json!(digest(image));
            tag["items"][0]["dockerImageReference"] = json!("quay.io/shop/web:other");
        }
    }
    stream
}

#[test]
fn no_road_moves_an_immutable_tag() {
    let tag = |from: &str| {
        json!({"kind": "ImageStreamTag", "apiVersion": "image.openshift.io/v1", "metadata": {"name": "web:prod"},
            "tag": {"name": "prod", "from": {"kind": "ImageStreamImage", "name": format!("web@{from}")}}})
    };
    let image_tag = |store: &ImageStore, from: &str| {
        let mut tag = get(store, "imagetags/web:prod");
        tag["spec"] = json!({"name": "prod", "from": {"kind": "ImageStreamImage", "name": format!("web@{from}")}});
        tag
    };
    let spec = |from: &str| json!({"spec": {"tags": [{"name": "prod", "from": {"kind": "ImageStreamImage", "name": format!("web@{from}")}}]}});
    let one = digest(1);
    let store = shop(false);
    forbid(&store, RULE, &[]);
    let before = content(&store);
    let mapping = serde_json::to_value(mapping("web", "prod", 1)).unwrap();
    let with_spec = |spec: &Value| {
        let mut stream = get(&store, "imagestreams/web");
        stream["spec"] = spec["spec"].clone();
        stream
    };
    let roads = [
        (Method::POST, "imagestreammappings", mapping),
        (Method::PUT, "imagestreamtags/web:prod", tag(&one)),
        (Method::PATCH, "imagestreamtags/web:prod", json!({"tag": tag(&one)["tag"]})),
        (Method::DELETE, "imagestreamtags/web:prod", Value::Null),
        (Method::PUT, "imagetags/web:prod", image_tag(&store, &one)),
        (Method::PATCH, "imagetags/web:prod", json!({"spec": image_tag(&store, &one)["spec"]})),
        (Method::DELETE, "imagetags/web:prod", Value::Null),
        (Method::PUT, "imagestreams/web", with_spec(&spec(&one))),
        (Method::PATCH, "imagestreams/web", spec(&one)),
        (Method::PUT, "imagestreams/web/status", moved(&store, 1)),
        (Method::PATCH, "imagestreams/web/status", json!({"status": {"tags": []}})),
        (Method::DELETE, "imagestreams/web", Value::Null),
        (Method::DELETE, "imagestreams", Value::Null),
    ];
    for (method, path, body) in roads {
        let road = format!("{method} {path}");
        let (code, answer) = send(&store, method, path, &body);
        assert_eq!((code, &answer["reason"]), (409, &json!("Conflict")), "{road}: {answer}");
        let message = answer["message"].as_str().unwrap();
        assert!(
            message.ends_with(r#""web:prod": the tag is immutable by the rule "shop/web:prod""#),
            "{road}: {message}"
        );
        assert_eq!(content(&store), before, "{road}");
    }

    // The roads that are not over HTTP.
    let tags = store.namespace("shop").image_stream_tags();
    let conflict = |error: &imagestream::Error| {
        matches!(error.kind(), ErrorKind::Conflict { .. }) && error.to_string().contains(RULE)
    };
    let error = tags.rollback("web:prod", &RollbackParams::default()).unwrap_err();
    assert!(conflict(&error), "{error}");
    let error = tags.rollback("web:prod", &RollbackParams { pin: true, ..RollbackParams::default() }).unwrap_err();
    assert!(conflict(&error), "{error}");
    let source: TagSource = TagSource::parse(&format!("shop/web@{one}"), None).unwrap();
    let destination = TagDestination { namespace: "shop".to_owned(), stream: "web".to_owned(), tag: "prod".to_owned() };
    let error = store.tag(&source, &[destination], &TagParams::default()).unwrap_err();
    assert!(conflict(&error), "{error}");
    assert_eq!(content(&store), before);

    // An import of a copy in which it has moved.
    let text = json!({"kind": "List", "apiVersion": "v1", "items": [moved(&store, 1)]}).to_string();
    let source = InMemory { name: "dump.json", bytes: text.as_bytes() };
    let options = ImportOptions { conflicts: ConflictRule::Replace, ..ImportOptions::default() };
    let report = import(&store, &[&source], &options, &mut |_| ControlFlow::Continue(())).unwrap();
    assert!(report.findings[0].reason.contains(r#"immutable by the rule "shop/web:prod""#), "{report:?}");
    assert_eq!(content(&store), before);
    assert_sound(&store);
}

#[test]
fn a_followed_tag_does_not_move_its_immutable_follower() {
    let store = shop(true);
    forbid(&store, RULE, &[]);
    let before = content(&store);
    let error = push(&store, "web", "v1", 3).unwrap_err();
    let text = r#"Operation cannot be fulfilled on imagestreamtags.image.openshift.io "web:prod": the tag is immutable by the rule "shop/web:prod""#;
    assert_eq!(error.to_string(), text);
    assert_eq!(content(&store), before, "the image is not written either");
    assert!(store.remove_immutable_rule(&RULE.parse().unwrap()).unwrap());
    assert!(!store.remove_immutable_rule(&RULE.parse().unwrap()).unwrap());
    assert_eq!(push(&store, "web", "v1", 3).unwrap().tags.len(), 2);
}

#[test]
fn what_does_not_move_the_tag_is_free() {
    let store = shop(false);
    forbid(&store, "*:*", &["shop/web:v*"]);
    // Another tag by the exception, the first image of a new tag, the same image again, and other metadata.
    let _ = push(&store, "web", "v1", 3).unwrap();
    let _ = push(&store, "web", "new", 3).unwrap();
    let _ = push(&store, "web", "prod", 2).unwrap();
    assert!(push(&store, "web", "new", 4).is_err());
    let patch = |path: &str, body: &Value| send(&store, Method::PATCH, path, body).0;
    assert_eq!(patch("imagestreams/web", &json!({"metadata": {"labels": {"a": "b"}}})), 200);
    assert_eq!(patch("imagestreamtags/web:prod", &json!({"tag": {"annotations": {"a": "b"}}})), 201);
    assert_eq!(send(&store, Method::DELETE, "imagestreamtags/web:v1", &Value::Null).0, 200);
    assert_sound(&store);
}

#[test]
fn rules_are_rows_of_the_store_and_go_with_an_export() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.redb");
    let store = ImageStore::open(&path).unwrap();
    create_stream(&store, "web").unwrap();
    let _ = push(&store, "web", "v1", 1).unwrap();
    let version = store.resource_version().unwrap();
    forbid(&store, "shop/*:v?", &["*:*-rc"]);
    store.add_history_rule(&HistoryRule { pattern: "ci/*".parse().unwrap(), keep: "90d".parse().unwrap() }).unwrap();
    assert_eq!(store.resource_version().unwrap(), version, "no object has changed");
    let rules = store.tag_rules().unwrap();
    store.close().unwrap();
    let store = ImageStore::open(&path).unwrap();
    assert_eq!(store.tag_rules().unwrap(), rules);
    assert!(push(&store, "web", "v1", 2).is_err());
    assert_sound(&store);

    let text = content(&store);
    assert!(text.contains(r#""kind": "TagRules""#), "{text}");
    let restored = ImageStore::in_memory().unwrap();
    let source = InMemory { name: "export.json", bytes: text.as_bytes() };
    let mut go_on = |_| ControlFlow::Continue(());
    let report = import(&restored, &[&source], &ImportOptions::default(), &mut go_on).unwrap();
    assert_eq!((report.tag_rules, report.finding_count), (2, 0));
    assert_eq!(restored.tag_rules().unwrap(), rules);
    let again = content(&restored);
    let without_versions = |text: &str| {
        text.lines().filter(|line| !line.contains("resourceVersion")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(without_versions(&again), without_versions(&text));
    // A list for `oc create` and a part of the store have none.
    let mut created = Vec::new();
    export(&store, &ExportOptions { for_create: true, ..ExportOptions::default() }, &mut created).unwrap();
    assert!(!String::from_utf8(created).unwrap().contains("TagRules"));

    // A rule that can't be read is a finding, and none is added.
    let wrong =
        json!({"kind": "TagRules", "apiVersion": "imagestream/v1", "immutable": [{"pattern": "a/b/c"}]}).to_string();
    let source = InMemory { name: "rules.json", bytes: wrong.as_bytes() };
    let report = import(&restored, &[&source], &ImportOptions::default(), &mut go_on);
    let text = format!("{report:?}");
    assert!(text.contains("[NAMESPACE/]STREAM[:TAG]"), "{text}");
    assert_eq!(restored.tag_rules().unwrap(), rules);
}

#[test]
fn the_history_of_an_immutable_tag_is_not_pruned() {
    let store = shop(false);
    forbid(&store, RULE, &[]);
    let mode = PruneMode::Age { keep_younger_than: Duration::ZERO, keep_tag_revisions: 0 };
    let as_of = Some("2999-01-01T00:00:00Z".parse().unwrap());
    let plan = store.plan_prune(&Workloads::default(), &PruneParams { mode, as_of, ..PruneParams::default() }).unwrap();
    let rules = |tag: &str| {
        let tag = plan.streams[0].tags.iter().find(|planned| planned.tag == tag).unwrap();
        tag.entries.iter().map(|entry| entry.rule).collect::<Vec<_>>()
    };
    assert_eq!(rules("prod"), [PruneRule::Immutable; 2]);
    assert_eq!(rules("v1"), [PruneRule::NotUsed; 2]);
    // A tag that has become immutable since keeps its stream as it is.
    forbid(&store, "shop/web:v1", &[]);
    let skipped = store.apply_prune(&plan).unwrap();
    assert_eq!((skipped.entries, skipped.skipped.len()), (0, 1), "{skipped:?}");
    assert!(skipped.skipped[0].reason.contains(r#"the tag "v1" has become immutable"#), "{skipped:?}");
    assert!(store.remove_immutable_rule(&"shop/web:v1".parse().unwrap()).unwrap());
    let done = store.apply_prune(&plan).unwrap();
    assert_eq!((done.entries, done.images), (2, 0));
}

fn images(store: &ImageStore, tag: &str) -> Vec<String> {
    let history = store.namespace("shop").image_streams().history("web", tag).unwrap();
    history.into_iter().map(|entry| entry.image).collect()
}

#[test]
fn bounded_histories_keep_the_newest_entries() {
    let store = ImageStore::in_memory().unwrap();
    create_stream(&store, "web").unwrap();
    for image in 1..=5 {
        let _ = push(&store, "web", "v1", image).unwrap();
    }
    let rule =
        |pattern: &str, keep: &str| HistoryRule { pattern: pattern.parse().unwrap(), keep: keep.parse().unwrap() };
    store.add_history_rule(&rule("shop/web", "3")).unwrap();
    assert_eq!(images(&store, "v1").len(), 5, "until the tag gets a new entry");
    for image in 6..=20 {
        let _ = push(&store, "web", "v1", image).unwrap();
        let expected: Vec<_> = (0..3).map(|back| digest(image - back)).collect();
        assert_eq!(images(&store, "v1"), expected);
        assert_sound(&store);
    }
    assert_eq!(store.image_users(&digest(17)).unwrap(), []);
    assert_eq!(store.images().list(&ListParams::default()).unwrap().items.len(), 20, "images stay");
    store.add_history_rule(&rule("shop/web", "1")).unwrap();
    let _ = push(&store, "web", "v1", 1).unwrap();
    assert_eq!(images(&store, "v1"), [digest(1)]);
    assert!(store.remove_history_rule(&"shop/web".parse().unwrap()).unwrap());
    let _ = push(&store, "web", "v1", 2).unwrap();
    assert_eq!(images(&store, "v1").len(), 2);
    assert_sound(&store);
}

#[test]
fn bounded_histories_keep_what_is_young() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.redb");
    let at = |day: i64| {
        let clock = FixedClock(Time::from_unix(1_700_000_000 + day * 86_400));
        ImageStore::builder().clock(std::sync::Arc::new(clock)).open(&path).unwrap()
    };
    let store = at(0);
    create_stream(&store, "web").unwrap();
    store.add_history_rule(&HistoryRule { pattern: "web".parse().unwrap(), keep: "10d".parse().unwrap() }).unwrap();
    store.close().unwrap();
    for (day, image, kept) in [(0, 1, 1), (5, 2, 2), (10, 3, 2), (14, 4, 3), (15, 5, 3), (100, 6, 1)] {
        let store = at(day);
        let _ = push(&store, "web", "v1", image).unwrap();
        assert_eq!(images(&store, "v1").len(), kept, "day {day}");
        assert_sound(&store);
        store.close().unwrap();
    }
}
