//! What the store costs, against redb alone writing the same rows with the same durability.
//!
//! Read the results as ratios within one run: the machine and its disk decide about the times.
#![allow(missing_docs, reason = "criterion's macros make public functions")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark that can't go on should end")]

mod rows;
mod workload;

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use imagestream::{ImageStore, PostParams};

use rows::{Layout, Raw};
use workload::{NAMESPACE, STREAM, Workload, filled};

/// Mappings that are there before the clock starts.
const BEFORE: usize = 200;
const THREADS: usize = 64;
const BATCH: usize = 1_000;

fn times<T>(count: u64, mut work: impl FnMut(usize) -> T) -> Duration {
    let start = Instant::now();
    for index in 0..usize::try_from(count).unwrap() {
        black_box(work(BEFORE + index));
    }
    start.elapsed()
}

/// `count` pieces of work, shared among threads.
fn in_threads(count: u64, work: impl Fn(usize) + Sync) -> Duration {
    let count = usize::try_from(count).unwrap();
    let start = Instant::now();
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let work = &work;
            scope.spawn(move || (thread..count).step_by(THREADS).for_each(|index| work(BEFORE + index)));
        }
    });
    start.elapsed()
}

fn create_mapping(c: &mut Criterion) {
    let workload = Workload::new(40_000);
    let recorded = rows::record(&workload, 4_000);
    let mut group = c.benchmark_group("create mapping");
    group.sample_size(10).throughput(Throughput::Elements(1));

    group.bench_function("durable, 1 thread/imagestream", |b| {
        b.iter_custom(|count| {
            let folder = tempfile::tempdir().unwrap();
            let store = ImageStore::open(folder.path().join("store.redb")).unwrap();
            filled(&store, &workload, BEFORE);
            let mappings = store.namespace(NAMESPACE).mappings();
            times(count, |index| mappings.create(&PostParams::default(), &workload.mapping(index)).unwrap())
        });
    });
    for layout in [Layout::Clustered, Layout::TablePerKind] {
        group.bench_function(format!("durable, 1 thread/redb, the same rows, {layout}"), |b| {
            b.iter_custom(|count| {
                let raw = Raw::on_disk(layout);
                raw.commit(&recorded.batches(0..BEFORE));
                times(count, |index| raw.commit(&recorded.batches(index..index + 1)))
            });
        });
    }

    group.bench_function(format!("durable, {THREADS} threads/imagestream"), |b| {
        b.iter_custom(|count| {
            let folder = tempfile::tempdir().unwrap();
            let store = ImageStore::open(folder.path().join("store.redb")).unwrap();
            filled(&store, &workload, BEFORE);
            let mappings = store.namespace(NAMESPACE).mappings();
            in_threads(count, |index| {
                let _ = mappings.create(&PostParams::default(), &workload.mapping(index)).unwrap();
            })
        });
    });
    group.bench_function(format!("durable, {THREADS} threads/redb, the same rows, {}", Layout::Clustered), |b| {
        b.iter_custom(|count| {
            let raw = Raw::on_disk(Layout::Clustered);
            raw.commit(&recorded.batches(0..BEFORE));
            in_threads(count, |index| raw.commit(&recorded.batches(index..index + 1)))
        });
    });

    group.bench_function("in memory/imagestream", |b| {
        b.iter_custom(|count| {
            let store = ImageStore::in_memory().unwrap();
            filled(&store, &workload, BEFORE);
            let mappings = store.namespace(NAMESPACE).mappings();
            times(count, |index| mappings.create(&PostParams::default(), &workload.mapping(index)).unwrap())
        });
    });
    group.bench_function("in memory/redb, the same rows, one clustered table", |b| {
        b.iter_custom(|count| {
            let raw = Raw::in_memory();
            raw.commit(&recorded.batches(0..BEFORE));
            times(count, |index| raw.commit(&recorded.batches(index..index + 1)))
        });
    });

    group.throughput(Throughput::Elements(BATCH as u64));
    let batch: Vec<_> = (BEFORE..BEFORE + BATCH).map(|index| workload.mapping(index)).collect();
    group.bench_function("1,000 in one transaction/imagestream", |b| {
        b.iter_batched(
            || {
                let folder = tempfile::tempdir().unwrap();
                let store = ImageStore::open(folder.path().join("store.redb")).unwrap();
                filled(&store, &workload, BEFORE);
                (folder, store)
            },
            |(folder, store)| {
                store.namespace(NAMESPACE).mappings().create_all(&PostParams::default(), &batch).unwrap();
                (folder, store)
            },
            BatchSize::PerIteration,
        );
    });
    for layout in [Layout::Clustered, Layout::TablePerKind] {
        group.bench_function(format!("1,000 in one transaction/redb, the same rows, {layout}"), |b| {
            b.iter_batched(
                || {
                    let raw = Raw::on_disk(layout);
                    raw.commit(&recorded.batches(0..BEFORE));
                    raw
                },
                |raw| {
                    raw.commit(&recorded.batches(BEFORE..BEFORE + BATCH));
                    raw
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

fn read(c: &mut Criterion) {
    const IMAGES: usize = 2_000;
    let workload = Workload::new(IMAGES);
    let store = ImageStore::in_memory().unwrap();
    filled(&store, &workload, IMAGES);
    workload::wide_stream(&store, &workload, 50, 5);
    let raw = Raw::in_memory();
    raw.commit(&rows::all(&store_file(&workload, IMAGES)));
    let mut group = c.benchmark_group("read");
    let shop = store.namespace(NAMESPACE);

    let mut index = 0;
    let mut next = move || {
        index = (index + 7) % IMAGES;
        index
    };
    group.bench_function("image by digest/imagestream", |b| {
        b.iter(|| store.images().get(&workload.digest(next())).unwrap());
    });
    let mut index = 0;
    let mut next = move || {
        index = (index + 7) % IMAGES;
        index
    };
    group.bench_function("image by digest/redb, the same rows", |b| {
        b.iter(|| raw.get_all(&rows::image_rows(&workload.digest(next()))));
    });
    group.bench_function("tag/imagestream", |b| {
        let name = format!("{STREAM}:latest");
        b.iter(|| shop.image_stream_tags().get(&name).unwrap());
    });
    group.bench_function("newest pull spec of a tag by its history of 5/imagestream", |b| {
        b.iter(|| shop.image_streams().history("wide", "tag-07").unwrap());
    });
    group.bench_function("stream of 50 tags with 5 entries each/imagestream", |b| {
        b.iter(|| shop.image_streams().get("wide").unwrap());
    });
    let wide = workload::wide_rows(&workload);
    let raw_wide = Raw::in_memory();
    raw_wide.commit(&wide);
    group.bench_function("stream of 50 tags with 5 entries each/redb, the same rows", |b| {
        b.iter(|| raw_wide.scan(&[0x03]));
    });
    group.finish();
}

fn store_file(workload: &Workload, count: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let store = ImageStore::open(folder.path().join("store.redb")).unwrap();
    filled(&store, workload, count);
    folder
}

criterion_group!(benches, create_mapping, read);
criterion_main!(benches);
