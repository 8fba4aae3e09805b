//! Writing the objects of an import, many in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use super::archives::ArchivedImage;
use super::objects::{Unusable, checked_image};
use super::options::ImportOptions;
use super::place::{Place, is_about_an_object, unusable};
use super::report::{ImportReport, Outcomes};
use super::write_archived;
use crate::api::{Image, ImageStream};
use crate::error::{ErrorKind, Result};
use crate::resources::{ConflictRule, ImageStore, Restored, WholeObject};
use crate::rules::TagRules;

/// A transaction has at most this many objects, and about this many bytes of them.
const CHUNK_OBJECTS: usize = 500;
const CHUNK_BYTES: usize = 8 << 20;

/// Writes objects, and counts what became of them.
pub(super) struct Writer<'a> {
    store: &'a ImageStore,
    options: &'a ImportOptions,
    report: ImportReport,
    /// What was written, to recognize copies.
    seen_images: BTreeSet<String>,
    seen_streams: BTreeMap<(String, String), Seen>,
    of_tags: BTreeMap<String, (Box<Image>, Place)>,
    /// Written in the end, so that they forbid nothing of the import itself.
    tag_rules: Vec<TagRules>,
    chunk: Vec<(WholeObject, Place)>,
    chunk_bytes: usize,
}

/// The newest copy of a stream so far.
struct Seen {
    uid: String,
    version: String,
}

impl<'a> Writer<'a> {
    pub(super) fn new(store: &'a ImageStore, options: &'a ImportOptions) -> Self {
        Self {
            store,
            options,
            report: ImportReport::default(),
            seen_images: BTreeSet::new(),
            seen_streams: BTreeMap::new(),
            of_tags: BTreeMap::new(),
            tag_rules: Vec::new(),
            chunk: Vec::new(),
            chunk_bytes: 0,
        }
    }

    /// Takes an object to write; `length` is that of its text.
    pub(super) fn take(&mut self, object: WholeObject, place: Place, length: usize) -> Result<()> {
        self.chunk.push((object, place));
        self.chunk_bytes += length;
        if self.chunk.len() >= CHUNK_OBJECTS || self.chunk_bytes >= CHUNK_BYTES { self.write_chunk() } else { Ok(()) }
    }

    pub(super) fn take_tag_rules(&mut self, rules: TagRules) {
        self.tag_rules.push(rules);
    }

    /// Takes the image of a tag, which is written in the end if the image itself did not come.
    pub(super) fn take_image_of_tag(&mut self, image: Box<Image>, place: Place) {
        self.of_tags.entry(image.metadata.name.clone()).or_insert((image, place));
    }

    /// Writes the rest, and the images of archives; returns what was done. `tell` gets the number of further objects, and
    /// an error of it ends this.
    pub(super) fn end(
        mut self,
        archived: &[ArchivedImage],
        tell: &mut dyn FnMut(u64) -> Result<()>,
    ) -> Result<ImportReport> {
        self.write_chunk()?;
        self.write_images_of_tags()?;
        self.write_archived(archived, tell)?;
        let (replace, dry_run) = (self.options.conflicts == ConflictRule::Replace, self.options.dry_run);
        for rules in &self.tag_rules {
            self.store.restore_tag_rules(rules, replace, dry_run)?;
            self.report.tag_rules += (rules.immutable.len() + rules.histories.len()) as u64;
        }
        self.count_missing(tell)?;
        Ok(self.report)
    }

    /// Writes the images of archives: those in lists first, so that each list has its members.
    fn write_archived(&mut self, images: &[ArchivedImage], tell: &mut dyn FnMut(u64) -> Result<()>) -> Result<()> {
        let (named, others): (Vec<_>, Vec<_>) = images.iter().partition(|image| !image.names.is_empty());
        for image in others.into_iter().chain(named) {
            tell(1)?;
            if let Err(unusable) = write_archived::write(self.store, self.options, image, &mut self.report)? {
                self.report.find(Place { file: image.path.clone(), ..Place::default() }.finding(unusable));
            }
        }
        Ok(())
    }

    /// Writes the objects that were read.
    fn write_chunk(&mut self) -> Result<()> {
        self.chunk_bytes = 0;
        let chunk = std::mem::take(&mut self.chunk);
        let mut first = Vec::new();
        for (object, place) in chunk {
            if let Some(rule) = self.is_copy(&object) {
                // The other copy may be in the same transaction, which must come first.
                self.write(&std::mem::take(&mut first), self.options.conflicts, false)?;
                if let Some(object) = self.with_known_version(object, &place) {
                    self.write(&[(object, place)], rule, true)?;
                }
            } else {
                self.note(&object);
                first.push((object, place));
            }
        }
        self.write(&first, self.options.conflicts, false)
    }

    /// For a copy of an object that was imported: the rule for it.
    fn is_copy(&self, object: &WholeObject) -> Option<ConflictRule> {
        let known = match object {
            WholeObject::Image(image) => self.seen_images.contains(&image.metadata.name),
            WholeObject::Stream { stream, .. } => self.seen_streams.contains_key(&key(stream)),
        };
        known.then_some(ConflictRule::MergeHistory)
    }

    fn note(&mut self, object: &WholeObject) {
        match object {
            WholeObject::Image(image) => {
                self.seen_images.insert(image.metadata.name.clone());
            }
            WholeObject::Stream { stream, .. } => {
                let metadata = &stream.metadata;
                let seen = Seen { uid: metadata.uid.clone(), version: metadata.resource_version.clone() };
                self.seen_streams.insert(key(stream), seen);
            }
        }
    }

    /// A copy, with what is known of the one before; `None` if it is another stream.
    fn with_known_version(&mut self, object: WholeObject, place: &Place) -> Option<WholeObject> {
        let WholeObject::Stream { stream, .. } = object else { return Some(object) };
        let seen = self.seen_streams.get_mut(&key(&stream))?;
        if seen.uid != stream.metadata.uid {
            let name = format!("{}/{}", stream.metadata.namespace, stream.metadata.name);
            let reason = format!("metadata.uid is {:?}, and {:?} in another copy", stream.metadata.uid, seen.uid);
            self.report.find(place.finding(Unusable { kind: "ImageStream".to_owned(), name, reason }));
            return None;
        }
        let stored_version = seen.version.clone();
        let number = |version: &str| version.parse::<u64>().unwrap_or_default();
        if number(&stream.metadata.resource_version) > number(&seen.version) {
            seen.version.clone_from(&stream.metadata.resource_version);
        }
        Some(WholeObject::Stream { stream, stored_version })
    }

    fn write(&mut self, objects: &[(WholeObject, Place)], rule: ConflictRule, copies: bool) -> Result<()> {
        if objects.is_empty() {
            return Ok(());
        }
        if copies && self.options.dry_run {
            for (object, _) in objects {
                outcomes(&mut self.report, object).copies += 1;
            }
            return Ok(());
        }
        let whole: Vec<_> = objects.iter().map(|(object, _)| object.clone()).collect();
        let written = match self.store.restore(&whole, rule, self.options.dry_run) {
            Err(error) if objects.len() > 1 && is_about_an_object(&error) => {
                // One of them is refused: the others are written without it.
                return objects.iter().try_for_each(|object| self.write(std::slice::from_ref(object), rule, copies));
            }
            Err(error) if is_about_an_object(&error) => {
                for (object, place) in objects {
                    let (kind, name) = name_of(object);
                    self.report.find(place.finding(unusable(kind, name, &error)));
                }
                return Ok(());
            }
            written => written?,
        };
        for ((object, place), outcome) in objects.iter().zip(written) {
            if outcome == Restored::OtherUid {
                let (kind, name) = name_of(object);
                let reason = "the store has a stream of this name with another metadata.uid".to_owned();
                self.report.find(place.finding(Unusable { kind: kind.to_owned(), name, reason }));
            }
            let counts = outcomes(&mut self.report, object);
            if copies { counts.copies += 1 } else { counts.count(outcome) }
        }
        Ok(())
    }

    /// Makes images of those tags whose image is not there.
    fn write_images_of_tags(&mut self) -> Result<()> {
        let images = self.store.images();
        for (name, (image, place)) in std::mem::take(&mut self.of_tags) {
            if self.seen_images.contains(&name) || images.exists(&name)? {
                continue;
            }
            match checked_image(*image) {
                Ok(object) => {
                    self.report.images_from_tags += 1;
                    self.seen_images.insert(name);
                    self.chunk.push((object, place));
                }
                Err(unusable) => self.report.find(place.finding(unusable)),
            }
            if self.chunk.len() >= CHUNK_OBJECTS {
                let chunk = std::mem::take(&mut self.chunk);
                self.write(&chunk, self.options.conflicts, false)?;
            }
        }
        let chunk = std::mem::take(&mut self.chunk);
        self.write(&chunk, self.options.conflicts, false)
    }

    /// Counts the images that histories name and that are not there.
    fn count_missing(&mut self, tell: &mut dyn FnMut(u64) -> Result<()>) -> Result<()> {
        let images = self.store.images();
        let mut known: BTreeMap<String, bool> = BTreeMap::new();
        let mut tags = 0;
        for (namespace, name) in self.seen_streams.keys() {
            tell(0)?;
            let stream = match self.store.namespace(namespace).image_streams().get(name) {
                Ok(stream) => stream,
                Err(error) if matches!(error.kind(), ErrorKind::NotFound { .. }) => continue,
                Err(error) => return Err(error),
            };
            for tag in &stream.status.tags {
                for (place, entry) in
                    tag.items.iter().flatten().enumerate().filter(|(_, entry)| !entry.image.is_empty())
                {
                    let is_there = if let Some(known) = known.get(&entry.image) {
                        *known
                    } else {
                        let found = self.seen_images.contains(&entry.image) || images.exists(&entry.image)?;
                        known.insert(entry.image.clone(), found);
                        found
                    };
                    tags += u64::from(!is_there && place == 0);
                }
            }
        }
        self.report.missing.images = known.values().filter(|found| !**found).count() as u64;
        self.report.missing.tags = tags;
        Ok(())
    }
}

fn key(stream: &ImageStream) -> (String, String) {
    (stream.metadata.namespace.clone(), stream.metadata.name.clone())
}

fn name_of(object: &WholeObject) -> (&'static str, String) {
    match object {
        WholeObject::Image(image) => ("Image", image.metadata.name.clone()),
        WholeObject::Stream { stream, .. } => {
            ("ImageStream", format!("{}/{}", stream.metadata.namespace, stream.metadata.name))
        }
    }
}

fn outcomes<'r>(report: &'r mut ImportReport, object: &WholeObject) -> &'r mut Outcomes {
    match object {
        WholeObject::Image(_) => &mut report.images,
        WholeObject::Stream { .. } => &mut report.image_streams,
    }
}
