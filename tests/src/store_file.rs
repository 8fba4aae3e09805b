//! The file of a store, read and written as `docs/file-format.md` describes it, without the library.

use std::path::Path;

use redb::backends::InMemoryBackend;
use redb::{Database, ReadableDatabase as _, ReadableTable as _, StorageBackend, TableDefinition};
use xxhash_rust::xxh3::xxh3_64;

/// A key and its value.
pub type Row = (Vec<u8>, Vec<u8>);

const ROWS: TableDefinition<'static, &[u8], &[u8]> = TableDefinition::new("rows-1");

/// The size of a block.
pub const BLOCK: usize = 4096;
/// Blocks with their checksums in one block.
const GROUP: usize = 1024;
/// The size of each of the two copies of the header.
const HEADER: usize = 512;
/// Where redb's header is in the header.
const REDB_HEADER: std::ops::Range<usize> = 44..364;

/// All rows of a closed store, in key order.
///
/// # Panics
///
/// If the file is not a sound store.
#[must_use]
pub fn rows(path: &Path) -> Vec<Row> {
    let database = open(&redb_part(&read(path)));
    let table = database.begin_read().expect("a read transaction").open_table(ROWS).expect("the table of rows");
    let rows = table.iter().expect("rows").map(|row| row.expect("a row"));
    rows.map(|(key, value)| (key.value().to_vec(), value.value().to_vec())).collect()
}

/// Writes what redb has in the file of a store to another file; `false` if the file is no store.
///
/// # Panics
///
/// If a file can't be read or written.
#[must_use]
pub fn copy_redb(store: &Path, to: &Path) -> bool {
    let bytes = read(store);
    let is_store = bytes.starts_with(b"imagestream");
    if is_store {
        std::fs::write(to, redb_part(&bytes)).expect("a writable file");
    }
    is_store
}

/// Puts a row into the file of a closed store, or removes it, without anything that the library does for a change.
///
/// # Panics
///
/// If the file is not a sound store.
pub fn replace_row(path: &Path, key: &[u8], value: Option<&[u8]>) {
    let bytes = read(path);
    let memory = Memory::default();
    memory.fill(&redb_part(&bytes));
    let database = Database::builder().create_with_backend(memory.clone()).expect("a database");
    let transaction = database.begin_write().expect("a write transaction");
    {
        let mut table = transaction.open_table(ROWS).expect("the table of rows");
        match value {
            Some(value) => table.insert(key, value).expect("an insertion"),
            None => table.remove(key).expect("a removal"),
        };
    }
    transaction.commit().expect("a commit");
    drop(database);
    std::fs::write(path, with_checksums(&bytes, &memory.bytes())).expect("a writable file");
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).expect("a readable file")
}

fn open(bytes: &[u8]) -> Database {
    let memory = Memory::default();
    memory.fill(bytes);
    Database::builder().create_with_backend(memory).expect("a database")
}

/// What redb has in a file: its header, and the blocks without their checksums.
fn redb_part(file: &[u8]) -> Vec<u8> {
    let mut blocks = file.chunks(BLOCK);
    let header = blocks.next().and_then(|first| first.get(REDB_HEADER)).expect("a header");
    let mut redb = header.to_vec();
    redb.resize(BLOCK, 0);
    for (number, block) in blocks.enumerate() {
        if number % (GROUP + 1) != 0 {
            redb.extend_from_slice(block);
        }
    }
    redb
}

/// The file that has these bytes of redb, with the header of `old`.
fn with_checksums(old: &[u8], redb: &[u8]) -> Vec<u8> {
    let mut header = old.get(..HEADER).expect("a header").to_vec();
    let seed = header.get(20..28).and_then(|seed| seed.try_into().ok()).map(u64::from_le_bytes).expect("a seed");
    for (to, from) in header.iter_mut().skip(REDB_HEADER.start).zip(redb.iter().take(REDB_HEADER.len())) {
        *to = *from;
    }
    header.truncate(HEADER - 8);
    header.extend(xxh3_64(&header).to_le_bytes());
    let mut file = [&header[..], &header].concat();
    file.resize(BLOCK, 0);
    let blocks: Vec<_> = (1_u64..).zip(redb.chunks(BLOCK).skip(1)).collect();
    for group in blocks.chunks(GROUP) {
        let mut sums = Vec::new();
        for (number, block) in group {
            let start = u32::try_from(seed.wrapping_add(*number) & u64::from(u32::MAX)).unwrap_or_default();
            sums.extend(crc32c::crc32c_append(start, block).max(1).to_le_bytes());
        }
        sums.resize(BLOCK, 0);
        file.extend(sums);
        for (_, block) in group {
            file.extend_from_slice(block);
        }
    }
    file
}

/// Memory that outlives the database in it.
#[derive(Debug, Clone, Default)]
struct Memory(std::sync::Arc<InMemoryBackend>);

impl Memory {
    fn fill(&self, bytes: &[u8]) {
        self.0.set_len(bytes.len() as u64).expect("memory");
        self.0.write(0, bytes).expect("memory");
    }

    fn bytes(&self) -> Vec<u8> {
        let len = self.0.len().expect("a length");
        let mut bytes = vec![0; usize::try_from(len).expect("a length in memory")];
        self.0.read(0, &mut bytes).expect("memory");
        bytes
    }
}

impl StorageBackend for Memory {
    fn len(&self) -> std::io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> std::io::Result<()> {
        self.0.read(offset, out)
    }

    fn set_len(&self, len: u64) -> std::io::Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> std::io::Result<()> {
        self.0.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> std::io::Result<()> {
        self.0.write(offset, data)
    }
}
