//! Repair: what is intact in a damaged file comes back as it was, and nothing else does.
//!
//! The number of damaged copies is 120, or that of `REPAIR_CASES`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failure here is a failed test")]

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use imagestream::api::{Image, ImageStream};
use imagestream::rules::{Digest, ImmutableRule};
use imagestream::transfer::{Bytes, ImportOptions, import};
use imagestream::{ErrorKind, ImageStore, ListParams, PostParams, RepairReport};
use imagestream_tests::objects::{assert_sound, create_stream, mapping};

/// Numbers that look random, the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }
}

/// What a store has, without resource versions.
#[derive(Debug, Default, PartialEq)]
struct Content {
    images: BTreeMap<String, Image>,
    streams: BTreeMap<String, ImageStream>,
}

impl Content {
    fn of(store: &ImageStore) -> Self {
        let list = ListParams::default();
        let mut content = Self::default();
        for mut image in store.images().list(&list).unwrap().items {
            image.metadata.resource_version.clear();
            content.images.insert(image.metadata.name.clone(), image);
        }
        for mut stream in store.namespace("").image_streams().list(&list).unwrap().items {
            stream.metadata.resource_version.clear();
            content.streams.insert(stream.metadata.name.clone(), stream);
        }
        content
    }

    /// Asserts that nothing is wrong in what came back: images are as they were, and so is everything of streams that is there.
    fn assert_is_part_of(&self, original: &Self, what: &str) {
        for (name, image) in &self.images {
            assert_eq!(Some(image), original.images.get(name), "{what}: {name}");
        }
        for (name, stream) in &self.streams {
            let before = original.streams.get(name).unwrap_or_else(|| panic!("{what}: {name} was not there"));
            assert_eq!(stream.metadata, before.metadata, "{what}");
            for tag in &stream.spec.tags {
                assert!(before.spec.tags.contains(tag), "{what}: {name}: {tag:?}");
            }
            for tag in &stream.status.tags {
                let whole = before.status.tags.iter().find(|whole| whole.tag == tag.tag);
                let whole = whole.unwrap_or_else(|| panic!("{what}: {name}:{} was not there", tag.tag));
                let (items, all) = (tag.items.clone().unwrap_or_default(), whole.items.clone().unwrap_or_default());
                assert!(all.starts_with(&items), "{what}: {name}:{}: the newest entries", tag.tag);
                assert_eq!(tag.conditions, whole.conditions);
            }
        }
    }
}

/// A closed store with 300 images with texts in the histories of 12 streams. Images, a stream and a tag were deleted, so that
/// the file also has pages of the past.
fn damageable(path: &Path) -> Content {
    let store = ImageStore::builder().checkpoint_bytes(64 << 10).open(path).unwrap();
    for stream in 0..13 {
        create_stream(&store, &format!("s{stream}")).unwrap();
    }
    let mut names = Vec::new();
    for number in 0..330_u64 {
        let mut pushed = mapping(&format!("s{}", number % 13), &format!("v{}", number % 5), number);
        let manifest = format!(r#"{{"schemaVersion": 2, "n": {number}, "pad": "{}"}}"#, "x".repeat(900));
        let name = Digest::of(manifest.as_bytes()).to_string();
        pushed.image.docker_image_reference = format!("registry.example.com/shop/web@{name}");
        pushed.image.docker_image_manifest = manifest;
        pushed.image.metadata.name.clone_from(&name);
        names.push(name);
        pushed.image.docker_image_config = format!(r#"{{"os": "linux", "n": {number}}}"#);
        let _ = store.namespace("shop").mappings().create(&PostParams::default(), &pushed).unwrap();
    }
    let delete = imagestream::DeleteParams::default();
    let _ = store.namespace("shop").image_streams().delete("s12", &delete).unwrap();
    store.namespace("shop").image_stream_tags().delete("s3:v3", &delete).unwrap();
    for name in &names[300..] {
        let _ = store.images().delete(name, &delete).unwrap();
    }
    let rule = ImmutableRule { pattern: "shop/s1:v1".parse().unwrap(), except: Vec::new() };
    store.add_immutable_rule(&rule).unwrap();
    // A tag without an entry, whose import has failed.
    let failed = br#"{"kind": "ImageStream", "apiVersion": "image.openshift.io/v1", "metadata": {"name": "failed", "namespace": "shop",
        "uid": "f", "creationTimestamp": "2026-01-01T00:00:00Z"}, "status": {"tags": [{"tag": "x", "items": null, "conditions":
        [{"type": "ImportSuccess", "status": "False", "generation": 1}]}]}}"#;
    let source = Bytes { name: "failed.json", bytes: failed };
    import(&store, &[&source], &ImportOptions::default(), &mut |_| ControlFlow::Continue(())).unwrap();
    let content = Content::of(&store);
    assert_eq!((content.images.len(), content.streams.len()), (300, 13));
    store.close().unwrap();
    content
}

fn repaired(bytes: &[u8]) -> Result<(Content, RepairReport), imagestream::Error> {
    let damaged = redb::backends::InMemoryBackend::new();
    redb::StorageBackend::set_len(&damaged, bytes.len() as u64).unwrap();
    redb::StorageBackend::write(&damaged, 0, bytes).unwrap();
    let store = ImageStore::in_memory()?;
    let report = store.restore_intact(&damaged)?;
    assert_sound(&store);
    Ok((Content::of(&store), report))
}

fn tags(content: &Content) -> usize {
    content.streams.values().map(|stream| stream.status.tags.len()).sum()
}

#[test]
fn an_intact_store_comes_back_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.redb");
    let original = damageable(&path);
    let (content, report) = repaired(&fs::read(&path).unwrap()).unwrap();
    assert!(content == original, "{:?}", report.missing);
    assert_eq!((report.is_complete, report.missing.len(), report.orphans), (true, 0, 0));
    assert_eq!((report.images, report.image_streams), (300, 13));
}

#[test]
fn everything_that_is_intact_comes_back_from_damaged_copies() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.redb");
    let original = damageable(&path);
    let bytes = fs::read(&path).unwrap();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let copies = std::env::var("REPAIR_CASES").map_or(120, |cases| cases.parse().unwrap());
    let (mut whole, mut damaged, mut worst, mut sum) = ([0; 4], [0; 4], [usize::MAX; 4], [0; 4]);
    for copy in 0..copies {
        let mut bytes = bytes.clone();
        let kind = copy % 4;
        let what = match kind {
            0 => {
                let bit = random.below(bytes.len() * 8);
                bytes[bit / 8] ^= 1 << (bit % 8);
                format!("bit {bit}")
            }
            1 => {
                let sector = random.below(bytes.len() / 512) * 512;
                bytes[sector..sector + 512].fill_with(|| u8::try_from(random.below(256)).unwrap());
                format!("sector at {sector}")
            }
            2 => {
                let bits: Vec<_> = (0..10).map(|_| random.below(bytes.len() * 8)).collect();
                for bit in &bits {
                    bytes[bit / 8] ^= 1 << (bit % 8);
                }
                format!("bits {bits:?}")
            }
            _ => {
                bytes.truncate(bytes.len() / 2 + random.below(bytes.len() / 2));
                format!("cut to {}", bytes.len())
            }
        };
        let (content, report) = repaired(&bytes).unwrap_or_else(|error| panic!("{what}: {error}"));
        if report.orphans == 0 {
            content.assert_is_part_of(&original, &what);
        } else {
            let streams = Content { images: BTreeMap::new(), streams: content.streams.clone() };
            streams.assert_is_part_of(&original, &what);
        }
        if content == original {
            whole[kind] += 1;
        } else {
            damaged[kind] += 1;
            assert!(
                !report.missing.is_empty() || !report.is_complete,
                "{what}: nothing is said to be missing of {} images and {} tags: {report:?}",
                content.images.len(),
                tags(&content)
            );
        }
        let found = content.images.len() + tags(&content);
        worst[kind] = worst[kind].min(found);
        sum[kind] += found;
    }
    let mean = sum.map(|sum| sum * 4 / copies);
    println!(
        "whole {whole:?}, not whole {damaged:?}, images and tags: fewest {worst:?}, mean {mean:?}, all {}",
        300 + tags(&original)
    );
    // A single bit is always mended.
    assert_eq!(damaged[0], 0);
}

#[test]
fn the_damaged_file_is_only_read_and_the_new_one_must_be_new() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| -> PathBuf { folder.path().join(name) };
    let original = damageable(&at("shop.redb"));
    let mut bytes = fs::read(at("shop.redb")).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0xee);
    fs::write(at("shop.redb"), &bytes).unwrap();
    let report = ImageStore::builder().repair(at("shop.redb"), at("new.redb")).unwrap();
    assert!(fs::read(at("shop.redb")).unwrap() == bytes, "the damaged file was changed");
    let repaired = ImageStore::open(at("new.redb")).unwrap();
    assert_sound(&repaired);
    let streams = Content { images: BTreeMap::new(), ..Content::of(&repaired) };
    streams.assert_is_part_of(&original, "a block");
    assert_eq!(repaired.tag_rules().unwrap().immutable.len(), 1);
    assert!(report.images > 250, "{report:?}");
    let kind = |from: &str, to: &str| {
        let error = ImageStore::builder().repair(at(from), at(to)).unwrap_err();
        error.kind().clone()
    };
    assert!(matches!(kind("shop.redb", "new.redb"), ErrorKind::Locked { .. } | ErrorKind::Io { .. }));
    assert!(matches!(kind("new.redb", "other.redb"), ErrorKind::Locked { .. }), "somebody has it open");
    assert!(matches!(kind("nothing.redb", "other.redb"), ErrorKind::NoSuchStore { .. }));
    fs::write(at("text"), "a text that is no store").unwrap();
    assert!(matches!(kind("text", "other.redb"), ErrorKind::NotAStore { .. }));
    assert!(!at("other.redb").exists());
}
