//! Copying all rows to a new file.

use std::fs;
use std::path::Path;

use super::consistency::check_row;
use super::engine::{Batch, Engine as _, KeyRange, Order, Position, RowIter};
use super::open::StoreOptions;
use super::paths::with_suffix;
use super::record::{self, ChangeRecord, StateRecord};
use super::{Rows as _, Store, file, keys};
use crate::error::{Error, Result};

/// Rows are written in commits of about this many bytes.
const COMMIT_BYTES: usize = 4 << 20;

impl Store {
    /// Writes the store as it is now to a new file, and returns its resource version. Others may go on writing meanwhile.
    ///
    /// # Errors
    ///
    /// `Io`, also if the file exists; `Corrupted` if a row is damaged. Then there is no new file.
    pub(crate) fn backup(&self, to: &Path) -> Result<u64> {
        if to.exists() {
            return Err(Error::io("creating", to, std::io::ErrorKind::AlreadyExists.into()));
        }
        let read = self.read()?;
        let state = read.state()?;
        let temporary = with_suffix(to, "creating");
        let rows = read.range(&KeyRange::all(), Order::Ascending)?;
        let result = copy_rows(rows, &temporary, to, &StoreOptions::default(), state.store_id)
            .and_then(|()| file::publish(&temporary, to).map_err(|error| Error::io("creating", to, error)));
        if result.is_err() {
            // If that fails too, the next backup overwrites the file.
            let _ = fs::remove_file(&temporary);
        }
        result.map(|()| state.version)
    }
}

/// Writes rows to a new file, which `path` is the final name of. Each row is checked.
pub(super) fn copy_rows(rows: RowIter<'_>, to: &Path, path: &Path, options: &StoreOptions, id: String) -> Result<()> {
    let new = file::create_at(to, path, options, id)?;
    let mut batch = Batch::default();
    let mut bytes = 0;
    for row in rows {
        let (key, value) = row?;
        match key.first() {
            Some(&keys::STATE) => StateRecord::read(&key, &value).map(drop)?,
            Some(&keys::CHANGES) => record::decode::<ChangeRecord>(&key, &value).map(drop)?,
            _ => check_row(&key, &value)?,
        }
        bytes += key.len() + value.len();
        batch.put(key, value);
        if bytes >= COMMIT_BYTES {
            let _ = new.commit(Position::default(), &std::mem::take(&mut batch))?;
            bytes = 0;
        }
    }
    let _ = new.commit(Position::default(), &batch)?;
    Ok(())
}
