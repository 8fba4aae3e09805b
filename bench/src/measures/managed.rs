//! The cost of managed fields.

use std::path::Path;

use imagestream::api::{ImageStream, TagReference};
use imagestream::{ImageStore, PostParams};

use crate::child::Work;
use crate::rows::FILE;
use crate::run::Run;
use crate::valgrind::{self, Counted};
use crate::workload::{NAMESPACE, STREAM, Workload};

/// The tags in the spec of the stream that is replaced.
const TAGS: usize = 10;
const WITHOUT: &str = "ours, no manager";

/// Measures replacements of a stream, and mappings into it, with managed fields and without.
pub(crate) fn run(run: &Run) {
    for (name, with, without) in [
        ("instructions per replaced stream, managed", Work::ReplaceManaged, Work::Replace),
        ("instructions per mapping, managed", Work::CreateManaged, Work::CreateUnmanaged),
    ] {
        if run.wants(name) && valgrind::is_available(run) {
            run.progress(name);
            let [with, without] = [with, without].map(|work| {
                let folder = run.folder();
                make(folder.path(), manager(work));
                valgrind::count(run, Counted::Instructions, work, folder.path())
            });
            run.found(name, WITHOUT, "instructions", &[with], &[without]);
        }
    }
}

/// The field manager that does the work; empty for none.
fn manager(work: Work) -> &'static str {
    if matches!(work, Work::ReplaceManaged | Work::CreateManaged) { "bench" } else { "" }
}

/// A store with one stream, which its manager created.
fn make(folder: &Path, manager: &str) {
    let store = ImageStore::open(folder.join(FILE)).unwrap();
    let mut stream = ImageStream::default();
    STREAM.clone_into(&mut stream.metadata.name);
    stream.spec.tags =
        (0..TAGS).map(|tag| TagReference { name: format!("tag-{tag}"), ..TagReference::default() }).collect();
    store.namespace(NAMESPACE).image_streams().create(&PostParams::default().field_manager(manager), &stream).unwrap();
}

/// Does the work that is counted, in a process of its own.
pub(crate) fn child(work: Work, folder: &Path, times: usize, of: usize) {
    let params = PostParams::default().field_manager(manager(work));
    let workload = Workload::new();
    let mappings: Vec<_> = (0..of).map(|index| workload.mapping(index)).collect();
    let store = ImageStore::open(folder.join(FILE)).unwrap();
    let shop = store.namespace(NAMESPACE);
    let streams = shop.image_streams();
    let mut stream = streams.get(STREAM).unwrap();
    assert_eq!(stream.metadata.managed_fields.is_empty(), params.field_manager.is_empty());
    for (index, mapping) in mappings.iter().enumerate().take(times) {
        if matches!(work, Work::CreateManaged | Work::CreateUnmanaged) {
            let _ = shop.mappings().create(&params, mapping).unwrap();
        } else {
            stream.metadata.annotations.insert("index".to_owned(), index.to_string());
            stream = streams.replace(STREAM, &params, &stream).unwrap();
        }
    }
}
