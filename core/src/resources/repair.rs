//! Repair: bringing back what is intact in a damaged file, into a new store.

use std::path::Path;

use serde::Serialize;

use super::restore::{ConflictRule, WholeObject};
use super::{Finding, ImageStore};
use crate::api::{Image, ImageStream, Namespace, Resource};
use crate::error::{ErrorKind, Result};
use crate::rules::Digest;
use crate::store::object_key::{Key, KeyReader};
use crate::store::salvage::{Salvaged, SalvagedRows, salvage};
use crate::store::streams::{StreamName, salvaged, salvaged_heads};
use crate::store::{Rows as _, Write, images, keys, namespaces, tag_rules};

/// A transaction has at most this many objects.
const CHUNK: usize = 200;

/// What a repair brought back, and what not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RepairReport {
    /// The images that came back.
    pub images: u64,
    /// The streams that came back, some perhaps without some of their tags or entries.
    pub image_streams: u64,
    /// The stored namespaces that came back.
    pub namespaces: u64,
    /// Of the images, those that were found where nothing refers to any more: they may have been deleted.
    pub orphans: u64,
    /// Whether all rows of the store were read. Otherwise further objects may be missing that nothing is known about.
    pub is_complete: bool,
    /// What did not come back, as far as that is known.
    pub missing: Vec<Finding>,
}

impl ImageStore {
    /// Brings back into this store, which should be empty, what is intact in the bytes of a damaged one. These are not changed.
    ///
    /// What comes back is as it was: uids, times, generations and histories; resource versions are new. A row that is damaged is left
    /// out, never guessed: an image comes back with all of its texts or not at all; a stream comes back if its metadata is intact,
    /// with the tags that are, and the newest entries of each history up to the first one that is missing. The report says what is
    /// missing.
    ///
    /// # Errors
    ///
    /// [`NotAStore`](crate::ErrorKind::NotAStore) if it does not begin like a store, errors of reading and writing.
    pub fn restore_intact(&self, damaged: &dyn redb::StorageBackend) -> Result<RepairReport> {
        self.restore_salvaged(&salvage(damaged, Path::new("the damaged store"))?)
    }

    pub(super) fn restore_salvaged(&self, found: &Salvaged) -> Result<RepairReport> {
        let mut repair = Repair { store: self, report: RepairReport::default(), waiting: Vec::new() };
        repair.report.is_complete = found.lost.is_empty();
        repair.namespaces(&found.rows)?;
        for (rows, are_current) in [(&found.rows, true), (&found.orphans, false)] {
            for name in image_names(rows)? {
                repair.image(rows, &name, are_current)?;
            }
        }
        for (namespace, name) in stream_names(&found.rows)? {
            repair.stream(found, StreamName { namespace: &namespace, name: &name })?;
        }
        repair.tags_of_orphans(&found.orphans)?;
        repair.flush()?;
        if found.without_journal {
            let reason = "it can't be read: the newest changes may be missing".to_owned();
            repair.missing("", "the journal".to_owned(), reason);
        }
        // Last, so that they forbid nothing of this.
        match tag_rules::get(&found.rows) {
            Ok(rules) => self.restore_tag_rules(&rules, true, false)?,
            Err(error) => repair.missing("TagRules", String::new(), error.to_string()),
        }
        if found.lost.iter().any(|lost| lost.touches(Key::tag_rules().as_bytes())) {
            repair.missing("TagRules", String::new(), "they may be missing".to_owned());
        }
        Ok(repair.report)
    }
}

struct Repair<'s> {
    store: &'s ImageStore,
    report: RepairReport,
    waiting: Vec<WholeObject>,
}

impl Repair<'_> {
    fn missing(&mut self, kind: &str, name: String, reason: String) {
        self.report.missing.push(Finding { kind: kind.to_owned(), name, reason, ..Finding::default() });
    }

    fn namespaces(&mut self, rows: &SalvagedRows) -> Result<()> {
        let mut found = Vec::new();
        for row in rows.prefix(Key::namespaces().as_bytes())? {
            let (key, _) = row?;
            let name = KeyReader::after(&Key::namespaces(), &key).and_then(|mut reader| reader.text());
            if let Some(name) = name
                && let Some(namespace) = namespaces::get(rows, &name)?
            {
                found.push(namespace);
            }
        }
        self.store.access().write(false, |tx| found.iter().try_for_each(|namespace| put_namespace(tx, namespace)))?;
        self.report.namespaces = found.len() as u64;
        Ok(())
    }

    fn image(&mut self, rows: &SalvagedRows, name: &str, is_current: bool) -> Result<()> {
        let image = match images::get(rows, name) {
            Ok(Some(image)) => image,
            Ok(None) if is_current => {
                self.missing(Image::KIND, name.to_owned(), "its record".to_owned());
                return Ok(());
            }
            Err(error) if is_current => {
                self.missing(Image::KIND, name.to_owned(), error.to_string());
                return Ok(());
            }
            _ => return Ok(()),
        };
        // A manifest that belongs to the name shows that rows of different times were not mixed.
        let is_of_name = || Digest::of(image.docker_image_manifest.as_bytes()).to_string() == name;
        if !is_current && !image.docker_image_manifest.is_empty() && !is_of_name() {
            return Ok(());
        }
        match WholeObject::image(image) {
            Ok(image) => {
                self.report.images += 1;
                self.report.orphans += u64::from(!is_current);
                self.put(image)
            }
            Err(error) => {
                self.missing(Image::KIND, name.to_owned(), error.to_string());
                Ok(())
            }
        }
    }

    fn stream(&mut self, found: &Salvaged, at: StreamName<'_>) -> Result<()> {
        let is_lost = |prefix: &[u8]| found.lost.iter().any(|lost| lost.touches(prefix));
        let full_name = || format!("{}/{}", at.namespace, at.name);
        let salvaged = match salvaged(&found.rows, at, &is_lost) {
            Ok(salvaged) => salvaged,
            Err(error) if matches!(error.kind(), ErrorKind::Corrupted { .. }) => {
                self.missing(ImageStream::KIND, full_name(), error.to_string());
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        for part in salvaged.missing {
            self.missing(ImageStream::KIND, full_name(), part);
        }
        if let Some(stream) = salvaged.stream {
            self.report.image_streams += 1;
            let stream = WholeObject::Stream { stream: Box::new(stream), stored_version: String::new() };
            self.put(stream)?;
        }
        Ok(())
    }

    /// Says which tags there were in rows that may be of the past. None is made of them.
    fn tags_of_orphans(&mut self, rows: &SalvagedRows) -> Result<()> {
        for (namespace, name) in stream_names(rows)? {
            let at = StreamName { namespace: &namespace, name: &name };
            for (tag, newest) in salvaged_heads(rows, at)? {
                let reason =
                    format!("the tag {tag:?}, which has pointed to {newest}; it may have moved or been removed since");
                self.missing(ImageStream::KIND, format!("{namespace}/{name}"), reason);
            }
        }
        Ok(())
    }

    fn put(&mut self, object: WholeObject) -> Result<()> {
        self.waiting.push(object);
        if self.waiting.len() < CHUNK { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> Result<()> {
        let objects = std::mem::take(&mut self.waiting);
        self.store.restore(&objects, ConflictRule::Skip, false).map(drop)
    }
}

fn put_namespace(tx: &mut Write, namespace: &Namespace) -> Result<()> {
    let metadata = &namespace.metadata;
    tx.change(Key::namespace(&metadata.name).as_bytes(), |tx, version| namespaces::put(tx, metadata, version))
}

/// The images that have rows of their own.
fn image_names(rows: &SalvagedRows) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for row in rows.prefix(&[keys::IMAGES])? {
        let (key, _) = row?;
        let mut reader = KeyReader::new(key.get(1..).unwrap_or_default());
        let Some(name) = reader.image_name() else { continue };
        // Others only say who uses an image, which need not exist.
        if reader.byte().is_some_and(images::is_own_row) {
            names.push(name);
        }
    }
    // The rows of an image lie together.
    names.dedup();
    Ok(names)
}

fn stream_names(rows: &SalvagedRows) -> Result<Vec<(String, String)>> {
    let mut names = Vec::new();
    for row in rows.prefix(Key::streams(None).as_bytes())? {
        let (key, _) = row?;
        let mut reader = KeyReader::new(key.get(1..).unwrap_or_default());
        if let Some(namespace) = reader.text()
            && let Some(name) = reader.text()
        {
            names.push((namespace, name));
        }
    }
    names.dedup();
    Ok(names)
}
