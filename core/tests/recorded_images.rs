//! Images are created, updated and read as by the real server: its recorded responses, replayed.
//!
//! Only what is derived, kept or dropped is compared: the members whose name starts with `dockerImage`, and the
//! annotations.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic, its helpers too")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use imagestream::api::{Image, Time};
use imagestream::json::{Names, decode};
use imagestream::rules::image_strategy::{prepare_for_create, prepare_for_read, prepare_for_update};
use serde_json::Value;

const API: &str = "/apis/image.openshift.io/v1";
const NOW: &str = "2026-01-02T03:04:05Z";

/// The images of one recording, and the tags that name them.
#[derive(Default)]
struct Replay {
    images: BTreeMap<String, Image>,
    tags: BTreeMap<String, String>,
    compared: usize,
}

/// Replays a recording; returns the number of compared images.
fn replay(name: &str) -> usize {
    let scenario = recording("scenarios", name);
    let answers = recording("expected", name);
    let mut replay = Replay::default();
    for (step, answer) in steps(&scenario).iter().zip(steps(&answers)) {
        assert_eq!(step["id"], answer["id"], "{name}");
        replay.step(step, answer, &format!("{name}: {}", step["id"]));
    }
    replay.compared
}

fn recording(folder: &str, name: &str) -> Value {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/conformance");
    let text = fs::read_to_string(data.join(folder).join(format!("{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn steps(recording: &Value) -> &Vec<Value> {
    recording["steps"].as_array().unwrap()
}

impl Replay {
    fn step(&mut self, step: &Value, answer: &Value, what: &str) {
        let path = step["path"].as_str().unwrap().strip_prefix(API).unwrap_or_default();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        let status = answer["status"].as_i64().unwrap();
        let table = step["headers"]["Accept"].is_string();
        match (step["method"].as_str().unwrap(), parts.as_slice(), status) {
            (_, _, 200..300) if query.contains("dryRun") || table => {}
            ("POST", ["namespaces", _, "imagestreammappings"], 201) => self.push(&step["body"]),
            ("POST", ["images"], 201) => {
                self.create(&step["body"], answer["body"]["metadata"]["name"].as_str().unwrap());
                self.compare(&answer["body"], what);
            }
            ("PUT", ["images", name], 200) => {
                self.update(&step["body"], name);
                self.compare(&answer["body"], what);
            }
            ("GET", ["images", _], 200) => self.compare(&answer["body"], what),
            ("GET", ["namespaces", _, "imagestreamtags" | "imagetags" | "imagestreamimages", _], 200) => {
                self.compare_read(&answer["body"]["image"], what);
            }
            ("GET", ["namespaces", _, "imagestreamtags" | "imagetags", tag], 500) if query.is_empty() => {
                let error = self.read(&self.tags[*tag]).unwrap_err();
                assert_eq!(answer["body"]["message"], error, "{what}");
                self.compared += 1;
            }
            _ => {}
        }
    }

    fn push(&mut self, mapping: &Value) {
        let name = mapping["image"]["metadata"]["name"].as_str().unwrap();
        let tag = format!("{}:{}", mapping["metadata"]["name"].as_str().unwrap(), mapping["tag"].as_str().unwrap());
        self.tags.insert(tag, name.to_owned());
        if !self.images.contains_key(name) {
            self.create(&mapping["image"], name);
        }
    }

    fn create(&mut self, image: &Value, name: &str) {
        let mut image = read_image(image);
        prepare_for_create(&mut image, now());
        self.images.insert(name.to_owned(), image);
    }

    fn update(&mut self, image: &Value, name: &str) {
        let mut image = read_image(image);
        let _ = prepare_for_update(&mut image, &self.images[name], now());
        self.images.insert(name.to_owned(), image);
    }

    fn read(&self, name: &str) -> Result<Image, String> {
        let mut image = self.images[name].clone();
        prepare_for_read(&mut image, now()).map_err(|error| error.to_string())?;
        Ok(image)
    }

    fn compare(&mut self, answer: &Value, what: &str) {
        let image = &self.images[answer["metadata"]["name"].as_str().unwrap()];
        let ours = serde_json::to_value(image).unwrap();
        assert_eq!(derived(&ours), derived(answer), "{what}");
        assert_eq!(ours["metadata"]["annotations"], answer["metadata"]["annotations"], "{what}");
        self.compared += 1;
    }

    fn compare_read(&mut self, answer: &Value, what: &str) {
        let image = self.read(answer["metadata"]["name"].as_str().unwrap()).unwrap();
        let ours = serde_json::to_value(image).unwrap();
        assert_eq!(derived(&ours), derived(answer), "{what}");
        self.compared += 1;
    }
}

fn read_image(body: &Value) -> Image {
    decode(body.to_string().as_bytes(), Names::Exact).unwrap()
}

fn now() -> Time {
    NOW.parse().unwrap()
}

/// The texts, and what is derived from them. The reference is left out: mappings and tags fill it in.
fn derived(image: &Value) -> BTreeMap<String, Value> {
    let text = image.to_string().replace("<time>", NOW);
    let image: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
    let members = image.into_iter();
    members.filter(|(name, _)| name.starts_with("dockerImage") && name != "dockerImageReference").collect()
}

/// Every recording, and the number of images that must have been compared.
fn replay_all(recordings: &[(&str, usize)]) {
    let compared: Vec<_> = recordings.iter().map(|&(name, _)| (name, replay(name))).collect();
    assert_eq!(compared, recordings);
}

#[test]
fn manifests_of_every_format() {
    replay_all(&[
        ("mapping-manifest-list", 9),
        ("mapping-manifest-list-time", 5),
        ("mapping-manifest-oci", 6),
        ("mapping-manifest-schema1", 7),
        ("mapping-manifest-schema2", 7),
        ("mapping-manifest-schema2-no-config", 8),
        ("mapping-manifest-stored-elsewhere", 3),
    ]);
}

#[test]
fn images_that_are_created() {
    replay_all(&[("image-create", 6), ("mapping-create-with-schema2", 4), ("mapping-digest-mismatch", 2)]);
}

#[test]
fn images_that_are_updated() {
    replay_all(&[("image-update", 38)]);
}

#[test]
fn images_that_are_pushed_and_read() {
    replay_all(&[("mapping-image-exists", 4), ("realistic-push-sequence", 3), ("isimage-get", 8), ("istag-get", 3)]);
}
