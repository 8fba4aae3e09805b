//! The time from opening a store to the first look-up, with nothing of the file in the page cache.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::rc::Rc;
use std::time::Instant;

use imagestream::{ImageStore, PostParams};

use super::stage::LazyStage;
use crate::child::Child;
use crate::files;
use crate::peers::ours::Ours;
use crate::peers::raw_redb::{self, RawRedb, Reader};
use crate::peers::sqlite::{Sqlite, Synchronous};
use crate::peers::sqlite_reader::SqliteReader;
use crate::peers::{Entrant, RAW_REDB, SQLITE_FULL, Target as _};
use crate::rows::{self, FILE};
use crate::run::{Run, Turns, at_size};
use crate::workload::{BATCH, NAMESPACE, Workload};

const ROUNDS: usize = 3;
/// Mappings between opening and the kill.
const BEFORE_THE_KILL: usize = 640;
const UNIT: &str = "ms";
/// The size of the large file, and the limit for opening it.
const LARGE: u64 = 10_000_000_000;
const LIMIT: (&str, f64) = ("the limit, 1 s", 1_000.0);

/// Measures it with this number of images.
pub(crate) fn run(run: &Run, stage: &LazyStage<'_>, images: usize) {
    clean(run, stage, &at_size("cold open, clean", images));
    killed(run, stage, &at_size("cold open, after kill -9", images));
}

/// Measures it with a file of 10 GB.
pub(crate) fn large(run: &Run) {
    let [clean, killed] = ["cold open, clean, 10 GB", "cold open, after kill -9, 10 GB"];
    if !run.wants(clean) && !run.wants(killed) {
        return;
    }
    let folder = run.folder();
    let workload = Rc::new(Workload::new());
    let images = fill(run, folder.path(), &workload);
    let digest = workload.digest(0);
    run.progress(clean);
    let rounds: Vec<_> = (0..ROUNDS).map(|_| ours(folder.path(), &digest)).collect();
    run.found(clean, LIMIT.0, UNIT, &rounds, &[LIMIT.1; ROUNDS]);
    run.progress(killed);
    let mut from = images;
    let rounds: Vec<_> = (0..ROUNDS)
        .map(|_| {
            push_and_kill(folder.path(), from);
            from += 2 * BEFORE_THE_KILL;
            ours(folder.path(), &digest)
        })
        .collect();
    run.found(killed, LIMIT.0, UNIT, &rounds, &[LIMIT.1; ROUNDS]);
}

fn clean(run: &Run, stage: &LazyStage<'_>, name: &str) {
    if !run.wants(name) {
        return;
    }
    let digest = stage.workload.digest(0);
    let (our_folder, raw_folder) = (stage.copy(stage.our_folder()), stage.copy(stage.raw_redb_folder()));
    let sqlite_folder = stage.copy(stage.sqlite_folder());
    let turns = Turns::ours(|| ours(our_folder.path(), &digest))
        .against(RAW_REDB, || raw_redb(raw_folder.path(), &digest))
        .against(SQLITE_FULL, || sqlite(sqlite_folder.path(), &digest));
    run.measure(name, UNIT, ROUNDS, turns);
}

fn killed(run: &Run, stage: &LazyStage<'_>, name: &str) {
    if !run.wants(name) {
        return;
    }
    let digest = stage.workload.digest(0);
    let turns = Turns::ours(|| {
        let folder = stage.copy(stage.our_folder());
        push_and_kill(folder.path(), stage.images);
        ours(folder.path(), &digest)
    })
    // A copy of files that are in use is what a killed process leaves.
    .against(RAW_REDB, || {
        let folder = stage.copy(stage.raw_redb_folder());
        let mut entrant = Entrant::new(RawRedb::open(folder.path(), &stage.recorded), stage.images, 1, 1);
        entrant.round(BEFORE_THE_KILL);
        raw_redb(stage.copy(folder.path()).path(), &digest)
    })
    .against(SQLITE_FULL, || {
        let folder = stage.copy(stage.sqlite_folder());
        let target = Sqlite::open(folder.path(), Synchronous::Full, &stage.recorded);
        let mut entrant = Entrant::new(target, stage.images, 1, 1);
        entrant.round(BEFORE_THE_KILL);
        sqlite(stage.copy(folder.path()).path(), &digest)
    });
    run.measure(name, UNIT, ROUNDS, turns);
}

fn ours(folder: &Path, digest: &str) -> f64 {
    files::forget(folder);
    let start = Instant::now();
    let store = ImageStore::open(folder.join(FILE)).unwrap();
    let image = store.images().get(digest).unwrap();
    let took = start.elapsed();
    assert_eq!(image.metadata.name, digest);
    took.as_secs_f64() * 1_000.0
}

fn raw_redb(folder: &Path, digest: &str) -> f64 {
    let keys = rows::image_keys(digest);
    files::forget(folder);
    let start = Instant::now();
    let found = Reader::open(&folder.join(raw_redb::FILE)).get(&keys);
    let took = start.elapsed();
    assert_eq!(found.len(), keys.len());
    took.as_secs_f64() * 1_000.0
}

fn sqlite(folder: &Path, digest: &str) -> f64 {
    files::forget(folder);
    let start = Instant::now();
    let sqlite = SqliteReader::open(folder);
    let found = sqlite.image(&rows::raw_digest(digest));
    let took = start.elapsed();
    assert!(!found[0].is_empty());
    took.as_secs_f64() * 1_000.0
}

/// Fills a store until its file is large, and returns the number of images.
fn fill(run: &Run, folder: &Path, workload: &Rc<Workload>) -> usize {
    run.progress("making a file of 10 GB");
    // With a larger cache than usual, so that it takes minutes and not hours.
    let store = ImageStore::builder().cache_bytes(1 << 30).open(folder.join(FILE)).unwrap();
    crate::workload::create_stream(&store, crate::workload::STREAM);
    let mappings = store.namespace(NAMESPACE).mappings();
    let mut images = 0;
    while files::size(folder) < LARGE {
        let batch: Vec<_> = (images..images + 5 * BATCH).map(|index| workload.mapping(index)).collect();
        mappings.create_all(&PostParams::default(), &batch).unwrap();
        images += batch.len();
        if images % 100_000 == 0 {
            run.progress(&format!("{images} images, {} MB", files::size(folder) / 1_000_000));
        }
    }
    images
}

/// Starts a process that pushes images into the store of a folder, and kills it after some pushes.
fn push_and_kill(folder: &Path, from: usize) {
    let mut command = Child::Push { folder: folder.to_owned(), from }.command();
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let pushed = BufReader::new(child.stdout.take().unwrap()).lines().take(BEFORE_THE_KILL).count();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(pushed, BEFORE_THE_KILL);
    assert!(fs::exists(folder.join(FILE)).unwrap());
}

/// Pushes images until it is killed, and prints a line for each.
pub(crate) fn child(folder: &Path, from: usize) {
    let ours = Ours::open(folder, &Rc::new(Workload::new()));
    let mut writer = ours.writer();
    for index in from.. {
        writer(&ours.transaction(index..index + 1));
        println!("{index}");
    }
}
