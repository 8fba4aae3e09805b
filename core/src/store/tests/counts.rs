//! The state row counts the objects.

use super::memory;
use crate::api::Image;
use crate::error::Result;
use crate::store::object_key::Key;
use crate::store::record::CountsRecord;
use crate::store::record::state::tests::uncounted;
use crate::store::{FeedLimits, Rows as _, Store, Write, images, keys};

fn image(name: &str) -> Image {
    let mut image = Image::default();
    name.clone_into(&mut image.metadata.name);
    image
}

fn put(tx: &mut Write, name: &str) -> Result<()> {
    tx.change(Key::image(name).as_bytes(), |tx, version| images::put(tx, &image(name), version))
}

fn delete(tx: &mut Write, name: &str) -> Result<()> {
    tx.change(Key::image(name).as_bytes(), |tx, _| images::delete(tx, &image(name)))
}

fn images(store: &Store) -> Option<u64> {
    store.read().unwrap().state().unwrap().objects.map(|objects| objects.images)
}

#[test]
fn every_change_of_an_object_within_a_transaction_is_counted_once() {
    let store = memory(FeedLimits::default());
    store
        .write(|tx| {
            put(tx, "a")?;
            put(tx, "a")?;
            put(tx, "b")?;
            delete(tx, "b")?;
            delete(tx, "b")?;
            put(tx, "c")?;
            delete(tx, "c")?;
            put(tx, "c")
        })
        .unwrap();
    assert_eq!(images(&store), Some(2));
    store.write(|tx| delete(tx, "a")).unwrap();
    assert_eq!(images(&store), Some(1));
    // A change that leaves the object alone.
    store.write(|tx| tx.change(Key::image("c").as_bytes(), |_, _| Ok(()))).unwrap();
    assert_eq!(images(&store), Some(1));
    store.write(|tx| put(tx, "d").and_then(|()| tx.change(Key::image("d").as_bytes(), |_, _| Ok(())))).unwrap();
    assert_eq!(images(&store), Some(2));
}

#[test]
fn users_of_an_image_that_does_not_exist_are_no_image() {
    let store = memory(FeedLimits::default());
    store.write(|tx| images::count_user(tx, "a", ("shop", "web", "v1"), 1)).unwrap();
    store.write(|tx| put(tx, "b")).unwrap();
    assert_eq!(images(&store), Some(1));
    store.write(|tx| put(tx, "a")).unwrap();
    assert_eq!(images(&store), Some(2));
    store.write(|tx| delete(tx, "a")).unwrap();
    assert_eq!(images(&store), Some(1));
}

#[test]
fn a_store_without_counts_gets_them_with_its_next_change() {
    let store = memory(FeedLimits::default());
    store.write(|tx| ["a", "b", "c"].iter().try_for_each(|name| put(tx, name))).unwrap();
    let state = store.read().unwrap().state().unwrap();
    store.write(|tx| tx.put(keys::state().to_vec(), uncounted(state.clone()))).unwrap();
    assert_eq!(images(&store), None);
    store.write(|tx| delete(tx, "a")).unwrap();
    assert_eq!(images(&store), Some(2));
}

#[test]
fn verification_compares_the_counts() {
    let store = memory(FeedLimits::default());
    store.write(|tx| put(tx, "a")).unwrap();
    assert!(store.verify().unwrap().is_clean());
    store.write(|tx| tx.delete(Key::image("a").as_bytes().iter().copied().chain([1]).collect())).unwrap();
    let state = crate::store::record::StateRecord {
        objects: Some(CountsRecord { images: 7, streams: 1 }),
        ..store.read().unwrap().state().unwrap()
    };
    let row = crate::store::record::encode(&keys::state(), &state).unwrap();
    store.write(|tx| tx.put(keys::state().to_vec(), row.clone())).unwrap();
    let problems: Vec<_> = store.verify().unwrap().problems.iter().map(ToString::to_string).collect();
    assert!(problems[0].ends_with("found, but the state row counts 7"), "{problems:?}");
    assert!(problems[1].ends_with("0 were found, but the state row counts 1"), "{problems:?}");
}
