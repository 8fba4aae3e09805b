//! Signatures are stored with their images.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failure here is a failed test")]

use imagestream::api::ImageSignature;
use imagestream::{DeleteParams, ImageStore, PostParams};
use imagestream_tests::objects::{assert_sound, create_stream, digest, push};
use serde_json::json;

const WRITE: PostParams = PostParams { dry_run: false, field_manager: String::new() };

fn signature(name: &str, content: &str) -> ImageSignature {
    let name = format!("{}@{name}", digest(1));
    serde_json::from_value(json!({"metadata": {"name": name}, "type": "AtomicImageV1", "content": content})).unwrap()
}

fn store() -> ImageStore {
    let store = ImageStore::in_memory().unwrap();
    create_stream(&store, "web").unwrap();
    let _ = push(&store, "web", "v1", 1).unwrap();
    store
}

fn names(store: &ImageStore) -> Vec<String> {
    let image = store.images().get(&digest(1)).unwrap();
    image
        .signatures
        .into_iter()
        .map(|signature| signature.metadata.name.split_once('@').unwrap().1.to_owned())
        .collect()
}

#[test]
fn adding_or_removing_a_signature_changes_the_version_of_its_image() {
    let store = store();
    let version = || store.images().get(&digest(1)).unwrap().metadata.resource_version;
    let signatures = store.image_signatures();
    let first = version();
    let one = signatures.create(&WRITE, &signature("one", "b25l")).unwrap();
    assert!(!one.metadata.uid.is_empty() && one.metadata.creation_timestamp.is_some());
    let second = version();
    assert_ne!(first, second);
    signatures.create(&WRITE, &signature("two", "dHdv")).unwrap();
    assert_eq!(names(&store), ["one", "two"]);
    signatures.delete(&format!("{}@one", digest(1)), &DeleteParams::default()).unwrap();
    assert_eq!(names(&store), ["two"]);
    assert_sound(&store);
}

#[test]
fn names_and_contents_are_unique() {
    let store = store();
    let signatures = store.image_signatures();
    signatures.create(&WRITE, &signature("one", "b25l")).unwrap();
    for again in [signature("one", "dHdv"), signature("two", "b25l")] {
        let error = signatures.create(&WRITE, &again).unwrap_err();
        let name = again.metadata.name;
        assert_eq!(error.to_string(), format!("imageSignatures.image.openshift.io \"{name}\" already exists"));
    }
    assert_eq!(names(&store), ["one"]);
}

#[test]
fn dry_runs_write_nothing() {
    let store = store();
    let signatures = store.image_signatures();
    signatures.create(&PostParams::dry_run(), &signature("one", "b25l")).unwrap();
    assert_eq!(names(&store), [""; 0]);
    signatures.create(&WRITE, &signature("one", "b25l")).unwrap();
    let dry_run = DeleteParams { dry_run: true, ..DeleteParams::default() };
    signatures.delete(&format!("{}@one", digest(1)), &dry_run).unwrap();
    assert_eq!(names(&store), ["one"]);
}

#[test]
fn verification_results_from_a_client_are_dropped() {
    let store = store();
    let mut sent = signature("one", "b25l");
    sent.image_identity = "quay.io/shop/web:1".to_owned();
    sent.metadata.namespace = "shop".to_owned();
    let created = store.image_signatures().create(&WRITE, &sent).unwrap();
    assert_eq!((created.image_identity, created.metadata.namespace), (String::new(), String::new()));
}
