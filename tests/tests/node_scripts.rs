//! The npm package behaves like the library: random request scripts, run on both with the same clock and uids, give the
//! same responses, the same lists, and byte for byte the same rows.
//!
//! `cargo xtask test` builds the package and runs this; by hand: `cargo xtask dist`, then `cargo test --test
//! node_scripts -- --ignored`.
#![allow(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use bytes::Bytes;
use http::{Method, Request};
use imagestream::api::Time;
use imagestream::{Clock, ImageStore, UidSource, request};
use imagestream_tests::node::NodeStore;
use imagestream_tests::objects::digest;
use imagestream_tests::store_file;
use serde_json::{Value, json};

const SCRIPTS: u64 = 1000;
const STEPS: u64 = 15;
const REGISTRY: &str = "registry.example.com:5000";
const START: i64 = 1_900_000_000;
/// The state row, which has the id of the store.
const STATE: u8 = 1;

struct Same {
    time: AtomicI64,
    uids: AtomicU64,
}

impl Clock for Same {
    fn now(&self) -> Time {
        Time::from_unix(self.time.load(Ordering::Relaxed))
    }
}

impl UidSource for Same {
    fn uid(&self) -> String {
        format!("00000000-0000-4000-8000-{:012x}", self.uids.fetch_add(1, Ordering::Relaxed))
    }
}

/// Reproducible pseudo-random numbers (`SplitMix64`).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices.get(usize::try_from(self.below(choices.len() as u64)).unwrap()).unwrap()
    }
}

/// A random request: method, path and body.
fn step(numbers: &mut Numbers) -> (Method, String, Value) {
    let stream = numbers.of(&["api", "web"]);
    let tag = numbers.of(&["latest", "one", "two"]);
    let image = numbers.below(6);
    let namespaced = |path: String| format!("/apis/image.openshift.io/v1/namespaces/shop/{path}");
    let from = match numbers.below(3) {
        0 => json!({"kind": "ImageStreamTag", "name": numbers.of(&["latest", "one", "web:two"])}),
        1 => json!({"kind": "ImageStreamImage", "name": format!("{stream}@{}", digest(image))}),
        _ => json!({"kind": "DockerImage", "name": format!("quay.io/a/b:{image}")}),
    };
    match numbers.below(10) {
        0 => {
            let tags = json!([{"name": tag, "from": from}]);
            let labels = json!({"n": image.to_string()});
            let stream = json!({"metadata": {"name": stream, "labels": labels}, "spec": {"tags": tags}});
            (Method::POST, namespaced("imagestreams".to_owned()), stream)
        }
        1 => (Method::DELETE, namespaced(format!("imagestreams/{stream}")), Value::Null),
        2 => {
            let body = json!({"metadata": {"name": format!("{stream}:{tag}")}, "tag": {"name": tag, "from": from}});
            (Method::PUT, namespaced(format!("imagestreamtags/{stream}:{tag}")), body)
        }
        3 => (Method::DELETE, namespaced(format!("imagestreamtags/{stream}:{tag}")), Value::Null),
        4 => {
            let body = json!({"metadata": {"annotations": {"n": image.to_string()}}});
            (Method::PATCH, namespaced(format!("imagestreams/{stream}")), body)
        }
        5 => (Method::DELETE, format!("/apis/image.openshift.io/v1/images/{}", digest(image)), Value::Null),
        _ => {
            let reference = match numbers.below(3) {
                0 => format!("{REGISTRY}/shop/{stream}@{}", digest(image)),
                1 => "quay.io/shared/by:all".to_owned(),
                _ => format!("quay.io/shop/{stream}@{}", digest(image)),
            };
            let image = json!({"metadata": {"name": digest(image)}, "dockerImageReference": reference});
            let mapping = json!({"metadata": {"name": stream}, "tag": tag, "image": image});
            (Method::POST, namespaced("imagestreammappings".to_owned()), mapping)
        }
    }
}

fn to_request((method, path, body): (Method, String, Value)) -> Request<Bytes> {
    let content_type = if method == Method::PATCH { "application/merge-patch+json" } else { "application/json" };
    let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
    Request::builder().method(method).uri(path).header("Content-Type", content_type).body(body).unwrap()
}

const LISTS: [&str; 4] = ["images", "imagestreams", "imagestreamtags", "imagetags"];

/// All rows of a store's file except the state row.
fn rows(path: &Path) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let rows = store_file::rows(path).into_iter();
    rows.filter(|(key, _)| key.first() != Some(&STATE)).collect()
}

#[test]
#[ignore = "needs Node and the npm package"]
fn scripts_leave_the_same_rows_in_the_library_and_in_node() {
    let folder = tempfile::tempdir().unwrap();
    let options = json!({"internalRegistry": REGISTRY});
    let mut node = NodeStore::open(&options).unwrap();
    let mut accepted = 0;
    for script in 0..SCRIPTS {
        let same = Arc::new(Same { time: AtomicI64::new(START), uids: AtomicU64::new(0) });
        let path = folder.path().join("library.redb");
        let builder = ImageStore::builder().clock(same.clone()).uids(same.clone()).internal_registry(REGISTRY);
        let library = builder.open(&path).unwrap();
        same.uids.store(0, Ordering::Relaxed);
        node.begin(&options).unwrap();

        let mut numbers = Numbers(script);
        let lists = LISTS.map(|list| (Method::GET, format!("/apis/image.openshift.io/v1/{list}"), Value::Null));
        let steps: Vec<_> = (0..STEPS).map(|_| step(&mut numbers)).chain(lists).collect();
        for step in steps {
            let shown = format!("script {script}: {step:?}");
            let now = Time::from_unix(same.time.fetch_add(1, Ordering::Relaxed) + 1);
            let request = to_request(step);
            let expected = request::handle(&library, &request, None);
            let found = node.handle(&request, None, now).unwrap();
            assert_eq!(found.status(), expected.status(), "{shown}");
            accepted += u64::from(expected.status().is_success());
            let (expected, found) = (expected.into_body().into_bytes(), found.into_body());
            assert_eq!(String::from_utf8_lossy(&found), String::from_utf8_lossy(&expected), "{shown}");
        }
        drop(library);
        let exported = folder.path().join("node.redb");
        node.export(&exported).unwrap();
        assert!(rows(&exported) == rows(&path), "script {script} leaves other rows");
        std::fs::remove_file(&path).unwrap();
    }
    assert!(accepted > SCRIPTS * STEPS / 2, "too few requests were accepted to prove anything: {accepted}");
}
