//! The write of a mapping or a rollback: the number of rows depends neither on the length of the history nor on the number of tags.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::read::{self, StreamName, TagCounts, followers, tag_head};
use super::tag_moves;
use super::write::put_version;
use crate::api::TagEvent;
use crate::error::{Error, Result};
use crate::rules::tag_move::{self, Recording, StreamTags, TagAfter, TagMove};
use crate::rules::{StreamState, TagChange, TagHead, generation};
use crate::store::object_key::Key;
use crate::store::{Rows, Write};

/// Gives an event to a tag and to the tags that follow it. Returns the change of each tag, and the resource version of
/// the stream afterwards, which stays the same if nothing changes.
///
/// `stream` has the metadata of the stream; its tags are not used.
///
/// # Errors
///
/// `Conflict` if a tag must not move; errors of reading and writing.
pub(crate) fn push(
    tx: &mut Write,
    at: StreamName<'_>,
    (stream, counts): (&StreamState, TagCounts),
    tag: &str,
    event: &TagEvent,
    recording: Recording,
) -> Result<(Vec<(String, TagChange)>, u64)> {
    let mut tags = StoredTags { rows: tx, at, counts, touched: BTreeMap::new() };
    let changes = tag_move::push(&mut tags, tag, event, recording)?;
    let touched = tags.touched;
    let mut moves: Vec<TagMove<'_>> = Vec::with_capacity(touched.len());
    for (tag, change) in &changes {
        let Some(Touched { before, head }) = touched.get(tag) else { continue };
        let after = if *change == TagChange::Unchanged { TagAfter::Same } else { TagAfter::Head(head) };
        moves.push(TagMove { tag, before: before.as_ref(), after });
    }
    if moves.iter().all(|tag| tag.after == TagAfter::Same) {
        tag_moves::apply(tx, at, &moves)?;
        return Ok((changes, stream.metadata.resource_version.parse().unwrap_or_default()));
    }
    let unset = unset_generations(tx, at, stream, &moves)?;
    let mut filled = unset.clone();
    generation::fill(&mut filled, &unset);
    moves.extend(tag_move::moves_between(&unset.tags, &filled.tags));
    let version = tx.update(Key::stream(at.namespace, at.name).as_bytes(), |tx, version| {
        put_version(tx, at, version)?;
        tag_moves::apply(tx, at, &moves)?;
        Ok(version)
    })?;
    Ok((changes, version))
}

/// The tags of a stored stream, whose heads are read on demand.
struct StoredTags<'a> {
    rows: &'a dyn Rows,
    at: StreamName<'a>,
    counts: TagCounts,
    touched: BTreeMap<String, Touched>,
}

/// The head of a tag that the push touches.
struct Touched {
    /// Its newest entry as stored.
    before: Option<TagEvent>,
    head: TagHead,
}

impl StreamTags for StoredTags<'_> {
    type Error = Error;

    fn head(&mut self, tag: &str) -> Result<&mut TagHead> {
        let touched = match self.touched.entry(tag.to_owned()) {
            Entry::Occupied(touched) => touched.into_mut(),
            Entry::Vacant(free) => {
                let head = tag_head(self.rows, self.at, tag)?.unwrap_or_default();
                free.insert(Touched { before: head.newest.clone(), head })
            }
        };
        Ok(&mut touched.head)
    }

    fn followers(&self, tag: &str) -> Result<Vec<String>> {
        // Without spec tags there are no followers, so their rows need not be read.
        if self.counts.spec == 0 { Ok(Vec::new()) } else { followers(self.rows, self.at, tag) }
    }
}

/// The stream with those tags whose newest entry has no generation, except for tags that move anyway: this write sets
/// their generation.
fn unset_generations(
    rows: &dyn Rows,
    at: StreamName<'_>,
    stream: &StreamState,
    moves: &[TagMove<'_>],
) -> Result<StreamState> {
    let mut unset = StreamState { metadata: stream.metadata.clone(), ..StreamState::default() };
    if stream.metadata.generation == 0 {
        return Ok(unset);
    }
    for name in read::unset_generations(rows, at)? {
        if !moves.iter().any(|tag| tag.tag == name && tag.after != TagAfter::Same) {
            let head = tag_head(rows, at, &name)?.unwrap_or_default();
            unset.tags.insert(name, head);
        }
    }
    Ok(unset)
}
