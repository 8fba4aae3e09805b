//! Rolling a tag back to an earlier entry of its history.

use super::image_stream_tags::ImageStreamTags;
use super::lifecycle::{not_found, valid};
use super::stream_writes::{StreamWrite, whole};
use super::tag_writes::{check_expected, parse_name, spec_tag};
use crate::api::{ImageStream, ImageStreamTag, TagEvent};
use crate::error::{Error, Result};
use crate::rules::tag_move::{self, Recording};
use crate::rules::{
    NoSuchEntry, RollbackSearch, RollbackTarget, StreamState, TagChange, UndoneBy, pin, validate_stream_update,
};
use crate::store::streams::{self, StreamName};
use crate::store::{Rows, Write, images};

/// The entries read at once in search of the one to return to.
const PAGE: usize = 256;

/// Parameters of a rollback.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RollbackParams {
    /// Whether to return the result, but write nothing.
    pub dry_run: bool,
    /// The entry to return to.
    pub to: RollbackTarget,
    /// Whether to make the spec of the tag refer to the image, so that neither an import nor another tag moves it again.
    pub pin: bool,
}

/// What a rollback did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Rollback {
    /// The newest entry before.
    pub before: TagEvent,
    /// The entry that the tag returned to, as the newest one: its time is that of the rollback.
    pub entry: TagEvent,
    /// The tag and its change, followed by the direct followers of the tag in name order, which moved along.
    pub tags: Vec<(String, TagChange)>,
    /// What may move the tag again.
    pub undone_by: Option<UndoneBy>,
    /// Whether the store has no such image.
    pub image_missing: bool,
    /// The resource version of the stream afterwards.
    pub resource_version: u64,
}

impl ImageStreamTags {
    /// Makes an earlier entry of a tag's history its newest one again.
    ///
    /// The history gets a new entry with the image and the pull spec of the earlier one and the present time; nothing in
    /// it is changed or removed. The tags that follow the tag directly get it too, as from a mapping. If the tag has that
    /// image and pull spec already, nothing changes, unless it is to be pinned. All of this is one write, with one
    /// resource version and one event of a watch.
    ///
    /// The API of the cluster has no such verb: there a tag is rolled back by `oc tag STREAM@DIGEST STREAM:TAG`, which
    /// is what [`pin`](RollbackParams::pin) does.
    ///
    /// # Errors
    ///
    /// [`BadRequest`](crate::ErrorKind::BadRequest) if the name is not `stream:tag`, or the history has no such entry;
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such stream or tag, or the tag has no history;
    /// [`Conflict`](crate::ErrorKind::Conflict) if it does not point to the [expected](Self::expecting) image.
    pub fn rollback(&self, name: &str, params: &RollbackParams) -> Result<Rollback> {
        let (stream, tag) = parse_name::<ImageStreamTag>(name)?;
        let writing = self.writing();
        let at = StreamName { namespace: writing.namespace, name: stream };
        writing.store.write(params.dry_run, |tx| {
            let (stream, counts) =
                streams::head_with_counts(tx, at)?.ok_or_else(|| not_found::<ImageStreamTag>(at.name))?;
            check_expected::<ImageStreamTag>(tx, writing, at.name, tag)?;
            let before = streams::newest(tx, at, tag)?.ok_or_else(|| not_found::<ImageStreamTag>(name))?;
            let found = find(tx, at, tag, &params.to)?;
            let mut entry = TagEvent { created: Some(writing.now), generation: stream.metadata.generation, ..found };
            let image_missing = !entry.image.is_empty() && !images::exists(tx, &entry.image)?;
            let (tags, resource_version, undone_by) = if params.pin {
                let (tags, version) = push_and_pin(tx, writing, at, tag, &mut entry)?;
                (tags, version, None)
            } else {
                let spec = streams::spec_tag(tx, at, tag)?;
                let undone_by = spec.and_then(|spec| UndoneBy::of(&spec, at.namespace, at.name));
                let (tags, version) = streams::push(tx, at, (&stream, counts), tag, &entry, Recording::Append)?;
                (tags, version, undone_by)
            };
            Ok(Rollback { before, entry, tags, undone_by, image_missing, resource_version })
        })
    }
}

/// Searches the history of a tag.
fn find(rows: &dyn Rows, at: StreamName<'_>, tag: &str, target: &RollbackTarget) -> Result<TagEvent> {
    let bad = |error: NoSuchEntry| Error::bad_request(format!("{}:{tag}: {error}", at.name));
    let mut search = RollbackSearch::new(target);
    let mut before = None;
    while let Some((entries, next)) = streams::history_page(rows, at, tag, before, PAGE)? {
        for entry in &entries {
            if !search.see(entry).map_err(bad)? {
                return search.finish().map_err(bad);
            }
        }
        match next {
            Some(_) => before = next,
            None => break,
        }
    }
    search.finish().map_err(bad)
}

/// Changes the spec of the tag too, which gives stream, tag and entry a new generation.
fn push_and_pin(
    tx: &mut Write,
    writing: StreamWrite<'_>,
    at: StreamName<'_>,
    tag: &str,
    entry: &mut TagEvent,
) -> Result<(Vec<(String, TagChange)>, u64)> {
    let stored = streams::get(tx, at)?.ok_or_else(|| not_found::<ImageStreamTag>(at.name))?;
    if entry.image.is_empty() {
        return Err(Error::bad_request(format!("{}:{tag}: an entry without an image can't be pinned", at.name)));
    }
    let old = StreamState::from(&stored);
    let mut new = old.clone();
    pin(&mut new, tag, &entry.image, writing.store.settings().import_mode.name());
    entry.generation = new.metadata.generation;
    let Ok(changes) = tag_move::push(&mut new, tag, entry, Recording::Append);
    let mut causes = Vec::from_iter(new.too_many_tags());
    if spec_tag(&stored, tag) != new.spec_tags.get(tag) {
        causes.extend(validate_stream_update(&whole(&new, &stored.status.tags), &stored, None));
    }
    valid::<ImageStream>(at.name, causes)?;
    writing.put(tx, Some(&old), &mut new)?;
    Ok((changes, new.metadata.resource_version.parse().unwrap_or_default()))
}
