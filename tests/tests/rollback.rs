//! Rolling tags back, and writes that expect what a tag points to.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failure here is a failed test")]

use std::thread;

use bytes::Bytes;
use http::{Method, Request};
use imagestream::api::{ImageStream, ImageStreamTag, ImageTag};
use imagestream::{
    DeleteParams, ErrorKind, ExpectedImage, ImageStore, ImageStreamTags, Patch, PatchParams, PostParams,
    RollbackParams, RollbackTarget, TagChange, UndoneBy, User, request,
};
use imagestream_tests::objects::{assert_sound, create_stream, digest, mapping, push};
use serde_json::{Value, json};

const WRITE: PostParams = PostParams { dry_run: false, field_manager: String::new() };

/// A store whose tag `web:v1` has had these images, oldest first.
fn shop(images: &[u64]) -> ImageStore {
    let store = ImageStore::in_memory().unwrap();
    create_stream(&store, "web").unwrap();
    for image in images {
        let _ = push(&store, "web", "v1", *image).unwrap();
    }
    store
}

fn tags(store: &ImageStore) -> ImageStreamTags {
    store.namespace("shop").image_stream_tags()
}

fn images(store: &ImageStore, tag: &str) -> Vec<String> {
    let history = store.namespace("shop").image_streams().history("web", tag).unwrap();
    history.into_iter().map(|entry| entry.image).collect()
}

fn digests(numbers: &[u64]) -> Vec<String> {
    numbers.iter().map(|number| digest(*number)).collect()
}

fn to(to: RollbackTarget) -> RollbackParams {
    RollbackParams { to, ..RollbackParams::default() }
}

/// Gives a tag of `web` this spec.
fn put_spec(store: &ImageStore, tag: &str, spec: &Value) {
    let object: ImageStreamTag =
        serde_json::from_value(json!({"metadata": {"name": format!("web:{tag}")}, "tag": spec})).unwrap();
    let _ = tags(store).replace(&format!("web:{tag}"), &WRITE, &object).unwrap();
}

fn stream(store: &ImageStore) -> ImageStream {
    store.namespace("shop").image_streams().get("web").unwrap()
}

#[test]
fn a_rollback_is_one_new_entry_and_one_change() {
    let store = shop(&[1, 2]);
    let before = store.resource_version().unwrap();
    let outcome = tags(&store).rollback("web:v1", &RollbackParams::default()).unwrap();
    assert_eq!(images(&store, "v1"), digests(&[1, 2, 1]));
    assert_eq!((outcome.before.image, outcome.entry.image), (digest(2), digest(1)));
    assert_eq!(outcome.tags, [("v1".to_owned(), TagChange::Pushed)]);
    assert_eq!((outcome.undone_by, outcome.image_missing), (None, false));
    assert_eq!(store.resource_version().unwrap(), before + 1);
    assert_eq!(outcome.resource_version, before + 1);
    assert_eq!(store.changes_since(before).unwrap().len(), 1);
    let newest = store.namespace("shop").image_streams().newest("web", "v1").unwrap();
    assert_eq!(newest.docker_image_reference, outcome.entry.docker_image_reference);

    // To where it is already: nothing to do.
    let again = tags(&store).rollback("web:v1", &to(RollbackTarget::Image(digest(1)))).unwrap();
    assert_eq!(again.tags, [("v1".to_owned(), TagChange::Unchanged)]);
    assert_eq!(store.resource_version().unwrap(), before + 1);
    assert_sound(&store);
}

#[test]
fn back_and_forth_a_hundred_times_loses_nothing() {
    let store = shop(&[1, 2, 3]);
    let mut expected = digests(&[3, 2, 1]);
    for round in 0..100 {
        let _ = tags(&store).rollback("web:v1", &RollbackParams::default()).unwrap();
        expected.insert(0, digest(if round % 2 == 0 { 2 } else { 3 }));
    }
    assert_eq!(images(&store, "v1"), expected);
    // The search goes on behind the first entries that are read.
    for _ in 0..200 {
        let _ = tags(&store).rollback("web:v1", &RollbackParams::default()).unwrap();
    }
    let outcome = tags(&store).rollback("web:v1", &to(RollbackTarget::Image(digest(1)))).unwrap();
    assert_eq!(outcome.entry.image, digest(1));
    assert_eq!(images(&store, "v1").len(), 304);
    let outcome = tags(&store).rollback("web:v1", &to(RollbackTarget::Back(303))).unwrap();
    assert_eq!(outcome.entry.image, digest(1));
    assert_sound(&store);
}

#[test]
fn an_entry_with_the_same_pull_spec_is_not_overwritten() {
    // As from a cluster that imported one pull spec twice: the real server would have folded such an event.
    let store = ImageStore::in_memory().unwrap();
    let entry = |image: &str| json!({"created": "2026-01-02T03:04:05Z", "dockerImageReference": "q/web:1", "image": image, "generation": 1});
    let streams = store.namespace("shop").image_streams();
    create_stream(&store, "web").unwrap();
    let mut web = stream(&store);
    web.status.tags = serde_json::from_value(json!([
        {"tag": "v1", "items": [entry("sha256:b"), entry("sha256:a")]},
        {"tag": "live", "items": [entry("sha256:b")]},
    ]))
    .unwrap();
    let _ = streams.replace_status("web", &WRITE, &web).unwrap();
    put_spec(&store, "live", &json!({"from": {"kind": "ImageStreamTag", "name": "v1"}}));
    let outcome = tags(&store).rollback("web:v1", &RollbackParams::default()).unwrap();
    assert_eq!(images(&store, "v1"), ["sha256:a", "sha256:b", "sha256:a"]);
    assert_eq!(images(&store, "live"), ["sha256:a", "sha256:b"]);
    assert!(outcome.image_missing);
    assert_sound(&store);
}

#[test]
fn what_is_not_in_the_history_is_refused_and_a_dry_run_writes_nothing() {
    let store = shop(&[1, 2]);
    let _ = push(&store, "web", "once", 1).unwrap();
    let before = store.resource_version().unwrap();
    for (name, target, problem) in [
        ("web:once", RollbackTarget::Previous, "web:once: the tag has never pointed to another image"),
        ("web:v1", RollbackTarget::Back(2), "web:v1: the history has 2 entries, so none is 2 back"),
        ("web:v1", RollbackTarget::Image("12".to_owned()), r#"web:v1: no entry of the history has an image "12""#),
        ("web:none", RollbackTarget::Previous, r#"imagestreamtags.image.openshift.io "web:none" not found"#),
        ("none:v1", RollbackTarget::Previous, r#"imagestreamtags.image.openshift.io "none" not found"#),
        ("web", RollbackTarget::Previous, "imagestreamtags must be retrieved with <name>:<tag>"),
    ] {
        let error = tags(&store).rollback(name, &to(target)).unwrap_err();
        assert!(error.to_string().eq_ignore_ascii_case(problem), "{error}");
    }
    for pin in [false, true] {
        let params = RollbackParams { dry_run: true, pin, ..RollbackParams::default() };
        assert_eq!(tags(&store).rollback("web:v1", &params).unwrap().entry.image, digest(1));
    }
    assert_eq!(store.resource_version().unwrap(), before);
    assert_eq!(images(&store, "v1"), digests(&[2, 1]));
}

#[test]
fn followers_move_along_and_what_may_undo_it_is_said() {
    let store = shop(&[1]);
    put_spec(&store, "live", &json!({"from": {"kind": "ImageStreamTag", "name": "v1"}}));
    put_spec(&store, "far", &json!({"from": {"kind": "ImageStreamTag", "name": "live"}}));
    let _ = push(&store, "web", "v1", 2).unwrap();
    assert_eq!(images(&store, "far"), digests(&[1]));

    let outcome = tags(&store).rollback("web:v1", &RollbackParams::default()).unwrap();
    assert_eq!(outcome.tags, ["v1", "live"].map(|tag| (tag.to_owned(), TagChange::Pushed)));
    assert_eq!(images(&store, "live"), digests(&[1, 2, 1]));
    assert_eq!(images(&store, "far"), digests(&[1]));

    let outcome = tags(&store).rollback("web:live", &RollbackParams::default()).unwrap();
    assert_eq!(outcome.undone_by, Some(UndoneBy::FollowedTag("v1".to_owned())));
    put_spec(
        &store,
        "v1",
        &json!({"from": {"kind": "DockerImage", "name": "quay.io/shop/web:1"}, "importPolicy": {"scheduled": true}}),
    );
    let outcome = tags(&store).rollback("web:v1", &RollbackParams::default()).unwrap();
    assert_eq!(outcome.undone_by, Some(UndoneBy::ScheduledImport("quay.io/shop/web:1".to_owned())));
    assert_sound(&store);
}

#[test]
fn a_pinned_tag_is_moved_by_nothing_but_a_write_to_itself() {
    let store = shop(&[1]);
    put_spec(&store, "live", &json!({"from": {"kind": "ImageStreamTag", "name": "v1"}}));
    put_spec(&store, "far", &json!({"from": {"kind": "ImageStreamTag", "name": "live"}}));
    let _ = push(&store, "web", "v1", 2).unwrap();
    let before = (store.resource_version().unwrap(), stream(&store).metadata.generation);
    let params = RollbackParams { pin: true, ..RollbackParams::default() };
    let outcome = tags(&store).rollback("web:live", &params).unwrap();
    assert_eq!(outcome.undone_by, None);
    assert_eq!(outcome.tags, [("live".to_owned(), TagChange::Pushed), ("far".to_owned(), TagChange::Unchanged)]);
    assert_eq!(store.changes_since(before.0).unwrap().len(), 1);
    let web = stream(&store);
    assert_eq!(web.metadata.generation, before.1 + 1);
    assert_eq!(outcome.entry.generation, before.1 + 1);
    assert_eq!(outcome.resource_version.to_string(), web.metadata.resource_version);
    let live = web.spec.tags.iter().find(|tag| tag.name == "live").unwrap();
    let from = live.from.clone().unwrap();
    assert_eq!((&*from.kind, from.name), ("ImageStreamImage", format!("web@{}", digest(1))));
    assert_eq!(live.generation, Some(before.1 + 1));

    let _ = push(&store, "web", "v1", 3).unwrap();
    assert_eq!(images(&store, "live"), digests(&[1, 2, 1]));
    assert_eq!(images(&store, "v1"), digests(&[3, 2, 1]));
    // Again: nothing changes.
    let version = store.resource_version().unwrap();
    let params = RollbackParams { pin: true, to: RollbackTarget::Image(digest(1)), ..RollbackParams::default() };
    let outcome = tags(&store).rollback("web:live", &params).unwrap();
    assert_eq!(outcome.tags, [("live".to_owned(), TagChange::Unchanged)]);
    assert_eq!(store.resource_version().unwrap(), version);
    assert_sound(&store);
}

#[test]
fn every_write_to_a_tag_can_expect_what_it_points_to() {
    let store = shop(&[1]);
    let shop = store.namespace("shop");
    let wrong = ExpectedImage::Image(digest(2));
    let expecting = || tags(&store).expecting(wrong.clone());
    let object: ImageStreamTag = serde_json::from_value(
        json!({"metadata": {"name": "web:v1"}, "tag": {"from": {"kind": "DockerImage", "name": "q/w:1"}}}),
    )
    .unwrap();
    let image_tag: ImageTag = serde_json::from_value(
        json!({"metadata": {"name": "web:v1"}, "spec": {"name": "v1", "from": {"kind": "DockerImage", "name": "q/w:1"}}}),
    )
    .unwrap();
    let patch = Patch::Merge(json!({"metadata": {"annotations": {"a": "b"}}}));
    let (params, delete) = (PatchParams::default(), DeleteParams::default());
    let image_tags = || shop.image_tags().expecting(wrong.clone());
    let before = store.resource_version().unwrap();
    let refused = [
        shop.mappings().expecting(wrong.clone()).create(&WRITE, &mapping("web", "v1", 3)).map(drop),
        expecting().create(&WRITE, &object).map(drop),
        expecting().replace("web:v1", &WRITE, &object).map(drop),
        expecting().patch("web:v1", &params, &patch).map(drop),
        expecting().delete("web:v1", &delete),
        expecting().rollback("web:v1", &to(RollbackTarget::Image(digest(1)))).map(drop),
        image_tags().create(&WRITE, &image_tag).map(drop),
        image_tags().replace("web:v1", &WRITE, &image_tag).map(drop),
        image_tags().patch("web:v1", &params, &patch).map(drop),
        image_tags().delete("web:v1", &delete),
    ];
    for (number, refused) in refused.into_iter().enumerate() {
        let error = refused.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Conflict { .. }), "{number}: {error}");
        let reason = format!(r#"tag "v1" points to {}, not to {} as expected"#, digest(1), digest(2));
        assert!(error.to_string().ends_with(&reason), "{number}: {error}");
    }
    assert_eq!(store.resource_version().unwrap(), before);

    let right = ExpectedImage::Image(digest(1));
    let _ = shop.mappings().expecting(right).create(&WRITE, &mapping("web", "v1", 3)).unwrap();
    let _ = shop.mappings().expecting(ExpectedImage::Absent).create(&WRITE, &mapping("web", "new", 3)).unwrap();
    let again = shop.mappings().expecting(ExpectedImage::Absent).create(&WRITE, &mapping("web", "new", 4));
    assert!(matches!(again.unwrap_err().kind(), ErrorKind::Conflict { .. }));
}

/// Sends a request, and returns the code of the response.
fn send(store: &ImageStore, method: Method, path: &str, header: (&str, &str), body: &Value) -> u16 {
    let request = Request::builder()
        .method(method)
        .uri(format!("/apis/image.openshift.io/v1/namespaces/shop/{path}"))
        .header("content-type", "application/json")
        .header(header.0, header.1)
        .body(Bytes::from(body.to_string()))
        .unwrap();
    request::handle(store, &request, Some(User::default())).status().as_u16()
}

#[test]
fn of_sixteen_writers_who_expect_the_same_image_one_wins() {
    let store = shop(&[1]);
    let race = |expected: (&'static str, String), tag: &'static str, first: u64| {
        let codes: Vec<u16> = thread::scope(|scope| {
            let writers: Vec<_> = (0..16)
                .map(|writer| {
                    let (store, value) = (store.clone(), expected.1.clone());
                    scope.spawn(move || {
                        let sent = serde_json::to_value(mapping("web", tag, first + writer)).unwrap();
                        send(&store, Method::POST, "imagestreammappings", (expected.0, &value), &sent)
                    })
                })
                .collect();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        });
        assert_eq!(codes.iter().filter(|code| **code == 201).count(), 1, "{codes:?}");
        assert_eq!(codes.iter().filter(|code| **code == 409).count(), 15, "{codes:?}");
    };
    for round in 0..10 {
        let newest = images(&store, "v1")[0].clone();
        race(("if-match", format!("\"{newest}\"")), "v1", 100 * (round + 1));
    }
    assert_eq!(images(&store, "v1").len(), 11);
    race(("if-none-match", "*".to_owned()), "new", 5000);
    assert_eq!(images(&store, "new").len(), 1);
    // The images of the losers are not there.
    assert_eq!(store.object_counts().unwrap().images, 12);
    assert_sound(&store);
}

#[test]
fn tags_over_http_can_expect_an_image_too() {
    let store = shop(&[1]);
    let good = format!("\"{}\"", digest(1));
    let tag = json!({"kind": "ImageStreamTag", "apiVersion": "image.openshift.io/v1", "metadata": {"name": "web:v1"},
        "tag": {"from": {"kind": "DockerImage", "name": "q/w:1"}}});
    let path = "imagestreamtags/web:v1";
    for (value, code) in [(r#""sha256:other""#, 409), ("no quotes", 400), (&*good, 201)] {
        assert_eq!(send(&store, Method::PUT, path, ("if-match", value), &tag), code, "{value}");
    }
    assert_eq!(send(&store, Method::DELETE, path, ("if-none-match", "*"), &json!({})), 409);
    assert_eq!(send(&store, Method::DELETE, "imagetags/web:v1", ("if-match", r#""a""#), &json!({})), 409);
    assert_eq!(send(&store, Method::DELETE, path, ("if-match", &good), &json!({})), 200);
    // Reads and other resources have no such condition.
    assert_eq!(send(&store, Method::GET, "imagestreams/web", ("if-match", r#""a""#), &json!({})), 200);
}
