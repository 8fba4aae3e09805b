//! `oc`: tags, lookup policies and imports.

use serde_json::{Value, json};

use crate::{Answer, Client, Cluster, Pushed, latest, stream};

/// A cluster in which image 1 has been pushed to `web:latest`.
fn shop(forbidden: &'static [(&'static str, &'static str)]) -> (Cluster, Pushed) {
    let cluster = Cluster::forbidding(forbidden);
    let image = Pushed::image(1);
    cluster.registry().post("imagestreams", &stream("web")).expect(201);
    cluster.registry().post("imagestreammappings", &image.mapping("web", "latest")).expect(201);
    (cluster, image)
}

/// The object that `oc tag` and `oc create imagestreamtag` send.
fn stream_tag(name: &str, from: &Value, reference: bool) -> Value {
    let (_, tag) = name.split_once(':').unwrap();
    json!({
        "kind": "ImageStreamTag", "apiVersion": "image.openshift.io/v1",
        "metadata": {"name": name, "namespace": "shop", "creationTimestamp": null},
        "tag": {
            "name": tag,
            "annotations": null,
            "from": from,
            "reference": reference,
            "generation": if from["kind"] == "DockerImage" { json!(0) } else { Value::Null },
            "importPolicy": {"importMode": "Legacy"},
            "referencePolicy": {"type": "Source"},
        },
        "generation": 0,
        "lookupPolicy": {"local": false},
        "image": {
            "metadata": {"creationTimestamp": null}, "dockerImageMetadata": null, "dockerImageLayers": null,
        },
    })
}

/// How `oc tag` resolves the source `stream:tag`: to the current image of the tag.
fn resolve_source(client: &Client, source: &str) -> Value {
    let (name, tag) = source.split_once(':').unwrap();
    let stream = client.get(&format!("imagestreams/{name}")).expect(200);
    let event = latest(&stream, tag).unwrap();
    match event["image"].as_str() {
        Some(image) if !image.is_empty() => {
            json!({"kind": "ImageStreamImage", "namespace": "shop", "name": format!("{name}@{image}")})
        }
        _ => json!({"kind": "DockerImage", "name": event["dockerImageReference"]}),
    }
}

fn put(client: &Client, tag: &Value) -> Answer {
    client.put(&format!("imagestreamtags/{}", tag["metadata"]["name"].as_str().unwrap()), tag)
}

#[test]
fn tag_copies_the_current_image_of_another_tag() {
    let (cluster, image) = shop(&[]);
    let oc = cluster.alice();
    let made = put(&oc, &stream_tag("web:prod", &resolve_source(&oc, "web:latest"), false)).expect(201);
    assert_eq!(made["image"]["metadata"]["name"], image.digest);
    put(&oc, &stream_tag("shop:prod", &resolve_source(&oc, "web:latest"), false)).expect(201);
    put(&oc, &stream_tag("web:prod", &resolve_source(&oc, "web:latest"), false)).expect(200);

    cluster.registry().post("imagestreammappings", &Pushed::image(2).mapping("web", "latest")).expect(201);
    // An image in the cluster's registry is pulled through the stream that was named.
    for (name, reference) in [("web", image.reference("web")), ("shop", image.reference("shop"))] {
        let stream = oc.get(&format!("imagestreams/{name}")).expect(200);
        let event = latest(&stream, "prod").unwrap();
        assert_eq!((&event["image"], &event["dockerImageReference"]), (&json!(image.digest), &json!(reference)));
    }
}

#[test]
fn tag_with_an_alias_follows_the_other_tag() {
    let (cluster, _) = shop(&[]);
    let oc = cluster.alice();
    let from = json!({"kind": "ImageStreamTag", "namespace": "shop", "name": "latest"});
    put(&oc, &stream_tag("web:live", &from, false)).expect(201);
    let next = Pushed::image(2);
    cluster.registry().post("imagestreammappings", &next.mapping("web", "latest")).expect(201);
    let stream = oc.get("imagestreams/web").expect(200);
    assert_eq!(latest(&stream, "live").unwrap()["image"], next.digest);
}

#[test]
fn tag_of_an_external_image_waits_for_an_import_or_is_a_reference() {
    let (cluster, _) = shop(&[]);
    let oc = cluster.alice();
    let from = json!({"kind": "DockerImage", "name": "quay.io/shop/base:1"});
    let waits = put(&oc, &stream_tag("web:base", &from, false)).expect(201);
    assert_eq!(waits["tag"]["from"], from);
    assert!(waits["tag"]["generation"].as_i64().unwrap() > 0, "0 asks for an import: {waits}");
    assert_eq!(oc.get("imagestreamtags/web:base").failure(), (404, "NotFound", "imagestreamtags", "web:base"));

    put(&oc, &stream_tag("web:link", &from, true)).expect(201);
    let stream = oc.get("imagestreams/web").expect(200);
    assert_eq!(latest(&stream, "link").unwrap()["dockerImageReference"], "quay.io/shop/base:1");
    let source = resolve_source(&oc, "web:link");
    assert_eq!(source, from, "a source without an image is resolved to its reference");
}

#[test]
fn tag_falls_back_to_create_and_then_to_the_stream_itself() {
    let (cluster, image) = shop(&[("update", "imagestreamtags")]);
    let oc = cluster.alice();
    let tag = stream_tag("web:prod", &resolve_source(&oc, "web:latest"), false);
    assert_eq!(put(&oc, &tag).failure(), (403, "Forbidden", "imagestreamtags", "web:prod"));
    oc.post("imagestreamtags", &tag).expect(201);

    let (cluster, _) = shop(&[("update", "imagestreamtags"), ("create", "imagestreamtags")]);
    let oc = cluster.alice();
    assert_eq!(put(&oc, &tag).code, 403);
    assert_eq!(oc.post("imagestreamtags", &tag).failure().1, "Forbidden");
    let mut stream = oc.get("imagestreams/web").expect(200);
    stream["spec"]["tags"] = json!([tag["tag"]]);
    let stream = oc.put("imagestreams/web", &stream).expect(200);
    assert_eq!(latest(&stream, "prod").unwrap()["image"], image.digest);
}

#[test]
fn tag_d_deletes_a_tag() {
    let (cluster, image) = shop(&[]);
    let oc = cluster.alice();
    let deleted = oc.delete("imagestreamtags/web:latest").expect(200);
    assert_eq!((&deleted["kind"], &deleted["status"]), (&json!("Status"), &json!("Success")));
    assert_eq!(oc.delete("imagestreamtags/web:latest").failure(), (404, "NotFound", "imagestreamtags", "web:latest"));
    assert_eq!(latest(&oc.get("imagestreams/web").expect(200), "latest"), None);
    oc.get(&format!("images/{}", image.digest)).expect(200);
}

#[test]
fn set_image_lookup_patches_only_the_policy() {
    let (cluster, _) = shop(&[]);
    let oc = cluster.alice();
    let mut before = oc.get("imagestreams/web").expect(200);
    for local in [true, false] {
        let patched = oc.patch("imagestreams/web", &json!({"spec": {"lookupPolicy": {"local": local}}})).expect(200);
        assert_eq!(patched["spec"]["lookupPolicy"]["local"], local);
        assert_eq!(patched["status"], before["status"]);
        assert_ne!(patched["metadata"]["resourceVersion"], before["metadata"]["resourceVersion"]);
        let tag = oc.get("imagestreamtags/web:latest").expect(200);
        assert_eq!(tag["lookupPolicy"]["local"], local);
        before = patched;
    }
}

#[test]
fn create_imagestreamtag_creates_a_tag_once() {
    let (cluster, image) = shop(&[]);
    let oc = cluster.alice();
    let tag = stream_tag("web:v1", &resolve_source(&oc, "web:latest"), false);
    let tried = oc.post("imagestreamtags?dryRun=All", &tag).expect(201);
    assert_eq!(tried["image"]["metadata"]["name"], image.digest);
    assert_eq!(oc.get("imagestreamtags/web:v1").code, 404);
    oc.post("imagestreamtags", &tag).expect(201);
    assert_eq!(oc.get("imagestreamtags/web:v1").expect(200)["image"]["metadata"]["name"], image.digest);
    assert_eq!(oc.post("imagestreamtags", &tag).failure(), (409, "AlreadyExists", "imagestreamtag", "web:v1"));

    let tag = stream_tag("fresh:v1", &json!({"kind": "DockerImage", "name": "quay.io/shop/base:1"}), true);
    oc.post("imagestreamtags", &tag).expect(201);
    assert_eq!(oc.get("imagestreams/fresh").expect(200)["spec"]["tags"][0]["name"], "v1");
}

#[test]
fn import_image_gets_a_failure_for_each_image() {
    let (cluster, _) = shop(&[]);
    let oc = cluster.alice();
    let before = oc.get("imagestreams/web").expect(200);
    let images = ["quay.io/shop/base:1", "quay.io/shop/base:2"].map(|name| {
        json!({
            "from": {"kind": "DockerImage", "name": name},
            "to": {"name": name.rsplit_once(':').unwrap().1},
            "importPolicy": {"importMode": "Legacy"},
            "referencePolicy": {"type": "Source"},
        })
    });
    let import = json!({
        "kind": "ImageStreamImport", "apiVersion": "image.openshift.io/v1",
        "metadata": {
            "name": "web", "namespace": "shop", "creationTimestamp": null,
            "resourceVersion": before["metadata"]["resourceVersion"], "uid": before["metadata"]["uid"],
        },
        "spec": {"import": true, "images": images},
        "status": {},
    });
    let answer = oc.post("imagestreamimports", &import).expect(201);
    let results = answer["status"]["images"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    for result in results {
        assert_eq!(result["status"]["status"], "Failure");
        assert_eq!(result["status"]["message"], "this store does not pull from registries");
        assert_eq!(result.get("image"), None);
    }
    assert_eq!(oc.get("imagestreams/web").expect(200), before);
}

#[test]
fn commands_that_use_an_image_find_where_to_pull_it() {
    let (cluster, image) = shop(&[]);
    let oc = cluster.alice();
    for path in ["imagestreamtags/web:latest".to_owned(), format!("imagestreamimages/web@{}", &image.digest[..19])] {
        let found = oc.get(&path).expect(200);
        assert_eq!(found["image"]["dockerImageReference"], image.reference("web"), "{path}");
        assert_eq!(found["image"]["dockerImageMetadata"]["Config"]["Cmd"], json!(["/bin/serve"]), "{path}");
    }
}
