//! Namespaces: stored ones, and ones that contain streams.

use super::names::{self, ObjectName};
use super::object_key::{self, Key};
use super::record::{MetaRecord, NamespaceRecord, Record as _};
use super::{Rows, Write, rows};
use crate::api::{Namespace, ObjectMeta};
use crate::error::Result;
use crate::rules::{DEFAULT_NAMESPACE, namespace_of};

/// A stored namespace.
pub(crate) fn get(rows: &dyn Rows, name: &str) -> Result<Option<Namespace>> {
    let key = Key::namespace(name);
    let Some(record) = rows::get::<NamespaceRecord>(rows, &key)? else { return Ok(None) };
    let metadata = record.meta.into_meta("", name, record.resource_version);
    metadata
        .map(|metadata| Some(namespace_of(metadata)))
        .map_err(|error| object_key::damaged(NamespaceRecord::TABLE, &key, &error))
}

/// A namespace that lists contain: it is stored, contains streams, or is `default`.
pub(crate) fn listed(rows: &dyn Rows, name: &str) -> Result<Option<Namespace>> {
    match get(rows, name)? {
        None if name == DEFAULT_NAMESPACE || holds_streams(rows, name)? => Ok(Some(unstored(name))),
        stored => Ok(stored),
    }
}

/// The namespace that clients get under that name if none is stored.
pub(crate) fn unstored(name: &str) -> Namespace {
    namespace_of(ObjectMeta { name: name.to_owned(), ..ObjectMeta::default() })
}

/// The streams of a namespace.
pub(crate) fn streams(rows: &dyn Rows, name: &str) -> Result<Vec<ObjectName>> {
    names::streams(rows, Some(name), "")?.map(|listed| listed.map(|listed| listed.name)).collect()
}

/// Writes a namespace with a resource version, replacing the present one.
pub(crate) fn put(tx: &mut Write, metadata: &ObjectMeta, version: u64) -> Result<()> {
    let record = NamespaceRecord { resource_version: version, meta: MetaRecord::from(metadata) };
    rows::put(tx, Key::namespace(&metadata.name), &record)
}

/// Deletes the row of a namespace, but not its streams.
pub(crate) fn delete(tx: &mut Write, name: &str) -> Result<()> {
    tx.delete(Key::namespace(name).into_bytes())
}

fn holds_streams(rows: &dyn Rows, name: &str) -> Result<bool> {
    Ok(rows.prefix(Key::streams(Some(name)).as_bytes())?.next().transpose()?.is_some())
}
