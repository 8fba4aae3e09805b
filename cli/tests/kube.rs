//! The typed client of kube-rs, with the types of the feature `kube`, against `imagestream serve`.
#![allow(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod server;

use std::pin::pin;
use std::time::Duration;

use futures::{Stream, StreamExt};
use imagestream::api;
use imagestream::kube::{Image, ImageStream, ImageStreamMapping, ImageStreamTag, ImageTag};
use kube::api::{DeleteParams, ListParams, ObjectMeta, Patch, PatchParams, PostParams};
use kube::core::{Request, Status};
use kube::runtime::{reflector, watcher};
use kube::{Api, Client, Config, Resource, ResourceExt};
use serde_json::json;

use server::Server;

const DIGEST: &str = "sha256:e562d946d88664264e459199b1e5513bfd29f34b2157f2af02e8d3e06b2d547b";

fn client(server: &Server) -> Client {
    let address = format!("http://127.0.0.1:{}", server.port);
    Client::try_from(Config::new(address.parse().unwrap())).unwrap()
}

fn stream(name: &str) -> ImageStream {
    let metadata = ObjectMeta { name: Some(name.to_owned()), ..ObjectMeta::default() };
    ImageStream { metadata, ..ImageStream::default() }
}

/// Pushes the image of [`DIGEST`] as a tag of the stream `web`. The response to a mapping is a `Status`.
async fn push(client: &Client, tag: &str) -> Status {
    let mut image =
        api::Image { docker_image_reference: format!("quay.io/shop/web@{DIGEST}"), ..api::Image::default() };
    DIGEST.clone_into(&mut image.metadata.name);
    let metadata = ObjectMeta { name: Some("web".to_owned()), ..ObjectMeta::default() };
    let mapping = ImageStreamMapping { metadata, image, tag: tag.to_owned() };
    let mappings = Request::new(ImageStreamMapping::url_path(&(), Some("shop")));
    let request = mappings.create(&PostParams::default(), serde_json::to_vec(&mapping).unwrap()).unwrap();
    client.request(request).await.unwrap()
}

/// The next item, within a time limit.
async fn next<T>(stream: &mut (impl Stream<Item = T> + Unpin)) -> T {
    tokio::time::timeout(Duration::from_secs(20), stream.next()).await.unwrap().unwrap()
}

#[tokio::test]
async fn streams_support_every_verb() {
    let server = Server::start(&[]);
    let streams: Api<ImageStream> = Api::namespaced(client(&server), "shop");
    let mut web = streams.create(&PostParams::default(), &stream("web")).await.unwrap();
    assert!(web.uid().is_some());

    web.labels_mut().insert("tier".to_owned(), "front".to_owned());
    web.spec.lookup_policy.local = true;
    let replaced = streams.replace("web", &PostParams::default(), &web).await.unwrap();
    assert!(replaced.spec.lookup_policy.local);
    assert_ne!(replaced.resource_version(), web.resource_version());
    let stale = streams.replace("web", &PostParams::default(), &web).await.unwrap_err();
    assert!(matches!(stale, kube::Error::Api(status) if status.code == 409));

    let merge = Patch::Merge(json!({"metadata": {"annotations": {"note": "merged"}}}));
    streams.patch("web", &PatchParams::default(), &merge).await.unwrap();
    let apply = Patch::Apply(json!({
        "apiVersion": api::API_VERSION, "kind": "ImageStream", "metadata": {"name": "web", "labels": {"applied": "yes"}},
    }));
    streams.patch("web", &PatchParams::apply("tests"), &apply).await.unwrap();

    streams.create(&PostParams::default(), &stream("other")).await.unwrap();
    let found = streams.list(&ListParams::default().labels("tier=front,applied=yes")).await.unwrap();
    let [found] = found.items.as_slice() else { panic!("{found:?}") };
    assert_eq!(found, &streams.get("web").await.unwrap());
    assert_eq!(found.annotations().get("note").map(String::as_str), Some("merged"));

    streams.delete("web", &DeleteParams::default()).await.unwrap();
    assert_eq!(streams.get_opt("web").await.unwrap(), None);
    let missing = streams.get("web").await.unwrap_err();
    let kube::Error::Api(status) = missing else { panic!("{missing}") };
    assert_eq!(status.message, "imagestreams.image.openshift.io \"web\" not found");
}

#[tokio::test]
async fn a_mapping_creates_an_image_and_tags() {
    let server = Server::start(&[]);
    let client = client(&server);
    let streams: Api<ImageStream> = Api::namespaced(client.clone(), "shop");
    streams.create(&PostParams::default(), &stream("web")).await.unwrap();
    assert!(push(&client, "v1").await.is_success());

    let images: Api<Image> = Api::all(client.clone());
    assert_eq!(images.get(DIGEST).await.unwrap().docker_image_reference, format!("quay.io/shop/web@{DIGEST}"));
    let tags: Api<ImageStreamTag> = Api::namespaced(client.clone(), "shop");
    let mut tag = tags.get("web:v1").await.unwrap();
    assert_eq!(tag.image.metadata.name, DIGEST);

    tag.metadata = ObjectMeta { name: Some("web:stable".to_owned()), ..ObjectMeta::default() };
    let from = api::ObjectReference { kind: "ImageStreamTag".to_owned(), name: "v1".to_owned(), ..Default::default() };
    tag.tag = Some(api::TagReference { name: "stable".to_owned(), from: Some(from), ..Default::default() });
    tags.create(&PostParams::default(), &tag).await.unwrap();
    let image_tags: Api<ImageTag> = Api::namespaced(client, "shop");
    let names: Vec<String> =
        image_tags.list(&ListParams::default()).await.unwrap().iter().map(ResourceExt::name_any).collect();
    assert_eq!(names, ["web:stable", "web:v1"]);

    image_tags.delete("web:v1", &DeleteParams::default()).await.unwrap();
    assert_eq!(tags.list(&ListParams::default()).await.unwrap().items.len(), 1);
    images.delete(DIGEST, &DeleteParams::default()).await.unwrap();
    assert_eq!(images.list(&ListParams::default()).await.unwrap().items, []);
}

#[tokio::test]
async fn a_reflector_follows_the_streams() {
    let server = Server::start(&[]);
    let client = client(&server);
    let streams: Api<ImageStream> = Api::namespaced(client.clone(), "shop");
    streams.create(&PostParams::default(), &stream("web")).await.unwrap();

    let (reader, writer) = reflector::store();
    let mut events = pin!(reflector(writer, watcher(streams.clone(), watcher::Config::default())));
    while !matches!(next(&mut events).await.unwrap(), watcher::Event::InitDone) {}
    assert_eq!(reader.state().len(), 1);

    push(&client, "v1").await;
    let watcher::Event::Apply(web) = next(&mut events).await.unwrap() else { panic!("a push changes the stream") };
    assert_eq!(web.status.tags.len(), 1);
    streams.delete("web", &DeleteParams::default()).await.unwrap();
    assert!(matches!(next(&mut events).await.unwrap(), watcher::Event::Delete(_)));
    assert!(reader.state().is_empty());
}
