//! The rows that the store writes for a mapping, read from the file of a store. The peers write the same.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::path::Path;

use imagestream::{ImageStore, PostParams};
use imagestream_tests::store_file;
use redb::TableDefinition;

use crate::run::Run;
use crate::workload::{NAMESPACE, STREAM, Workload, create_stream, fill};

/// The table of the store's rows.
pub(crate) const ROWS: TableDefinition<'static, &'static [u8], &'static [u8]> = TableDefinition::new("rows-1");
/// The name of a store's file in its folder.
pub(crate) const FILE: &str = "store.redb";

/// First byte of the keys of the rows of images, and the bytes of the kinds of rows that one image has.
pub(crate) const IMAGES: u8 = 0x02;
/// First byte of the keys of the rows of streams.
pub(crate) const STREAMS: u8 = 0x03;
/// First byte of the keys of the index from layers to images.
pub(crate) const LAYERS: u8 = 0x04;
/// First byte of the keys of the change feed.
pub(crate) const CHANGES: u8 = 0x05;
/// The default number of changes that the store keeps.
const CHANGES_KEPT: usize = 10_000;

/// A key and its value.
pub(crate) type Row = (Vec<u8>, Vec<u8>);
/// A key and its new value; `None` where the row is deleted.
pub(crate) type Write = (Vec<u8>, Option<Vec<u8>>);

/// The rows of many mappings, by mapping.
///
/// They are found in a file without knowing its layout: rows with the digest of an image in the key belong to its mapping; rows
/// that another mapping changes are written by each; all others are in the order of the mappings.
pub(crate) struct Recorded {
    count: usize,
    images: Vec<Vec<Row>>,
    in_order: BTreeMap<u8, Vec<Row>>,
    by_each: Vec<Row>,
}

impl Recorded {
    /// Creates mappings in a store of their own, and reads their rows from its file.
    pub(crate) fn new(run: &Run, workload: &Workload, count: usize) -> Self {
        let (before, changed) = changed_by_each(run, workload);
        let folder = run.folder();
        let path = folder.path().join(FILE);
        let store = ImageStore::builder().keep_changes(u64::MAX, u64::MAX).open(&path).unwrap();
        create_stream(&store, STREAM);
        fill(&store, workload, count);
        drop(store);

        let digests: HashMap<[u8; 8], usize> =
            (0..count).map(|index| (beginning(&raw_digest(&workload.digest(index))), index)).collect();
        let mut recorded =
            Self { count, images: vec![Vec::new(); count], in_order: BTreeMap::new(), by_each: Vec::new() };
        for row in all(&path) {
            if changed.contains(&row.0) {
                recorded.by_each.push(row);
            } else if let Some(&index) = row.0.windows(8).find_map(|part| digests.get(part)) {
                recorded.images[index].push(row);
            } else if !before.contains(&row.0) {
                recorded.in_order.entry(row.0[0]).or_default().push(row);
            }
        }
        recorded
    }

    /// The rows of one transaction in which these images are pushed one by one, in the order of the keys.
    pub(crate) fn transaction(&self, images: Range<usize>) -> Vec<Write> {
        self.of(images.clone(), images)
    }

    /// The same for images that are pushed in another order: each at a position of its own.
    pub(crate) fn of(&self, images: impl IntoIterator<Item = usize>, positions: Range<usize>) -> Vec<Write> {
        let mut writes = BTreeMap::new();
        for (image, position) in images.into_iter().zip(positions) {
            let put = |(key, value): &Row| (key.clone(), Some(value.clone()));
            writes.extend(self.images[image].iter().map(put));
            writes.extend(self.in_order.values().flat_map(|rows| self.share(rows, position)).map(put));
            writes.extend(self.no_longer_kept(position).map(|(key, _)| (key.clone(), None)));
            writes.extend(self.by_each.iter().map(put));
        }
        writes.into_iter().collect()
    }

    /// The rows of a transaction that only moves the tag to an existing image, as the push at that position.
    pub(crate) fn retag(&self, image: usize, position: usize) -> Vec<Write> {
        let is_of_image = |key: &[u8]| match key[0] {
            IMAGES => key.get(34).is_some_and(|kind| *kind <= 3),
            space => space == LAYERS,
        };
        let mut writes = self.of([image], position..position + 1);
        writes.retain(|(key, _)| !is_of_image(key));
        // The image has not changed, so there is one change, of the stream alone.
        if let Some(change) = writes.iter().position(|(key, value)| key[0] == CHANGES && value.is_some()) {
            writes.remove(change);
        }
        writes
    }

    fn share<'a>(&self, rows: &'a [Row], position: usize) -> &'a [Row] {
        &rows[position * rows.len() / self.count..(position + 1) * rows.len() / self.count]
    }

    fn no_longer_kept(&self, position: usize) -> impl Iterator<Item = &Row> {
        let changes = self.in_order.get(&CHANGES).map(Vec::as_slice).unwrap_or_default();
        let expired = |change: usize| change.checked_sub(CHANGES_KEPT);
        let end = expired((position + 1) * changes.len() / self.count).unwrap_or_default();
        let start = expired(position * changes.len() / self.count).unwrap_or_default();
        changes[start..end].iter()
    }
}

/// The keys that exist before any mapping, and those of the rows that every mapping writes again.
fn changed_by_each(run: &Run, workload: &Workload) -> (HashSet<Vec<u8>>, HashSet<Vec<u8>>) {
    let folder = run.folder();
    let path = folder.path().join(FILE);
    let after = |count: usize| -> BTreeMap<Vec<u8>, Vec<u8>> {
        let store = ImageStore::open(&path).unwrap();
        if count == 0 {
            create_stream(&store, STREAM);
        } else {
            let mapping = workload.mapping(count);
            let _ = store.namespace(NAMESPACE).mappings().create(&PostParams::default(), &mapping).unwrap();
        }
        drop(store);
        all(&path).into_iter().collect()
    };
    let (before, one, two) = (after(0), after(1), after(2));
    let changed = two.iter().filter(|(key, value)| one.get(*key).is_some_and(|old| old != *value));
    (before.into_keys().collect(), changed.map(|(key, _)| key.clone()).collect())
}

/// All rows of a closed store.
pub(crate) fn all(path: &Path) -> Vec<Row> {
    store_file::rows(path)
}

/// The bytes of a digest.
pub(crate) fn raw_digest(digest: &str) -> Vec<u8> {
    hex::decode(digest.trim_start_matches("sha256:")).unwrap()
}

/// The prefix of the keys of all rows of an image.
pub(crate) fn image_prefix(digest: &str) -> Vec<u8> {
    [&[IMAGES, 2][..], &raw_digest(digest)].concat()
}

/// The keys of the three rows that make an image: the record, the manifest, the config.
pub(crate) fn image_keys(digest: &str) -> [Vec<u8>; 3] {
    [1, 2, 3].map(|row| [image_prefix(digest), vec![row]].concat())
}

/// The prefix of the keys of all rows of the streams of a namespace.
pub(crate) fn namespace_prefix(namespace: &str) -> Vec<u8> {
    [&[STREAMS], namespace.as_bytes(), &[0, 1]].concat()
}

/// The prefix of the keys of all rows of a stream.
pub(crate) fn stream_prefix(namespace: &str, stream: &str) -> Vec<u8> {
    [&namespace_prefix(namespace), stream.as_bytes(), &[0, 1]].concat()
}

/// The key of the row with the newest entry of a tag.
pub(crate) fn tag_head_key(namespace: &str, stream: &str, tag: &str) -> Vec<u8> {
    [&stream_prefix(namespace, stream)[..], &[5], tag.as_bytes(), &[0, 1]].concat()
}

fn beginning(digest: &[u8]) -> [u8; 8] {
    digest[..8].try_into().unwrap()
}
