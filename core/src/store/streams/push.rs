//! A mapping's move of a tag, with as many rows for a long history, and for a stream of many tags, as for a short one.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::read::{self, StreamName, TagCounts, followers, tag_head};
use super::tag_moves::{self, MoveGuard};
use super::write::put_version;
use crate::api::TagEvent;
use crate::error::{Error, Result};
use crate::rules::tag_move::{self, StreamTags, TagAfter, TagMove};
use crate::rules::{StreamState, TagChange, TagHead, generation};
use crate::store::object_key::Key;
use crate::store::{Rows, Write};

/// Gives a tag an event and the tags that follow it, and says what happened to each; with it comes the version of the
/// stream afterwards, which stays where nothing changes.
///
/// `stream` has the metadata of the stream, and needs no tags.
///
/// # Errors
///
/// Those of `guard`, and those of reading and writing.
pub(crate) fn push(
    tx: &mut Write,
    at: StreamName<'_>,
    (stream, counts): (&StreamState, TagCounts),
    tag: &str,
    event: &TagEvent,
    guard: &dyn MoveGuard,
) -> Result<(Vec<(String, TagChange)>, u64)> {
    let mut tags = StoredTags { rows: tx, at, counts, touched: BTreeMap::new() };
    let changes = tag_move::push(&mut tags, tag, event)?;
    let touched = tags.touched;
    let mut moves: Vec<TagMove<'_>> = Vec::with_capacity(touched.len());
    for (tag, change) in &changes {
        let Some(Touched { before, head }) = touched.get(tag) else { continue };
        let after = if *change == TagChange::Unchanged { TagAfter::Same } else { TagAfter::Head(head) };
        moves.push(TagMove { tag, before: before.as_ref(), after });
    }
    if moves.iter().all(|tag| tag.after == TagAfter::Same) {
        tag_moves::apply(tx, at, &moves, guard)?;
        return Ok((changes, stream.metadata.resource_version.parse().unwrap_or_default()));
    }
    let unset = unset_generations(tx, at, stream, &moves)?;
    let mut filled = unset.clone();
    generation::fill(&mut filled, &unset);
    moves.extend(tag_move::moves_between(&unset.tags, &filled.tags));
    let version = tx.update(Key::stream(at.namespace, at.name).as_bytes(), |tx, version| {
        put_version(tx, at, version)?;
        tag_moves::apply(tx, at, &moves, guard)?;
        Ok(version)
    })?;
    Ok((changes, version))
}

/// The tags of a stored stream, of which only the heads are read that a move touches.
struct StoredTags<'a> {
    rows: &'a dyn Rows,
    at: StreamName<'a>,
    counts: TagCounts,
    touched: BTreeMap<String, Touched>,
}

/// A head that a move touches.
struct Touched {
    /// Its newest entry as it is stored.
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
        // Without spec tags nothing follows; then the rows need not be looked for.
        if self.counts.spec == 0 { Ok(Vec::new()) } else { followers(self.rows, self.at, tag) }
    }
}

/// A stream with the tags whose newest entries have no generation, but for those that move anyway: they get one with
/// this write.
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
