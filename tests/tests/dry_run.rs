//! A dry run returns what the real run would, and writes no byte.
#![allow(clippy::unwrap_used, reason = "a failure here is a failed test")]

use bytes::Bytes;
use http::Request;
use imagestream::{DeleteParams, Deletion, ImageOutcome, ImageStore, PostParams, request};
use imagestream_tests::disk::{Contents, Disk, Fault};
use imagestream_tests::objects::{create_stream, digest, mapping, push, stream};

const DRY_RUN: PostParams = PostParams { dry_run: true, field_manager: String::new() };

#[test]
fn no_write_and_no_sync_reaches_the_disk() {
    let disk = Disk::new(Contents::default(), Fault::None);
    let store = ImageStore::builder().open_backend(disk.backend()).unwrap();
    assert_dry(&disk, &store, 0);
}

#[test]
fn no_write_and_no_sync_reaches_the_journal() {
    let disk = Disk::new(Contents::default(), Fault::None);
    let store = ImageStore::builder().open_files(disk.backend(), disk.journal()).unwrap();
    assert_dry(&disk, &store, 20);
    assert!(disk.contents().iter().all(|file| !file.is_empty()), "the store has no journal");
    // The store that a crash leaves is only read.
    let left = Disk::new(disk.contents(), Fault::None);
    let store = ImageStore::builder().open_files(left.backend(), left.journal()).unwrap();
    let read = |store: &ImageStore| {
        let streams = store.namespace("shop").image_streams();
        let history = streams.history("web", "latest").unwrap();
        assert_eq!(history.len(), 21);
        for event in history {
            store.images().get(&event.image).unwrap();
        }
    };
    // One more push, so that opening the store has nothing left to write.
    push(&store, "web", "other", 1).map(drop).unwrap();
    let before = left.operations();
    read(&store);
    assert_eq!(left.operations(), before);
}

/// Makes dry runs after this many more pushes.
fn assert_dry(disk: &Disk, store: &ImageStore, pushes: u64) {
    let shop = store.namespace("shop");
    create_stream(store, "web").unwrap();
    assert_eq!(push(store, "web", "latest", 1).unwrap().image, ImageOutcome::Created);
    for number in 100..100 + pushes {
        push(store, "web", "latest", number).map(drop).unwrap();
    }
    let web = shop.image_streams().get("web").unwrap();
    let (before, contents) = (disk.operations(), disk.contents());

    let outcome = shop.mappings().create(&DRY_RUN, &mapping("web", "latest", 2)).unwrap();
    assert_eq!(outcome.tags.len(), 1);
    shop.image_streams().create(&DRY_RUN, &stream("api")).unwrap();
    let mut annotated = web.clone();
    annotated.metadata.annotations.insert("a".to_owned(), "b".to_owned());
    let answer = shop.image_streams().replace("web", &DRY_RUN, &annotated).unwrap();
    assert_eq!(answer.metadata.annotations, annotated.metadata.annotations);
    let delete = DeleteParams { dry_run: true, ..DeleteParams::default() };
    assert!(matches!(shop.image_streams().delete("web", &delete).unwrap(), Deletion::Done { .. }));
    let uri = "/apis/image.openshift.io/v1/namespaces/shop/imagestreammappings?dryRun=All";
    let body = serde_json::to_vec(&mapping("web", "latest", 3)).unwrap();
    let post = Request::post(uri).header("Content-Type", "application/json").body(Bytes::from(body)).unwrap();
    let response = request::handle(store, &post, None);
    assert_eq!(response.status(), 201);

    assert_eq!(disk.operations(), before);
    assert!(disk.contents() == contents);
    assert_eq!(shop.image_streams().get("web").unwrap(), web);
    assert_eq!(shop.image_streams().get("api").unwrap_err().code(), "NotFound");
    for number in [2, 3] {
        assert_eq!(store.images().get(&digest(number)).unwrap_err().code(), "NotFound");
    }
}

#[test]
fn a_missing_file_stays_missing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.redb");
    let error = ImageStore::builder().open_read_only(&path).map(drop).unwrap_err();
    assert_eq!(error.code(), "NoSuchStore");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_dry_run_on_a_read_only_store_changes_no_byte() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.redb");
    let store = ImageStore::open(&path).unwrap();
    create_stream(&store, "web").unwrap();
    drop(store);
    let before = std::fs::read(&path).unwrap();

    let store = ImageStore::builder().open_read_only(&path).unwrap();
    let outcome = store.namespace("shop").mappings().create(&DRY_RUN, &mapping("web", "latest", 1)).unwrap();
    assert_eq!(outcome.image, ImageOutcome::Created);
    assert_eq!(push(&store, "web", "latest", 1).unwrap_err().code(), "ReadOnly");
    drop(store);
    assert!(std::fs::read(&path).unwrap() == before, "the file changed");
}
