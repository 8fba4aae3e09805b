//! Importing from registries while serving.

use std::fs;
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use imagestream::api::{ImageImportSpec, ImageStreamImport, LocalObjectReference, TagReference};
use imagestream::rules::waits_for_import;
use imagestream::{FetchFailure, FetchedImage, ImageStore, Importer, ListParams};
use serde::Deserialize;

use crate::registry::{self, RegistryOptions};

/// Reads images of registries with the options of the server.
pub(super) struct Registries(pub(super) RegistryOptions);

/// A description of a blob in an image layout.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Descriptor {
    media_type: String,
    digest: String,
}

/// The members of indexes and manifests that lead to others.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Document {
    config: Option<Descriptor>,
    manifests: Vec<Descriptor>,
}

impl Importer for Registries {
    fn image(&self, pull_spec: &str, insecure: bool) -> Result<FetchedImage, FetchFailure> {
        let folder = registry::fetch(pull_spec, &self.0.insecure_if(insecure))?;
        let index: Document = read(&folder.path().join("index.json"))?.1;
        let image = index.manifests.first().ok_or_else(|| FetchFailure::Other("it has no manifest".to_owned()))?;
        fetched(folder.path(), image)
    }

    fn tags(&self, repository: &str, insecure: bool) -> Result<Vec<String>, FetchFailure> {
        registry::tags(repository, &self.0.insecure_if(insecure))
    }
}

/// An image of a layout, with those of a list.
fn fetched(layout: &Path, image: &Descriptor) -> Result<FetchedImage, FetchFailure> {
    let blob = |digest: &str| layout.join("blobs").join(digest.replace(':', "/"));
    let (manifest, document) = read::<Document>(&blob(&image.digest))?;
    let config = match &document.config {
        Some(config) => fs::read_to_string(blob(&config.digest)).map_err(|error| other(&error))?,
        None => String::new(),
    };
    Ok(FetchedImage {
        digest: image.digest.clone(),
        media_type: image.media_type.clone(),
        manifest,
        config,
        members: document.manifests.iter().map(|member| fetched(layout, member)).collect::<Result<_, _>>()?,
    })
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<(String, T), FetchFailure> {
    let text = fs::read_to_string(path).map_err(|error| other(&error))?;
    let value = serde_json::from_str(&text).map_err(|error| other(&error))?;
    Ok((text, value))
}

fn other(error: &dyn std::fmt::Display) -> FetchFailure {
    FetchFailure::Other(error.to_string())
}

/// Imports again and again what is scheduled, and what waits for its first import, until it is stopped.
pub(super) struct Background {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Background {
    pub(super) fn start(store: ImageStore, interval: Duration) -> Self {
        let (stop, stopped) = channel();
        let thread = thread::spawn(move || {
            while stopped.recv_timeout(interval) == Err(RecvTimeoutError::Timeout) {
                if let Err(error) = import_waiting(&store) {
                    tracing::warn!(reason = %error, "importing in the background failed");
                }
            }
        });
        Self { stop, thread }
    }

    /// Stops it, and waits until it has ended, but not for long: a registry may not answer.
    pub(super) fn stop(self, patience: Duration) {
        drop(self.stop);
        let began = Instant::now();
        while !self.thread.is_finished() && began.elapsed() < patience {
            thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Imports the tags of all streams that are scheduled or wait.
fn import_waiting(store: &ImageStore) -> imagestream::Result<()> {
    for stream in store.namespace("").image_streams().list(&ListParams::default())?.items {
        let images: Vec<_> = stream.spec.tags.iter().filter(|tag| waits_for_import(&stream, tag)).map(of_tag).collect();
        if images.is_empty() {
            continue;
        }
        let mut import = ImageStreamImport::default();
        import.metadata.name.clone_from(&stream.metadata.name);
        import.metadata.uid.clone_from(&stream.metadata.uid);
        import.spec.import = true;
        import.spec.images = images;
        // A stream that changes meanwhile is imported the next time.
        if let Err(error) = store.namespace(&stream.metadata.namespace).image_stream_imports().create(&import) {
            tracing::warn!(stream = stream.metadata.name, reason = %error, "importing a stream failed");
        }
    }
    Ok(())
}

fn of_tag(tag: &TagReference) -> ImageImportSpec {
    ImageImportSpec {
        from: tag.from.clone().unwrap_or_default(),
        to: Some(LocalObjectReference { name: tag.name.clone() }),
        import_policy: tag.import_policy.clone(),
        reference_policy: tag.reference_policy.clone(),
        ..ImageImportSpec::default()
    }
}
