//! Lists, page by page and as of older versions, through the library.
#![allow(clippy::unwrap_used, reason = "a failure here is a failed test")]

use imagestream::api::{Image, ImageStream, ImageStreamMapping, List, Resource};
use imagestream::{DeleteParams, Deletion, Error, ErrorKind, ImageStore, ListParams, PostParams, VersionMatch};

fn create(store: &ImageStore, namespace: &str, name: &str) {
    let mut stream = ImageStream::default();
    name.clone_into(&mut stream.metadata.name);
    stream.metadata.labels.insert("name".to_owned(), name.to_owned());
    store.namespace(namespace).image_streams().create(&PostParams::default(), &stream).unwrap();
}

fn delete(store: &ImageStore, namespace: &str, name: &str) {
    let deleted = store.namespace(namespace).image_streams().delete(name, &DeleteParams::default()).unwrap();
    assert!(matches!(deleted, Deletion::Done { .. }));
}

fn push(store: &ImageStore, namespace: &str, stream: &str, tag: &str, image: u8) {
    let mut mapping = ImageStreamMapping { tag: tag.to_owned(), ..ImageStreamMapping::default() };
    stream.clone_into(&mut mapping.metadata.name);
    mapping.image.metadata.name = digest(image);
    mapping.image.docker_image_reference = format!("quay.io/shop/web@{}", digest(image));
    let outcome = store.namespace(namespace).mappings().create(&PostParams::default(), &mapping).unwrap();
    assert_eq!(outcome.tags.len(), 1);
}

fn digest(number: u8) -> String {
    format!("sha256:{}", format!("{number:02x}").repeat(32))
}

fn names<T: Resource>(list: &List<T>) -> Vec<&str> {
    list.items.iter().map(|item| item.metadata().name.as_str()).collect()
}

/// All pages in order, with `between` called after each.
fn pages<T: Resource + Clone>(
    params: &ListParams,
    list: impl Fn(&ListParams) -> imagestream::Result<List<T>>,
    mut between: impl FnMut(),
) -> Vec<T> {
    let mut params = params.clone();
    let mut items = Vec::new();
    loop {
        let page = list(&params).unwrap();
        assert!(page.items.len() as u64 <= params.limit.unwrap());
        items.extend(page.items);
        if page.metadata.continue_token.is_empty() {
            return items;
        }
        params = params.continue_from(&page.metadata.continue_token);
        between();
    }
}

#[test]
fn later_pages_have_the_version_of_the_first() {
    let store = ImageStore::in_memory().unwrap();
    for index in 0..7 {
        create(&store, "shop", &format!("s{index}"));
    }
    let streams = store.namespace("shop").image_streams();
    let expected = streams.list(&ListParams::default()).unwrap();
    let mut next = 0;
    let paged = pages(
        &ListParams::default().limit(2),
        |params| streams.list(params),
        || {
            // Objects not listed yet are deleted, created and changed.
            create(&store, "shop", &format!("s{next}0"));
            create(&store, "shop", &format!("t{next}"));
            push(&store, "shop", "s3", "latest", next);
            delete(&store, "shop", &format!("s{}", 6 - next));
            next += 1;
        },
    );
    assert_eq!(paged, expected.items);
    assert_ne!(streams.list(&ListParams::default()).unwrap().items, expected.items);
}

#[test]
fn pages_have_the_remaining_count_unless_there_is_a_selector() {
    let store = ImageStore::in_memory().unwrap();
    for namespace in ["a", "a-b"] {
        for name in ["x", "y", "z"] {
            create(&store, namespace, name);
        }
    }
    let streams = store.namespace("").image_streams();
    let first = streams.list(&ListParams::default().limit(4)).unwrap();
    // Ordered by path, not by namespace.
    let places: Vec<_> = first.items.iter().map(|item| (&*item.metadata.namespace, &*item.metadata.name)).collect();
    assert_eq!(places, [("a-b", "x"), ("a-b", "y"), ("a-b", "z"), ("a", "x")]);
    assert_eq!(first.metadata.remaining_item_count, Some(2));
    let params = ListParams::default().limit(1).continue_from(&first.metadata.continue_token);
    let second = streams.list(&params).unwrap();
    assert_eq!((names(&second), second.metadata.remaining_item_count), (vec!["y"], Some(1)));
    assert_eq!(second.metadata.resource_version, first.metadata.resource_version);

    let selected = ListParams::default().labels("name!=y").limit(2);
    let first = streams.list(&selected).unwrap();
    assert_eq!((names(&first), first.metadata.remaining_item_count), (vec!["x", "z"], None));
    assert_eq!(pages(&selected, |params| streams.list(params), || ()).len(), 4);
    // If the name is selected, only that object is listed, whatever follows.
    let one = store.namespace("a").image_streams().list(&ListParams::default().fields("metadata.name=x").limit(1));
    assert!(one.unwrap().metadata.continue_token.is_empty());
}

#[test]
fn the_first_page_reads_as_many_rows_whatever_follows() {
    let cost = |count: u64| {
        let store = ImageStore::in_memory().unwrap();
        for number in 0..count {
            let mut image = Image::default();
            image.metadata.name = imagestream_tests::objects::digest(number);
            image.docker_image_reference = "quay.io/shop/web:1".to_owned();
            store.images().create(&PostParams::default(), &image).unwrap();
            create(&store, &format!("shop-{}", number % 3), &format!("s{number:06}"));
        }
        let before = store.statistics().rows_read;
        let images = store.images().list(&ListParams::default().limit(10)).unwrap();
        assert_eq!(images.metadata.remaining_item_count, i64::try_from(count - 10).ok());
        let streams = store.namespace("").image_streams().list(&ListParams::default().limit(10)).unwrap();
        assert_eq!(streams.metadata.remaining_item_count, i64::try_from(count - 10).ok());
        store.statistics().rows_read - before
    };
    assert_eq!(cost(3_000), cost(100));
}

#[test]
fn images_page_too() {
    let store = ImageStore::in_memory().unwrap();
    let create = |name: &str| {
        let mut image = Image::default();
        image.metadata.name = name.to_owned();
        image.docker_image_reference = "quay.io/shop/web:1".to_owned();
        store.images().create(&PostParams::default(), &image).unwrap();
    };
    let mut expected: Vec<_> = (1..9).map(digest).collect();
    expected.extend(["aa".to_owned(), "zz".to_owned(), format!("sha512:{}", "ab".repeat(64))]);
    for name in &expected {
        create(name);
    }
    expected.sort_unstable();
    let mut created = 0;
    let paged = pages(
        &ListParams::default().limit(3),
        |params| store.images().list(params),
        || {
            created += 1;
            create(&digest(100 + created));
            create(&format!("new{created}"));
        },
    );
    assert_eq!(paged.iter().map(|image| image.metadata.name.clone()).collect::<Vec<_>>(), expected);
}

#[test]
fn pages_of_tags_are_pages_of_streams() {
    let store = ImageStore::in_memory().unwrap();
    for stream in ["a", "b", "c"] {
        create(&store, "shop", stream);
        push(&store, "shop", stream, "v1", 1);
        push(&store, "shop", stream, "v2", 2);
    }
    let tags = store.namespace("shop").image_stream_tags();
    let first = tags.list(&ListParams::default().limit(2)).unwrap();
    assert_eq!(names(&first), ["a:v1", "a:v2", "b:v1", "b:v2"]);
    push(&store, "shop", "c", "v3", 3);
    let rest = tags.list(&ListParams::default().continue_from(&first.metadata.continue_token)).unwrap();
    assert_eq!(names(&rest), ["c:v1", "c:v2"]);
    let tags = store.namespace("shop").image_tags();
    let last = tags.list(&ListParams::default().labels("name in (c)").limit(1)).unwrap();
    assert_eq!((names(&last), &*last.metadata.continue_token), (vec!["c:v1", "c:v2", "c:v3"], ""));
    assert!(tags.list(&ListParams::default().fields("metadata.name=c:v1")).unwrap().items.is_empty());
}

#[test]
fn an_older_version_can_be_listed() {
    let store = ImageStore::in_memory().unwrap();
    create(&store, "shop", "a");
    let version = store.resource_version().unwrap();
    create(&store, "shop", "b");
    delete(&store, "shop", "a");
    let list = |params: &ListParams| store.namespace("shop").image_streams().list(params);
    let exact = list(&ListParams::default().at(version).matching(VersionMatch::Exact)).unwrap();
    assert_eq!((names(&exact), &exact.metadata.resource_version), (vec!["a"], &version.to_string()));
    // With a limit, the match defaults to `Exact`.
    assert_eq!(names(&list(&ListParams::default().at(version).limit(9)).unwrap()), ["a"]);
    for params in [
        ListParams::default().at(version),
        ListParams::default().at(0).limit(1),
        ListParams::default().at(version).matching(VersionMatch::NotOlderThan),
    ] {
        assert_eq!(names(&list(&params).unwrap()), ["b"], "{params:?}");
    }
    for params in [ListParams::default().at(99), ListParams::default().at(99).matching(VersionMatch::Exact)] {
        assert!(
            matches!(list(&params).as_ref().map_err(Error::kind), Err(ErrorKind::FutureVersion { requested: 99, .. })),
            "{params:?}"
        );
    }
}

#[test]
fn a_version_no_longer_kept_is_expired() {
    let store = ImageStore::builder().keep_changes(3, 1 << 20).open_in_memory().unwrap();
    create(&store, "shop", "a");
    create(&store, "shop", "b");
    let streams = store.namespace("shop").image_streams();
    let version = store.resource_version().unwrap();
    let first = streams.list(&ListParams::default().limit(1)).unwrap();
    for index in 0..4 {
        create(&store, "shop", &format!("c{index}"));
    }
    let exact = streams.list(&ListParams::default().at(version).matching(VersionMatch::Exact)).unwrap_err();
    assert_eq!((exact.status().code, exact.status().reason.as_str()), (410, "Expired"));
    assert_eq!(exact.to_string(), "The resourceVersion for the provided list is too old.");
    let params = ListParams::default().continue_from(&first.metadata.continue_token);
    let status = streams.list(&params).unwrap_err().status();
    assert_eq!(status.code, 410);
    assert!(status.message.starts_with("The provided continue parameter is too old"), "{}", status.message);
    // The token in the error continues with the current objects.
    let rest = streams.list(&params.continue_from(&status.metadata.continue_token)).unwrap();
    assert_eq!(names(&rest), ["b", "c0", "c1", "c2", "c3"]);
}

#[test]
fn pages_continue_after_the_store_is_reopened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.redb");
    let store = ImageStore::open(&path).unwrap();
    for name in ["a", "b", "c"] {
        create(&store, "shop", name);
    }
    let first = store.namespace("shop").image_streams().list(&ListParams::default().limit(1)).unwrap();
    delete(&store, "shop", "b");
    drop(store);
    let store = ImageStore::open(&path).unwrap();
    let params = ListParams::default().continue_from(&first.metadata.continue_token);
    assert_eq!(names(&store.namespace("shop").image_streams().list(&params).unwrap()), ["b", "c"]);
}

#[test]
fn the_cost_of_a_page_depends_on_its_size_only() {
    let read = |streams: usize| {
        let store = ImageStore::in_memory().unwrap();
        for index in 0..streams {
            create(&store, "shop", &format!("s{index:04}"));
            push(&store, "shop", &format!("s{index:04}"), "latest", 1);
        }
        let list = |params: &ListParams| {
            let before = store.statistics().rows_read;
            let list = store.namespace("shop").image_streams().list(params).unwrap();
            (list, store.statistics().rows_read - before)
        };
        let (first, _) = list(&ListParams::default().limit(5));
        let (_, rows) = list(&ListParams::default().limit(5).continue_from(&first.metadata.continue_token));
        rows
    };
    assert_eq!(read(20), read(200));
}
