//! A mapping's image and its tag are stored atomically, whichever disk operation fails.
#![allow(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::sync::Arc;

use imagestream::{ImageOutcome, ImageStore, PostParams, Result};
use imagestream_tests::disk::{Contents, Disk, Fault};
use imagestream_tests::objects::{assert_sound, create_stream, digest, mapping, push};

/// Opens the store on a disk.
type Open = fn(&Arc<Disk>) -> Result<ImageStore>;

fn without_journal(disk: &Arc<Disk>) -> Result<ImageStore> {
    ImageStore::builder().open_backend(disk.backend())
}

/// Every second push starts a checkpoint.
fn with_journal(disk: &Arc<Disk>) -> Result<ImageStore> {
    ImageStore::builder().checkpoint_bytes(4000).open_files(disk.backend(), disk.journal())
}

/// The disk of a store with one stream and one image.
fn prepared() -> Contents {
    let disk = Disk::new(Contents::default(), Fault::None);
    let store = without_journal(&disk).unwrap();
    create_stream(&store, "web").unwrap();
    assert_eq!(push(&store, "web", "latest", 1).unwrap().image, ImageOutcome::Created);
    drop(store);
    disk.contents()
}

/// The same after a crash, with a journal.
fn killed() -> Contents {
    let disk = Disk::new(prepared(), Fault::None);
    let store = with_journal(&disk).unwrap();
    for number in 100..114 {
        push(&store, "web", "latest", number).map(drop).unwrap();
    }
    let contents = disk.contents();
    assert!(contents.iter().all(|file| !file.is_empty()), "there is no journal");
    contents
}

/// Whether the image exists; the tag must agree.
fn is_stored(store: &ImageStore, number: u64) -> bool {
    let name = digest(number);
    let image = store.images().get(&name).is_ok();
    let history = store.namespace("shop").image_streams().history("web", "latest").unwrap();
    let tagged = history.iter().filter(|event| event.image == name).count();
    assert_eq!(tagged, usize::from(image), "image {number} stored: {image}, entries of the tag: {tagged}");
    image
}

/// Pushes twice on a failing disk, and reopens what is left. Returns whether the fault occurred.
fn survives(open: Open, before: &Contents, fault: Fault) -> bool {
    let disk = Disk::new(before.clone(), fault);
    let mut acknowledged = Vec::new();
    let mut attempted = false;
    if let Ok(store) = open(&disk) {
        attempted = true;
        for number in [2, 3] {
            if push(&store, "web", "latest", number).is_ok() {
                acknowledged.push(number);
            }
        }
    }
    let steps = disk.steps();

    let disk = Disk::new(disk.contents(), Fault::None);
    let store = open(&disk).unwrap();
    assert!(is_stored(&store, 1), "{fault:?}: earlier data is lost");
    for number in [2, 3] {
        let stored = is_stored(&store, number);
        assert!(stored || !acknowledged.contains(&number), "{fault:?}: push {number} was acknowledged but is lost");
        assert!(!stored || attempted, "{fault:?}: push {number} was never made");
    }
    assert_sound(&store);
    match fault {
        Fault::None => false,
        Fault::Once(n) | Fault::From(n) => steps >= n,
    }
}

/// Makes the first operation fail, then the second, until all have been tried.
fn assert_all_survive(open: Open, before: &Contents, fault: impl Fn(u64) -> Fault) {
    let mut operation = 1;
    while survives(open, before, fault(operation)) {
        operation += 1;
    }
    assert!(operation > 10, "only {operation} operations were made to fail");
}

#[test]
fn every_single_failing_operation_leaves_both_or_neither() {
    assert_all_survive(without_journal, &prepared(), Fault::Once);
}

#[test]
fn every_crash_leaves_both_or_neither() {
    assert_all_survive(without_journal, &prepared(), Fault::From);
}

#[test]
fn every_single_failing_operation_on_the_store_or_its_journal_leaves_both_or_neither() {
    assert_all_survive(with_journal, &killed(), Fault::Once);
}

#[test]
fn every_crash_with_a_journal_leaves_both_or_neither() {
    assert_all_survive(with_journal, &killed(), Fault::From);
}

#[test]
fn a_refused_mapping_stores_no_image() {
    let store = ImageStore::in_memory().unwrap();
    assert_eq!(push(&store, "missing", "latest", 1).unwrap_err().code(), "NotFound");
    assert_eq!(store.images().get(&digest(1)).unwrap_err().code(), "NotFound");
}

#[test]
fn a_stream_and_the_mapping_that_creates_it_are_stored_atomically() {
    let store = ImageStore::in_memory().unwrap();
    let mappings = store.namespace("shop").mappings().creating_streams();
    let mut refused = mapping("web", "latest", 1);
    refused.image.docker_image_reference = "NOPE NOPE".to_owned();
    let before = store.resource_version().unwrap();
    assert!(mappings.create(&PostParams::default(), &refused).is_err());
    assert!(mappings.create(&PostParams::dry_run(), &mapping("web", "latest", 1)).unwrap().stream_created);
    assert_eq!(store.resource_version().unwrap(), before);
    assert!(store.namespace("shop").image_streams().get("web").is_err());

    let outcome = mappings.create(&PostParams::default(), &mapping("web", "latest", 1)).unwrap();
    assert!(outcome.stream_created);
    // The stream, the image, and the stream with its first tag.
    assert_eq!(outcome.resource_version, before + 3);
    let outcome = mappings.create(&PostParams::default(), &mapping("web", "latest", 2)).unwrap();
    assert!(!outcome.stream_created);
    assert_sound(&store);
}

#[test]
fn a_store_that_refuses_writes_is_not_ready_and_says_why() {
    let disk = Disk::new(prepared(), Fault::None);
    let opened = {
        drop(without_journal(&disk).unwrap());
        disk.steps()
    };
    let disk = Disk::new(prepared(), Fault::From(opened));
    let store = without_journal(&disk).unwrap();
    let get = |path: &str| {
        let request = http::Request::get(path).body(bytes::Bytes::new()).unwrap();
        let response = imagestream::request::handle(&store, &request, None);
        (response.status().as_u16(), String::from_utf8(response.into_body().into_bytes().to_vec()).unwrap())
    };
    assert_eq!(get("/readyz"), (200, "ok".to_owned()));
    assert!(store.write_failure().is_none());
    let failure = (0..10).find_map(|number| push(&store, "web", "latest", 2 + number).err()).expect("the disk fails");
    for path in ["/healthz", "/livez", "/readyz"] {
        let (status, body) = get(path);
        assert_eq!(status, 500, "{path}");
        assert!(body.contains("[-]etcd failed: reason withheld\n") && body.ends_with(" check failed\n"), "{body}");
    }
    assert_eq!(store.write_failure().unwrap().to_string(), failure.to_string());
    assert_eq!(get("/readyz/etcd").1, format!("internal server error: {failure}\n"));
    assert_eq!(get("/readyz/ping"), (200, "ok".to_owned()));
}
