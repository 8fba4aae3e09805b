//! Who uses this digest? Looking up images by whatever people hold: a digest, a part of it, a pull spec, the digest of a
//! config or of a layer.

use std::collections::BTreeMap;

use serde::Serialize;

use super::ImageStore;
use crate::api::Time;
use crate::error::{Error, Result};
use crate::rules::ImageReference;
use crate::store::streams::{self, StreamName};
use crate::store::{Read, images, names};

/// At least so many digits identify a digest.
const LEAST_DIGITS: usize = 4;
/// The most images of one search.
const MOST: usize = 1000;

/// An image that was looked up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FoundImage {
    /// Its name, usually a digest.
    pub name: String,
    /// Why it was found.
    pub by: FoundBy,
    /// Its pull spec; empty if the store does not have the image.
    pub docker_image_reference: String,
    /// Whether histories name it, and the store does not have it.
    pub missing: bool,
    /// The entries of histories that name it.
    pub tags: Vec<TagPosition>,
    /// The images for several platforms that it is a part of.
    pub lists: Vec<String>,
}

/// What an image was found by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum FoundBy {
    /// Its name.
    #[default]
    Name,
    /// The digest of its config, which `docker images` shows as its id.
    Config,
    /// The digest of one of its layers.
    Layer,
    /// A pull spec in a history, whatever its registry.
    PullSpec,
}

/// An entry of a tag's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TagPosition {
    /// The namespace of the stream.
    pub namespace: String,
    /// The name of the stream.
    pub stream: String,
    /// The tag.
    pub tag: String,
    /// The place in the history: 0 is the newest entry.
    pub position: usize,
    /// The number of entries.
    pub entries: usize,
    /// When it became the newest entry.
    pub created: Option<Time>,
}

/// What is looked for.
enum Query {
    /// The beginning of a name.
    Name(String),
    /// A pull spec without a digest.
    Reference(ImageReference),
}

impl Query {
    fn parse(text: &str) -> Result<Self> {
        let name = text.rsplit_once('@').map_or(text, |(_, digest)| digest);
        let is_hexadecimal = |digits: &str| {
            digits.len() >= LEAST_DIGITS && digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
        };
        if is_hexadecimal(name) {
            return Ok(Self::Name(format!("sha256:{name}")));
        }
        if name.split_once(':').is_some_and(|(algorithm, digits)| {
            ["sha256", "sha384", "sha512"].contains(&algorithm) && is_hexadecimal(digits)
        }) {
            return Ok(Self::Name(name.to_owned()));
        }
        let reference = text.parse::<ImageReference>();
        reference.map(Self::Reference).map_err(|_| {
            Error::bad_request(format!(
                "{text:?} is neither a digest, the first {LEAST_DIGITS} or more digits of one, nor a pull spec"
            ))
        })
    }
}

impl ImageStore {
    /// Finds images by a digest, the beginning of one, or a pull spec; the digest may also be that of a config or of a
    /// layer. The host of a pull spec is not compared: mirrors and registries have many names.
    ///
    /// For each image it says which entries of histories name it, and which images for several platforms contain it. At most
    /// 1,000 images are returned, in the order of their names.
    ///
    /// ```
    /// use imagestream::ImageStore;
    ///
    /// let store = ImageStore::in_memory()?;
    /// assert!(store.find("quay.io/shop/web@sha256:0dfb962810b5")?.is_empty());
    /// assert!(store.find("what?").is_err());
    /// # Ok::<(), imagestream::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`BadRequest`](crate::ErrorKind::BadRequest) for any other text, and errors of reading.
    pub fn find(&self, text: &str) -> Result<Vec<FoundImage>> {
        let search = Search { rows: self.access().read()? };
        let mut found = BTreeMap::new();
        match Query::parse(text)? {
            Query::Name(prefix) => search.by_name(&prefix, &mut found)?,
            Query::Reference(reference) => search.by_reference(&reference, &mut found)?,
        }
        search.complete(found)
    }
}

struct Search {
    rows: Read,
}

impl Search {
    fn by_name(&self, prefix: &str, found: &mut BTreeMap<String, FoundBy>) -> Result<()> {
        for name in names::images(&self.rows, prefix) {
            let name = name?.name.name;
            if !name.starts_with(prefix) {
                break;
            }
            found.insert(name, FoundBy::Name);
        }
        // Histories may name an image that is not there.
        if found.is_empty() && !images::users(&self.rows, prefix)?.is_empty() {
            found.insert(prefix.to_owned(), FoundBy::Name);
        }
        images::each_without_texts(&self.rows, &mut |image| {
            let id = image.docker_image_metadata.as_ref().map(|metadata| metadata.id.as_str()).unwrap_or_default();
            let by = if id.starts_with(prefix) {
                FoundBy::Config
            } else if image.docker_image_layers.iter().any(|layer| layer.name.starts_with(prefix)) {
                FoundBy::Layer
            } else {
                return;
            };
            found.entry(image.metadata.name.clone()).or_insert(by);
        })
    }

    fn by_reference(&self, wanted: &ImageReference, found: &mut BTreeMap<String, FoundBy>) -> Result<()> {
        let matches = |reference: &ImageReference| {
            let tag = |reference: &ImageReference| match &*reference.tag {
                "" => "latest".to_owned(),
                tag => tag.to_owned(),
            };
            reference.namespace == wanted.namespace
                && reference.name == wanted.name
                && (wanted.tag.is_empty() || tag(reference) == wanted.tag)
        };
        for name in names::streams(&self.rows, None, "")? {
            let name = name?.name;
            let at = StreamName { namespace: &name.namespace, name: &name.name };
            let is_stream = name.namespace == wanted.namespace && name.name == wanted.name;
            for tag in streams::get(&self.rows, at)?.map(|stream| stream.status.tags).unwrap_or_default() {
                // The registry serves each tag of a stream under its name, and all its images by digest.
                let is_tag = is_stream && (wanted.tag.is_empty() || tag.tag == wanted.tag);
                for (place, entry) in tag.items.iter().flatten().enumerate() {
                    let reference = entry.docker_image_reference.parse::<ImageReference>();
                    let by_tag = is_tag && (place == 0 || wanted.tag.is_empty());
                    let by_reference = reference.is_ok_and(|reference| reference.id.is_empty() && matches(&reference));
                    if !entry.image.is_empty() && (by_tag || by_reference) {
                        found.insert(entry.image.clone(), FoundBy::PullSpec);
                    }
                }
            }
        }
        Ok(())
    }

    fn complete(&self, found: BTreeMap<String, FoundBy>) -> Result<Vec<FoundImage>> {
        let mut images: BTreeMap<String, FoundImage> = found
            .into_iter()
            .take(MOST)
            .map(|(name, by)| (name.clone(), FoundImage { name, by, missing: true, ..FoundImage::default() }))
            .collect();
        if images.is_empty() {
            return Ok(Vec::new());
        }
        images::each_without_texts(&self.rows, &mut |image| {
            if let Some(found) = images.get_mut(&image.metadata.name) {
                found.missing = false;
                found.docker_image_reference.clone_from(&image.docker_image_reference);
            }
            for child in &image.docker_image_manifests {
                if let Some(found) = images.get_mut(&child.digest) {
                    found.lists.push(image.metadata.name.clone());
                }
            }
        })?;
        let mut images: Vec<_> = images.into_values().collect();
        for image in &mut images {
            image.tags = self.positions(&image.name)?;
        }
        Ok(images)
    }

    /// The entries that name an image.
    fn positions(&self, image: &str) -> Result<Vec<TagPosition>> {
        let mut positions = Vec::new();
        for user in images::users(&self.rows, image)? {
            let at = StreamName { namespace: &user.namespace, name: &user.stream };
            let entries = streams::history(&self.rows, at, &user.tag)?.unwrap_or_default();
            for (position, entry) in entries.iter().enumerate().filter(|(_, entry)| entry.image == image) {
                positions.push(TagPosition {
                    namespace: user.namespace.clone(),
                    stream: user.stream.clone(),
                    tag: user.tag.clone(),
                    position,
                    entries: entries.len(),
                    created: entry.created,
                });
            }
        }
        Ok(positions)
    }
}
