//! The size of a file on the disk.

use imagestream::{ImageStore, ListParams};

use super::stage::LazyStage;
use crate::files;
use crate::peers::{RAW_REDB, SQLITE_FULL};
use crate::rows::FILE;
use crate::run::{Run, at_size};
use crate::workload::{NAMESPACE, STREAM};

/// The peer's name in the report.
const JSON: &str = "the JSON of the objects";

/// Measures it with this number of images.
pub(crate) fn run(run: &Run, stage: &LazyStage<'_>, images: usize) {
    let name = at_size("file size after a clean close", images);
    if !run.wants(&name) && !run.wants(&at_size("file size after compacting", images)) {
        return;
    }
    run.progress(&name);
    let per_image = |bytes: u64| bytes as f64 / images as f64;
    let ours = per_image(files::size(stage.our_folder()));
    let json = json(&stage.ours().store);
    let raw_redb = files::size(stage.raw_redb_folder());
    let sqlite = files::size(stage.sqlite_folder());
    for (peer, theirs) in [(JSON, json), (RAW_REDB, raw_redb), (SQLITE_FULL, sqlite)] {
        run.found(&name, peer, "bytes/image", &[ours], &[per_image(theirs)]);
    }
    let compacted = files::copy(run, stage.our_folder());
    let store = ImageStore::open(compacted.path().join(FILE)).unwrap();
    store.compact().unwrap();
    drop(store);
    let compacted = per_image(files::size(compacted.path()));
    run.found(&at_size("file size after compacting", images), JSON, "bytes/image", &[compacted], &[per_image(json)]);
}

/// The bytes of the objects of a store as JSON, without white space.
fn json(store: &ImageStore) -> u64 {
    let mut params = ListParams::default().limit(500);
    let stream = store.namespace(NAMESPACE).image_streams().get(STREAM).unwrap();
    let mut bytes = serde_json::to_vec(&stream).unwrap().len();
    loop {
        let page = store.images().list(&params).unwrap();
        bytes += page.items.iter().map(|image| serde_json::to_vec(image).unwrap().len()).sum::<usize>();
        if page.metadata.continue_token.is_empty() {
            return bytes as u64;
        }
        params = ListParams::default().limit(500).continue_from(&page.metadata.continue_token);
    }
}
