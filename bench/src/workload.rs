//! Mappings as a registry sends them.

use imagestream::api::{ImageStream, ImageStreamMapping, media_type};
use imagestream::{ImageStore, PostParams};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::rows::raw_digest;

/// The namespace of all streams.
pub(crate) const NAMESPACE: &str = "shop";
/// The stream that most mappings go to, into its tag `latest`.
pub(crate) const STREAM: &str = "web";
/// The tag that most mappings go to.
pub(crate) const TAG: &str = "latest";
/// Mappings in a large transaction.
pub(crate) const BATCH: usize = 1_000;

const MANIFEST: &str = include_str!("../../tests/data/manifests/schema2.json");
const CONFIG: &str = include_str!("../../tests/data/manifests/schema2-config.json");
/// Layers that many images share, like those of a base image.
const SHARED_LAYERS: usize = 200;
const LAYERS: usize = 8;

/// Images with a real config, numbered, each with four layers of its own and four that it shares with others.
pub(crate) struct Workload {
    manifest: Value,
}

/// The name, manifest and config of an image.
struct Texts {
    digest: String,
    manifest: String,
    config: String,
}

impl Workload {
    /// Images with any number.
    pub(crate) fn new() -> Self {
        Self { manifest: serde_json::from_str(MANIFEST).unwrap() }
    }

    /// The name of an image.
    pub(crate) fn digest(&self, index: usize) -> String {
        self.texts(index).digest
    }

    /// The mapping of an image into the usual tag.
    pub(crate) fn mapping(&self, index: usize) -> ImageStreamMapping {
        self.mapping_into(STREAM, TAG, index)
    }

    /// The mapping of an image into any tag.
    pub(crate) fn mapping_into(&self, stream: &str, tag: &str, index: usize) -> ImageStreamMapping {
        let Texts { digest, manifest, config } = self.texts(index);
        let mut mapping = ImageStreamMapping { tag: tag.to_owned(), ..ImageStreamMapping::default() };
        stream.clone_into(&mut mapping.metadata.name);
        let image = &mut mapping.image;
        image.docker_image_reference = format!("registry.example.com:5000/{NAMESPACE}/{stream}@{digest}");
        image.metadata.name = digest;
        image.docker_image_manifest = manifest;
        image.docker_image_config = config;
        media_type::SCHEMA2.clone_into(&mut image.docker_image_manifest_media_type);
        mapping
    }

    /// The numbers of the first images, in the order of their digests.
    pub(crate) fn in_key_order(&self, images: usize) -> Vec<usize> {
        let mut order: Vec<_> = (0..images).map(|index| (raw_digest(&self.digest(index)), index)).collect();
        order.sort_unstable();
        order.into_iter().map(|(_, index)| index).collect()
    }

    fn texts(&self, index: usize) -> Texts {
        let config = CONFIG.replacen("\"architecture\"", &format!("\"comment\":\"build {index}\",\"architecture\""), 1);
        let mut manifest = self.manifest.clone();
        let layers = (0..LAYERS).map(|layer| {
            let seed = if layer < LAYERS / 2 {
                format!("shared {}", (index * 31 + layer * 7) % SHARED_LAYERS)
            } else {
                format!("own {index} {layer}")
            };
            let media_type = "application/vnd.docker.image.rootfs.diff.tar.gzip";
            json!({"mediaType": media_type, "size": 1000 + layer, "digest": digest(&seed)})
        });
        manifest["layers"] = layers.collect();
        manifest["config"]["digest"] = digest(&config).into();
        let manifest = serde_json::to_string_pretty(&manifest).unwrap();
        Texts { digest: digest(&manifest), manifest, config }
    }
}

/// Creates a stream without tags.
pub(crate) fn create_stream(store: &ImageStore, name: &str) {
    let mut stream = ImageStream::default();
    name.clone_into(&mut stream.metadata.name);
    store.namespace(NAMESPACE).image_streams().create(&PostParams::default(), &stream).unwrap();
}

/// Creates the mappings of the first images, many in one transaction.
pub(crate) fn fill(store: &ImageStore, workload: &Workload, images: usize) {
    let mappings = store.namespace(NAMESPACE).mappings();
    for start in (0..images).step_by(BATCH) {
        let batch: Vec<_> = (start..images.min(start + BATCH)).map(|index| workload.mapping(index)).collect();
        mappings.create_all(&PostParams::default(), &batch).unwrap();
    }
}

fn digest(text: &str) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(text)))
}
