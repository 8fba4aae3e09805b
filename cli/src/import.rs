//! `imagestream import`: read what clusters leave.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, IsTerminal as _, Read as _, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use imagestream::api::Time;
use imagestream::transfer::{
    Created, ExportOptions, ImportOptions, ImportReport, Outcomes, PathSource, Phase, Progress, Source, export, import,
};
use imagestream::{ConflictRule, ErrorKind, ImageStore, ObjectCounts};
use tempfile::NamedTempFile;
use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal};

use crate::create_mapping::time;
use crate::failure::{Failure, Result};
use crate::output::{ReportFormat, print_json};
use crate::registry::{self, RegistryOptions};
use crate::store_file::{StoreFile, builder_at};

/// Import images and image streams from dumps, must-gathers and archives of them
///
/// The form of each file is recognized by its content: JSON and YAML with single objects, lists and several documents, the
/// trees of `oc adm inspect` and of must-gathers, OCI image layouts, archives of `docker save`, folders of `skopeo` (`dir:`),
/// the storage of registries, another store; as folders or archives (tar, zip), compressed or not (gzip, zstd, xz).
/// Objects come along as they are, with uids, times, status and histories; only the resource versions are new.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Import {
    #[command(flatten)]
    store: StoreFile,
    /// The files and folders; `-` is standard input, `docker://NAME` an image of a registry
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    registry: RegistryOptions,
    /// The namespace of what has none: files for `oc create`, and images in archives; for these also the stream. Without it,
    /// images go where their names say
    #[arg(long, value_name = "NAMESPACE[/STREAM]")]
    into: Option<String>,
    /// What to do with an object that the store already has, with another content
    #[arg(long, value_enum, default_value = "skip")]
    on_conflict: OnConflict,
    /// The time of images in archives, and of their entries in histories, where the image says one
    #[arg(long, value_enum, default_value = "now")]
    created: CreatedBy,
    /// Import nothing if there is an object that can't be imported
    #[arg(long)]
    strict: bool,
    /// Compare the content of all blobs in archives with the digests in their names; otherwise layers are skipped
    #[arg(long)]
    verify_blobs: bool,
    /// Show what would happen, but write nothing
    #[arg(long)]
    dry_run: bool,
    /// The output format
    #[arg(short, long, value_enum, default_value = "text")]
    output: ReportFormat,
    /// The time (RFC 3339) of what has none, instead of the current time, for reproducible runs
    #[arg(long, value_name = "TIME", value_parser = time)]
    now: Option<Time>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OnConflict {
    /// Keep the stored object
    Skip,
    /// Replace it
    Replace,
    /// Keep the newer of two streams with the same uid, with the entries of both histories
    MergeHistory,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum CreatedBy {
    /// The time of the import
    Now,
    /// The annotation `org.opencontainers.image.created`
    Annotation,
    /// When the image was built, as its config says
    Config,
}

const EXAMPLES: &str = "\
Examples:
  # All streams and images of a cluster
  oc get imagestreams,images -A -o json | imagestream import --db cluster.redb -

  # A must-gather, which has no images, and the images of the same cluster
  oc adm inspect images --dest-dir images
  imagestream import --db cluster.redb must-gather.tar.gz images

  # Images from a disconnected site
  skopeo copy docker://quay.io/shop/web:1.2 oci-archive:web.tar:quay.io/shop/web:1.2
  imagestream import --db shop.redb --into shop --verify-blobs web.tar

  # Images of a registry: manifests and configs, without layers
  imagestream import --db shop.redb docker://quay.io/shop/web:1.2

  # Only see what is in it
  imagestream import --db cluster.redb --dry-run dump.yaml -o json

The store is created if it is missing. Everything is read and checked before anything is written, and what is there already
is not written again: an interrupted import (Ctrl-C) can be repeated.

Exit status: 0 done, 1 failed, 2 wrong arguments, 3 done, but some objects could not be imported.";

impl Import {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result {
        // Kept until the end, since they are read twice.
        let mut spooled = Vec::new();
        let mut downloaded = Vec::new();
        let mut sources = Vec::new();
        for path in &self.paths {
            if let Some(reference) = registry::reference(path) {
                let folder = registry::download(reference, &self.registry)?;
                sources.push(PathSource::new(folder.path()));
                downloaded.push(folder);
                continue;
            }
            let file = if path == Path::new("-") { Some(standard_input()?) } else { list_of_store(path)? };
            sources.push(PathSource::new(file.as_ref().map_or(path.as_path(), NamedTempFile::path)));
            spooled.extend(file);
        }
        let sources: Vec<&dyn Source> = sources.iter().map(|source| source as &dyn Source).collect();
        let into = self.into.as_deref().unwrap_or_default();
        let (namespace, stream) = into.split_once('/').unwrap_or((into, ""));
        let options = ImportOptions {
            namespace: namespace.to_owned(),
            stream: stream.to_owned(),
            conflicts: match self.on_conflict {
                OnConflict::Skip => ConflictRule::Skip,
                OnConflict::Replace => ConflictRule::Replace,
                OnConflict::MergeHistory => ConflictRule::MergeHistory,
            },
            created: match self.created {
                CreatedBy::Now => Created::Now,
                CreatedBy::Annotation => Created::Annotation,
                CreatedBy::Config => Created::Config,
            },
            strict: self.strict,
            verify_blobs: self.verify_blobs,
            dry_run: self.dry_run,
        };
        let is_interrupted = interruption();
        let (store, is_new) = self.open()?;
        let mut line = ProgressLine::new();
        let done = import(&store, &sources, &options, &mut |progress| {
            line.show(progress);
            if is_interrupted.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        line.clear();
        let is_empty = store.object_counts().is_ok_and(|counts| counts == ObjectCounts::default());
        // What was written to the file is complete only once it is closed.
        let closed = store.close();
        let report = match done {
            Ok(report) => report,
            Err(error) => {
                if is_new && (is_empty || matches!(error.kind(), ErrorKind::Import { .. })) {
                    // Nothing was imported, so there is no store.
                    let _ = fs::remove_file(self.store.path());
                }
                return Err(error.into());
            }
        };
        closed?;
        match self.output {
            ReportFormat::Text => out.write_all(text(&report, &self.store.path().display().to_string()).as_bytes())?,
            ReportFormat::Json => print_json(out, &report)?,
        }
        if report.has_findings() { Err(Failure::Findings) } else { Ok(()) }
    }

    /// The store, and whether it was created.
    fn open(&self) -> Result<(ImageStore, bool)> {
        let path = self.store.path();
        let builder = builder_at(self.now);
        if !self.dry_run {
            let is_new = !path.exists();
            return Ok((builder.open(path)?, is_new));
        }
        match builder.open_read_only(path) {
            Err(error) if matches!(error.kind(), ErrorKind::NoSuchStore { .. }) => {
                Ok((builder_at(self.now).open_in_memory()?, false))
            }
            opened => Ok((opened?, false)),
        }
    }
}

/// Becomes true at an interrupt (Ctrl-C). The import then ends in order, and removes its temporary files; a second interrupt
/// ends the process at once.
fn interruption() -> Arc<AtomicBool> {
    let is_interrupted = Arc::new(AtomicBool::new(false));
    // Without the handler, an interrupt ends the process at once, which the store survives, too.
    let Ok(runtime) = runtime::Builder::new_current_thread().enable_all().build() else { return is_interrupted };
    let interrupts = runtime.block_on(async { signal(SignalKind::interrupt()) });
    let of_thread = Arc::clone(&is_interrupted);
    if let Ok(mut interrupts) = interrupts {
        thread::spawn(move || {
            if runtime.block_on(interrupts.recv()).is_some() {
                of_thread.store(true, Ordering::Relaxed);
            }
            if runtime.block_on(interrupts.recv()).is_some() {
                process::exit(130);
            }
        });
    }
    is_interrupted
}

/// Standard input in a file.
pub(crate) fn standard_input() -> Result<NamedTempFile> {
    let failed = |error| Failure::file("reading", Path::new("standard input"), error);
    let mut file = NamedTempFile::with_prefix("standard-input-").map_err(failed)?;
    io::copy(&mut io::stdin().lock(), &mut file).map_err(failed)?;
    Ok(file)
}

/// If `path` is another store, its content as a list in a file.
fn list_of_store(path: &Path) -> Result<Option<NamedTempFile>> {
    let mut beginning = [0; 16];
    let is_store = path.is_file()
        && fs::File::open(path)
            .is_ok_and(|mut file| file.read_exact(&mut beginning).is_ok() && ImageStore::is_store(&beginning));
    if !is_store {
        return Ok(None);
    }
    let store = ImageStore::builder().open_read_only(path)?;
    let mut file = NamedTempFile::with_prefix("store-").map_err(|error| Failure::file("reading", path, error))?;
    export(&store, &ExportOptions::default(), &mut file)?;
    Ok(Some(file))
}

/// How many findings the text shows.
const SHOWN_FINDINGS: usize = 20;

/// A line on a terminal that shows how far the import is.
struct ProgressLine {
    is_terminal: bool,
    shown: Instant,
    length: usize,
}

impl ProgressLine {
    fn new() -> Self {
        Self { is_terminal: io::stderr().is_terminal(), shown: Instant::now(), length: 0 }
    }

    fn show(&mut self, progress: Progress) {
        if !self.is_terminal || self.shown.elapsed() < Duration::from_millis(100) {
            return;
        }
        self.shown = Instant::now();
        let phase = if progress.phase == Phase::Checking { "checking" } else { "writing" };
        let line = format!("{phase}: {} objects, {}", progress.objects, size(progress.bytes));
        self.print(&line);
    }

    fn clear(&mut self) {
        if self.length > 0 {
            self.print("");
            let _ = write!(io::stderr(), "\r");
        }
    }

    fn print(&mut self, line: &str) {
        // If standard error is closed, there is nowhere to show it.
        let _ = write!(io::stderr(), "\r{line:<width$}", width = self.length);
        self.length = line.len();
    }
}

fn size(bytes: u64) -> String {
    format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10)
}

fn text(report: &ImportReport, store: &str) -> String {
    let mut text = String::new();
    let verb = if report.dry_run { "would import into" } else { "imported into" };
    let _ = writeln!(text, "{verb} {store}:");
    if let Some(cluster) = &report.cluster {
        let facts = [
            ("cluster", &cluster.id),
            ("version", &cluster.version),
            ("API", &cluster.api_server),
            ("gathered", &cluster.gathered),
        ];
        for (name, fact) in facts.iter().filter(|(_, fact)| !fact.is_empty()) {
            let _ = writeln!(text, "  {name}: {fact}");
        }
    }
    for (kind, outcomes) in [("images", report.images), ("image streams", report.image_streams)] {
        let _ = writeln!(text, "  {kind}: {}", counts(outcomes));
    }
    if report.images_from_tags > 0 {
        let tags = report.images_from_tags;
        let _ = writeln!(text, "  images made of image stream tags, without a manifest: {tags}");
    }
    if report.pushed_tags > 0 {
        let _ = writeln!(text, "  tags with an image of an archive: {}", report.pushed_tags);
    }
    if report.tag_rules > 0 {
        let _ = writeln!(text, "  rules for tags: {}", report.tag_rules);
    }
    if report.made_up_manifests > 0 {
        let images = report.made_up_manifests;
        let _ = writeln!(
            text,
            "  images without a manifest: {images}; their digests are those that skopeo shows, not those of a registry"
        );
    }
    if report.verified_blobs > 0 {
        let _ = writeln!(text, "  blobs with the content that their names say: {}", report.verified_blobs);
    }
    if !report.other_objects.is_empty() {
        let others: Vec<_> = report.other_objects.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        let _ = writeln!(text, "  not imported, since they are of other kinds: {}", others.join(", "));
    }
    if report.missing.images > 0 {
        let (tags, images) = (report.missing.tags, report.missing.images);
        let _ = writeln!(
            text,
            "  histories name {images} images that the store does not have, {tags} tags among their newest entries: \
             `oc adm inspect images` brings them"
        );
    }
    if report.finding_count > 0 {
        let _ = writeln!(text, "  could not be imported: {}", report.finding_count);
        for finding in report.findings.iter().take(SHOWN_FINDINGS) {
            let _ = writeln!(text, "    {}: {finding}", finding.file);
        }
        let others = report.finding_count.saturating_sub(SHOWN_FINDINGS as u64);
        if others > 0 {
            let _ = writeln!(text, "    and {others} more: `-o json` shows them");
        }
    }
    text
}

fn counts(outcomes: Outcomes) -> String {
    let parts = [
        (outcomes.created, "new"),
        (outcomes.unchanged, "unchanged"),
        (outcomes.skipped, "kept as they are in the store"),
        (outcomes.replaced, "replaced"),
        (outcomes.merged, "merged"),
        (outcomes.copies, "further copies"),
    ];
    let parts: Vec<_> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
}
