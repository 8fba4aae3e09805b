//! Mappings as a registry sends them.

use imagestream::api::{ImageStream, ImageStreamMapping, media_type};
use imagestream::{ImageStore, PostParams};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::rows;

pub(crate) const NAMESPACE: &str = "shop";
pub(crate) const STREAM: &str = "web";

const MANIFEST: &str = include_str!("../../data/manifests/schema2.json");
const CONFIG: &str = include_str!("../../data/manifests/schema2-config.json");
/// Layers that many images have, as those of a base image are.
const SHARED_LAYERS: usize = 200;
const LAYERS: usize = 8;

/// Images with a real config, each with four layers of its own and four that others have too.
pub(crate) struct Workload {
    images: Vec<(String, String, String)>,
}

impl Workload {
    pub(crate) fn new(count: usize) -> Self {
        Self { images: (0..count).map(image).collect() }
    }

    pub(crate) fn digest(&self, index: usize) -> String {
        self.images[index].0.clone()
    }

    /// The mapping of an image into the tag `latest`.
    pub(crate) fn mapping(&self, index: usize) -> ImageStreamMapping {
        let (digest, manifest, config) = &self.images[index];
        let mut mapping = ImageStreamMapping { tag: "latest".to_owned(), ..ImageStreamMapping::default() };
        STREAM.clone_into(&mut mapping.metadata.name);
        let image = &mut mapping.image;
        image.metadata.name.clone_from(digest);
        image.docker_image_reference = format!("registry.example.com:5000/{NAMESPACE}/{STREAM}@{digest}");
        image.docker_image_manifest.clone_from(manifest);
        image.docker_image_config.clone_from(config);
        media_type::SCHEMA2.clone_into(&mut image.docker_image_manifest_media_type);
        mapping
    }
}

fn image(index: usize) -> (String, String, String) {
    let config = CONFIG.replacen("\"architecture\"", &format!("\"comment\":\"build {index}\",\"architecture\""), 1);
    let mut manifest: Value = serde_json::from_str(MANIFEST).unwrap();
    let layers = (0..LAYERS).map(|layer| {
        let seed = if layer < LAYERS / 2 {
            format!("shared {}", (index * 31 + layer * 7) % SHARED_LAYERS)
        } else {
            format!("own {index} {layer}")
        };
        json!({"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "size": 1000 + layer, "digest": digest(&seed)})
    });
    manifest["layers"] = layers.collect();
    manifest["config"]["digest"] = digest(&config).into();
    let manifest = serde_json::to_string_pretty(&manifest).unwrap();
    (digest(&manifest), manifest, config)
}

fn digest(text: &str) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(text)))
}

fn stream(store: &ImageStore, name: &str) {
    let mut stream = ImageStream::default();
    name.clone_into(&mut stream.metadata.name);
    store.namespace(NAMESPACE).image_streams().create(&PostParams::default(), &stream).unwrap();
}

/// Makes the stream, and the first mappings in one transaction.
pub(crate) fn filled(store: &ImageStore, workload: &Workload, count: usize) {
    stream(store, STREAM);
    let mappings: Vec<_> = (0..count).map(|index| workload.mapping(index)).collect();
    store.namespace(NAMESPACE).mappings().create_all(&PostParams::default(), &mappings).unwrap();
}

/// Makes a stream `wide` with so many tags, each with so many entries.
pub(crate) fn wide_stream(store: &ImageStore, workload: &Workload, tags: usize, entries: usize) {
    stream(store, "wide");
    let mappings: Vec<_> = (0..tags * entries)
        .map(|index| {
            let mut mapping = workload.mapping(index);
            "wide".clone_into(&mut mapping.metadata.name);
            mapping.tag = format!("tag-{:02}", index % tags);
            mapping
        })
        .collect();
    store.namespace(NAMESPACE).mappings().create_all(&PostParams::default(), &mappings).unwrap();
}

/// The rows of a store with such a stream alone.
pub(crate) fn wide_rows(workload: &Workload) -> Vec<rows::Row> {
    let folder = tempfile::tempdir().unwrap();
    let store = ImageStore::open(folder.path().join("store.redb")).unwrap();
    wide_stream(&store, workload, 50, 5);
    drop(store);
    rows::all(&folder)
}
