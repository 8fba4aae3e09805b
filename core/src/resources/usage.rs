//! What images and streams take on a registry's disk, and what is shared.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{ImageStore, Workloads};
use crate::api::{Image, ImageStream, Time};
use crate::collected;
use crate::error::Result;
use crate::rules::prune::{Limits, UsedImages, runs};
use crate::store::images;
use crate::store::streams;

/// What an image takes, and what it stands on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ImageUsage {
    /// The name of the image, usually a digest.
    pub name: String,
    /// The tags whose histories name it, as `namespace/stream (tag)`.
    pub tags: Vec<String>,
    /// The images whose layers are the lowest ones of this image, the nearest ones only.
    pub parents: Vec<String>,
    /// Workloads that use it: by its digest in a stream, or by a tag whose newest entry it is. Empty if none were given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<String>,
    /// Whether its layers are known. If not, its size is 0.
    pub has_layers: bool,
    /// The size of its layers in bytes, each counted once.
    pub size: i64,
}

/// What the images in the histories of a stream take.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct StreamUsage {
    /// The namespace of the stream.
    pub namespace: String,
    /// The name of the stream.
    pub name: String,
    /// The number of different images, including those of lists.
    pub images: usize,
    /// The number of different layers.
    pub layers: usize,
    /// The size of these layers in bytes.
    pub size: i64,
}

/// The size of an image, and what would be free without it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ImageSizes {
    /// The size of its layers in bytes, each counted once; for a list, those of all its images.
    pub distinct: i64,
    /// The size of the layers that no other image has; for a list, no image outside of it.
    pub unique: i64,
}

impl ImageStore {
    /// What each image takes, in the order of their names. It reads all images and streams once.
    ///
    /// # Errors
    ///
    /// Errors of reading.
    pub fn image_usage(&self) -> Result<Vec<ImageUsage>> {
        self.image_usage_by(&Workloads::default())
    }

    /// The same with the workloads that use each image. Pods that have ended do not count.
    ///
    /// # Errors
    ///
    /// Errors of reading.
    pub fn image_usage_by(&self, workloads: &Workloads) -> Result<Vec<ImageUsage>> {
        let rows = self.access().read()?;
        let mut tags: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut users: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let references = used_images(workloads);
        streams::each(&rows, None, &mut |stream| {
            let (namespace, name) = (&stream.metadata.namespace, &stream.metadata.name);
            each_entry(stream, &mut |tag, image| {
                push_new(tags.entry(image.to_owned()).or_default(), format!("{namespace}/{name} ({tag})"));
                if let Some(user) = references.of_image(namespace, name, image) {
                    push_new(users.entry(image.to_owned()).or_default(), user.to_owned());
                }
            });
            for tag in &stream.status.tags {
                let newest = tag.items.as_ref().and_then(|items| items.first());
                if let (Some(newest), Some(user)) = (newest, references.of_tag(namespace, name, &tag.tag)) {
                    push_new(users.entry(newest.image.clone()).or_default(), user.to_owned());
                }
            }
        })?;
        let mut chains = Chains::default();
        let mut found = Vec::new();
        images::each_without_texts(&rows, &mut |image| {
            let layers = distinct(image);
            let usage = ImageUsage {
                tags: tags.remove(&image.metadata.name).unwrap_or_default(),
                users: users.remove(&image.metadata.name).unwrap_or_default(),
                has_layers: !layers.is_empty(),
                size: layers.values().sum(),
                name: image.metadata.name.clone(),
                parents: Vec::new(),
            };
            let chain = chains.add(image.docker_image_layers.iter().map(|layer| &*layer.name), found.len());
            found.push((usage, chain));
        })?;
        let names: Vec<String> = found.iter().map(|(usage, _)| usage.name.clone()).collect();
        let with_parents = found.into_iter().map(|(mut usage, chain)| {
            let parents = chains.below(chain).iter().filter_map(|image| names.get(*image).cloned());
            usage.parents = parents.collect();
            usage
        });
        Ok(with_parents.collect())
    }

    /// What the images of each stream take, in the order of their namespaces and names. It reads all images and streams once.
    ///
    /// # Errors
    ///
    /// Errors of reading.
    pub fn stream_usage(&self) -> Result<Vec<StreamUsage>> {
        let rows = self.access().read()?;
        let mut known: BTreeMap<String, Parts> = BTreeMap::new();
        images::each_without_texts(&rows, &mut |image| {
            let parts = Parts {
                layers: distinct(image).into_iter().map(|(name, size)| (name.to_owned(), size)).collect(),
                members: image.docker_image_manifests.iter().map(|member| member.digest.clone()).collect(),
            };
            known.insert(image.metadata.name.clone(), parts);
        })?;
        let mut usages = Vec::new();
        streams::each(&rows, None, &mut |stream| {
            let mut waiting = Vec::new();
            each_entry(stream, &mut |_, image| waiting.push(image.to_owned()));
            let (mut seen, mut layers) = (collected::set([]), BTreeMap::new());
            while let Some(image) = waiting.pop() {
                let Some(parts) = known.get(&image).filter(|_| seen.insert(image.clone())) else { continue };
                waiting.extend(parts.members.iter().cloned());
                parts.layers.iter().for_each(|(name, size)| add(&mut layers, &**name, *size));
            }
            let (namespace, name) = (stream.metadata.namespace.clone(), stream.metadata.name.clone());
            let (images, layers, size) = (seen.len(), layers.len(), layers.values().sum());
            usages.push(StreamUsage { namespace, name, images, layers, size });
        })?;
        Ok(usages)
    }

    /// The size of an image, and of what only this image has. For a list of images, that is all of them together.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound), and errors of reading.
    pub fn image_sizes(&self, image: &str) -> Result<ImageSizes> {
        let found = self.images().read(image)?.without_texts()?;
        let rows = self.access().read()?;
        let mut own = collected::set([image.to_owned()]);
        let mut layers = BTreeMap::new();
        let mut waiting = vec![found];
        while let Some(image) = waiting.pop() {
            image.docker_image_layers.iter().for_each(|layer| add(&mut layers, layer.name.clone(), layer.layer_size));
            for member in &image.docker_image_manifests {
                if own.insert(member.digest.clone())
                    && let Some(member) = images::get_without_texts(&rows, &member.digest)?
                {
                    waiting.push(member.image);
                }
            }
        }
        let mut sizes = ImageSizes { distinct: layers.values().sum(), unique: 0 };
        for (layer, size) in &layers {
            if images::with_layer(&rows, layer)?.iter().all(|user| own.contains(user)) {
                sizes.unique += size;
            }
        }
        Ok(sizes)
    }
}

/// What workloads that run use.
fn used_images(workloads: &Workloads) -> UsedImages {
    let now = Limits::Age { young_after: Time::from_unix(i64::MAX), revisions: 0 };
    let mut used = UsedImages::default();
    for item in workloads.items().iter().filter(|item| runs(&item.workload, &now)) {
        // What can't be read is a finding of the workloads, and of a prune.
        let _ = used.add(&item.workload);
    }
    used
}

/// The layers of an image with their sizes, and the images of a list.
struct Parts {
    layers: Vec<(String, i64)>,
    members: Vec<String>,
}

fn distinct(image: &Image) -> BTreeMap<&str, i64> {
    let mut layers = BTreeMap::new();
    image.docker_image_layers.iter().for_each(|layer| add(&mut layers, &*layer.name, layer.layer_size));
    layers
}

/// Adds a layer. If images disagree about its size, the largest one counts.
fn add<K: Ord>(layers: &mut BTreeMap<K, i64>, name: K, size: i64) {
    let largest = layers.entry(name).or_insert(size);
    *largest = size.max(*largest);
}

/// Adds a text to others, unless it is one of them.
fn push_new(texts: &mut Vec<String>, text: String) {
    if !texts.contains(&text) {
        texts.push(text);
    }
}

/// Every entry of the histories of a stream that names an image: the tag and the image.
fn each_entry<'s>(stream: &'s ImageStream, visit: &mut dyn FnMut(&'s str, &'s str)) {
    for tag in &stream.status.tags {
        for entry in tag.items.iter().flatten().filter(|entry| !entry.image.is_empty()) {
            visit(&tag.tag, &entry.image);
        }
    }
}

/// The chains of layers of all images as a tree: a chain is another one and a layer on top of it.
#[derive(Default)]
struct Chains {
    /// The chain below and the top layer of each chain; the empty chain is 0.
    known: BTreeMap<(usize, usize), usize>,
    /// The layers by their digests.
    layers: BTreeMap<String, usize>,
    /// For each chain from 1 on, the chain below it and the images that it is all layers of.
    all: Vec<(usize, Vec<usize>)>,
}

impl Chains {
    /// The chain of these layers, from the base up, which are all those of `image`.
    fn add<'a>(&mut self, layers: impl Iterator<Item = &'a str>, image: usize) -> usize {
        let mut chain = 0;
        for layer in layers {
            let next = self.layers.len();
            let layer = match self.layers.get(layer) {
                Some(known) => *known,
                None => *self.layers.entry(layer.to_owned()).or_insert(next),
            };
            let next = self.known.len() + 1;
            let on_top = *self.known.entry((chain, layer)).or_insert(next);
            if on_top == next {
                self.all.push((chain, Vec::new()));
            }
            chain = on_top;
        }
        if let Some((_, images)) = self.at_mut(chain) {
            images.push(image);
        }
        chain
    }

    /// The images of the nearest chain below one.
    fn below(&self, mut chain: usize) -> &[usize] {
        while let Some((below, _)) = chain.checked_sub(1).and_then(|at| self.all.get(at)) {
            chain = *below;
            match chain.checked_sub(1).and_then(|at| self.all.get(at)) {
                Some((_, images)) if !images.is_empty() => return images,
                _ => {}
            }
        }
        &[]
    }

    fn at_mut(&mut self, chain: usize) -> Option<&mut (usize, Vec<usize>)> {
        self.all.get_mut(chain.checked_sub(1)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parents_are_the_nearest_images_below() {
        let mut chains = Chains::default();
        let base = chains.add(["a"].into_iter(), 0);
        let top = chains.add(["a", "b", "c"].into_iter(), 1);
        let twin = chains.add(["a"].into_iter(), 2);
        let middle = chains.add(["a", "b"].into_iter(), 3);
        let other = chains.add(["b", "c"].into_iter(), 4);
        let none = chains.add([].into_iter(), 5);
        assert_eq!(base, twin);
        assert_eq!(chains.below(top), [3]);
        assert_eq!(chains.below(middle), [0, 2]);
        assert_eq!(chains.below(base), [0; 0]);
        assert_eq!(chains.below(other), [0; 0]);
        assert_eq!(chains.below(none), [0; 0]);
    }
}
