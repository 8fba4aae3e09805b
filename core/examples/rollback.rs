//! An image turns out to be bad: which tags use it, and how each gets back the image that it had before.
//!
//! ```text
//! cargo run --example rollback
//! ```
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use imagestream::api::ImageStreamMapping;
use imagestream::{ErrorKind, ExpectedImage, ImageStore, PostParams, RollbackParams};

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
        let name = format!("{}:{}", user.stream, user.tag);
        // Only if the tag still points to the bad image. A history only grows: the older image becomes its newest entry.
        let tags = namespace.image_stream_tags().expecting(ExpectedImage::Image(bad.clone()));
        match tags.rollback(&name, &RollbackParams::default()) {
            Ok(outcome) => println!("{name} is {} again: {:?}", outcome.entry.image, outcome.tags),
            Err(error) if matches!(error.kind(), ErrorKind::Conflict { .. }) => println!("{name} has moved on"),
            Err(error) => println!("{error}"),
        }
    }

    let streams = store.namespace("shop").image_streams();
    assert_eq!(streams.newest("web", "latest")?.image, good);
    assert_eq!(streams.history("web", "latest")?.len(), 3);
    assert_eq!(streams.newest("web", "v2")?.image, bad);
    Ok(())
}
