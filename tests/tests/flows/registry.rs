//! The integrated registry: pushes, pulls and signatures.

use serde_json::{Value, json};

use crate::{Answer, Client, Cluster, Pushed, REGISTRY, SCHEMA_2, SCHEMA_2_CONFIG, latest, stream};

/// The outcome of pushing a tag.
#[derive(Debug, PartialEq)]
enum Push {
    Done,
    Denied,
    Unknown(u16),
}

/// Pushes like the registry: with its own rights, and with those of the user if the stream must be created first.
fn push(cluster: &Cluster, image: &Pushed, name: &str, tag: &str) -> Push {
    let mapping = image.mapping(name, tag);
    let registry = cluster.registry();
    let first = registry.post("imagestreammappings", &mapping);
    if first.code == 201 {
        return Push::Done;
    }
    if first.failure() != (404, "NotFound", "imagestreammappings", name) {
        return Push::Unknown(first.code);
    }
    match cluster.alice().post("imagestreams", &stream(name)).failure() {
        (201, ..) | (409, "AlreadyExists" | "Conflict", ..) => {}
        (403, "Forbidden", ..) | (401, "Unauthorized", ..) => return Push::Denied,
        (code, ..) => return Push::Unknown(code),
    }
    match registry.post("imagestreammappings", &mapping).code {
        201 => Push::Done,
        code => Push::Unknown(code),
    }
}

/// The image that the registry serves for a digest in a stream: one in the history, or one in a manifest list there.
fn pull(client: &Client, name: &str, digest: &str) -> Option<Value> {
    let stream = client.get(&format!("imagestreams/{name}"));
    if stream.code != 200 {
        return None;
    }
    let in_history = events(&stream.body).iter().any(|event| event["image"] == digest);
    let in_list = || {
        let layers = client.get(&format!("imagestreams/{name}/layers")).expect(200);
        let images = layers["images"].as_object().unwrap();
        images.values().any(|image| image["manifests"].as_array().is_some_and(|all| all.contains(&json!(digest))))
    };
    (in_history || in_list()).then(|| client.get(&format!("images/{digest}")).expect(200))
}

/// The events of a stream in the order in which the registry tries them: the newest of each tag, then the older ones.
fn events(stream: &Value) -> Vec<Value> {
    let histories: Vec<&Vec<Value>> =
        stream["status"]["tags"].as_array().into_iter().flatten().filter_map(|tag| tag["items"].as_array()).collect();
    let first = histories.iter().filter_map(|items| items.first());
    let older = histories.iter().flat_map(|items| items.iter().skip(1));
    first.chain(older).cloned().collect()
}

#[test]
fn a_push_by_tag_stores_an_image_shown_without_texts() {
    let cluster = Cluster::new();
    let image = Pushed::image(1);
    cluster.alice().post("imagestreams", &stream("web")).expect(201);
    let answer = cluster.registry().post("imagestreammappings", &image.mapping("web", "latest")).expect(201);
    assert_eq!(answer, json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}));

    let stored = cluster.registry().get(&format!("images/{}", image.digest)).expect(200);
    assert_eq!((stored.get("dockerImageManifest"), stored.get("dockerImageConfig")), (None, None));
    assert_eq!(stored["dockerImageManifestMediaType"], SCHEMA_2);
    assert_eq!(stored["dockerImageLayers"], json!(image.layers));
    assert_eq!(stored["metadata"]["annotations"], image.object("web")["metadata"]["annotations"]);
    let metadata = &stored["dockerImageMetadata"];
    assert_eq!((&metadata["Id"], &metadata["Architecture"]), (&json!(image.config_digest()), &json!("amd64")));
    assert_eq!(metadata["Size"], image.config.len() + 1000 + 11);

    let stream = cluster.registry().get("imagestreams/web").expect(200);
    let event = latest(&stream, "latest").unwrap();
    assert_eq!(
        (&event["image"], &event["dockerImageReference"]),
        (&json!(image.digest), &json!(image.reference("web")))
    );
}

#[test]
fn a_push_of_an_existing_image_refers_to_the_new_stream() {
    let cluster = Cluster::new();
    let image = Pushed::image(1);
    assert_eq!(push(&cluster, &image, "web", "latest"), Push::Done);
    cluster.alice().post("imagestreams", &stream("copy")).expect(201);
    let mut mapping = image.mapping("copy", "latest");
    mapping["image"]["dockerImageReference"] = json!(format!("docker-registry.example.com/shop/copy@{}", image.digest));
    cluster.registry().post("imagestreammappings", &mapping).expect(201);
    let copy = cluster.registry().get("imagestreams/copy").expect(200);
    assert_eq!(latest(&copy, "latest").unwrap()["dockerImageReference"], image.reference("copy"));
}

#[test]
fn a_push_to_a_missing_stream_creates_it_and_is_repeated() {
    let cluster = Cluster::new();
    let image = Pushed::image(1);
    let refused = cluster.registry().post("imagestreammappings", &image.mapping("web", "latest"));
    assert_eq!(refused.failure(), (404, "NotFound", "imagestreammappings", "web"));
    assert_eq!(refused.body["message"], "imagestreammappings.image.openshift.io \"web\" not found");
    assert_eq!(cluster.registry().get(&format!("images/{}", image.digest)).code, 404);

    assert_eq!(push(&cluster, &image, "web", "latest"), Push::Done);
    let made = cluster.alice().get("imagestreams/web").expect(200);
    assert_eq!(latest(&made, "latest").unwrap()["image"], image.digest);
    assert_eq!(made["status"]["dockerImageRepository"], format!("{REGISTRY}/shop/web"));
    assert_eq!(
        cluster.alice().post("imagestreams", &stream("web")).failure(),
        (409, "AlreadyExists", "imagestreams", "web"),
        "of two pushes at once the second goes on"
    );

    let cluster = Cluster::forbidding(&[("create", "imagestreams")]);
    assert_eq!(push(&cluster, &image, "web", "latest"), Push::Denied);
    assert_eq!(cluster.registry().get("imagestreams/web").code, 404);
}

#[test]
fn a_push_by_digest_stores_the_image_once() {
    let cluster = Cluster::new();
    let image = Pushed::image(1);
    let mut object = image.object("web");
    object["kind"] = json!("Image");
    object["apiVersion"] = json!("image.openshift.io/v1");
    let stored = cluster.registry().post("images", &object).expect(201);
    assert_eq!(stored["dockerImageMetadata"]["Id"], image.config_digest());
    assert_eq!(stored.get("dockerImageManifest"), None);
    let again = cluster.registry().post("images", &object);
    assert_eq!(again.failure(), (409, "AlreadyExists", "images", &*image.digest));
    assert_eq!(cluster.alice().get("imagestreams/web").code, 404);
}

#[test]
fn a_pull_finds_the_images_of_the_history_and_no_others() {
    let cluster = Cluster::new();
    let [first, second, other] = [1, 2, 3].map(Pushed::image);
    for (image, name) in [(&first, "web"), (&second, "web"), (&other, "other")] {
        assert_eq!(push(&cluster, image, name, "latest"), Push::Done);
    }
    let registry = cluster.registry();
    let stream = registry.get("imagestreams/web").expect(200);
    assert_eq!(latest(&stream, "latest").unwrap()["image"], second.digest, "what the tag is");
    for (image, found) in [(&first, true), (&second, true), (&other, false)] {
        assert_eq!(pull(&registry, "web", &image.digest).is_some(), found);
    }
    assert_eq!(pull(&registry, "none", &first.digest), None);
}

#[test]
fn a_pull_of_one_architecture_finds_it_through_its_list() {
    let cluster = Cluster::new();
    let [amd64, arm64] = [1, 2].map(Pushed::image);
    let list = Pushed::list(&[("amd64", &amd64), ("arm64", &arm64)]);
    let registry = cluster.registry();
    for image in [&amd64, &arm64] {
        registry.post("images", &image.object("web")).expect(201);
    }
    assert_eq!(push(&cluster, &list, "web", "latest"), Push::Done);
    let stored = registry.get(&format!("images/{}", list.digest)).expect(200);
    assert_eq!(stored["dockerImageManifests"][1]["architecture"], "arm64");
    assert_eq!(stored["dockerImageLayers"], Value::Null);
    let pulled = pull(&registry, "web", &arm64.digest).unwrap();
    assert_eq!(pulled["dockerImageLayers"], json!(arm64.layers));
}

#[test]
fn the_blobs_of_a_stream_are_those_of_its_images() {
    let cluster = Cluster::new();
    let [image, other] = [1, 2].map(Pushed::image);
    assert_eq!(push(&cluster, &image, "web", "latest"), Push::Done);
    assert_eq!(push(&cluster, &other, "other", "latest"), Push::Done);
    let layers = cluster.registry().get("imagestreams/web/layers").expect(200);
    let has = |digest: &str| layers["blobs"].get(digest).is_some() || layers["images"].get(digest).is_some();
    for layer in &image.layers {
        let name = layer["name"].as_str().unwrap();
        assert_eq!(layers["blobs"][name], json!({"size": layer["size"], "mediaType": layer["mediaType"]}));
    }
    assert_eq!(layers["blobs"][image.config_digest()], json!({"size": null, "mediaType": SCHEMA_2_CONFIG}));
    assert!(has(&image.digest) && !has(&other.digest) && !has(&other.config_digest()));
    let upper = other.layers[1]["name"].as_str().unwrap();
    assert!(!has(upper), "a layer of an image in another stream");
    assert_eq!(cluster.registry().get("imagestreams/none/layers").failure(), (404, "NotFound", "imagestreams", "none"));
}

#[test]
fn a_pull_through_tries_the_newest_images_of_other_registries_first() {
    let cluster = Cluster::new();
    cluster.alice().post("imagestreams", &stream("web")).expect(201);
    let registry = cluster.registry();
    for (tag, number, host) in
        [("a", 1, "quay.io"), ("a", 2, "ghcr.io"), ("b", 3, REGISTRY), ("b", 4, "docker.io"), ("c", 5, REGISTRY)]
    {
        let image = Pushed::image(number);
        let mut mapping = image.mapping("web", tag);
        mapping["image"]["dockerImageReference"] = json!(format!("{host}/shop/web@{}", image.digest));
        registry.post("imagestreammappings", &mapping).expect(201);
    }
    let stream = registry.get("imagestreams/web").expect(200);
    let (own, _) = stream["status"]["dockerImageRepository"].as_str().unwrap().split_once('/').unwrap();
    let hosts: Vec<String> = events(&stream)
        .iter()
        .map(|event| event["dockerImageReference"].as_str().unwrap().split_once('/').unwrap().0.to_owned())
        .filter(|host| host != own)
        .collect();
    assert_eq!(hosts, ["ghcr.io", "docker.io", "quay.io"]);
}

fn sign(registry: &Client, name: &str, content: &str) -> Answer {
    let signature = json!({
        "kind": "ImageSignature", "apiVersion": "image.openshift.io/v1",
        "metadata": {"name": name, "creationTimestamp": null}, "type": "atomic", "content": content,
    });
    registry.post("imagesignatures", &signature)
}

#[test]
fn signatures_are_stored_once_and_read_through_the_stream() {
    let cluster = Cluster::new();
    let image = Pushed::image(1);
    assert_eq!(push(&cluster, &image, "web", "latest"), Push::Done);
    let registry = cluster.registry();
    let name = format!("{}@4d2a", image.digest);
    sign(&registry, &name, "b25l").expect(201);
    assert_eq!(sign(&registry, &name, "b25l").failure().1, "AlreadyExists");
    assert_eq!(sign(&registry, &name, "not base 64").failure().1, "BadRequest");
    let unknown = Pushed::image(2).digest;
    assert_eq!(sign(&registry, &format!("{unknown}@4d2a"), "b25l").failure(), (404, "NotFound", "images", &*unknown));

    let read = registry.get(&format!("imagestreamimages/web@{}", image.digest)).expect(200);
    let signatures = read["image"]["signatures"].as_array().unwrap();
    let [signature] = signatures.as_slice() else { panic!("{signatures:?}") };
    assert_eq!(
        (&signature["metadata"]["name"], &signature["type"], &signature["content"]),
        (&json!(name), &json!("atomic"), &json!("b25l"))
    );
}

#[test]
fn a_manifest_may_be_deleted_when_no_tag_of_the_stream_has_it() {
    let cluster = Cluster::new();
    let image = Pushed::image(1);
    assert_eq!(push(&cluster, &image, "web", "latest"), Push::Done);
    let registry = cluster.registry();
    let referenced = || pull(&registry, "web", &image.digest).is_some();
    assert!(referenced(), "the registry refuses to delete the manifest");
    cluster.alice().delete("imagestreamtags/web:latest").expect(200);
    assert!(!referenced());
    registry.delete(&format!("images/{}", image.digest)).expect(200);
    assert_eq!(registry.get(&format!("images/{}", image.digest)).code, 404);
}

#[test]
fn a_lost_tag_is_restored_from_its_image() {
    let cluster = Cluster::new();
    let image = Pushed::image(1);
    assert_eq!(push(&cluster, &image, "web", "latest"), Push::Done);
    cluster.alice().delete("imagestreamtags/web:latest").expect(200);
    let registry = cluster.registry();
    let stored = registry.get("images").expect(200)["items"][0].clone();
    assert_eq!(stored["metadata"]["annotations"]["openshift.io/image.managed"], "true");
    let mut found = stored.clone();
    for member in ["resourceVersion", "uid", "creationTimestamp"] {
        found["metadata"].as_object_mut().unwrap().remove(member);
    }
    let mut mapping = image.mapping("web", "restored");
    mapping["image"] = found;
    registry.post("imagestreammappings", &mapping).expect(201);
    let stream = registry.get("imagestreams/web").expect(200);
    assert_eq!(latest(&stream, "restored").unwrap()["dockerImageReference"], image.reference("web"));
    assert_eq!(registry.get("images").expect(200)["items"], json!([stored]));
}
