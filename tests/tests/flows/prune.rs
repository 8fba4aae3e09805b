//! `oc adm prune images` against a store that serves the workloads of a dump.
//!
//! Its decisions are repeated here from the responses, and must lead to the same store as our plan.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use imagestream::api::Time;
use imagestream::rules::ImageReference;
use imagestream::transfer::{Bytes as InMemory, ImportOptions, PathSource, import, read_workloads};
use imagestream::{ImageStore, ListParams, PruneMode, PruneParams, User, Workloads, request};

use super::*;

const AS_OF: &str = "2027-01-01T00:00:00Z";

/// The kinds of workloads that it lists, with their paths.
const WORKLOADS: [&str; 11] = [
    "/api/v1/pods",
    "/api/v1/replicationcontrollers",
    "/apis/apps.openshift.io/v1/deploymentconfigs",
    "/apis/apps/v1/replicasets",
    "/apis/apps/v1/deployments",
    "/apis/apps/v1/daemonsets",
    "/apis/apps/v1/statefulsets",
    "/apis/batch/v1/jobs",
    "/apis/batch/v1/cronjobs",
    "/apis/build.openshift.io/v1/buildconfigs",
    "/apis/build.openshift.io/v1/builds",
];

/// A cluster's dump, where some histories are long, and workloads use some of its images.
fn dump() -> (ImageStore, Workloads) {
    let dump = PathSource::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("data/dumps/cluster.yaml"));
    let store = ImageStore::in_memory().unwrap();
    import(&store, &[&dump], &ImportOptions::default(), &mut |_| ControlFlow::Continue(())).unwrap();
    let workloads = workloads(&store);
    let served = ImageStore::builder().workloads(workloads.clone()).open_in_memory().unwrap();
    import(&served, &[&dump], &ImportOptions::default(), &mut |_| ControlFlow::Continue(())).unwrap();
    (served, workloads)
}

/// Every third tag and every fifth entry of a history is used, by workloads of all kinds in turn.
fn workloads(store: &ImageStore) -> Workloads {
    let mut specs = Vec::new();
    for stream in store.namespace("").image_streams().list(&ListParams::default()).unwrap().items {
        let (namespace, name) = (&stream.metadata.namespace, &stream.metadata.name);
        for (number, tag) in stream.status.tags.iter().enumerate() {
            if number % 3 == 0 {
                specs.push(format!("some.registry/{namespace}/{name}:{}", tag.tag));
            }
            for entry in tag.items.iter().flatten().step_by(5).skip(usize::from(number % 2 == 0)) {
                specs.push(format!("some.registry:5000/{namespace}/{name}@{}", entry.image));
            }
        }
    }
    let object = |number: usize, image: &str| {
        let pod = json!({"containers": [{"name": "a", "image": image}]});
        let (kind, version, spec) = match number % 5 {
            0 => ("Pod", "v1", pod),
            1 => ("Deployment", "apps/v1", json!({"template": {"spec": pod}})),
            2 => ("CronJob", "batch/v1", json!({"jobTemplate": {"spec": {"template": {"spec": pod}}}})),
            3 => {
                let from = json!({"kind": "DockerImage", "name": image});
                ("Build", "build.openshift.io/v1", json!({"strategy": {"sourceStrategy": {"from": from}}}))
            }
            _ => ("DeploymentConfig", "apps.openshift.io/v1", json!({"template": {"spec": pod}})),
        };
        json!({"kind": kind, "apiVersion": version, "spec": spec, "status": {"phase": "Running"},
            "metadata": {"name": format!("use-{number}"), "namespace": "run", "creationTimestamp": "2026-01-01T00:00:00Z"}})
    };
    assert!(specs.len() > 20, "{specs:?}");
    let items: Vec<_> = specs.iter().enumerate().map(|(number, image)| object(number, image)).collect();
    let text = json!({"kind": "List", "apiVersion": "v1", "items": items}).to_string();
    read_workloads(&[&InMemory { name: "workloads.json", bytes: text.as_bytes() }]).unwrap()
}

fn send(store: &ImageStore, method: Method, path: &str, body: &Value) -> Value {
    let request = Request::builder().method(method).uri(path).header("Content-Type", "application/json");
    let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
    let response = request::handle(store, &request.body(body).unwrap(), Some(User::system_admin()));
    let code = response.status();
    let answer: Value = serde_json::from_slice(&response.into_body().into_bytes()).unwrap();
    assert!(code.is_success(), "{path}: {answer}");
    answer
}

fn get(store: &ImageStore, path: &str) -> Value {
    send(store, Method::GET, path, &Value::Null)
}

/// Every member `image` of containers, and `from.name` of builds.
fn pull_specs(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| pull_specs(value, found)),
        Value::Object(members) => members.iter().for_each(|(name, value)| match value {
            Value::String(text) if name == "image" => found.push(text.clone()),
            Value::Object(from) if name == "from" => found.push(from["name"].as_str().unwrap().to_owned()),
            _ => pull_specs(value, found),
        }),
        _ => {}
    }
}

/// What it does: the numbers of removed entries and of deleted images.
fn oc_adm_prune_images(store: &ImageStore, revisions: usize) -> (usize, usize) {
    let mut used = BTreeSet::new();
    for path in WORKLOADS {
        let list = get(store, &format!("{path}?limit=500"));
        let mut specs = Vec::new();
        pull_specs(&list["items"], &mut specs);
        for spec in specs {
            let ImageReference { namespace, name, tag, id, .. } = spec.parse().unwrap();
            used.insert((namespace, name, tag, id));
        }
    }
    let images: BTreeMap<String, Value> = get(store, "/apis/image.openshift.io/v1/images")["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|image| (image["metadata"]["name"].as_str().unwrap().to_owned(), image.clone()))
        .collect();
    let streams = get(store, "/apis/image.openshift.io/v1/imagestreams");
    let (mut removed, mut remaining) = (0, BTreeSet::new());
    for stream in streams["items"].as_array().unwrap() {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (namespace, name) = (text(&stream["metadata"]["namespace"]), text(&stream["metadata"]["name"]));
        let mut new = stream.clone();
        let mut dropped = 0;
        let mut tags = Vec::new();
        for tag in stream["status"]["tags"].as_array().into_iter().flatten() {
            let tag_name = text(&tag["tag"]);
            let is_used =
                |tag: &str, image: &str| used.contains(&(namespace.clone(), name.clone(), tag.into(), image.into()));
            let entries = tag["items"].as_array().cloned().unwrap_or_default();
            let kept: Vec<_> = entries
                .iter()
                .enumerate()
                .filter(|(revision, entry)| {
                    let image = text(&entry["image"]);
                    *revision == 0 && is_used(&tag_name, "")
                        || images.contains_key(&image) && (*revision < revisions || is_used("", &image))
                })
                .map(|(_, entry)| entry.clone())
                .collect();
            dropped += entries.len() - kept.len();
            remaining.extend(kept.iter().map(|entry| text(&entry["image"])));
            let mut tag = tag.clone();
            if !kept.is_empty() || entries.is_empty() {
                tag["items"] = json!(kept);
                tags.push(tag);
            }
        }
        if dropped > 0 {
            new["status"]["tags"] = json!(tags);
            let path = format!("/apis/image.openshift.io/v1/namespaces/{namespace}/imagestreams/{name}/status");
            let _ = send(store, Method::PUT, &path, &new);
        }
        removed += dropped;
    }
    for (name, image) in &images {
        if remaining.contains(name) {
            let members = image["dockerImageManifests"].as_array().into_iter().flatten();
            remaining.extend(members.map(|member| member["digest"].as_str().unwrap().to_owned()));
        }
    }
    let mut deleted = 0;
    for name in images.keys().filter(|name| !remaining.contains(*name)) {
        let _ = send(store, Method::DELETE, &format!("/apis/image.openshift.io/v1/images/{name}"), &Value::Null);
        deleted += 1;
    }
    (removed, deleted)
}

/// Histories and images, without versions.
fn content(store: &ImageStore) -> (Vec<Value>, Vec<String>) {
    let list = ListParams::default();
    let streams = store.namespace("").image_streams().list(&list).unwrap().items;
    let histories = streams.iter().map(|stream| json!([stream.metadata.name, stream.spec, stream.status])).collect();
    let images = store.images().list(&list).unwrap().items;
    (histories, images.into_iter().map(|image| image.metadata.name).collect())
}

#[test]
fn it_deletes_what_our_plan_deletes() {
    for revisions in [0, 1, 3] {
        let (of_oc, workloads) = dump();
        let (ours, _) = dump();
        let mode = PruneMode::Age { keep_younger_than: Duration::from_secs(3600), keep_tag_revisions: revisions };
        let as_of = Some(AS_OF.parse::<Time>().unwrap());
        let plan = ours.plan_prune(&workloads, &PruneParams { mode, as_of, ..PruneParams::default() }).unwrap();
        let done = ours.apply_prune(&plan).unwrap();
        let (removed, deleted) = oc_adm_prune_images(&of_oc, revisions);
        assert_eq!((done.entries, done.images), (removed as u64, deleted as u64), "{revisions}");
        assert!(removed > 0 || revisions > 1);
        assert_eq!(content(&of_oc), content(&ours), "{revisions}");
    }
}

#[test]
fn workloads_are_listed_and_read_as_they_are() {
    let pods = json!({"kind": "PodList", "apiVersion": "v1", "items": [
        {"metadata": {"name": "b", "namespace": "shop", "labels": {"app": "web"}}, "spec": {"containers": [{"image": "c"}]},
            "status": {"phase": "Failed"}, "unknown": {"kind": [1.50, null]}},
        {"metadata": {"name": "a", "namespace": "shop"}, "status": {"phase": "Running"}},
        {"metadata": {"name": "a", "namespace": "other"}}]});
    let text = pods.to_string();
    let workloads = read_workloads(&[&InMemory { name: "pods.json", bytes: text.as_bytes() }]).unwrap();
    let store = ImageStore::builder().workloads(workloads).open_in_memory().unwrap();
    let list = get(&store, "/api/v1/pods");
    assert_eq!((&list["kind"], &list["apiVersion"]), (&json!("PodList"), &json!("v1")));
    assert_eq!(list["items"], json!([pods["items"][2], pods["items"][1], pods["items"][0]]), "by namespace and name");
    let names = |query: &str| {
        let list = get(&store, &format!("/api/v1/{query}"));
        let items = list["items"].as_array().unwrap().iter();
        items.map(|item| item["metadata"]["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names("namespaces/shop/pods"), ["a", "b"]);
    assert_eq!(names("pods?labelSelector=app%3Dweb"), ["b"]);
    assert_eq!(names("pods?fieldSelector=status.phase%3DRunning"), ["a"]);
    assert_eq!(names("pods?fieldSelector=metadata.name%3Da"), ["a", "a"]);
    let mut one = get(&store, "/api/v1/namespaces/shop/pods/b");
    assert_eq!((one["kind"].take(), one["apiVersion"].take()), (json!("Pod"), json!("v1")));
    assert_eq!(one["unknown"], pods["items"][0]["unknown"]);
    let answer = |method: Method, path: &str| {
        let request = Request::builder().method(method).uri(path).body(Bytes::new()).unwrap();
        request::handle(&store, &request, Some(User::system_admin())).status().as_u16()
    };
    assert_eq!(answer(Method::GET, "/api/v1/namespaces/shop/pods/c"), 404);
    assert_eq!(answer(Method::DELETE, "/api/v1/namespaces/shop/pods/b"), 405);
    assert_eq!(answer(Method::GET, "/apis/apps/v1/namespaces/shop/deployments/b"), 404);
}
