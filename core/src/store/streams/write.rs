//! Writing streams.

use super::read::{StreamName, newest, tags};
use super::tag_moves;
use crate::api::{ImageStream, TagReference};
use crate::error::Result;
use crate::rules::tag_move::{TagAfter, TagMove, moves_between, moves_between_histories};
use crate::rules::{StreamState, followed_tag};
use crate::store::object_key::{Key, StreamRow};
use crate::store::record::{MetaRecord, SpecTagRecord, StreamRecord, StreamVersionRecord, UnitRecord};
use crate::store::{Rows as _, Write, rows};

/// Sets the version of a stream.
pub(crate) fn put_version(tx: &mut Write, at: StreamName<'_>, resource_version: u64) -> Result<()> {
    let key = at.row(StreamRow::Version);
    let heads = rows::get::<StreamVersionRecord>(tx, &key)?.map_or(0, |record| record.heads);
    rows::put(tx, key, &StreamVersionRecord { resource_version, heads })
}

/// Writes the differences between a stream and its stored state, and its version.
///
/// A history that `new` does not have is deleted; an existing one gains the displaced entries.
///
/// # Errors
///
/// `Conflict` if a tag must not move; errors of reading and writing.
pub(crate) fn put(
    tx: &mut Write,
    at: StreamName<'_>,
    old: Option<&StreamState>,
    new: &StreamState,
    version: u64,
) -> Result<()> {
    let nothing = StreamState::default();
    let old = old.unwrap_or(&nothing);
    put_spec(tx, at, old, new, version)?;
    tag_moves::apply(tx, at, &moves_between(&old.tags, &new.tags))
}

/// Replaces a stream, or creates it, as of a version: the inverse of [`get`](super::get).
///
/// Everything is kept: spec, status with every history, uid, times and generation. If a list has a tag twice, the last
/// one counts; lists are stored in tag order. The stream is written under the name `at`, and the resource version in
/// the metadata is ignored.
///
/// # Errors
///
/// `Conflict` if a tag must not move; errors of reading and writing.
pub(crate) fn put_whole(
    tx: &mut Write,
    at: StreamName<'_>,
    stored: Option<&ImageStream>,
    new: &ImageStream,
    version: u64,
) -> Result<()> {
    let old = stored.map(StreamState::from).unwrap_or_default();
    put_spec(tx, at, &old, &StreamState::from(new), version)?;
    let old = stored.map(|stored| &*stored.status.tags).unwrap_or_default();
    tag_moves::apply(tx, at, &moves_between_histories(old, &new.status.tags))
}

/// Deletes a stream with everything that belongs to it.
///
/// # Errors
///
/// `Conflict` if a tag must not move; errors of reading and writing.
pub(crate) fn delete(tx: &mut Write, at: StreamName<'_>) -> Result<()> {
    for tag in tags(tx, at)? {
        let before = newest(tx, at, &tag)?;
        let gone = TagMove { tag: &tag, before: before.as_ref(), after: TagAfter::Gone };
        tag_moves::apply(tx, at, &[gone])?;
    }
    let rest: Vec<_> = tx.prefix(Key::stream(at.namespace, at.name).as_bytes())?.collect::<Result<_>>()?;
    for (key, _) in rest {
        tx.delete(key)?;
    }
    Ok(())
}

/// Writes version, metadata and spec.
fn put_spec(tx: &mut Write, at: StreamName<'_>, old: &StreamState, new: &StreamState, version: u64) -> Result<()> {
    put_version(tx, at, version)?;
    let record = StreamRecord {
        meta: MetaRecord::from(&new.metadata),
        lookup_local: new.lookup_policy.local,
        spec_repository: new.spec_repository.clone(),
        repository: new.repository.clone(),
        public_repository: new.public_repository.clone(),
        spec_tags: new.spec_tags.len() as u64,
    };
    let key = at.row(StreamRow::Stream);
    if rows::get(tx, &key)?.as_ref() != Some(&record) {
        rows::put(tx, key, &record)?;
    }
    for name in old.spec_tags.keys().chain(new.spec_tags.keys().filter(|name| !old.spec_tags.contains_key(*name))) {
        put_spec_tag(tx, at, name, old.spec_tags.get(name), new.spec_tags.get(name))?;
    }
    Ok(())
}

fn put_spec_tag(
    tx: &mut Write,
    at: StreamName<'_>,
    name: &str,
    old: Option<&TagReference>,
    new: Option<&TagReference>,
) -> Result<()> {
    if old == new {
        return Ok(());
    }
    let key = at.tag_row(StreamRow::SpecTag, name);
    match new {
        Some(tag) => rows::put(tx, key, &SpecTagRecord::from(tag))?,
        None => tx.delete(key.into_bytes())?,
    }
    let follows = |tag: Option<&TagReference>| {
        tag.and_then(|tag| followed_tag(tag, at.namespace, at.name))
            .map(|followed| Key::follower(at.namespace, at.name, followed, name))
    };
    let (old, new) = (follows(old), follows(new));
    if old != new {
        if let Some(old) = old {
            tx.delete(old.into_bytes())?;
        }
        if let Some(new) = new {
            rows::put(tx, new, &UnitRecord)?;
        }
    }
    Ok(())
}
