//! An image turns out to be bad: which tags use it, and how each gets back the image that it had before.
//!
//! ```text
//! cargo run --example rollback
//! ```
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use imagestream::api::ImageStreamMapping;
use imagestream::{ImageStore, PostParams};

fn mapping(stream: &str, tag: &str, digest: &str, pull_spec: &str) -> ImageStreamMapping {
    let mut mapping = ImageStreamMapping::default();
    mapping.metadata.name = stream.into();
    mapping.tag = tag.into();
    mapping.image.metadata.name = digest.into();
    mapping.image.docker_image_reference = pull_spec.into();
    mapping
}

fn main() -> Result<(), Box<dyn Error>> {
    let store = ImageStore::in_memory()?;
    let (good, bad) = (format!("sha256:{}", "a".repeat(64)), format!("sha256:{}", "b".repeat(64)));
    let mappings = store.namespace("shop").mappings().creating_streams();
    for (tag, digest) in [("latest", &good), ("v1", &good), ("latest", &bad), ("v2", &bad)] {
        let pull_spec = format!("quay.io/shop/web@{digest}");
        let _ = mappings.create(&PostParams::default(), &mapping("web", tag, digest, &pull_spec))?;
    }

    // An index answers this, whatever the number of streams.
    for user in store.image_users(&bad)? {
        let namespace = store.namespace(&user.namespace);
        let history = namespace.image_streams().history(&user.stream, &user.tag)?;
        let is_newest = history.first().is_some_and(|entry| entry.image == bad);
        match history.iter().find(|entry| entry.image != bad) {
            Some(before) if is_newest => {
                // A history only grows: the older image becomes its newest entry.
                let back = mapping(&user.stream, &user.tag, &before.image, &before.docker_image_reference);
                let outcome = namespace.mappings().create(&PostParams::default(), &back)?;
                println!("{}:{} is {} again: {:?}", user.stream, user.tag, before.image, outcome.tags);
            }
            Some(_) => println!("{}:{} has moved on", user.stream, user.tag),
            None => println!("{}:{} never had another image", user.stream, user.tag),
        }
    }

    let streams = store.namespace("shop").image_streams();
    assert_eq!(streams.newest("web", "latest")?.image, good);
    assert_eq!(streams.history("web", "latest")?.len(), 3);
    assert_eq!(streams.newest("web", "v2")?.image, bad);
    Ok(())
}
