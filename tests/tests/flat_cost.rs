//! A push reads and writes the same number of rows for long and short histories, and for streams with many and few
//! tags.
#![allow(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use imagestream::api::{ImageStream, NamedTagEventList, ObjectReference, TagEvent, TagReference};
use imagestream::{ImageOutcome, ImageStore, PostParams, request};
use imagestream_tests::objects::{create_stream, digest, push, stream};
use imagestream_tests::store_file;

/// The rows read and written by one push of a new image to `latest`.
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

/// All rows of a closed store.
fn rows(path: &Path) -> BTreeMap<Vec<u8>, Vec<u8>> {
    store_file::rows(path).into_iter().collect()
}

/// The kind of row of a key, as named in the documentation.
fn sort(key: &[u8]) -> &'static str {
    // A class byte and a SHA-256; two texts with their terminators.
    let image = key.get(34);
    let stream =
        key.windows(2).enumerate().filter(|(_, end)| *end == [0, 1]).nth(1).and_then(|(at, _)| key.get(at + 2));
    match (key.first(), image, stream) {
        (Some(1), ..) => "state",
        (Some(2), Some(1), _) => "image",
        (Some(2), Some(2), _) => "manifest",
        (Some(2), Some(3), _) => "config",
        (Some(2), Some(4), _) => "user of an image",
        (Some(3), _, Some(1)) => "version of a stream",
        (Some(3), _, Some(5)) => "head of a tag",
        (Some(3), _, Some(7)) => "older entry of a tag",
        (Some(4), ..) => "layer",
        (Some(5), ..) => "change",
        _ => "unknown",
    }
}

#[test]
fn the_rows_of_a_push_are_those_of_the_documentation() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.redb");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let example = fs::read_to_string(root.join("examples/mapping.yaml")).unwrap();
    let mapping = request::mappings(&example).unwrap().remove(0);
    let stream_name = mapping.metadata.name.clone();
    {
        let store = ImageStore::open(&path).unwrap();
        create_stream(&store, &stream_name).unwrap();
        let _ = push(&store, &stream_name, &mapping.tag, 1).unwrap();
    }
    let before = rows(&path);
    let _ =
        ImageStore::open(&path).unwrap().namespace("shop").mappings().create(&PostParams::default(), &mapping).unwrap();
    let mut put: BTreeMap<&str, usize> = BTreeMap::new();
    for (key, _) in rows(&path).iter().filter(|(key, value)| before.get(*key) != Some(value)) {
        *put.entry(sort(key)).or_default() += 1;
    }
    let text = fs::read_to_string(root.join("docs/file-format.md")).unwrap();
    let listed = text.split_once("```push\n").and_then(|(_, rest)| rest.split_once("```")).unwrap().0;
    let listed = listed.lines().map(|line| {
        let (count, sort) = line.split_once("  ").unwrap();
        (sort, count.parse().unwrap())
    });
    assert_eq!(put, listed.collect::<BTreeMap<_, usize>>());
}
