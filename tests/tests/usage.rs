//! What images and streams take, summaries, searches, and pages of histories: compared with what the whole objects say.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failure here is a failed test")]

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::Path;

use imagestream::api::{Image, ImageStream};
use imagestream::transfer::{Bytes, ImportOptions, PathSource, import, read_workloads};
use imagestream::{ErrorKind, ImageStore, ListParams, PostParams, StreamSummary, SummaryOrder, SummaryParams};
use imagestream_tests::objects::{create_stream, digest, push};

fn cluster() -> ImageStore {
    let store = ImageStore::in_memory().unwrap();
    let dump = PathSource::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("data/dumps/cluster.yaml"));
    import(&store, &[&dump], &ImportOptions::default(), &mut |_| ControlFlow::Continue(())).unwrap();
    store
}

fn images(store: &ImageStore) -> BTreeMap<String, Image> {
    let list = store.images().list(&ListParams::default()).unwrap();
    list.items.into_iter().map(|image| (image.metadata.name.clone(), image)).collect()
}

fn streams(store: &ImageStore) -> Vec<ImageStream> {
    store.namespace("").image_streams().list(&ListParams::default()).unwrap().items
}

/// The layers of images and of all their members, with their sizes.
fn layers<'a>(images: &'a BTreeMap<String, Image>, names: Vec<&'a str>) -> BTreeMap<&'a str, i64> {
    let mut layers = BTreeMap::new();
    for name in names {
        let Some(image) = images.get(name) else { continue };
        let own = image.docker_image_layers.iter().map(|layer| (&*layer.name, layer.layer_size));
        let members = image.docker_image_manifests.iter().map(|member| &*member.digest).collect();
        // Images of the dump disagree about sizes: the largest one counts.
        for (layer, size) in own.chain(self::layers(images, members)) {
            let largest = layers.entry(layer).or_insert(size);
            *largest = size.max(*largest);
        }
    }
    layers
}

/// The names of images and of all their members that are there.
fn members<'a>(images: &'a BTreeMap<String, Image>, names: Vec<&'a str>) -> BTreeSet<&'a str> {
    let mut all = BTreeSet::new();
    for name in names {
        let Some(image) = images.get(name) else { continue };
        all.insert(name);
        all.extend(members(images, image.docker_image_manifests.iter().map(|member| &*member.digest).collect()));
    }
    all
}

fn history_images(stream: &ImageStream) -> BTreeSet<&str> {
    let entries = stream.status.tags.iter().flat_map(|tag| tag.items.iter().flatten());
    entries.map(|entry| &*entry.image).filter(|image| !image.is_empty()).collect()
}

#[test]
fn streams_take_what_the_images_of_their_histories_take() {
    let store = cluster();
    let images = images(&store);
    let usage = store.stream_usage().unwrap();
    let streams = streams(&store);
    assert_eq!(usage.len(), streams.len());
    for stream in &streams {
        let at = (&*stream.metadata.namespace, &*stream.metadata.name);
        let found = usage.iter().find(|usage| (&*usage.namespace, &*usage.name) == at).unwrap();
        let layers = layers(&images, history_images(stream).into_iter().collect());
        let count = members(&images, history_images(stream).into_iter().collect()).len();
        assert_eq!((found.images, found.layers, found.size), (count, layers.len(), layers.values().sum()), "{at:?}");
    }
    assert!(usage.iter().any(|usage| usage.size > 0));
}

#[test]
fn images_have_their_tags_parents_and_sizes() {
    let store = cluster();
    // The dump has no image that another one is built on.
    let built = images(&store).into_values().find(|image| image.docker_image_layers.len() > 2).unwrap();
    for (number, count) in [(1, 1), (2, 2), (3, 2)] {
        let mut base = Image::default();
        base.metadata.name = digest(number);
        base.docker_image_reference = "quay.io/shop/base:1".to_owned();
        base.docker_image_layers = built.docker_image_layers[..count].to_vec();
        store.images().create(&PostParams::default(), &base).unwrap();
    }
    let images = images(&store);
    let usage = store.image_usage().unwrap();
    assert_eq!(usage.iter().map(|usage| &usage.name).collect::<Vec<_>>(), images.keys().collect::<Vec<_>>());
    let chain = |image: &Image| image.docker_image_layers.iter().map(|layer| layer.name.clone()).collect::<Vec<_>>();
    let mut with_parents = 0;
    for found in &usage {
        let image = &images[&found.name];
        let mut tags = BTreeSet::new();
        for stream in streams(&store) {
            for tag in stream.status.tags {
                if tag.items.iter().flatten().any(|entry| entry.image == found.name) {
                    tags.insert(format!("{}/{} ({})", stream.metadata.namespace, stream.metadata.name, tag.tag));
                }
            }
        }
        assert_eq!(found.tags.iter().cloned().collect::<BTreeSet<_>>(), tags);
        assert_eq!(found.tags.len(), tags.len(), "no tag comes twice");
        let own = chain(image);
        let below = |other: &&Image| {
            let other = chain(other);
            !other.is_empty() && other.len() < own.len() && own.starts_with(&other)
        };
        let longest = images.values().filter(below).map(|other| chain(other).len()).max();
        let parents: BTreeSet<_> = images
            .values()
            .filter(below)
            .filter(|other| Some(chain(other).len()) == longest)
            .map(|other| other.metadata.name.clone())
            .collect();
        assert_eq!(found.parents.iter().cloned().collect::<BTreeSet<_>>(), parents, "{}", found.name);
        with_parents += usize::from(!parents.is_empty());
        assert_eq!(found.has_layers, !own.is_empty());

        let sizes = store.image_sizes(&found.name).unwrap();
        let all = layers(&images, vec![&*found.name]);
        let inside = members(&images, vec![&*found.name]);
        let outside = images.keys().map(String::as_str).filter(|name| !inside.contains(name));
        let others: BTreeSet<_> =
            outside.flat_map(|name| images[name].docker_image_layers.iter().map(|layer| &*layer.name)).collect();
        let unique: i64 = all.iter().filter(|(layer, _)| !others.contains(*layer)).map(|(_, size)| size).sum();
        assert_eq!((sizes.distinct, sizes.unique), (all.values().sum(), unique), "{}", found.name);
    }
    assert!(with_parents > 0);
    let missing = store.image_sizes("sha256:00").unwrap_err();
    assert!(matches!(missing.kind(), ErrorKind::NotFound { .. }), "{missing:?}");
}

fn names(items: &[StreamSummary]) -> Vec<String> {
    items.iter().map(|item| format!("{}/{}", item.namespace, item.name)).collect()
}

#[test]
fn summaries_say_what_the_streams_say() {
    let store = cluster();
    let summaries = store.summaries(&SummaryParams::default()).unwrap();
    let streams = streams(&store);
    assert_eq!((summaries.items.len(), summaries.total), (streams.len(), streams.len()));
    assert!(summaries.continue_token.is_empty());
    for stream in &streams {
        let found = summaries
            .items
            .iter()
            .find(|item| item.namespace == stream.metadata.namespace && item.name == stream.metadata.name)
            .unwrap();
        let status: BTreeSet<_> = stream.status.tags.iter().map(|tag| &tag.tag).collect();
        let spec: BTreeSet<_> = stream.spec.tags.iter().map(|tag| &tag.name).collect();
        assert_eq!(found.tags, status.union(&spec).count());
        assert_eq!(found.spec_only_tags, spec.difference(&status).count());
        let newest = || stream.status.tags.iter().filter_map(|tag| tag.items.as_ref()?.first());
        assert_eq!(found.updated, newest().filter_map(|entry| entry.created).max());
        let current: BTreeSet<_> = newest().map(|entry| &entry.image).filter(|image| !image.is_empty()).collect();
        assert_eq!(found.current_images, current.len());
        let failed = |tag: &&imagestream::api::NamedTagEventList| tag.conditions.iter().any(|it| it.status == "False");
        assert_eq!(found.failed_tags, stream.status.tags.iter().filter(failed).count());
        assert_eq!(found.labels, stream.metadata.labels);
        assert_eq!(found.docker_image_repository, stream.status.docker_image_repository);
        assert_eq!(found.created, stream.metadata.creation_timestamp);
    }
}

#[test]
fn pages_of_summaries_in_any_order_are_the_whole_list() {
    let store = cluster();
    for sort in [SummaryOrder::Name, SummaryOrder::Updated, SummaryOrder::Tags, SummaryOrder::Created] {
        for descending in [false, true] {
            let all = SummaryParams { sort, descending, ..SummaryParams::default() };
            let whole = store.summaries(&all).unwrap();
            let mut paged = Vec::new();
            let mut continue_token = String::new();
            loop {
                let params = SummaryParams { limit: Some(2), continue_token, ..all.clone() };
                let page = store.summaries(&params).unwrap();
                assert_eq!(page.total, whole.total);
                paged.extend(page.items);
                continue_token = page.continue_token;
                if continue_token.is_empty() {
                    break;
                }
            }
            assert_eq!(paged, whole.items, "{sort:?}");
            let key = |item: &StreamSummary| match sort {
                SummaryOrder::Name => (None, 0),
                SummaryOrder::Updated => (item.updated, 0),
                SummaryOrder::Tags => (None, item.tags),
                SummaryOrder::Created => (item.created, 0),
            };
            let mut keys: Vec<_> = whole.items.iter().map(key).collect();
            if descending {
                keys.reverse();
            }
            assert!(keys.is_sorted(), "{sort:?}");
        }
    }
    let of = |params: SummaryParams| names(&store.summaries(&params).unwrap().items);
    let text = of(SummaryParams { text: "SHOP/".to_owned(), ..SummaryParams::default() });
    assert_eq!(text, of(SummaryParams { namespace: "shop".to_owned(), ..SummaryParams::default() }));
    assert!(!text.is_empty() && text.iter().all(|name| name.starts_with("shop/")));
    for wrong in [
        SummaryParams { continue_token: "next".to_owned(), ..SummaryParams::default() },
        SummaryParams { label_selector: "a b".to_owned(), ..SummaryParams::default() },
    ] {
        let error = store.summaries(&wrong).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::BadRequest(..)), "{error:?}");
    }
}

#[test]
fn pages_of_a_history_are_the_history_even_while_others_push() {
    let store = ImageStore::in_memory().unwrap();
    create_stream(&store, "web").unwrap();
    for number in 0..25 {
        let _ = push(&store, "web", "latest", number).unwrap();
    }
    let streams = store.namespace("shop").image_streams();
    let whole = streams.history("web", "latest").unwrap();
    for limit in [1, 7, 24, 25, 26] {
        let (mut paged, mut before, mut number) = (Vec::new(), None, 1000 * limit);
        loop {
            let page = streams.history_page("web", "latest", before, limit).unwrap();
            paged.extend(page.items);
            let Some(next) = page.before else { break };
            before = Some(next.parse().unwrap());
            number += 1;
            let _ = push(&store, "web", "latest", number as u64).unwrap();
        }
        let digests: Vec<_> = paged.iter().rev().take(25).rev().map(|entry| &entry.image).collect();
        assert_eq!(digests, whole.iter().map(|entry| &entry.image).collect::<Vec<_>>(), "{limit}");
        assert_eq!(paged.last(), whole.last());
    }
    let before = store.statistics().rows_read;
    let page = streams.history_page("web", "latest", None, 3).unwrap();
    assert_eq!(page.items.len(), 3);
    assert!(store.statistics().rows_read - before < 10, "a page reads its own rows only");
    for (name, tag) in [("none", "latest"), ("web", "none")] {
        let error = streams.history_page(name, tag, None, 3).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::NotFound { .. }), "{error:?}");
    }
}

#[test]
fn a_search_finds_streams_and_images_by_what_people_type() {
    let store = cluster();
    let found = |text: &str| {
        let found = store.search(text).unwrap();
        let streams = found.image_streams.iter().map(|found| format!("{}/{}", found.namespace, found.name));
        (streams.collect::<Vec<_>>(), found.images.len())
    };
    assert!(found("API").0.contains(&"shop/api".to_owned()));
    assert_eq!(found("shop/api:latest").0, ["shop/api"]);
    assert_eq!(store.search("shop/api:latest").unwrap().image_streams[0].tags, ["latest"]);
    assert_eq!(found("https://console.example.com/k8s/ns/shop/imagestreams/api"), found("shop/api"));
    assert_eq!(found("a1c54a8c"), (vec![], 1));
    assert_eq!(found("  "), (vec![], 0));
    assert_eq!(found("no such thing"), (vec![], 0));
    let mut labelled = imagestream_tests::objects::stream("labelled");
    labelled.metadata.labels.insert("team".to_owned(), "Blue".to_owned());
    store.namespace("shop").image_streams().create(&PostParams::default(), &labelled).unwrap();
    let by_label = store.search("team=blue").unwrap();
    assert_eq!(by_label.image_streams[0].labels, ["team=Blue"]);
}

#[test]
fn every_row_belongs_to_a_table() {
    let store = cluster();
    let tables = store.table_statistics().unwrap();
    let rows: u64 = tables.iter().map(|table| table.rows).sum();
    assert_eq!(rows, store.verify().unwrap().rows);
    assert!(tables.iter().all(|table| table.table != "unknown" && table.bytes > 0), "{tables:?}");
    let of = |name: &str| tables.iter().find(|table| table.table == name).unwrap().rows;
    let counts = store.object_counts().unwrap();
    assert_eq!((of("images"), of("streams")), (counts.images, 2 * counts.streams));
}

#[test]
fn workloads_that_run_are_named_with_the_images_that_they_use() {
    let store = ImageStore::in_memory().unwrap();
    create_stream(&store, "web").unwrap();
    for image in [1, 2, 3] {
        let _ = push(&store, "web", "v1", image).unwrap();
    }
    let pod = |name: &str, phase: &str, image: String| {
        serde_json::json!({"kind": "Pod", "apiVersion": "v1", "metadata": {"name": name, "namespace": "run"},
            "spec": {"containers": [{"image": image}]}, "status": {"phase": phase}})
    };
    let items = [
        pod("a", "Running", "any.registry/shop/web:v1".to_owned()),
        pod("b", "Running", format!("any.registry/shop/web@{}", digest(1))),
        pod("c", "Succeeded", format!("any.registry/shop/web@{}", digest(2))),
    ];
    let text = serde_json::json!({"kind": "List", "apiVersion": "v1", "items": items}).to_string();
    let workloads = read_workloads(&[&Bytes { name: "pods.json", bytes: text.as_bytes() }]).unwrap();
    let usage = store.image_usage_by(&workloads).unwrap();
    let users: BTreeMap<_, _> = usage.into_iter().map(|image| (image.name, image.users)).collect();
    assert_eq!(users[&digest(3)], ["Pod run/a"], "the newest entry of the tag");
    assert_eq!(users[&digest(1)], ["Pod run/b"]);
    assert_eq!(users[&digest(2)], [""; 0], "it has ended");
    assert!(store.image_usage().unwrap().iter().all(|image| image.users.is_empty()));
}
