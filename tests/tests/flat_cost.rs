//! A push reads and writes as many rows into a long history, or into a stream of many tags, as into a short one.
#![allow(clippy::unwrap_used, reason = "a failure here is a failed test")]

use imagestream::api::{ImageStream, NamedTagEventList, ObjectReference, TagEvent, TagReference};
use imagestream::{ImageOutcome, ImageStore, PostParams};
use imagestream_tests::objects::{digest, push, stream};

/// Rows read and written by one push of a new image to `latest`.
fn cost(store: &ImageStore) -> (u64, u64) {
    let before = store.statistics();
    assert_eq!(push(store, "web", "latest", 1).unwrap().image, ImageOutcome::Created);
    let after = store.statistics();
    (after.rows_read - before.rows_read, after.rows_written - before.rows_written)
}

fn store_with(spec: impl FnOnce(&mut ImageStream), status: impl FnOnce(&mut ImageStream)) -> ImageStore {
    let store = ImageStore::in_memory().unwrap();
    let streams = store.namespace("shop").image_streams();
    let mut web = stream("web");
    spec(&mut web);
    let mut web = streams.create(&PostParams::default(), &web).unwrap();
    status(&mut web);
    streams.replace_status("web", &PostParams::default(), &web).unwrap();
    store
}

fn history(tag: &str, numbers: impl Iterator<Item = u64>) -> NamedTagEventList {
    let events = numbers.map(|number| TagEvent {
        created: Some("2026-01-02T03:04:05Z".parse().unwrap()),
        docker_image_reference: format!("registry.example.com/shop/web@{}", digest(number)),
        image: digest(number),
        generation: 1,
    });
    NamedTagEventList { tag: tag.to_owned(), items: Some(events.collect()), ..NamedTagEventList::default() }
}

fn with_events(events: u64) -> ImageStore {
    store_with(|_| {}, |web| web.status.tags = vec![history("latest", 100..100 + events)])
}

fn with_tags(tags: u64) -> ImageStore {
    let names = |prefix: &'static str| (0..tags).map(move |n| format!("{prefix}-{n}"));
    let pinned = |name: String| TagReference {
        name,
        from: Some(ObjectReference {
            kind: "DockerImage".to_owned(),
            name: format!("registry.example.com/shop/base@{}", digest(7)),
            ..ObjectReference::default()
        }),
        reference: true,
        ..TagReference::default()
    };
    store_with(
        |web| web.spec.tags = names("pinned").map(pinned).collect(),
        |web| web.status.tags.extend(names("pushed").zip(100..).map(|(tag, number)| history(&tag, number..=number))),
    )
}

#[test]
fn a_tag_with_many_events() {
    let short = cost(&with_events(10));
    assert!(short.0 > 0 && short.1 > 0, "the store counts its rows");
    assert_eq!(cost(&with_events(100_000)), short);
}

#[test]
fn a_stream_with_many_tags() {
    assert_eq!(cost(&with_tags(10_000)), cost(&with_tags(10)));
}
