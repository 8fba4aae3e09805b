//! Objects as of a resource version.

use super::access::StoreAccess;
use crate::error::{Error, Result};
use crate::store::{History, Read, Rows, Since};

/// Calls `work` with the rows of the objects with key prefix `under`, as of a version (or those of `present`, for
/// `None`), and with that version.
pub(super) fn as_of<T>(
    store: &StoreAccess,
    present: &dyn Rows,
    version: Option<u64>,
    under: &[u8],
    work: impl FnOnce(&dyn Rows, u64) -> Result<T>,
) -> Result<T> {
    let current = present.state()?.version;
    match version {
        Some(version) if version != current => work(&history(store.read()?, version, under)?.at(version), version),
        _ => work(present, current),
    }
}

/// The changes of the objects with key prefix `under`, after a version that must be kept.
pub(super) fn history(read: Read, resource_version: u64, under: &[u8]) -> Result<History> {
    kept(History::load(read, resource_version, under)?, resource_version)
}

/// The value, or the error for a version that is not available.
pub(super) fn kept<T>(since: Since<T>, requested: u64) -> Result<T> {
    match since {
        Since::Kept(kept) => Ok(kept),
        Since::Expired { .. } => Err(Error::expired("The resourceVersion for the provided list is too old.", "")),
        Since::Future { current } => Err(Error::future_version(requested, current)),
    }
}
