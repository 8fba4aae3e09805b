//! A backup is a state of the store, whatever is written meanwhile.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failure here is a failed test")]

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use imagestream::api::ImageStream;
use imagestream::{ErrorKind, ImageStore, ListParams};
use imagestream_tests::objects::{assert_sound, create_stream, digest, push};

const WRITERS: u64 = 8;

fn streams(store: &ImageStore) -> Vec<ImageStream> {
    store.namespace("").image_streams().list(&ListParams::default()).unwrap().items
}

#[test]
fn a_backup_while_eight_writers_push_is_a_state_of_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let store = ImageStore::open(folder.path().join("shop.redb")).unwrap();
    for writer in 0..WRITERS {
        create_stream(&store, &format!("s{writer}")).unwrap();
    }
    let before = store.resource_version().unwrap();
    let is_over = AtomicBool::new(false);
    let versions = thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (store, is_over) = (&store, &is_over);
            scope.spawn(move || {
                for number in 0.. {
                    if is_over.load(Ordering::Relaxed) {
                        return;
                    }
                    let _ = push(store, &format!("s{writer}"), "v1", number * WRITERS + writer).unwrap();
                }
            });
        }
        let backup = |number: u64| {
            while store.resource_version().unwrap() < 100 * (number + 1) {
                thread::yield_now();
            }
            store.backup(folder.path().join(format!("copy-{number}.redb"))).unwrap()
        };
        let versions: Vec<u64> = (0..4).map(backup).collect();
        is_over.store(true, Ordering::Relaxed);
        versions
    });
    let last = streams(&store);
    for (number, version) in versions.iter().enumerate() {
        let copy = ImageStore::open(folder.path().join(format!("copy-{number}.redb"))).unwrap();
        assert_sound(&copy);
        assert_eq!(copy.resource_version().unwrap(), *version);
        let mut images = 0;
        for (stream, last) in streams(&copy).iter().zip(&last) {
            // Each writer's pushes are there in order, without a gap, and the store has them at the end of its history.
            let entries = |stream: &ImageStream| {
                let tags = stream.status.tags.iter().flat_map(|tag| tag.items.clone().unwrap_or_default());
                tags.collect::<Vec<_>>()
            };
            let (copied, all) = (entries(stream), entries(last));
            assert!(all.ends_with(&copied), "{}", stream.metadata.name);
            for entry in &copied {
                assert!(copy.images().get(&entry.image).is_ok(), "image and tag come together");
            }
            images += copied.len();
        }
        // Each push is two changes: of the image and of the stream.
        assert_eq!(copy.object_counts().unwrap().images, images as u64);
        assert_eq!(*version, before + 2 * images as u64, "{number}");
        // A copy is a store like any other.
        let _ = push(&copy, "s0", "v2", u64::MAX).unwrap();
        assert_eq!(copy.namespace("shop").image_streams().newest("s0", "v2").unwrap().image, digest(u64::MAX));
    }
}

#[test]
fn a_backup_never_replaces_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = ImageStore::in_memory().unwrap();
    create_stream(&store, "web").unwrap();
    let to = folder.path().join("copy.redb");
    fs::write(&to, "something else").unwrap();
    let error = store.backup(&to).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Io { .. }), "{error}");
    assert_eq!(fs::read(&to).unwrap(), b"something else");
    let missing = store.backup(folder.path().join("nowhere/copy.redb")).unwrap_err();
    assert!(missing.to_string().contains("nowhere"), "{missing}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    fs::remove_file(&to).unwrap();
    assert_eq!(store.backup(&to).unwrap(), store.resource_version().unwrap());
    assert_sound(&ImageStore::builder().open_read_only(&to).unwrap());
}
