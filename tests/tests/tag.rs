//! Setting tags as `oc tag` does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failure here is a failed test")]

use std::sync::Arc;

use imagestream::api::{ImageStream, TagImportPolicy, TagReference};
use imagestream::rules::{TagDestination, TagSource};
use imagestream::{
    Action, Authorizer, Decision, ErrorKind, ExpectedImage, ImageStore, Result, TagParams, Tagged, User,
};
use imagestream_tests::objects::{assert_sound, create_stream, digest, push};

/// A store whose tag `shop/web:v1` points to image 1.
fn shop() -> ImageStore {
    let store = ImageStore::in_memory().unwrap();
    create_stream(&store, "web").unwrap();
    let _ = push(&store, "web", "v1", 1).unwrap();
    store
}

fn set(store: &ImageStore, source: &str, destinations: &[&str], params: &TagParams) -> Result<Vec<Tagged>> {
    let destinations: Vec<TagDestination> =
        destinations.iter().map(|text| TagDestination::parse(text).unwrap().in_namespace("shop")).collect();
    store.tag(&TagSource::parse(source, None).unwrap().in_namespace("shop"), &destinations, params)
}

fn spec(store: &ImageStore, namespace: &str, stream: &str, tag: &str) -> TagReference {
    let stream: ImageStream = store.namespace(namespace).image_streams().get(stream).unwrap();
    stream.spec.tags.into_iter().find(|spec| spec.name == tag).unwrap()
}

fn newest(store: &ImageStore, namespace: &str, stream: &str, tag: &str) -> String {
    store.namespace(namespace).image_streams().newest(stream, tag).unwrap().image
}

#[test]
fn a_tag_as_the_source_is_resolved_to_its_image() {
    let store = shop();
    let set_tags = set(&store, "web:v1", &["web:prod", "web", "other/app:1"], &TagParams::default()).unwrap();
    let names: Vec<_> = set_tags.iter().map(|set| (&*set.destination.stream, &*set.destination.tag)).collect();
    assert_eq!(names, [("web", "prod"), ("web", "latest"), ("app", "1")]);
    assert!(set_tags.iter().all(|set| set.created && set.image == digest(1)));
    assert_eq!(newest(&store, "other", "app", "1"), digest(1));
    let from = spec(&store, "shop", "web", "prod").from.unwrap();
    assert_eq!((&*from.kind, &*from.namespace, from.name), ("ImageStreamImage", "", format!("web@{}", digest(1))));
    let from = spec(&store, "other", "app", "1").from.unwrap();
    assert_eq!((&*from.kind, &*from.namespace, from.name), ("ImageStreamImage", "shop", format!("web@{}", digest(1))));
    // A later push of the source moves none of them.
    let _ = push(&store, "web", "v1", 2).unwrap();
    assert_eq!(newest(&store, "shop", "web", "prod"), digest(1));
    let again = set(&store, "web:v1", &["web:prod"], &TagParams::default()).unwrap();
    assert_eq!((again[0].created, &*again[0].image), (false, &*digest(2)));
    assert_sound(&store);
}

#[test]
fn an_alias_follows_its_source() {
    let store = shop();
    let alias = TagParams { alias: true, ..TagParams::default() };
    let _ = set(&store, "web:v1", &["web:live"], &alias).unwrap();
    let _ = push(&store, "web", "v1", 2).unwrap();
    assert_eq!(newest(&store, "shop", "web", "live"), digest(2));
    for (source, destination) in [
        ("web:v1", "app:live"),
        ("other/web:v1", "web:live"),
        (&*format!("web@{}", digest(1)), "web:live"),
        ("quay.io/shop/web:1", "web:live"),
    ] {
        let error = set(&store, source, &[destination], &alias).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::BadRequest(_)), "{error}");
    }
}

#[test]
fn an_image_of_a_registry_is_recorded_with_its_policies() {
    let store = shop();
    let params = TagParams {
        import_policy: TagImportPolicy { scheduled: true, insecure: true, import_mode: "PreserveOriginal".to_owned() },
        reference_policy: "Local".to_owned(),
        ..TagParams::default()
    };
    let set_tags = set(&store, "quay.io/shop/web:3", &["web:v3"], &params).unwrap();
    assert_eq!(set_tags[0].image, "");
    let tag = spec(&store, "shop", "web", "v3");
    assert_eq!((tag.import_policy, &*tag.reference_policy.policy_type), (params.import_policy.clone(), "Local"));
    assert_eq!(tag.from.unwrap().name, "quay.io/shop/web:3");
    let error = set(&store, "web:v1", &["web:v4"], &params).unwrap_err();
    assert!(error.to_string().contains("scheduled"), "{error}");

    let reference = TagParams { reference: true, ..TagParams::default() };
    let _ = set(&store, "quay.io/shop/web:4", &["web:v4"], &reference).unwrap();
    let entry = store.namespace("shop").image_streams().newest("web", "v4").unwrap();
    assert_eq!(entry.docker_image_reference, "quay.io/shop/web:4");
    // A tag without an image is resolved to its pull spec.
    let set_tags = set(&store, "web:v4", &["web:v5"], &reference).unwrap();
    assert_eq!((&*set_tags[0].from.kind, &*set_tags[0].from.name), ("DockerImage", "quay.io/shop/web:4"));
    let odd = TagParams { reference_policy: "Nobody".to_owned(), ..TagParams::default() };
    let error = set(&store, "web:v1", &["web:v6"], &odd).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Invalid { .. }), "{error}");
}

#[test]
fn all_tags_are_set_or_none() {
    let store = shop();
    let _ = push(&store, "web", "old", 2).unwrap();
    let before = store.resource_version().unwrap();
    let expecting = TagParams { expected: Some(ExpectedImage::Absent), ..TagParams::default() };
    let error = set(&store, "web:v1", &["web:new", "web:old"], &expecting).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Conflict { .. }), "{error}");
    let error = set(&store, "web:none", &["web:new"], &TagParams::default()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotFound { .. }), "{error}");
    let error = set(&store, &format!("web@{}", digest(9)), &["web:new"], &TagParams::default()).unwrap_err();
    assert!(error.to_string().contains("not found"), "{error}");
    let dry = TagParams { dry_run: true, ..TagParams::default() };
    assert_eq!(set(&store, "web:v1", &["web:new", "app:new"], &dry).unwrap().len(), 2);
    assert_eq!(store.resource_version().unwrap(), before);
    assert!(store.namespace("shop").image_streams().get("app").is_err());
}

/// Lets nobody read the layers of a stream of another namespace.
#[derive(Debug)]
struct Private;

impl Authorizer for Private {
    fn authorize(&self, _: &User, action: &Action<'_>) -> Decision {
        if action.subresource == "layers" {
            return Decision::Deny { reason: "private".to_owned() };
        }
        Decision::Allow
    }
}

#[test]
fn a_source_that_may_not_be_read_tells_nothing() {
    let store = ImageStore::builder().authorizer(Arc::new(Private)).open_in_memory().unwrap();
    create_stream(&store, "web").unwrap();
    let _ = push(&store, "web", "v1", 1).unwrap();
    let messages: Vec<_> = ["shop/web:v1", "shop/web:none"]
        .iter()
        .map(|source| {
            let error = set(&store, source, &["other/app:1"], &TagParams::default()).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Forbidden { .. }), "{error}");
            error.to_string()
        })
        .collect();
    assert_eq!(messages[0], messages[1]);
}
