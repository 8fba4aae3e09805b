//! A watcher that goes on where it stopped, although program and store were closed in between.
//!
//! ```text
//! cargo run --example watch
//! ```
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use imagestream::api::ImageStream;
use imagestream::{ImageStore, Namespace, PostParams, Result, WatchEvent, WatchParams};

fn create(namespace: &Namespace, name: &str) -> Result<ImageStream> {
    let mut stream = ImageStream::default();
    stream.metadata.name = name.into();
    namespace.image_streams().create(&PostParams::default(), &stream)
}

/// Prints the events that are there, and gives their streams and the version from which a later watch can go on.
fn catch_up(namespace: &Namespace, params: &WatchParams) -> Result<(Vec<String>, u64)> {
    let mut watch = namespace.image_streams().watch(params)?;
    let mut seen = Vec::new();
    // `try_next` never waits. As an iterator (`for event in watch`) it waits for the next event.
    while let Some(event) = watch.try_next() {
        let (word, stream) = match event? {
            WatchEvent::Added(stream) => ("added", stream),
            WatchEvent::Modified(stream) => ("modified", stream),
            WatchEvent::Deleted(stream) => ("deleted", stream),
            WatchEvent::Bookmark { .. } => continue,
        };
        println!("{word} {} at version {}", stream.metadata.name, stream.metadata.resource_version);
        seen.push(stream.metadata.name);
    }
    Ok((seen, watch.resource_version()))
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("watched.redb");

    let store = ImageStore::open(&file)?;
    let shop = store.namespace("shop");
    create(&shop, "web")?;
    // Without a version the objects that are there come first.
    let (seen, version) = catch_up(&shop, &WatchParams::default())?;
    assert_eq!(seen, ["web"]);
    create(&shop, "worker")?;
    // The last handle to go closes the store.
    drop((shop, store));

    let store = ImageStore::open(&file)?;
    let shop = store.namespace("shop");
    create(&shop, "cache")?;
    println!("-- opened again, from version {version}");
    // Every change after that version, however long ago. Where it is no longer kept, the error is `Expired`: list again.
    let (seen, _) = catch_up(&shop, &WatchParams::default().after(version))?;
    assert_eq!(seen, ["worker", "cache"]);
    Ok(())
}
