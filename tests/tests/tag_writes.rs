//! Writing tags through `imagestreamtags` and `imagetags`: missing streams are created, followers move, and everything
//! else stays unchanged.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failure here is a failed test")]

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request};
use imagestream::api::{ImageStream, ImageStreamTag, ImageTag, Resource};
use imagestream::{
    Action, Authorizer, Decision, DeleteParams, ImageStore, Namespace, Patch, PatchParams, PostParams, Preconditions,
    User, request,
};
use imagestream_tests::objects::{assert_sound, create_stream, digest, push};
use serde_json::{Value, json};

const WRITE: PostParams = PostParams { dry_run: false, field_manager: String::new() };
const DRY_RUN: PostParams = PostParams { dry_run: true, field_manager: String::new() };

fn object<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn stream_tag(name: &str, from: &Value) -> ImageStreamTag {
    object(json!({"metadata": {"name": name}, "tag": {"from": from}}))
}

fn follows(tag: &str) -> Value {
    json!({"kind": "ImageStreamTag", "name": tag})
}

fn pulls(reference: &str) -> Value {
    json!({"kind": "DockerImage", "name": reference})
}

/// A store whose stream `web` has image 1 as `v1`, image 2 as `v2`, and `prod`, which follows `v1` and is followed by
/// `live`.
fn shop() -> (ImageStore, Namespace) {
    let store = ImageStore::in_memory().unwrap();
    create_stream(&store, "web").unwrap();
    let _ = push(&store, "web", "v1", 1).unwrap();
    let _ = push(&store, "web", "v2", 2).unwrap();
    let shop = store.namespace("shop");
    let tags = shop.image_stream_tags();
    tags.create(&WRITE, &stream_tag("web:prod", &follows("v1"))).unwrap();
    tags.create(&WRITE, &stream_tag("web:live", &follows("web:prod"))).unwrap();
    (store, shop)
}

fn newest(shop: &Namespace, tag: &str) -> String {
    shop.image_streams().history("web", tag).unwrap()[0].image.clone()
}

#[test]
fn followers_move_with_a_tag_unless_the_stream_itself_is_replaced() {
    let (store, shop) = shop();
    assert_eq!((newest(&shop, "prod"), newest(&shop, "live")), (digest(1), digest(1)));
    let replaced = shop.image_stream_tags().replace("web:prod", &WRITE, &stream_tag("web:prod", &follows("v2")));
    let replaced = replaced.unwrap();
    assert!(!replaced.created);
    assert_eq!(replaced.tag.image.metadata.name, digest(2));
    assert_eq!((newest(&shop, "prod"), newest(&shop, "live")), (digest(2), digest(2)));

    let mut web = shop.image_streams().get("web").unwrap();
    for tag in web.spec.tags.iter_mut().filter(|tag| tag.name == "prod") {
        tag.from = Some(object(follows("v1")));
    }
    shop.image_streams().replace("web", &WRITE, &web).unwrap();
    assert_eq!((newest(&shop, "prod"), newest(&shop, "live")), (digest(1), digest(2)));
    assert_sound(&store);
}

#[test]
fn empty_histories_are_removed_by_the_next_write_of_a_tag() {
    let (store, shop) = shop();
    let mut web = shop.image_streams().get("web").unwrap();
    let failed = json!([{"type": "ImportSuccess", "status": "False", "lastTransitionTime": null, "generation": 1}]);
    web.status.tags.push(object(json!({"tag": "empty"})));
    web.status.tags.push(object(json!({"tag": "failed", "conditions": failed})));
    shop.image_streams().replace_status("web", &WRITE, &web).unwrap();
    let has = |tag: &str| shop.image_streams().get("web").unwrap().status.tags.iter().any(|found| found.tag == tag);
    assert!(has("empty") && has("failed"));
    shop.image_stream_tags().create(&WRITE, &stream_tag("web:new", &pulls("quay.io/shop/web:1"))).unwrap();
    assert!(!has("empty") && has("failed"));
    assert_sound(&store);
}

#[test]
fn a_tag_creates_its_stream() {
    let store = ImageStore::in_memory().unwrap();
    let shop = store.namespace("shop");
    let tags = shop.image_stream_tags();
    tags.create(&WRITE, &stream_tag("made:v1", &pulls("quay.io/shop/web:1"))).unwrap();
    assert!(tags.replace("put:v1", &WRITE, &stream_tag("put:v1", &pulls("quay.io/shop/web:1"))).unwrap().created);
    let image_tag: ImageTag = object(json!({"metadata": {"name": "spec:v1"}, "spec": {}}));
    shop.image_tags().create(&WRITE, &image_tag).unwrap();
    tags.create(&WRITE, &object(json!({"metadata": {"name": "empty:v1"}}))).unwrap();
    for (name, tags) in [("made", 1), ("put", 1), ("spec", 1), ("empty", 0)] {
        let stream = shop.image_streams().get(name).unwrap();
        assert_eq!((stream.metadata.generation, stream.spec.tags.len()), (1, tags), "{name}");
    }
    let bad = tags.create(&WRITE, &stream_tag("Bad_:v1", &pulls("quay.io/shop/web:1"))).unwrap_err();
    assert_eq!(bad.status().details.unwrap().kind, ImageStream::KIND);
}

#[test]
fn a_created_name_is_split_at_its_first_colon_and_others_must_have_one_colon() {
    let (_, shop) = shop();
    let tags = shop.image_stream_tags();
    let create = |name: &str| tags.create(&WRITE, &stream_tag(name, &pulls("quay.io/shop/web:1")));
    assert_eq!(create("web:").unwrap().metadata.name, "web:latest");
    assert_eq!(create("web:a:b").unwrap().tag.unwrap().name, "a:b");
    for (name, code, message) in [
        ("web:v3@x", 0, ""),
        ("web", 500, "\"web\" must be of the form <stream_name>:<tag>"),
        (":v1", 400, "Name parameter required."),
        (".:v1", 400, "Name parameter invalid: \".\": may not be '.'"),
    ] {
        let status = create(name).err().map(|error| error.status()).unwrap_or_default();
        assert_eq!((status.code, &*status.message), (code, message), "{name}");
    }
    for name in ["web", "web:", ":v1", "web:a:b", "web@x", "web:v3@x"] {
        let expected = |kind: &str| format!("{kind}s must be retrieved with <name>:<tag>");
        let sent = stream_tag(name, &pulls("quay.io/shop/web:1"));
        assert_eq!(tags.replace(name, &WRITE, &sent).unwrap_err().to_string(), expected("ImageStreamTag"));
        assert_eq!(tags.delete(name, &DeleteParams::default()).unwrap_err().to_string(), expected("ImageStreamTag"));
        let image_tags = shop.image_tags();
        assert_eq!(image_tags.delete(name, &DeleteParams::default()).unwrap_err().to_string(), expected("ImageTag"));
    }
}

#[test]
fn a_version_must_be_that_of_the_stream_or_absent() {
    let (_, shop) = shop();
    let tags = shop.image_stream_tags();
    let with_version = |name: &str, version: &str| {
        let mut tag = stream_tag(name, &pulls("quay.io/shop/web:1"));
        version.clone_into(&mut tag.metadata.resource_version);
        tags.replace(name, &WRITE, &tag).map(|replaced| replaced.created).map_err(|error| error.to_string())
    };
    let version = shop.image_streams().get("web").unwrap().metadata.resource_version;
    assert_eq!(
        with_version("web:new", "1"),
        Err(format!(
            "Operation cannot be fulfilled on imagestreamtags.image.openshift.io \"web:new\": another caller has \
             updated the resource version to {version}"
        ))
    );
    assert_eq!(with_version("web:new", &version), Ok(true));
    assert_eq!(with_version("web:new", ""), Ok(false));
    assert_eq!(
        with_version("none:new", "1"),
        Err("imagestreamtags.image.openshift.io \"none:new\" not found".to_owned())
    );
}

#[test]
fn the_annotations_of_a_replaced_tag_are_those_of_the_object() {
    let (_, shop) = shop();
    let tags = shop.image_stream_tags();
    let replace = |annotations: Value| {
        let sent = object(json!({"metadata": {"name": "web:prod", "annotations": annotations}}));
        tags.replace("web:prod", &WRITE, &sent).unwrap().tag.tag.unwrap()
    };
    let annotated = replace(json!({"a": "b"}));
    assert_eq!(annotated.annotations.unwrap()["a"], "b");
    assert_eq!(annotated.from.unwrap().name, "v1", "if the object has no tag, the spec tag stays");
    assert_eq!(replace(json!({})).annotations, None);
    let no_tag = tags.replace("web:v1", &WRITE, &object(json!({"metadata": {"name": "web:v1"}}))).unwrap_err();
    assert_eq!(
        (no_tag.status().code, no_tag.to_string()),
        (400, "imagestreamtag v1 is not a spec tag in imagestream shop/web, cannot be updated".to_owned())
    );
}

#[test]
fn deleting_a_tag_removes_only_its_spec_and_status() {
    let (store, shop) = shop();
    let tags = shop.image_stream_tags();
    let with_uid = |uid: &str| DeleteParams {
        preconditions: Preconditions { uid: Some(uid.to_owned()), resource_version: Some("1".to_owned()) },
        ..DeleteParams::default()
    };
    let wrong = tags.delete("web:prod", &with_uid("other")).unwrap_err();
    assert!(wrong.to_string().ends_with("\"web:prod\": the UID precondition was not met"), "{wrong}");
    let uid = shop.image_streams().get("web").unwrap().metadata.uid;
    tags.delete("web:prod", &with_uid(&uid)).unwrap();
    assert_eq!(shop.image_tags().get("web:prod").unwrap_err().code(), "NotFound");
    assert_eq!(newest(&shop, "live"), digest(1));
    assert!(store.images().get(&digest(1)).is_ok());
    let again = shop.image_tags().delete("web:prod", &DeleteParams::default()).unwrap_err();
    assert_eq!(again.to_string(), "imagetags.image.openshift.io \"web:prod\" not found");
    let no_stream = tags.delete("none:v1", &DeleteParams::default()).unwrap_err();
    assert_eq!(no_stream.to_string(), "imagestreamtags.image.openshift.io \"none\" not found");
    assert_sound(&store);
}

#[test]
fn an_image_tag_without_a_spec_removes_the_spec_and_keeps_the_history() {
    let (store, shop) = shop();
    let tags = shop.image_tags();
    let present = tags.get("web:prod").unwrap();
    let mut sent = present.clone();
    sent.status = None;
    let refused = tags.replace("web:prod", &WRITE, &sent).unwrap_err();
    assert!(refused.to_string().contains("status: Invalid value: \"\": may not update fields other than spec"));
    sent = present.clone();
    sent.metadata.labels.insert("a".to_owned(), "b".to_owned());
    let refused = tags.replace("web:prod", &WRITE, &sent).unwrap_err();
    assert!(refused.to_string().contains("metadata: Invalid value: \"\": may not update fields other than spec"));

    sent = ImageTag { spec: None, ..present };
    sent.metadata.resource_version.clear();
    let replaced = tags.replace("web:prod", &WRITE, &sent).unwrap();
    assert!(!replaced.created);
    assert_eq!(replaced.tag.spec, None);
    assert_eq!(newest(&shop, "prod"), digest(1));
    sent.metadata = replaced.tag.metadata;
    let version = store.resource_version().unwrap();
    let again = tags.replace("web:prod", &WRITE, &sent).unwrap();
    assert!(again.created, "the spec did not have the tag");
    assert_eq!((again.tag.spec, again.tag.status), (None, replaced.tag.status));
    assert_eq!(store.resource_version().unwrap(), version, "nothing is written");
    sent.spec = Some(object(json!({"name": "prod", "from": follows("v2")})));
    assert!(tags.replace("web:prod", &WRITE, &sent).unwrap().created);
    assert_eq!(newest(&shop, "prod"), digest(2));
    assert_sound(&store);
}

#[test]
fn a_patch_creates_a_missing_tag() {
    let (_, shop) = shop();
    let patch = Patch::Merge(json!({"tag": {"from": pulls("quay.io/shop/web:1")}}));
    for (name, created) in [("web:new", true), ("web:new", false), ("fresh:new", true)] {
        let patched = shop.image_stream_tags().patch(name, &PatchParams::default(), &patch).unwrap();
        assert_eq!((patched.created, patched.object.metadata.name), (created, name.to_owned()));
    }
    let patch = Patch::Merge(json!({"spec": {"name": "new", "from": pulls("quay.io/shop/web:2")}}));
    let patched = shop.image_tags().patch("web:new", &PatchParams::default(), &patch).unwrap();
    assert_eq!(patched.object.spec.unwrap().from.unwrap().name, "quay.io/shop/web:2");
}

#[test]
fn dry_runs_write_nothing() {
    let (store, shop) = shop();
    let before = store.resource_version().unwrap();
    let dry_delete = DeleteParams { dry_run: true, ..DeleteParams::default() };
    let moved = stream_tag("web:prod", &follows("v2"));
    let tags = shop.image_stream_tags();
    let answer = tags.replace("web:prod", &DRY_RUN, &moved).unwrap();
    assert_eq!(answer.tag.image.metadata.name, digest(2));
    assert_eq!(answer.tag.metadata.resource_version, before.to_string());
    let answer = tags.create(&DRY_RUN, &stream_tag("fresh:v1", &pulls("quay.io/shop/web:1"))).unwrap();
    assert_eq!(answer.metadata.resource_version, "");
    tags.delete("web:prod", &dry_delete).unwrap();
    shop.image_tags().delete("web:prod", &dry_delete).unwrap();
    assert_eq!(store.resource_version().unwrap(), before);
    assert_eq!(newest(&shop, "prod"), digest(1));
    assert_eq!(shop.image_streams().get("fresh").unwrap_err().code(), "NotFound");
}

/// Allows everything except creating.
struct NoCreations;

impl Authorizer for NoCreations {
    fn authorize(&self, _user: &User, action: &Action<'_>) -> Decision {
        match action.verb {
            "create" => Decision::Deny { reason: String::new() },
            _ => Decision::Allow,
        }
    }
}

#[test]
fn replacing_a_missing_tag_requires_permission_to_create() {
    let store = ImageStore::builder().authorizer(Arc::new(NoCreations)).open_in_memory().unwrap();
    create_stream(&store, "web").unwrap();
    let tags = store.namespace("shop").image_stream_tags();
    let replace = |name: &str| tags.replace(name, &WRITE, &stream_tag(name, &pulls("quay.io/shop/web:1")));
    assert!(replace("web:v1").unwrap().created, "the stream exists, and is updated");
    assert_eq!(
        replace("fresh:v1").unwrap_err().to_string(),
        "imagestreamtags.image.openshift.io \"fresh:v1\" is forbidden: User \"system:admin\" cannot create resource \
         \"imagestreamtags\" in API group \"image.openshift.io\" in the namespace \"shop\""
    );
    assert_eq!(store.namespace("shop").image_streams().get("fresh").unwrap_err().code(), "NotFound");
}

#[test]
fn over_http_a_replacement_says_whether_it_created() {
    let (store, _) = shop();
    let send = |method: Method, path: &str, body: &Value| {
        let uri = format!("/apis/image.openshift.io/v1{path}");
        let body = Bytes::from(serde_json::to_vec(body).unwrap());
        let request = Request::builder().method(method).uri(uri).body(body).unwrap();
        request::handle(&store, &request, None).status().as_u16()
    };
    let body = json!({"metadata": {"name": "web:new"}, "tag": {}});
    let path = "/namespaces/shop/imagestreamtags/web:new";
    assert_eq!(send(Method::PUT, path, &body), 201);
    assert_eq!(send(Method::PUT, path, &body), 200);
    assert_eq!(send(Method::DELETE, path, &json!({})), 200);
    assert_eq!(send(Method::POST, "/namespaces/shop/imagestreamtags", &body), 201);
    assert_eq!(send(Method::POST, "/namespaces/shop/imagestreamtags", &body), 409);
    assert_eq!(send(Method::POST, "/imagestreamtags", &body), 405);
    assert_eq!(send(Method::DELETE, "/namespaces/shop/imagestreamtags", &json!({})), 405);
    let import = json!({"metadata": {"name": "web"}, "spec": {"images": []}});
    assert_eq!(send(Method::POST, "/namespaces/shop/imagestreamimports", &import), 201);
    assert_eq!(send(Method::GET, "/namespaces/shop/imagestreamimports", &json!({})), 405);
}
