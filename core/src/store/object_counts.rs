//! How many images and streams there are: kept in the state row, in the transaction that creates or deletes one.

use super::keys;
use super::names;
use super::object_key::{ImageRow, StreamRow};
use super::read::Rows;
use super::record::CountsRecord;
use crate::error::{Error, Result};

/// How many objects a store has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ObjectCounts {
    /// Images.
    pub images: u64,
    /// Image streams, in all namespaces.
    pub streams: u64,
}

/// The key of the row that exists exactly as long as the object with the key prefix `object`; `None` for objects that
/// are not counted.
pub(super) fn counted_row(object: &[u8]) -> Option<Vec<u8>> {
    let row = match *object.first()? {
        keys::IMAGES => ImageRow::Record as u8,
        keys::STREAMS => StreamRow::Version as u8,
        _ => return None,
    };
    Some([object, &[row]].concat())
}

impl CountsRecord {
    /// Counts the objects of a store that has no counts yet.
    pub(super) fn of(rows: &dyn Rows) -> Result<Self> {
        let ObjectCounts { images, streams } = of(rows)?;
        Ok(Self { images, streams })
    }

    /// Notes that the object with the key prefix `object` was created or deleted.
    pub(super) fn note(&mut self, object: &[u8], before: bool, after: bool) {
        let count = match object.first() {
            Some(&keys::IMAGES) => &mut self.images,
            _ => &mut self.streams,
        };
        *count = match (before, after) {
            (false, true) => count.saturating_add(1),
            (true, false) => count.saturating_sub(1),
            _ => *count,
        };
    }
}

/// How many objects there are, if they are counted.
pub(crate) fn counted(rows: &dyn Rows) -> Result<Option<ObjectCounts>> {
    Ok(rows.state()?.objects.map(|CountsRecord { images, streams }| ObjectCounts { images, streams }))
}

/// How many objects there are. In a store that was last written before they were counted, this reads all names.
pub(crate) fn get(rows: &dyn Rows) -> Result<ObjectCounts> {
    counted(rows)?.map_or_else(|| of(rows), Ok)
}

fn of(rows: &dyn Rows) -> Result<ObjectCounts> {
    Ok(ObjectCounts { images: count(names::images(rows, ""))?, streams: count(names::streams(rows, None, "")?)? })
}

/// The number of objects in a list.
pub(crate) fn count(mut names: names::Names<'_>) -> Result<u64> {
    names.try_fold(0_u64, |count, name| name.map(|_| count.saturating_add(1)))
}

/// The error for a list that has another number of objects than the state row counts.
pub(crate) fn miscounted(table: &'static str, found: u64, counted: u64) -> Error {
    Error::corrupted(table, format!("{found} were found, but the state row counts {counted}"))
}
