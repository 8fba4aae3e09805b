//! Deleting a collection deletes exactly the selected objects, atomically.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failure here is a failed test")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Method, Request};
use imagestream::api::{List, ObjectMeta, ObjectReference, TagReference};
use imagestream::{
    Action, Authorizer, Decision, DeleteParams, ImageStore, ListParams, PostParams, Preconditions, User, VersionMatch,
    request,
};
use imagestream_tests::objects::{assert_sound, create_stream, digest, push, stream};

fn names<T: imagestream::api::Resource>(list: &List<T>) -> Vec<&str> {
    list.items.iter().map(|object| &*object.metadata().name).collect()
}

/// The labelled streams `api` and `web`, `worker` without a label, and `web` in another namespace; two images.
fn store() -> ImageStore {
    filled(ImageStore::in_memory().unwrap())
}

fn filled(store: ImageStore) -> ImageStore {
    for name in ["api", "web"] {
        let mut labelled = stream(name);
        labelled.metadata.labels.insert("tier".to_owned(), "front".to_owned());
        store.namespace("shop").image_streams().create(&PostParams::default(), &labelled).unwrap();
    }
    create_stream(&store, "worker").unwrap();
    store.namespace("other").image_streams().create(&PostParams::default(), &stream("web")).unwrap();
    let _ = push(&store, "web", "v1", 1).unwrap();
    let _ = push(&store, "web", "v2", 2).unwrap();
    store
}

fn left(store: &ImageStore) -> Vec<String> {
    let streams = store.namespace("").image_streams().list(&ListParams::default()).unwrap();
    streams.items.iter().map(|stream| format!("{}/{}", stream.metadata.namespace, stream.metadata.name)).collect()
}

#[test]
fn only_selected_objects_are_deleted() {
    let store = store();
    let streams = store.namespace("shop").image_streams();
    let deleted = streams.delete_collection(&DeleteParams::default(), &ListParams::default().labels("tier=front"));
    assert_eq!(names(&deleted.unwrap()), ["api", "web"]);
    assert_eq!(left(&store), ["other/web", "shop/worker"]);
    streams.delete_collection(&DeleteParams::default(), &ListParams::default()).unwrap();
    assert_eq!(left(&store), ["other/web"]);
    let which = ListParams::default().limit(1);
    assert_eq!(names(&store.images().delete_collection(&DeleteParams::default(), &which).unwrap()), [digest(1)]);
    assert_eq!(names(&store.images().list(&ListParams::default()).unwrap()), [digest(2)]);
    assert_sound(&store);
}

#[test]
fn objects_with_finalizers_are_marked_and_returned_as_they_were() {
    let store = store();
    let streams = store.namespace("shop").image_streams();
    let mut web = streams.get("web").unwrap();
    web.metadata.finalizers = vec!["example.com/wait".to_owned()];
    streams.replace("web", &PostParams::default(), &web).unwrap();
    let deleted = streams.delete_collection(&DeleteParams::default(), &ListParams::default()).unwrap();
    assert_eq!(names(&deleted), ["api", "web", "worker"]);
    assert_eq!(deleted.items[1].metadata.deletion_timestamp, None);
    assert_eq!(left(&store), ["other/web", "shop/web"]);
    assert!(streams.get("web").unwrap().metadata.deletion_timestamp.is_some());
}

#[test]
fn nothing_is_deleted_if_one_object_may_not_be() {
    let store = store();
    let uid = store.namespace("shop").image_streams().get("api").unwrap().metadata.uid;
    let only_api = DeleteParams {
        preconditions: Preconditions { uid: Some(uid), resource_version: None },
        ..DeleteParams::default()
    };
    let streams = store.namespace("shop").image_streams();
    let error = streams.delete_collection(&only_api, &ListParams::default()).unwrap_err();
    assert_eq!(error.code(), "Conflict");
    let error = store.namespace("").image_streams().delete_collection(&only_api, &ListParams::default()).unwrap_err();
    assert_eq!(error.code(), "MethodNotAllowed");
    let dry_run = DeleteParams { dry_run: true, ..DeleteParams::default() };
    assert_eq!(names(&streams.delete_collection(&dry_run, &ListParams::default()).unwrap()), ["api", "web", "worker"]);
    assert_eq!(left(&store), ["other/web", "shop/api", "shop/web", "shop/worker"]);
}

#[test]
fn over_http_the_options_of_lists_and_deletions_apply() {
    let store = store();
    let delete = |path: &str, body: &'static str| {
        let uri = format!("/apis/image.openshift.io/v1{path}");
        let request = Request::builder().method(Method::DELETE).uri(uri).body(Bytes::from_static(body.as_bytes()));
        request::handle(&store, &request.unwrap(), None).status().as_u16()
    };
    assert_eq!(delete("/namespaces/shop/imagestreams?labelSelector=(", ""), 400);
    assert_eq!(delete("/namespaces/shop/imagestreams?dryRun=nope", ""), 422);
    assert_eq!(delete("/namespaces/shop/imagestreams", r#"{"dryRun": ["All"]}"#), 200);
    assert_eq!(delete("/imagestreams", ""), 405);
    assert_eq!(delete("/namespaces/shop/imagestreamtags", ""), 405);
    assert_eq!(left(&store).len(), 4);
    assert_eq!(delete("/namespaces/shop/imagestreams?fieldSelector=metadata.name%3Dapi", ""), 200);
    assert_eq!(left(&store), ["other/web", "shop/web", "shop/worker"]);
}

/// Makes a write wait in its transaction until another call has begun. It waits when the authorizer is asked about a
/// stream of the namespace `other`.
struct Pause {
    asked: AtomicBool,
    reached: Barrier,
    resumed: Barrier,
}

impl Authorizer for Pause {
    fn authorize(&self, _: &User, action: &Action<'_>) -> Decision {
        if action.subresource == "layers" && !self.asked.swap(true, Ordering::SeqCst) {
            self.reached.wait();
            self.resumed.wait();
        }
        Decision::Allow
    }
}

/// Runs `delete` while a write of the stream `web` in the namespace `shop` is in its transaction: the write removes the
/// labels of `web`.
fn delete_beside_a_write(delete: impl FnOnce(&ImageStore) + Send) -> ImageStore {
    let pause = Arc::new(Pause { asked: AtomicBool::new(false), reached: Barrier::new(2), resumed: Barrier::new(2) });
    let store = filled(ImageStore::builder().authorizer(pause.clone()).open_in_memory().unwrap());
    let streams = store.namespace("shop").image_streams();
    let mut web = streams.get("web").unwrap();
    web.metadata.labels.clear();
    let from = ObjectReference {
        kind: "ImageStreamTag".to_owned(),
        namespace: "other".to_owned(),
        name: "web:v1".to_owned(),
        ..ObjectReference::default()
    };
    web.spec.tags.push(TagReference { name: "next".to_owned(), from: Some(from), ..TagReference::default() });
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| streams.replace("web", &PostParams::default(), &web).unwrap());
        pause.reached.wait();
        let before = store.statistics().rows_read;
        let deletion = scope.spawn(|| delete(&store));
        // A deletion that reads before its transaction does so within this time; a correct one can't read yet.
        let patience = Instant::now() + Duration::from_millis(200);
        while store.statistics().rows_read == before && Instant::now() < patience {
            std::thread::yield_now();
        }
        pause.resumed.wait();
        writer.join().unwrap();
        deletion.join().unwrap();
    });
    store
}

#[test]
fn the_selection_is_made_in_the_transaction() {
    let store = delete_beside_a_write(|store| {
        let which = ListParams::default().labels("tier=front");
        let deleted = store.namespace("shop").image_streams().delete_collection(&DeleteParams::default(), &which);
        assert_eq!(names(&deleted.unwrap()), ["api"]);
    });
    assert_eq!(left(&store), ["other/web", "shop/web", "shop/worker"]);
    assert_sound(&store);
}

#[test]
fn a_page_of_an_older_version_deletes_only_objects_that_still_exist() {
    let store = store();
    let streams = store.namespace("shop").image_streams();
    let first = streams.list(&ListParams::default().limit(1)).unwrap();
    // A stream of the next page is recreated, and the last one is deleted.
    let _ = streams.delete("web", &DeleteParams::default()).unwrap();
    streams.create(&PostParams::default(), &stream("web")).unwrap();
    let rest = ListParams::default().continue_from(&first.metadata.continue_token);
    assert_eq!(names(&streams.list(&rest).unwrap()), ["web", "worker"]);
    assert_eq!(names(&streams.delete_collection(&DeleteParams::default(), &rest).unwrap()), ["worker"]);
    assert_eq!(left(&store), ["other/web", "shop/api", "shop/web"]);

    let mut image = store.images().get(&digest(1)).unwrap();
    let at = store.resource_version().unwrap();
    let _ = store.images().delete(&digest(1), &DeleteParams::default()).unwrap();
    image.metadata = ObjectMeta { name: digest(1), ..ObjectMeta::default() };
    store.images().create(&PostParams::default(), &image).unwrap();
    let then = ListParams::default().at(at).matching(VersionMatch::Exact);
    let deleted = store.images().delete_collection(&DeleteParams::default(), &then).unwrap();
    assert_eq!(names(&deleted), [digest(2)]);
    assert_eq!(names(&store.images().list(&ListParams::default()).unwrap()), [digest(1)]);
    assert_sound(&store);
}
