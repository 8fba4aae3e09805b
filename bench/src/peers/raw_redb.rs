//! redb alone, writing the rows that the store writes: the lower limit of the cost.

use std::fs;
use std::ops::Range;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use imagestream_tests::store_file;
use redb::backends::InMemoryBackend;
use redb::{Database, Durability, ReadableDatabase};

use super::{CACHE, Target, Writer};
use crate::rows::{ROWS, Recorded, Write};

/// The name of its file in a folder.
pub(crate) const FILE: &str = "raw.redb";

/// The name of a file with transactions in a folder, for [`child`].
pub(crate) const TRANSACTIONS: &str = "transactions.json";

/// A database with one table.
pub(crate) struct RawRedb {
    database: Arc<Database>,
    recorded: Rc<Recorded>,
    durability: Durability,
}

impl RawRedb {
    /// Opens the database in a folder, or creates it.
    pub(crate) fn open(folder: &Path, recorded: &Rc<Recorded>) -> Self {
        let database = Database::builder().set_cache_size(CACHE).create(folder.join(FILE)).unwrap();
        Self { database: Arc::new(database), recorded: Rc::clone(recorded), durability: Durability::Immediate }
    }

    /// A new database in memory, which never syncs.
    pub(crate) fn in_memory(recorded: &Rc<Recorded>) -> Self {
        let database = Database::builder().set_cache_size(CACHE).create_with_backend(InMemoryBackend::new()).unwrap();
        Self { database: Arc::new(database), recorded: Rc::clone(recorded), durability: Durability::None }
    }
}

impl Target for RawRedb {
    type Transaction = Vec<Write>;

    fn transaction(&self, images: Range<usize>) -> Self::Transaction {
        self.recorded.transaction(images)
    }

    fn retag(&self, image: usize, position: usize) -> Self::Transaction {
        self.recorded.retag(image, position)
    }

    fn writer(&self) -> Writer<Self::Transaction> {
        let (database, durability) = (Arc::clone(&self.database), self.durability);
        Box::new(move |writes| commit(&database, writes, durability))
    }
}

/// Writes rows in one transaction.
pub(crate) fn commit(database: &Database, writes: &[Write], durability: Durability) {
    let mut transaction = database.begin_write().unwrap();
    transaction.set_durability(durability).unwrap();
    let mut table = transaction.open_table(ROWS).unwrap();
    for (key, value) in writes {
        match value {
            Some(value) => drop(table.insert(key.as_slice(), value.as_slice()).unwrap()),
            None => drop(table.remove(key.as_slice()).unwrap()),
        }
    }
    drop(table);
    transaction.commit().unwrap();
}

/// Commits the first of the transactions in a folder, in a process of its own.
pub(crate) fn child(folder: &Path, times: usize) {
    let transactions: Vec<Vec<Write>> = serde_json::from_slice(&fs::read(folder.join(TRANSACTIONS)).unwrap()).unwrap();
    let database = Database::builder().set_cache_size(CACHE).open(folder.join(FILE)).unwrap();
    for transaction in &transactions[..times] {
        commit(&database, transaction, Durability::Immediate);
    }
}

/// The file of a closed store, read by redb alone.
pub(crate) struct Reader(Database);

impl Reader {
    /// Opens a file of redb alone; of a store, a copy without the checksums of blocks, which is made beside it.
    pub(crate) fn open(path: &Path) -> Self {
        let plain = path.with_extension("plain");
        if !plain.exists() && store_file::copy_redb(path, &plain) {
            return Self::open(path);
        }
        let path = if plain.exists() { &plain } else { path };
        Self(Database::builder().set_cache_size(CACHE).open(path).unwrap())
    }

    /// The values at some keys.
    pub(crate) fn get(&self, keys: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let table = self.0.begin_read().unwrap().open_table(ROWS).unwrap();
        keys.iter().filter_map(|key| table.get(key.as_slice()).unwrap()).map(|value| value.value().to_vec()).collect()
    }

    /// The rows whose keys have a prefix.
    pub(crate) fn prefix(&self, prefix: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.scan(prefix, prefix, usize::MAX)
    }

    /// A number of rows from a key on, whose keys have a prefix.
    pub(crate) fn scan(&self, from: &[u8], prefix: &[u8], limit: usize) -> Vec<(Vec<u8>, Vec<u8>)> {
        let table = self.0.begin_read().unwrap().open_table(ROWS).unwrap();
        let rows = table.range(from..).unwrap().map(|row| row.unwrap());
        rows.map(|(key, value)| (key.value().to_vec(), value.value().to_vec()))
            .take_while(|(key, _)| key.starts_with(prefix))
            .take(limit)
            .collect()
    }
}
