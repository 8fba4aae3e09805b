//! Threads that push to one stream concurrently lose no push and record none twice; every written object takes exactly
//! one resource version.
#![allow(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::BTreeSet;
use std::thread;

use imagestream::ImageStore;
use imagestream_tests::objects::{assert_sound, create_stream, digest, push};

const THREADS: u64 = 8;
const PUSHES: u64 = 40;

#[test]
fn eight_threads_push_into_one_stream() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.redb");
    let store = ImageStore::open(&path).unwrap();
    let created = create_stream(&store, "web").unwrap();
    let first: u64 = created.metadata.resource_version.parse().unwrap();

    let versions: Vec<u64> = thread::scope(|scope| {
        let push = |number: u64| push(&store, "web", "latest", number).unwrap().resource_version;
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| scope.spawn(move || (0..PUSHES).map(|n| push(thread * PUSHES + n + 1)).collect::<Vec<u64>>()))
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });

    // Each push wrote two objects, the image and then the stream.
    let expected: BTreeSet<u64> = (1..=THREADS * PUSHES).map(|push| first + 2 * push).collect();
    assert_eq!(versions.into_iter().collect::<BTreeSet<u64>>(), expected);

    drop(store);
    let store = ImageStore::open(&path).unwrap();
    let streams = store.namespace("shop").image_streams();
    let events = streams.history("web", "latest").unwrap();
    let pushed: BTreeSet<String> = events.iter().map(|event| event.image.clone()).collect();
    assert_eq!(pushed, (1..=THREADS * PUSHES).map(digest).collect());
    assert_eq!(events.len(), pushed.len());
    let last: u64 = streams.get("web").unwrap().metadata.resource_version.parse().unwrap();
    assert_eq!(last, first + 2 * THREADS * PUSHES);
    assert_sound(&store);
}

#[test]
fn only_written_objects_take_a_version() {
    let store = ImageStore::in_memory().unwrap();
    let push = |tag: &str, number: u64| push(&store, "web", tag, number).unwrap().resource_version;
    create_stream(&store, "web").unwrap();
    let first = push("latest", 1);
    assert_eq!(push("latest", 1), first, "a repeated push writes nothing");
    assert_eq!(push("stable", 1), first + 1, "a known image: the stream alone");
    assert_eq!(push("stable", 2), first + 3, "a new image: the image and the stream");
}
