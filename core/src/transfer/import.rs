//! Reading everything, then writing it.
//!
//! The first pass reads and checks all sources and writes nothing: after an archive that is cut or hostile, nothing is half
//! imported. The second one writes, with one transaction for many objects.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use super::archives::{self, ArchivedImage, KeptFiles, MAX_KEPT};
use super::containers::{File, Unpacking, is_blob};
use super::limits::{MAX_FINDINGS, MAX_OBJECT};
use super::objects::{self, Object, Unusable};
use super::options::ImportOptions;
use super::report::{Cluster, Finding, ImportReport, Outcomes};
use super::source::Source;
use super::texts::{self, Part, Parts};
use super::write_archived;
use crate::api::{Image, ImageStream};
use crate::error::{Error, ErrorKind, Result};
use crate::resources::{ConflictRule, ImageStore, Restored, WholeObject};

/// A transaction has at most this many objects, and about this many bytes of them.
const CHUNK_OBJECTS: usize = 500;
const CHUNK_BYTES: usize = 8 << 20;

/// How far an import is.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Progress {
    /// What it does.
    pub phase: Phase,
    /// The bytes that it has read in this phase, before unpacking.
    pub bytes: u64,
    /// The objects that it has read in this phase.
    pub objects: u64,
}

/// What an import does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Everything is read and checked.
    Checking,
    /// Everything is read again, and written.
    Writing,
}

/// Imports everything in `sources`.
///
/// Memory is bounded by the largest object and one transaction, not by the sources. An interrupted import can be repeated:
/// what is there already is not written again. `progress` is called often.
///
/// # Errors
///
/// [`Import`](crate::ErrorKind::Import) if a source is not understood, is cut or exceeds a bound, and with `strict` if an
/// object can't be imported: then nothing was written. Errors of reading and writing.
pub fn import(
    store: &ImageStore,
    sources: &[&dyn Source],
    options: &ImportOptions,
    progress: &mut dyn FnMut(Progress),
) -> Result<ImportReport> {
    let mut checking = Pass::new(store, options, progress, Phase::Checking);
    checking.read(sources)?;
    let archived = archives::images(&checking.kept);
    for (file, reason) in archived.faults {
        checking.report.find(Finding { file, reason, ..Finding::default() });
    }
    let (report, kinds) = (checking.report, checking.kinds);
    if options.strict
        && let Some(finding) = report.findings.first()
    {
        return Err(Error::import(&finding.file, finding));
    }
    let mut writing = Pass { kinds, ..Pass::new(store, options, progress, Phase::Writing) };
    writing.read(sources)?;
    writing.write_chunk()?;
    writing.write_images_of_tags()?;
    writing.write_archived(&archived.images)?;
    writing.count_missing()?;
    let mut written = writing.report;
    written.dry_run = options.dry_run;
    let later = std::mem::replace(&mut written.findings, report.findings);
    written.findings.extend(later);
    written.findings.truncate(MAX_FINDINGS);
    written.finding_count += report.finding_count;
    Ok(written)
}

/// One pass over the sources.
struct Pass<'a> {
    store: &'a ImageStore,
    options: &'a ImportOptions,
    progress: &'a mut dyn FnMut(Progress),
    phase: Phase,
    report: ImportReport,
    bytes: u64,
    objects: u64,
    /// The kind of items without one, by file and document: the list that says it may come last.
    kinds: BTreeMap<(String, u64), String>,
    /// What was written, to recognize copies.
    seen_images: BTreeSet<String>,
    seen_streams: BTreeMap<(String, String), Seen>,
    of_tags: BTreeMap<String, (Box<Image>, Place)>,
    /// The files of images in archives; only the first pass keeps them.
    kept: KeptFiles,
    chunk: Vec<(WholeObject, Place)>,
    chunk_bytes: usize,
}

/// The newest copy of a stream so far.
struct Seen {
    uid: String,
    version: String,
}

/// Where an object is from.
#[derive(Clone, Default)]
struct Place {
    file: String,
    document: u64,
    item: Option<u64>,
}

impl Place {
    fn finding(&self, unusable: Unusable) -> Finding {
        let Self { file, document, item } = self.clone();
        let Unusable { kind, name, reason } = unusable;
        Finding { file, document, item, kind, name, reason }
    }
}

impl<'a> Pass<'a> {
    fn new(
        store: &'a ImageStore,
        options: &'a ImportOptions,
        progress: &'a mut dyn FnMut(Progress),
        phase: Phase,
    ) -> Self {
        Self {
            store,
            options,
            progress,
            phase,
            report: ImportReport::default(),
            bytes: 0,
            objects: 0,
            kinds: BTreeMap::new(),
            seen_images: BTreeSet::new(),
            seen_streams: BTreeMap::new(),
            of_tags: BTreeMap::new(),
            kept: KeptFiles::default(),
            chunk: Vec::new(),
            chunk_bytes: 0,
        }
    }

    fn read(&mut self, sources: &[&dyn Source]) -> Result<()> {
        let mut files = 0;
        for source in sources {
            let is_named = !source.is_folder();
            source.files(&mut |path, content| {
                let mut counted = 0;
                let mut content = Counted { content, bytes: &mut counted };
                let mut links = Vec::new();
                let mut unpacking = Unpacking {
                    visit: &mut |file| self.file(file),
                    link: &mut |path, target| links.push((path.to_owned(), target.to_owned())),
                    files,
                };
                unpacking.read(path, &mut content, is_named)?;
                files = unpacking.files;
                self.bytes += counted;
                for (path, target) in links {
                    self.kept.note_link(&path, &target);
                }
                self.tell();
                Ok(())
            })?;
        }
        self.report.files = files as u64;
        Ok(())
    }

    fn tell(&mut self) {
        (self.progress)(Progress { phase: self.phase, bytes: self.bytes, objects: self.objects });
    }

    fn file(&mut self, file: &mut File<'_>) -> Result<()> {
        if file.path.rsplit('/').next() == Some("timestamp") {
            let text = String::from_utf8_lossy(file.beginning);
            let gathered = text.lines().next().unwrap_or_default().trim().to_owned();
            self.report.cluster.get_or_insert_default().gathered = gathered;
            return Ok(());
        }
        if !file.is_named && self.is_part_of_image(file)? {
            return Ok(());
        }
        if !may_have_objects(file.beginning, file.is_named) {
            if file.is_named {
                let reason = if file.beginning.starts_with(b"imagestream\x1a") {
                    "it is a store: use it with --db"
                } else {
                    "it is neither JSON, YAML nor an archive of such files"
                };
                return Err(Error::import(file.path, reason));
            }
            return Ok(());
        }
        let before = self.report.findings.len();
        let mut document = InFile {
            pass: self,
            file: file.path,
            document: 1,
            items: 0,
            held: Vec::new(),
            held_bytes: 0,
            is_understood: false,
        };
        texts::split(file.beginning, file.content, &mut document).map_err(|failure| match failure {
            Failure::Reading(error) => Error::import(file.path, error),
            Failure::Importing(error) => error,
        })?;
        let is_understood = document.is_understood;
        if file.is_named && self.phase == Phase::Checking && !is_understood {
            let first = self.report.findings.get(before);
            let reason = first.map_or_else(|| "there is no object in it".to_owned(), |finding| finding.reason.clone());
            return Err(Error::import(file.path, reason));
        }
        Ok(())
    }

    /// Keeps a file that describes an image; returns whether it is a part of one.
    fn is_part_of_image(&mut self, file: &mut File<'_>) -> Result<bool> {
        let failed = |error| Error::import(file.path, error);
        let is_object = memchr::memmem::find(file.beginning, b"image.openshift.io/").is_some();
        if KeptFiles::is_wanted(file.path, file.beginning) && !is_object {
            if self.phase == Phase::Checking {
                let mut content = Vec::new();
                file.content.take(MAX_KEPT as u64 + 1).read_to_end(&mut content).map_err(failed)?;
                if content.len() <= MAX_KEPT && !self.kept.keep(file.path, content) {
                    return Err(Error::import(file.path, "the manifests and configs before it have more than 256 MiB"));
                }
            }
            return Ok(true);
        }
        if !is_blob(file.path) || is_object {
            return Ok(false);
        }
        if self.phase == Phase::Checking {
            let size = match file.size {
                Some(size) => size,
                None => std::io::copy(&mut file.content, &mut std::io::sink()).map_err(failed)?,
            };
            self.kept.note_size(file.path, size);
        }
        Ok(true)
    }

    /// Writes the images of archives: those in lists first, so that each list has its members.
    fn write_archived(&mut self, images: &[ArchivedImage]) -> Result<()> {
        let (named, others): (Vec<_>, Vec<_>) = images.iter().partition(|image| !image.names.is_empty());
        for image in others.into_iter().chain(named) {
            self.objects += 1;
            self.tell();
            if let Err(unusable) = write_archived::write(self.store, self.options, image, &mut self.report)? {
                self.report.find(Place { file: image.path.clone(), ..Place::default() }.finding(unusable));
            }
        }
        Ok(())
    }

    fn object(&mut self, json: Result<Vec<u8>, String>, place: Place, kind_in_list: Option<&str>) -> Result<()> {
        self.objects += 1;
        if self.objects.is_multiple_of(64) {
            self.tell();
        }
        let length = json.as_ref().map_or(0, Vec::len);
        let read = json
            .map_err(|reason| Unusable { kind: String::new(), name: String::new(), reason })
            .and_then(|json| objects::read(&json, kind_in_list));
        let usable = read.and_then(|object| match object {
            Object::Image(image) => checked_image(*image).map(Some),
            Object::Stream(stream) => self.stream(*stream).map(Some),
            Object::OfTag(image) => {
                self.of_tags.entry(image.metadata.name.clone()).or_insert((image, place.clone()));
                Ok(None)
            }
            Object::Cluster(found) => {
                self.cluster(found);
                Ok(None)
            }
            Object::PartOfStream => Ok(None),
            Object::Other(kind) => {
                *self.report.other_objects.entry(kind).or_default() += 1;
                Ok(None)
            }
        });
        match usable {
            Ok(Some(object)) if self.phase == Phase::Writing => {
                self.chunk.push((object, place));
                self.chunk_bytes += length;
                if self.chunk.len() >= CHUNK_OBJECTS || self.chunk_bytes >= CHUNK_BYTES {
                    self.write_chunk()?;
                }
            }
            Ok(_) => {}
            // The first pass has reported it.
            Err(_) if self.phase == Phase::Writing => {}
            Err(unusable) => self.report.find(place.finding(unusable)),
        }
        Ok(())
    }

    fn cluster(&mut self, found: Cluster) {
        let known = self.report.cluster.get_or_insert_default();
        for (known, found) in
            [(&mut known.id, found.id), (&mut known.version, found.version), (&mut known.api_server, found.api_server)]
        {
            if known.is_empty() {
                *known = found;
            }
        }
    }

    fn stream(&mut self, mut stream: ImageStream) -> Result<WholeObject, Unusable> {
        if stream.metadata.namespace.is_empty() {
            stream.metadata.namespace.clone_from(&self.options.namespace);
        }
        let metadata = &stream.metadata;
        let name = format!("{}/{}", metadata.namespace, metadata.name);
        if metadata.namespace.is_empty() {
            let reason = "metadata.namespace is empty: say with --into which one to use".to_owned();
            return Err(Unusable { kind: "ImageStream".to_owned(), name: metadata.name.clone(), reason });
        }
        self.store.stream_to_restore(stream).map_err(|error| unusable("ImageStream", name, &error))
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
    fn count_missing(&mut self) -> Result<()> {
        let images = self.store.images();
        let mut known: BTreeMap<String, bool> = BTreeMap::new();
        let mut tags = 0;
        for (namespace, name) in self.seen_streams.keys() {
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

/// The documents of one file.
struct InFile<'p, 'a> {
    pass: &'p mut Pass<'a>,
    file: &'p str,
    document: u64,
    items: u64,
    /// Items without a kind, until the end of their list says which one it is.
    held: Vec<(Vec<u8>, Place)>,
    held_bytes: usize,
    /// Whether there was a list or an object with a kind.
    is_understood: bool,
}

enum Failure {
    Reading(std::io::Error),
    Importing(Error),
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Reading(error)
    }
}

impl InFile<'_, '_> {
    fn item(&mut self, json: Result<Vec<u8>, String>) -> Result<()> {
        self.items += 1;
        self.is_understood |= json.as_ref().is_ok_and(|json| objects::has_kind(json));
        let place = Place { file: self.file.to_owned(), document: self.document, item: Some(self.items) };
        let kind = self.pass.kinds.get(&(self.file.to_owned(), self.document)).cloned();
        match json {
            Ok(json) if kind.is_none() && self.pass.phase == Phase::Checking && !objects::has_kind(&json) => {
                self.held_bytes += json.len();
                if self.held_bytes > MAX_OBJECT {
                    let reason =
                        "its items have no kind, and that of the list comes only after more than 64 MiB of them";
                    return Err(Error::import(self.file, reason));
                }
                self.held.push((json, place));
                Ok(())
            }
            json => self.pass.object(json, place, kind.as_deref()),
        }
    }

    fn document(&mut self, json: Result<Vec<u8>, String>) -> Result<()> {
        let place = Place { file: self.file.to_owned(), document: self.document, item: None };
        self.document += 1;
        (self.items, self.held_bytes) = (0, 0);
        let held = std::mem::take(&mut self.held);
        self.is_understood |= json.as_ref().is_ok_and(|json| objects::has_kind(json));
        let list = json.as_ref().is_ok_and(|document| objects::is_list(document));
        let kind = json.as_ref().ok().and_then(|document| objects::kind_of_items(document)).filter(|_| list);
        if let Some(kind) = &kind {
            self.pass.kinds.insert((place.file.clone(), place.document), kind.clone());
        }
        for (json, place) in held {
            self.pass.object(Ok(json), place, kind.as_deref())?;
        }
        if list { Ok(()) } else { self.pass.object(json, place, None) }
    }
}

impl Parts for InFile<'_, '_> {
    type Error = Failure;

    fn part(&mut self, part: Part) -> Result<(), Failure> {
        match part {
            Part::Item(json) => self.item(json),
            Part::Document(json) => self.document(json),
        }
        .map_err(Failure::Importing)
    }
}

/// Counts the bytes that are read.
struct Counted<'c> {
    content: &'c mut dyn Read,
    bytes: &'c mut u64,
}

impl Read for Counted<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let count = self.content.read(out)?;
        *self.bytes += count as u64;
        Ok(count)
    }
}

/// Whether a file may have objects that are of interest. Of the many files of a must-gather, most have none.
fn may_have_objects(beginning: &[u8], is_named: bool) -> bool {
    let is_text = !beginning.contains(&0) && !beginning.iter().all(u8::is_ascii_whitespace);
    let has = |word: &str| memchr::memmem::find(beginning, word.as_bytes()).is_some();
    is_text
        && if is_named {
            // YAML objects have a colon, JSON objects have, too.
            beginning.contains(&b':')
        } else {
            has("image.openshift.io/")
                || has("config.openshift.io/v1") && (has("ClusterVersion") || has("Infrastructure"))
                || has("ImageStream")
                || has("List") && has("items") && has("dockerImage")
        }
}

/// Whether an error is about one object, and not about the store.
fn is_about_an_object(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Invalid { .. }
            | ErrorKind::BadRequest(_)
            | ErrorKind::Unclassified(_)
            | ErrorKind::Conflict { .. }
            | ErrorKind::Forbidden { .. }
            | ErrorKind::TransactionTooLarge { .. }
    )
}

fn checked_image(image: Image) -> Result<WholeObject, Unusable> {
    let name = image.metadata.name.clone();
    WholeObject::image(image).map_err(|error| unusable("Image", name, &error))
}

fn unusable(kind: &str, name: String, error: &Error) -> Unusable {
    Unusable { kind: kind.to_owned(), name, reason: error.to_string() }
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
