//! Images are found by whatever people hold.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failure here is a failed test")]

use std::ops::ControlFlow;
use std::path::Path;

use imagestream::transfer::{ImportOptions, PathSource, import};
use imagestream::{ErrorKind, FoundBy, FoundImage, ImageStore, ListParams};

fn cluster() -> ImageStore {
    let store = ImageStore::in_memory().unwrap();
    let dump = PathSource::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("data/dumps/cluster.yaml"));
    import(&store, &[&dump], &ImportOptions::default(), &mut |_| ControlFlow::Continue(())).unwrap();
    store
}

/// The newest image of `shop/api:latest`.
const NEWEST: &str = "sha256:a1c54a8c7c3786e89b2900f18530a4c8134bf63e077457dded4cefd32b659a62";

fn one(store: &ImageStore, text: &str) -> FoundImage {
    let mut found = store.find(text).unwrap();
    assert_eq!(found.len(), 1, "{text}: {found:?}");
    found.remove(0)
}

#[test]
fn by_digest_prefix_and_pull_spec() {
    let store = cluster();
    let expected = one(&store, NEWEST);
    assert_eq!((expected.by, expected.missing), (FoundBy::Name, false));
    let places: Vec<_> = expected.tags.iter().map(|tag| (&*tag.stream, &*tag.tag, tag.position, tag.entries)).collect();
    assert_eq!(places, [("api", "latest", 0, 4)]);
    for text in [&NEWEST[..20], &NEWEST[7..], &NEWEST[7..12], &format!("quay.io/any/thing@{NEWEST}")] {
        assert_eq!(one(&store, text), expected, "{text}");
    }
    let found = one(&store, "mirror.example.com:5000/shop/api:latest");
    assert_eq!((found.name.as_str(), found.by), (NEWEST, FoundBy::PullSpec));
    assert_eq!(store.find("shop/api").unwrap().len(), 11, "all images of the stream");
    assert!(store.find("shop/none:latest").unwrap().is_empty());
    assert!(store.find("sha256:00000000").unwrap().is_empty());
}

#[test]
fn every_entry_of_every_history_is_found() {
    let store = cluster();
    let streams = store.namespace("").image_streams().list(&ListParams::default()).unwrap();
    for stream in &streams.items {
        for tag in &stream.status.tags {
            for (position, entry) in tag.items.iter().flatten().enumerate().filter(|(_, entry)| !entry.image.is_empty())
            {
                let found = one(&store, &entry.image);
                let is_this = |place: &imagestream::TagPosition| {
                    (&*place.namespace, &*place.stream, &*place.tag, place.position)
                        == (&*stream.metadata.namespace, &*stream.metadata.name, &*tag.tag, position)
                };
                assert!(found.tags.iter().any(is_this), "{}: {found:?}", entry.image);
            }
        }
    }
}

#[test]
fn by_layer_and_config_and_as_a_part_of_a_list() {
    let store = cluster();
    let image = store.images().get(NEWEST).unwrap();
    let layer = &image.docker_image_layers.last().unwrap().name;
    let by_layer = store.find(layer).unwrap();
    assert!(by_layer.iter().any(|found| found.name == NEWEST && found.by == FoundBy::Layer), "{by_layer:?}");
    let config = &image.docker_image_metadata.as_ref().unwrap().id;
    let found = one(&store, config);
    assert_eq!(found.by, if config == NEWEST { FoundBy::Name } else { FoundBy::Config });
    let images = store.images().list(&ListParams::default()).unwrap();
    let list = images.items.iter().find(|image| !image.docker_image_manifests.is_empty()).unwrap();
    for child in &list.docker_image_manifests {
        assert!(one(&store, &child.digest).lists.contains(&list.metadata.name));
    }
}

#[test]
fn images_that_only_histories_name_are_found_as_missing() {
    let store = cluster();
    let _ = store.images().delete(NEWEST, &imagestream::DeleteParams::default()).unwrap();
    let found = one(&store, NEWEST);
    assert!(found.missing && found.tags.len() == 1);
}

#[test]
fn other_texts_are_refused() {
    for text in ["", "?", "sha256:", "sha256:12", "abc", "a b"] {
        let found = cluster().find(text);
        let refused = matches!(found.as_ref().map_err(imagestream::Error::kind), Err(ErrorKind::BadRequest(_)));
        assert!(refused || found.is_ok_and(|found| found.is_empty()), "{text:?}");
    }
}
