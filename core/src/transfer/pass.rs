//! One pass over the sources of an import.

use std::cell::Cell;
use std::io::Read;
use std::ops::ControlFlow;
use std::rc::Rc;

use sha2::{Digest as _, Sha256};

use super::archives::{KeptFiles, MAX_KEPT};
use super::containers::{File, Unpacking, digits, is_blob};
use super::documents::{self, Kinds, Objects};
use super::objects::{self, Object, Unusable, checked_image};
use super::options::ImportOptions;
use super::place::{Place, unusable};
use super::progress::{self, Phase, Progress};
use super::report::{Cluster, ImportReport};
use super::source::Source;
use super::writer::Writer;
use crate::api::ImageStream;
use crate::error::{Error, Result};
use crate::resources::Finding;
use crate::resources::{ImageStore, WholeObject};

/// The progress is told after as many bytes of a blob.
const TOLD_BYTES: u64 = 4 << 20;

/// One pass over the sources: the first one checks, the second one has a writer.
pub(super) struct Pass<'a> {
    pub(super) store: &'a ImageStore,
    pub(super) options: &'a ImportOptions,
    pub(super) progress: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
    pub(super) kinds: Kinds,
    pub(super) writer: Option<Writer<'a>>,
    pub(super) report: ImportReport,
    /// The files of images in archives; only the first pass keeps them.
    pub(super) kept: KeptFiles,
    pub(super) bytes: Rc<Cell<u64>>,
    pub(super) objects: u64,
}

impl Pass<'_> {
    /// Reads all sources.
    pub(super) fn read(&mut self, sources: &[&dyn Source]) -> Result<()> {
        let mut files = 0;
        for source in sources {
            let is_named = !source.is_folder();
            source.links(&mut |path, target| self.kept.note_link(path, target))?;
            source.files(&mut |path, content| {
                let mut content = Counted { content, bytes: Rc::clone(&self.bytes) };
                let mut links = Vec::new();
                let mut unpacking = Unpacking {
                    visit: &mut |file| self.file(file),
                    link: &mut |path, target| links.push((path.to_owned(), target.to_owned())),
                    files,
                };
                unpacking.read(path, &mut content, is_named)?;
                files = unpacking.files;
                for (path, target) in links {
                    self.kept.note_link(&path, &target);
                }
                self.tell()
            })?;
        }
        self.report.files = files as u64;
        Ok(())
    }

    fn is_checking(&self) -> bool {
        self.writer.is_none()
    }

    fn tell(&mut self) -> Result<()> {
        let phase = if self.is_checking() { Phase::Checking } else { Phase::Writing };
        progress::tell(self.progress, Progress { phase, bytes: self.bytes.get(), objects: self.objects })
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
                let reason = if ImageStore::is_store(file.beginning) {
                    "it is a store: use it with --db"
                } else {
                    "it is neither JSON, YAML nor an archive of such files"
                };
                return Err(Error::import(file.path, reason));
            }
            return Ok(());
        }
        let before = self.report.findings.len();
        let is_understood = documents::read(file, self)?;
        if file.is_named && self.is_checking() && !is_understood {
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
            if self.is_checking() {
                let mut content = Vec::new();
                file.content.take(MAX_KEPT as u64 + 1).read_to_end(&mut content).map_err(failed)?;
                self.verify(file.path, &mut content.as_slice().chain(&mut file.content))?;
                if content.len() <= MAX_KEPT && !self.kept.keep(file.path, content) {
                    return Err(Error::import(file.path, "the manifests and configs before it have more than 256 MiB"));
                }
            }
            return Ok(true);
        }
        if !is_blob(file.path) || is_object {
            return Ok(false);
        }
        if self.is_checking() {
            let size = match (self.verify(file.path, &mut file.content)?, file.size) {
                (Some(size), _) | (None, Some(size)) => size,
                (None, None) => self.read_blob(file.path, &mut file.content, |_| {})?,
            };
            self.kept.note_size(file.path, size);
        }
        Ok(true)
    }

    /// Compares the content of a blob with the digest in its path, if that is asked for and possible; returns its size.
    fn verify(&mut self, path: &str, content: &mut dyn Read) -> Result<Option<u64>> {
        let digits = digits(path).filter(|digits| self.options.verify_blobs && digits.len() == 64);
        let Some(digits) = digits else { return Ok(None) };
        let mut hash = Sha256::new();
        let size = self.read_blob(path, content, |read| hash.update(read))?;
        let found = hex::encode(hash.finalize());
        if found == digits {
            self.report.verified_blobs += 1;
        } else {
            let reason = format!("its content has the digest sha256:{found}, not the one in its name");
            self.report.find(Finding { file: path.to_owned(), reason, ..Finding::default() });
        }
        Ok(Some(size))
    }

    /// Reads a blob to its end, and tells the progress meanwhile; returns its size.
    fn read_blob(&mut self, path: &str, content: &mut dyn Read, mut visit: impl FnMut(&[u8])) -> Result<u64> {
        let mut buffer = vec![0; 64 << 10];
        let mut size = 0;
        let mut told = 0;
        loop {
            let count = content.read(&mut buffer).map_err(|error| Error::import(path, error))?;
            let Some(read) = buffer.get(..count).filter(|read| !read.is_empty()) else { return Ok(size) };
            visit(read);
            size += count as u64;
            if size - told >= TOLD_BYTES {
                told = size;
                self.tell()?;
            }
        }
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
            let reason = "metadata.namespace is empty, and no namespace was given (--into)".to_owned();
            return Err(Unusable { kind: "ImageStream".to_owned(), name: metadata.name.clone(), reason });
        }
        self.store.stream_to_restore(stream).map_err(|error| unusable("ImageStream", name, &error))
    }
}

impl Objects for Pass<'_> {
    fn kinds(&mut self) -> &mut Kinds {
        &mut self.kinds
    }

    fn is_first_pass(&self) -> bool {
        self.is_checking()
    }

    fn object(&mut self, json: Result<Vec<u8>, String>, place: Place, kind_in_list: Option<&str>) -> Result<()> {
        self.objects += 1;
        if self.objects.is_multiple_of(64) {
            self.tell()?;
        }
        let length = json.as_ref().map_or(0, Vec::len);
        let read = json
            .map_err(|reason| Unusable { kind: String::new(), name: String::new(), reason })
            .and_then(|json| objects::read(&json, kind_in_list));
        let usable = read.and_then(|object| match object {
            Object::Image(image) => checked_image(*image).map(Some),
            Object::Stream(stream) => self.stream(*stream).map(Some),
            Object::OfTag(image) => {
                if let Some(writer) = &mut self.writer {
                    writer.take_image_of_tag(image, place.clone());
                }
                Ok(None)
            }
            Object::Cluster(found) => {
                self.cluster(found);
                Ok(None)
            }
            Object::TagRules(rules) => {
                if let Some(writer) = &mut self.writer {
                    writer.take_tag_rules(rules);
                }
                Ok(None)
            }
            Object::PartOfStream => Ok(None),
            Object::Other(kind) => {
                *self.report.other_objects.entry(kind).or_default() += 1;
                Ok(None)
            }
        });
        match (usable, &mut self.writer) {
            (Ok(Some(object)), Some(writer)) => writer.take(object, place, length),
            // The first pass has reported it.
            (Ok(_), _) | (Err(_), Some(_)) => Ok(()),
            (Err(unusable), None) => {
                self.report.find(place.finding(unusable));
                Ok(())
            }
        }
    }
}

/// Counts the bytes that are read.
struct Counted<'c> {
    content: &'c mut dyn Read,
    bytes: Rc<Cell<u64>>,
}

impl Read for Counted<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let count = self.content.read(out)?;
        self.bytes.set(self.bytes.get() + count as u64);
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
