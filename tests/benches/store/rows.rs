//! The rows that the store writes, written by redb alone.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use imagestream::ImageStore;
use redb::backends::InMemoryBackend;
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use tempfile::TempDir;

use crate::workload::{Workload, filled};

/// A key and its value.
pub(crate) type Row = (Vec<u8>, Vec<u8>);

type Table = TableDefinition<'static, &'static [u8], &'static [u8]>;
const ROWS: Table = Table::new("rows-1");
/// One table for each kind of row, in the order of `kind`.
const KINDS: [Table; 10] = [
    Table::new("state"),
    Table::new("images"),
    Table::new("manifests"),
    Table::new("configs"),
    Table::new("users"),
    Table::new("streams"),
    Table::new("heads"),
    Table::new("events"),
    Table::new("layers"),
    Table::new("changes"),
];

/// How rows are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// As the store does: one table, in which what belongs to one object lies side by side.
    Clustered,
    /// A table for each kind of row.
    TablePerKind,
}

impl fmt::Display for Layout {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Clustered => "one clustered table",
            Self::TablePerKind => "a table for each kind",
        })
    }
}

/// The rows of many mappings, by mapping.
pub(crate) struct Recorded {
    batches: Vec<Vec<Row>>,
}

impl Recorded {
    /// The rows of some mappings. Past the last one the first are taken again with other digests in their keys.
    pub(crate) fn batches(&self, range: Range<usize>) -> Vec<Row> {
        range.flat_map(|index| self.batch(index)).collect()
    }

    fn batch(&self, index: usize) -> Vec<Row> {
        let round = index / self.batches.len();
        let mut rows = self.batches[index % self.batches.len()].clone();
        if round > 0 {
            for (key, _) in rows.iter_mut().filter(|(key, _)| key.len() > 33 || key[0] == 0x05) {
                // The first bytes of a digest, or the high ones of a version.
                for (byte, part) in key.iter_mut().skip(2).zip(u32::try_from(round).unwrap().to_be_bytes()) {
                    *byte ^= part.wrapping_mul(37);
                }
            }
        }
        rows
    }
}

/// Makes mappings in a store of their own, and reads from its file what each of them wrote.
pub(crate) fn record(workload: &Workload, count: usize) -> Recorded {
    let folder = tempfile::tempdir().unwrap();
    let store = ImageStore::open(folder.path().join("store.redb")).unwrap();
    filled(&store, workload, count);
    drop(store);
    let mut shared = Vec::new();
    let mut events = Vec::new();
    let mut changes = Vec::new();
    let mut images: BTreeMap<Vec<u8>, Vec<Row>> = BTreeMap::new();
    for row in all(&folder) {
        match row.0[0] {
            0x02 => images.entry(row.0[2..34].to_vec()).or_default().push(row),
            0x04 => images.entry(row.0[row.0.len() - 32..].to_vec()).or_default().push(row),
            0x05 => changes.push(row),
            0x03 if kind(&row.0) == 7 => events.push(row),
            _ => shared.push(row),
        }
    }
    let (mut events, mut changes) = (events.into_iter(), changes.into_iter());
    let batches = (0..count).map(|index| {
        let digest = hex::decode(workload.digest(index).trim_start_matches("sha256:")).unwrap();
        let mut rows = images.remove(&digest).unwrap_or_default();
        rows.extend(shared.iter().cloned());
        rows.extend(events.next());
        rows.extend(changes.by_ref().take(2));
        rows
    });
    Recorded { batches: batches.collect() }
}

/// All rows of the store in a folder.
pub(crate) fn all(folder: &TempDir) -> Vec<Row> {
    let database = Database::open(folder.path().join("store.redb")).unwrap();
    let table = database.begin_read().unwrap().open_table(ROWS).unwrap();
    table
        .iter()
        .unwrap()
        .map(|row| row.map(|(key, value)| (key.value().to_vec(), value.value().to_vec())).unwrap())
        .collect()
}

/// The keys of the rows that make an image.
pub(crate) fn image_rows(digest: &str) -> Vec<Vec<u8>> {
    let digest = hex::decode(digest.trim_start_matches("sha256:")).unwrap();
    (1..=3).map(|row| [&[0x02, 0x02][..], &digest, &[row]].concat()).collect()
}

/// The number of the table that a row would have among [`KINDS`].
fn kind(key: &[u8]) -> usize {
    match (key[0], key.get(34)) {
        (0x01, _) => 0,
        (0x02, Some(row)) => usize::from(*row),
        // Namespace and name, each ended by `00 01`, and then the kind of row.
        (0x03, _) => {
            match key.windows(2).enumerate().filter(|(_, end)| end == &[0, 1]).nth(1).map(|(at, _)| key[at + 2]) {
                Some(5) => 6,
                Some(7) => 7,
                _ => 5,
            }
        }
        (0x04, _) => 8,
        _ => 9,
    }
}

/// redb alone.
pub(crate) struct Raw {
    database: Database,
    layout: Layout,
    _folder: Option<TempDir>,
}

impl Raw {
    pub(crate) fn on_disk(layout: Layout) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::builder().set_cache_size(16 << 20).create(folder.path().join("raw.redb")).unwrap();
        Self { database, layout, _folder: Some(folder) }
    }

    pub(crate) fn in_memory() -> Self {
        let database =
            Database::builder().set_cache_size(16 << 20).create_with_backend(InMemoryBackend::new()).unwrap();
        Self { database, layout: Layout::Clustered, _folder: None }
    }

    /// Writes rows in one transaction, durably.
    pub(crate) fn commit(&self, rows: &[Row]) {
        let transaction = self.database.begin_write().unwrap();
        match self.layout {
            Layout::Clustered => {
                let mut table = transaction.open_table(ROWS).unwrap();
                for (key, value) in rows {
                    table.insert(key.as_slice(), value.as_slice()).unwrap();
                }
            }
            Layout::TablePerKind => {
                let mut tables = KINDS.map(|table| transaction.open_table(table).unwrap());
                for (key, value) in rows {
                    tables[kind(key)].insert(key.as_slice(), value.as_slice()).unwrap();
                }
            }
        }
        transaction.commit().unwrap();
    }

    pub(crate) fn get_all(&self, keys: &[Vec<u8>]) -> usize {
        let table = self.database.begin_read().unwrap().open_table(ROWS).unwrap();
        keys.iter().filter_map(|key| table.get(key.as_slice()).unwrap()).map(|value| value.value().len()).sum()
    }

    pub(crate) fn scan(&self, prefix: &[u8]) -> usize {
        let table = self.database.begin_read().unwrap().open_table(ROWS).unwrap();
        let end = [prefix[0] + 1];
        table.range(prefix..end.as_slice()).unwrap().map(|row| row.unwrap().1.value().len()).sum()
    }
}
