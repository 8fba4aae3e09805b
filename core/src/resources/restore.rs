//! Writing whole objects as they were elsewhere: uids, times, generations and status are kept.
//!
//! No verb of the API can do that. Only the resource version is new, since it belongs to the store.

use super::ImageStore;
use super::access::StoreAccess;
use super::lifecycle::{begin, valid};
use super::stream_writes::{Strategy, StreamWrite};
use crate::api::{Image, ImageStream, ObjectMeta};
use crate::error::Result;
use crate::rules::{Path, StreamState, apply_tag_defaults, is_newer, merge_histories, validate_image, validate_stream};
use crate::store::object_key::Key;
use crate::store::streams::{self, StreamName};
use crate::store::{Write, images};

/// What to do with an object that the store already has, with another content.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ConflictRule {
    /// Leave the stored object as it is.
    #[default]
    Skip,
    /// Replace it.
    Replace,
    /// Keep the newer of two streams with the same uid, with the entries of both histories; an image, whose name is its
    /// digest, is left as it is. Streams with different uids are two streams: nothing is written.
    MergeHistory,
}

/// What became of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restored {
    /// It was new.
    Created,
    /// The store has it, with the same content.
    Unchanged,
    /// The store has another one, which was left as it is.
    Skipped,
    /// The stored one was replaced.
    Replaced,
    /// The histories of the stored one and the new one were merged.
    Merged,
    /// The store has a stream of that name with another uid.
    OtherUid,
}

/// An object to be restored.
#[derive(Debug, Clone)]
pub(crate) enum WholeObject {
    Image(Box<Image>),
    Stream {
        stream: Box<ImageStream>,
        /// The resource version that the stored copy had where both come from; empty if that is unknown.
        stored_version: String,
    },
}

impl WholeObject {
    /// An image, checked.
    ///
    /// # Errors
    ///
    /// `Invalid`.
    pub(crate) fn image(mut image: Image) -> Result<Self> {
        valid::<Image>(&image.metadata.name, validate_image(&image, &Path::ROOT))?;
        images::stored_form(&mut image)?;
        Ok(Self::Image(Box::new(image)))
    }
}

impl ImageStore {
    /// A stream to restore, checked. Its namespace must be set. What a client may omit gets its default.
    ///
    /// # Errors
    ///
    /// `Invalid`.
    pub(crate) fn stream_to_restore(&self, mut stream: ImageStream) -> Result<WholeObject> {
        stream.kind.clear();
        stream.api_version.clear();
        let import_mode = self.settings().import_mode.name();
        stream.spec.tags.iter_mut().for_each(|tag| apply_tag_defaults(tag, import_mode));
        valid::<ImageStream>(&stream.metadata.name, validate_stream(&stream, None))?;
        valid::<ImageStream>(&stream.metadata.name, Vec::from_iter(StreamState::from_spec(&stream).too_many_tags()))?;
        Ok(WholeObject::Stream { stream: Box::new(stream), stored_version: String::new() })
    }

    /// Restores objects in one transaction.
    pub(crate) fn restore(&self, objects: &[WholeObject], rule: ConflictRule, dry_run: bool) -> Result<Vec<Restored>> {
        let restore = Restore { store: self.access(), rule };
        self.access().write(dry_run, |tx| objects.iter().map(|object| restore.put(tx, object)).collect())
    }
}

struct Restore<'a> {
    store: &'a StoreAccess,
    rule: ConflictRule,
}

impl Restore<'_> {
    fn put(&self, tx: &mut Write, object: &WholeObject) -> Result<Restored> {
        match object {
            WholeObject::Image(image) => self.put_image(tx, image),
            // A file for `oc create`, which never was in a cluster.
            WholeObject::Stream { stream, .. } if stream.metadata.uid.is_empty() && stream.status.tags.is_empty() => {
                self.create_stream(tx, stream)
            }
            WholeObject::Stream { stream, stored_version } => self.put_stream(tx, stream, stored_version),
        }
    }

    fn put_image(&self, tx: &mut Write, image: &Image) -> Result<Restored> {
        let stored = images::get(tx, &image.metadata.name)?;
        let mut new = image.clone();
        let outcome = match &stored {
            None => Restored::Created,
            Some(stored) => {
                complete_from(&mut new.metadata, &stored.metadata);
                if new == *stored {
                    return Ok(Restored::Unchanged);
                }
                if self.rule != ConflictRule::Replace {
                    return Ok(Restored::Skipped);
                }
                Restored::Replaced
            }
        };
        self.complete(&mut new.metadata);
        tx.change(Key::image(&new.metadata.name).as_bytes(), |tx, version| images::put(tx, &new, version))?;
        Ok(outcome)
    }

    fn put_stream(&self, tx: &mut Write, stream: &ImageStream, stored_version: &str) -> Result<Restored> {
        let at = StreamName { namespace: &stream.metadata.namespace, name: &stream.metadata.name };
        let Some(mut stored) = streams::get(tx, at)? else {
            self.write_stream(tx, None, stream.clone())?;
            return Ok(Restored::Created);
        };
        let mut new = stream.clone();
        let stored_here = std::mem::replace(&mut stored.metadata.resource_version, stored_version.to_owned());
        // The version is not a part of the content.
        let newer = is_newer(&new, &stored);
        stored.metadata.resource_version = stored_here;
        complete_from(&mut new.metadata, &stored.metadata);
        if StreamState::from(&new) == StreamState::from(&stored) && histories(&new) == histories(&stored) {
            return Ok(Restored::Unchanged);
        }
        match self.rule {
            ConflictRule::Skip => Ok(Restored::Skipped),
            ConflictRule::Replace => {
                self.write_stream(tx, Some(&stored), new)?;
                Ok(Restored::Replaced)
            }
            ConflictRule::MergeHistory if new.metadata.uid != stored.metadata.uid => Ok(Restored::OtherUid),
            ConflictRule::MergeHistory => {
                let merged = if newer {
                    merge_histories(&mut new, &stored);
                    new
                } else {
                    let mut merged = stored.clone();
                    if !merge_histories(&mut merged, &new) {
                        return Ok(Restored::Unchanged);
                    }
                    merged
                };
                self.write_stream(tx, Some(&stored), merged)?;
                Ok(Restored::Merged)
            }
        }
    }

    fn write_stream(&self, tx: &mut Write, stored: Option<&ImageStream>, mut new: ImageStream) -> Result<()> {
        self.complete(&mut new.metadata);
        let metadata = &new.metadata;
        let at = StreamName { namespace: &metadata.namespace, name: &metadata.name };
        tx.change(Key::stream(at.namespace, at.name).as_bytes(), |tx, version| {
            streams::put_whole(tx, at, stored, &new, version)
        })
    }

    /// Creates a stream from its spec, as the API does.
    fn create_stream(&self, tx: &mut Write, stream: &ImageStream) -> Result<Restored> {
        let namespace = &stream.metadata.namespace;
        let at = StreamName { namespace, name: &stream.metadata.name };
        let writes = StreamWrite { store: self.store, namespace, now: self.store.now(), expected: None };
        let mut new = StreamState::from_spec(stream);
        let Some(stored) = streams::get(tx, at)? else {
            begin(&mut new.metadata, self.store.uid(), writes.now);
            new.metadata.resource_version.clear();
            writes.create(tx, new, false)?;
            return Ok(Restored::Created);
        };
        if self.rule != ConflictRule::Replace {
            return Ok(Restored::Skipped);
        }
        let (labels, annotations) = (new.metadata.labels, new.metadata.annotations);
        new.metadata = ObjectMeta { labels, annotations, ..stored.metadata.clone() };
        let written = writes.update(tx, &stored, new, Strategy::Public)?;
        Ok(if written == stored { Restored::Unchanged } else { Restored::Replaced })
    }

    /// Sets what every stored object has.
    fn complete(&self, metadata: &mut ObjectMeta) {
        if metadata.uid.is_empty() {
            metadata.uid = self.store.uid();
        }
        metadata.creation_timestamp.get_or_insert_with(|| self.store.now());
        metadata.self_link.clear();
    }
}

/// Sets what only a store sets as it is stored.
fn complete_from(new: &mut ObjectMeta, stored: &ObjectMeta) {
    new.resource_version.clone_from(&stored.resource_version);
    new.self_link.clear();
    if new.uid.is_empty() {
        new.uid.clone_from(&stored.uid);
    }
    new.creation_timestamp = new.creation_timestamp.or(stored.creation_timestamp);
}

/// The histories of a stream, which its state has only the newest entries of.
fn histories(stream: &ImageStream) -> Vec<(&str, &[crate::api::TagEvent])> {
    let mut histories: Vec<_> =
        stream.status.tags.iter().map(|tag| (&*tag.tag, tag.items.as_deref().unwrap_or_default())).collect();
    histories.sort_by_key(|(tag, _)| *tag);
    histories
}
