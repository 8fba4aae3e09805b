//! A registry: many threads push images, each push is on disk when it returns, and anybody can look up what a tag points to.
//!
//! ```text
//! cargo run --example registry
//! ```
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::thread;

use imagestream::api::ImageStreamMapping;
use imagestream::{ImageStore, PostParams};

const WRITERS: usize = 4;
const PUSHES: usize = 25;

/// The mapping that a registry makes of a push to `web:TAG`.
fn push(tag: &str, digest: &str) -> ImageStreamMapping {
    let mut mapping = ImageStreamMapping::default();
    mapping.metadata.name = "web".into();
    mapping.tag = tag.into();
    mapping.image.metadata.name = digest.into();
    mapping.image.docker_image_reference = format!("registry.example.com/shop/web@{digest}");
    mapping
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let store = ImageStore::open(folder.path().join("registry.redb"))?;

    // A store is cheap to clone. Threads that write at the same time share one sync.
    thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let mappings = store.namespace("shop").mappings().creating_streams();
                scope.spawn(move || {
                    (0..PUSHES).try_for_each(|push_number| {
                        let digest = format!("sha256:{:064x}", writer * PUSHES + push_number);
                        mappings.create(&PostParams::default(), &push(&format!("v{writer}"), &digest)).map(drop)
                    })
                })
            })
            .collect();
        writers.into_iter().try_for_each(|writer| writer.join().expect("a writer does not panic"))
    })?;

    let streams = store.namespace("shop").image_streams();
    for writer in 0..WRITERS {
        let tag = format!("v{writer}");
        let newest = streams.newest("web", &tag)?;
        let history = streams.history("web", &tag)?;
        println!("web:{tag} is {} after {} pushes", newest.docker_image_reference, history.len());
        // Newest first, none lost, none twice.
        assert_eq!(history.len(), PUSHES);
        assert_eq!(history.first(), Some(&newest));
    }
    Ok(())
}
