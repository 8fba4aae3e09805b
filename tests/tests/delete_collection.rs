//! A collection is deleted as far as it is selected, wholly or not at all.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failure here is a failed test")]

use bytes::Bytes;
use http::{Method, Request};
use imagestream::api::List;
use imagestream::{DeleteParams, ImageStore, ListParams, PostParams, Preconditions, request};
use imagestream_tests::objects::{assert_sound, create_stream, digest, push, stream};

fn names<T: imagestream::api::Resource>(list: &List<T>) -> Vec<&str> {
    list.items.iter().map(|object| &*object.metadata().name).collect()
}

/// The streams `api` and `web` with a label, `worker` without one, and `web` in another namespace; two images.
fn store() -> ImageStore {
    let store = ImageStore::in_memory().unwrap();
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
fn only_what_is_selected_goes() {
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
fn what_waits_for_finalizers_is_given_as_it_was_and_marked() {
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
fn nothing_goes_where_something_may_not() {
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
fn over_http_it_takes_the_options_of_a_list_and_of_a_deletion() {
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
