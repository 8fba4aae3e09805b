//! Counts that do not depend on the machine: rows, instructions, allocations.

use std::fs::File;
use std::path::Path;
use std::rc::Rc;

use imagestream::api::{ImageStream, NamedTagEventList, TagEvent};
use imagestream::{ImageStore, PostParams};
use tempfile::TempDir;

use super::read;
use super::stage::LazyStage;
use crate::child::Work;
use crate::files;
use crate::peers::RAW_REDB;
use crate::peers::raw_redb::TRANSACTIONS;
use crate::rows::FILE;
use crate::run::Run;
use crate::valgrind::{self, Counted};
use crate::workload::{NAMESPACE, STREAM, TAG, Workload, create_stream};

/// Transactions that are prepared for counting redb alone.
const PREPARED: usize = 1_000;
/// The limit for decoding, preparing, validating, deriving and encoding a mapping.
const INSTRUCTIONS_LIMIT: f64 = 150_000.0;

/// Measures mappings into a store with the usual number of images, and look-ups.
pub(crate) fn run(run: &Run, stage: &LazyStage<'_>) {
    rows(run, stage);
    mappings(run, stage);
    without_the_engine(run);
    look_ups(run);
}

/// Measures pushes into long histories, and into a stream of many tags.
pub(crate) fn lengths(run: &Run) {
    let events: &[usize] = run.either(&[10, 100_000], &[10, 100_000, 1_000_000]);
    let mut usual = Length::new(1_000, "events in the tag", "ours, 1000 events", with_events);
    for &count in events {
        Length::new(count, "events in the tag", "", with_events).compare(run, &mut usual);
    }
    let mut few = Length::new(10, "tags in the stream", "ours, 10 tags", with_tags);
    Length::new(10_000, "tags in the stream", "", with_tags).compare(run, &mut few);
}

/// Whether a measure is wanted, and valgrind can take it.
fn is_counted(run: &Run, name: &str) -> bool {
    run.wants(name) && valgrind::is_available(run)
}

/// The rows that the store counts itself, beside those that the peers write: they should be the same.
fn rows(run: &Run, stage: &LazyStage<'_>) {
    const NAME: &str = "rows written per mapping";
    const COUNT: usize = 200;
    if !run.wants(NAME) {
        return;
    }
    run.progress(NAME);
    let ours = stage.ours();
    let (_, written) = rows_of_mappings(&ours.store, &stage.workload, stage.images, COUNT);
    let theirs: usize = (0..COUNT)
        .map(|index| stage.images + index)
        .map(|index| stage.recorded.transaction(index..index + 1).len())
        .sum();
    run.found(NAME, RAW_REDB, "rows", &[written], &[theirs as f64 / COUNT as f64]);
}

fn mappings(run: &Run, stage: &LazyStage<'_>) {
    for (name, unit, counted) in [
        ("instructions per mapping", "instructions", Counted::Instructions),
        ("allocations per mapping", "allocations", Counted::Allocations),
    ] {
        if !is_counted(run, name) {
            continue;
        }
        run.progress(name);
        let ours = valgrind::count(run, counted, Work::Create, stage.our_folder());
        let raw_folder = files::copy(run, stage.raw_redb_folder());
        let writes = (stage.images..stage.images + PREPARED).map(|index| stage.recorded.transaction(index..index + 1));
        serde_json::to_writer(File::create(raw_folder.path().join(TRANSACTIONS)).unwrap(), &writes.collect::<Vec<_>>())
            .unwrap();
        let theirs = valgrind::count(run, counted, Work::CreateRaw, raw_folder.path());
        run.found(name, RAW_REDB, unit, &[ours], &[theirs]);
    }
}

/// A mapping with as little of the engine as possible, a dry run: the body of a request is decoded, prepared, validated, derived,
/// encoded into a batch that is dropped, and answered. A few rows are read from memory.
///
/// It includes the compression of the texts, which is counted by itself and subtracted.
fn without_the_engine(run: &Run) {
    const NAME: &str = "decode to encode, a dry run without compression";
    const COMPRESSION: &str = "*TextRecord*from*";
    if is_counted(run, NAME) {
        run.progress(NAME);
        let folder = run.folder();
        let count = |counted| valgrind::count(run, counted, Work::DryRun, folder.path());
        let compression = count(Counted::InstructionsOf(COMPRESSION));
        assert!(compression > 0.0, "the compiler has moved it into other functions");
        let ours = count(Counted::Instructions) - compression;
        run.found(NAME, "the limit", "instructions", &[ours], &[INSTRUCTIONS_LIMIT]);
    }
}

fn look_ups(run: &Run) {
    let measures = [
        ("instructions per get image", "instructions", Counted::Instructions, Work::GetImage, Work::GetImageRaw),
        ("allocations per get image", "allocations", Counted::Allocations, Work::GetImage, Work::GetImageRaw),
        ("instructions per read image", "instructions", Counted::Instructions, Work::ReadImage, Work::GetImageRaw),
        ("allocations per read image", "allocations", Counted::Allocations, Work::ReadImage, Work::GetImageRaw),
        ("instructions per get tag", "instructions", Counted::Instructions, Work::GetTag, Work::GetTagRaw),
        ("allocations per get tag", "allocations", Counted::Allocations, Work::GetTag, Work::GetTagRaw),
    ];
    if !measures.iter().any(|(name, ..)| is_counted(run, name)) {
        return;
    }
    let folder = run.folder();
    read::make(folder.path(), &Rc::new(Workload::new()), 1_000);
    for (name, unit, counted, ours, theirs) in measures {
        if run.wants(name) {
            run.progress(name);
            let [ours, theirs] = [ours, theirs].map(|work| valgrind::count(run, counted, work, folder.path()));
            run.found(name, RAW_REDB, unit, &[ours], &[theirs]);
        }
    }
}

/// A store with a number of entries or tags, and the cost of a push into it.
struct Length {
    count: usize,
    of: &'static str,
    name: &'static str,
    change: fn(&mut ImageStream, usize),
    made: Option<TempDir>,
    rows: Option<f64>,
    instructions: Option<f64>,
}

impl Length {
    fn new(count: usize, of: &'static str, name: &'static str, change: fn(&mut ImageStream, usize)) -> Self {
        Self { count, of, name, change, made: None, rows: None, instructions: None }
    }

    fn compare(&mut self, run: &Run, usual: &mut Self) {
        let name = |what: &str| format!("{what} per mapping, {} {}", self.count, self.of);
        let (rows, instructions) = (name("rows"), name("instructions"));
        if run.wants(&rows) {
            run.progress(&rows);
            run.found(&rows, usual.name, "rows", &[self.rows(run)], &[usual.rows(run)]);
        }
        if is_counted(run, &instructions) {
            run.progress(&instructions);
            let (ours, theirs) = (self.instructions(run), usual.instructions(run));
            run.found(&instructions, usual.name, "instructions", &[ours], &[theirs]);
        }
    }

    /// Rows read and written.
    fn rows(&mut self, run: &Run) -> f64 {
        if self.rows.is_none() {
            let folder = files::copy(run, self.made(run));
            let store = ImageStore::open(folder.path().join(FILE)).unwrap();
            let (read, written) = rows_of_mappings(&store, &Workload::new(), 0, 20);
            self.rows = Some(read + written);
        }
        self.rows.unwrap_or_default()
    }

    fn instructions(&mut self, run: &Run) -> f64 {
        if self.instructions.is_none() {
            self.instructions = Some(valgrind::count(run, Counted::Instructions, Work::Create, self.made(run)));
        }
        self.instructions.unwrap_or_default()
    }

    /// The folder of the store.
    fn made(&mut self, run: &Run) -> &Path {
        let (change, count) = (self.change, self.count);
        let folder = self.made.get_or_insert_with(|| {
            run.progress(&format!("making a stream with {count} {}", self.of));
            let folder = run.folder();
            let store = ImageStore::open(folder.path().join(FILE)).unwrap();
            create_stream(&store, STREAM);
            let streams = store.namespace(NAMESPACE).image_streams();
            let mut stream = streams.get(STREAM).unwrap();
            change(&mut stream, count);
            streams.replace_status(STREAM, &PostParams::default(), &stream).unwrap();
            folder
        });
        folder.path()
    }
}

fn with_events(stream: &mut ImageStream, count: usize) {
    stream.status.tags = vec![history(TAG, 0..count)];
}

fn with_tags(stream: &mut ImageStream, count: usize) {
    stream.status.tags = (0..count).map(|tag| history(&format!("tag-{tag}"), tag..tag + 1)).collect();
}

fn history(tag: &str, images: std::ops::Range<usize>) -> NamedTagEventList {
    let event = |image: usize| {
        let digest = format!("sha256:{image:064x}");
        TagEvent {
            created: Some("2026-01-02T03:04:05Z".parse().unwrap()),
            docker_image_reference: format!("registry.example.com/{NAMESPACE}/{STREAM}@{digest}"),
            image: digest,
            generation: 1,
        }
    };
    NamedTagEventList { tag: tag.to_owned(), items: Some(images.map(event).collect()), ..NamedTagEventList::default() }
}

/// Rows read and written by a mapping of a new image.
fn rows_of_mappings(store: &ImageStore, workload: &Workload, first: usize, count: usize) -> (f64, f64) {
    let mappings = store.namespace(NAMESPACE).mappings();
    let push = |index: usize| drop(mappings.create(&PostParams::default(), &workload.mapping(index)).unwrap());
    push(first);
    let before = store.statistics();
    (first + 1..=first + count).for_each(push);
    let after = store.statistics();
    let per_mapping = |after: u64, before: u64| (after - before) as f64 / count as f64;
    (per_mapping(after.rows_read, before.rows_read), per_mapping(after.rows_written, before.rows_written))
}

/// Does the work that is counted, in a process of its own.
pub(crate) fn child(work: Work, folder: &Path, times: usize, of: usize) {
    match work {
        Work::Create => create(folder, times, of),
        Work::CreateRaw => crate::peers::raw_redb::child(folder, times),
        Work::DryRun => dry_run(times, of),
        Work::Replace | Work::ReplaceManaged | Work::CreateUnmanaged | Work::CreateManaged => {
            super::managed::child(work, folder, times, of);
        }
        Work::GetImage | Work::ReadImage | Work::GetImageRaw | Work::GetTag | Work::GetTagRaw => {
            read::child(work, folder, times, of);
        }
    }
}

fn create(folder: &Path, times: usize, of: usize) {
    // None of these images exists yet.
    const FIRST: usize = 50_000_000;
    let workload = Workload::new();
    let mappings: Vec<_> = (FIRST..FIRST + of).map(|index| workload.mapping(index)).collect();
    let store = ImageStore::open(folder.join(FILE)).unwrap();
    let shop = store.namespace(NAMESPACE).mappings();
    for mapping in &mappings[..times] {
        let _ = shop.create(&PostParams::default(), mapping).unwrap();
    }
}

fn dry_run(times: usize, of: usize) {
    let workload = Workload::new();
    let path = format!("/apis/image.openshift.io/v1/namespaces/{NAMESPACE}/imagestreammappings?dryRun=All");
    let requests: Vec<_> = (0..of)
        .map(|index| {
            let body = serde_json::to_vec(&workload.mapping(index)).unwrap();
            let request = http::Request::post(&path).header("content-type", "application/json");
            request.body(bytes::Bytes::from(body)).unwrap()
        })
        .collect();
    let store = ImageStore::in_memory().unwrap();
    create_stream(&store, STREAM);
    for request in &requests[..times] {
        let response = imagestream::request::handle(&store, request, None);
        assert_eq!(response.status(), http::StatusCode::CREATED);
    }
    assert!(store.images().get(&workload.digest(0)).is_err(), "nothing was written");
}
