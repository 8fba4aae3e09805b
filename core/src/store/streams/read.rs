//! Reading streams, or parts of them.

use std::collections::BTreeMap;
use std::fmt::Display;

use crate::api::{
    ImageLookupPolicy, ImageStream, ImageStreamSpec, ImageStreamStatus, NamedTagEventList, TagEvent, TagReference,
};
use crate::error::{Error, Result};
use crate::rules::{StreamState, TagHead};
use crate::store::engine::{KeyRange, Order};
use crate::store::object_key::{self, Key, KeyReader, StreamRow};
use crate::store::record::{
    self, EventRecord, Record as _, SpecTagRecord, StreamRecord, StreamVersionRecord, TagHeadRecord, UnitRecord,
};
use crate::store::{Rows, names, rows};

/// The name of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StreamName<'a> {
    pub(crate) namespace: &'a str,
    pub(crate) name: &'a str,
}

impl StreamName<'_> {
    pub(super) fn row(self, row: StreamRow) -> Key {
        Key::stream_row(self.namespace, self.name, row)
    }

    pub(super) fn tag_row(self, row: StreamRow, tag: &str) -> Key {
        Key::tag_row(self.namespace, self.name, row, tag)
    }
}

/// Reads metadata and spec of a stream, without its tags.
pub(crate) fn head(rows: &dyn Rows, at: StreamName<'_>) -> Result<Option<StreamState>> {
    let Some((version, record)) = head_records(rows, at)? else { return Ok(None) };
    Ok(Some(assemble(at, &version, record)?.0))
}

/// Reads a stream with its spec tags and tag heads, but no older entries.
pub(crate) fn state(rows: &dyn Rows, at: StreamName<'_>) -> Result<Option<StreamState>> {
    Ok(read(rows, at, false)?.map(|(state, _)| state))
}

/// The older entries of each tag's history, oldest first.
type OlderEvents = BTreeMap<String, Vec<TagEvent>>;

/// Reads a stream in one pass over its rows, with or without the older entries of its histories.
fn read(rows: &dyn Rows, at: StreamName<'_>, with_events: bool) -> Result<Option<(StreamState, OlderEvents)>> {
    let (mut version, mut record) = (None, None);
    let mut stream = StreamState::default();
    let mut older = OlderEvents::new();
    let prefix = Key::stream(at.namespace, at.name);
    for row in rows.prefix(prefix.as_bytes())? {
        let (key, value) = row?;
        let mut reader = KeyReader::after(&prefix, &key);
        let kind = reader.as_mut().and_then(KeyReader::byte);
        let mut tag =
            |table| reader.as_mut().and_then(KeyReader::text).ok_or_else(|| object_key::damaged_key(table, &key));
        match kind.and_then(StreamRow::of) {
            Some(StreamRow::Version) => version = Some(record::decode::<StreamVersionRecord>(&key, &value)?),
            Some(StreamRow::Stream) => record = Some(record::decode::<StreamRecord>(&key, &value)?),
            Some(StreamRow::SpecTag) => {
                let tag = tag(SpecTagRecord::TABLE)?;
                let spec = record::decode::<SpecTagRecord>(&key, &value)?.into_tag(&tag);
                stream.spec_tags.insert(tag, spec);
            }
            Some(StreamRow::Head) => {
                let tag = tag(TagHeadRecord::TABLE)?;
                stream.tags.insert(tag, record::decode::<TagHeadRecord>(&key, &value)?.into());
            }
            Some(StreamRow::Follower | StreamRow::UnsetGeneration) => {}
            Some(StreamRow::Event) if with_events => {
                let tag = tag(EventRecord::TABLE)?;
                let event = record::decode::<EventRecord>(&key, &value)?.into();
                older.entry(tag).or_default().push(event);
            }
            // Events are the last rows.
            Some(StreamRow::Event) => break,
            None => return Err(object_key::damaged_key(StreamRecord::TABLE, &key)),
        }
    }
    let Some(version) = version else { return Ok(None) };
    let (head, counts) = assemble(at, &version, record)?;
    let found = TagCounts { spec: stream.spec_tags.len() as u64, heads: stream.tags.len() as u64 };
    if found != counts {
        let reason = format!(
            "the stream counts {} spec tags and {} tag heads, but has {} and {}",
            counts.spec, counts.heads, found.spec, found.heads
        );
        return Err(object_key::damaged(StreamRecord::TABLE, &at.row(StreamRow::Stream), &reason));
    }
    Ok(Some((StreamState { spec_tags: stream.spec_tags, tags: stream.tags, ..head }, older)))
}

/// Reads a whole stream.
pub(crate) fn get(rows: &dyn Rows, at: StreamName<'_>) -> Result<Option<ImageStream>> {
    let Some((state, mut older)) = read(rows, at, true)? else { return Ok(None) };
    let history = |(tag, head): (String, TagHead)| {
        let items: Vec<_> =
            head.newest.into_iter().chain(older.remove(&tag).unwrap_or_default().into_iter().rev()).collect();
        NamedTagEventList { tag, items: (!items.is_empty()).then_some(items), conditions: head.conditions }
    };
    Ok(Some(ImageStream {
        metadata: state.metadata,
        spec: ImageStreamSpec {
            lookup_policy: state.lookup_policy,
            docker_image_repository: state.spec_repository,
            tags: state.spec_tags.into_values().collect(),
        },
        status: ImageStreamStatus {
            docker_image_repository: state.repository,
            public_docker_image_repository: state.public_repository,
            tags: state.tags.into_iter().map(history).collect(),
        },
        ..ImageStream::default()
    }))
}

/// Calls `visit` with every stream of a namespace, or of all, in order.
pub(crate) fn each(rows: &dyn Rows, namespace: Option<&str>, visit: &mut dyn FnMut(&ImageStream)) -> Result<()> {
    for name in names::streams(rows, namespace, "")? {
        let listed = name?;
        let at = StreamName { namespace: &listed.name.namespace, name: &listed.name.name };
        visit(&get(rows, at)?.ok_or_else(|| Error::internal("a listed stream is gone"))?);
    }
    Ok(())
}

/// Reads a tag of the spec.
pub(crate) fn spec_tag(rows: &dyn Rows, at: StreamName<'_>, tag: &str) -> Result<Option<TagReference>> {
    let record: Option<SpecTagRecord> = rows::get(rows, &at.tag_row(StreamRow::SpecTag, tag))?;
    Ok(record.map(|record| record.into_tag(tag)))
}

/// Reads the head of a tag.
pub(crate) fn tag_head(rows: &dyn Rows, at: StreamName<'_>, tag: &str) -> Result<Option<TagHead>> {
    let record: Option<TagHeadRecord> = rows::get(rows, &at.tag_row(StreamRow::Head, tag))?;
    Ok(record.map(TagHead::from))
}

/// Reads the newest entry of a tag's history.
pub(crate) fn newest(rows: &dyn Rows, at: StreamName<'_>, tag: &str) -> Result<Option<TagEvent>> {
    let record: Option<TagHeadRecord> = rows::get(rows, &at.tag_row(StreamRow::Head, tag))?;
    Ok(record.and_then(|record| record.newest).map(TagEvent::from))
}

/// Reads the history of a tag, newest first.
pub(crate) fn history(rows: &dyn Rows, at: StreamName<'_>, tag: &str) -> Result<Option<Vec<TagEvent>>> {
    let Some(head) = tag_head(rows, at, tag)? else { return Ok(None) };
    let mut events = Vec::from_iter(head.newest);
    let older = KeyRange::prefix(at.tag_row(StreamRow::Event, tag).as_bytes());
    for row in rows.range(&older, Order::Descending)? {
        let (key, value) = row?;
        events.push(record::decode::<EventRecord>(&key, &value)?.into());
    }
    Ok(Some(events))
}

/// Reads a part of the history of a tag, newest first: `limit` entries older than the one with the number `before`, or
/// the newest ones; and the number of the last of them, if there are older ones.
///
/// The number of an entry is the sequence number of its row. The newest entry has none yet: its number is the one that it
/// gets with the next push.
pub(crate) fn history_page(
    rows: &dyn Rows,
    at: StreamName<'_>,
    tag: &str,
    before: Option<u64>,
    limit: usize,
) -> Result<Option<(Vec<TagEvent>, Option<u64>)>> {
    let head: Option<TagHeadRecord> = rows::get(rows, &at.tag_row(StreamRow::Head, tag))?;
    let Some(head) = head else { return Ok(None) };
    let prefix = at.tag_row(StreamRow::Event, tag);
    let mut range = KeyRange::prefix(prefix.as_bytes());
    let newest = match before {
        Some(before) if before <= head.next_sequence => {
            range = range.rest(Key::event(at.namespace, at.name, tag, before).as_bytes(), Order::Descending);
            None
        }
        _ => head.newest,
    };
    let mut last = newest.is_some().then_some(head.next_sequence);
    let mut events = Vec::from_iter(newest.map(TagEvent::from));
    for row in rows.range(&range, Order::Descending)? {
        let (key, value) = row?;
        if events.len() >= limit {
            return Ok(Some((events, last)));
        }
        let number = KeyReader::after(&prefix, &key).and_then(|mut reader| reader.sequence());
        last = Some(number.ok_or_else(|| object_key::damaged_key(EventRecord::TABLE, &key))?);
        events.push(record::decode::<EventRecord>(&key, &value)?.into());
    }
    Ok(Some((events, None)))
}

/// The tags of the status.
pub(super) fn tags(rows: &dyn Rows, at: StreamName<'_>) -> Result<Vec<String>> {
    tags_at(rows, &at.row(StreamRow::Head))
}

/// The spec tags that follow a given tag.
pub(super) fn followers(rows: &dyn Rows, at: StreamName<'_>, followed: &str) -> Result<Vec<String>> {
    let prefix = at.tag_row(StreamRow::Follower, followed);
    tags_at(rows, &prefix)
}

/// All spec tags that follow another tag of the stream: pairs of followed tag and follower.
pub(crate) fn all_followers(rows: &dyn Rows, at: StreamName<'_>) -> Result<Vec<(String, String)>> {
    let prefix = at.row(StreamRow::Follower);
    let mut followers = Vec::new();
    for row in rows.prefix(prefix.as_bytes())? {
        let (key, _) = row?;
        let read = KeyReader::after(&prefix, &key).and_then(|mut reader| Some((reader.text()?, reader.text()?)));
        followers.push(read.ok_or_else(|| object_key::damaged_key(UnitRecord::TABLE, &key))?);
    }
    Ok(followers)
}

/// The number of rows of older entries.
pub(crate) fn count_events(rows: &dyn Rows, at: StreamName<'_>) -> Result<usize> {
    Ok(rows.prefix(at.row(StreamRow::Event).as_bytes())?.count())
}

/// The tags whose newest entry has generation 0.
pub(crate) fn unset_generations(rows: &dyn Rows, at: StreamName<'_>) -> Result<Vec<String>> {
    tags_at(rows, &at.row(StreamRow::UnsetGeneration))
}

/// The numbers of tag rows of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TagCounts {
    /// Tags of the spec.
    pub(crate) spec: u64,
    /// Tags of the status: those with a history or conditions.
    heads: u64,
}

/// Reads metadata and spec of a stream without its tags, and the numbers of tags.
///
/// Managed fields are left out: a push does not need them, and decoding them would be a third of its work.
pub(crate) fn head_with_counts(rows: &dyn Rows, at: StreamName<'_>) -> Result<Option<(StreamState, TagCounts)>> {
    let Some((version, record)) = head_records(rows, at)? else { return Ok(None) };
    let record = record.map(|record| StreamRecord { meta: record.meta.without_managed_fields(), ..record });
    assemble(at, &version, record).map(Some)
}

/// The two rows of a stream beside those of its tags.
fn head_records(rows: &dyn Rows, at: StreamName<'_>) -> Result<Option<(StreamVersionRecord, Option<StreamRecord>)>> {
    let Some(version) = rows::get::<StreamVersionRecord>(rows, &at.row(StreamRow::Version))? else { return Ok(None) };
    Ok(Some((version, rows::get::<StreamRecord>(rows, &at.row(StreamRow::Stream))?)))
}

/// The same from the two rows.
pub(super) fn assemble(
    at: StreamName<'_>,
    version: &StreamVersionRecord,
    record: Option<StreamRecord>,
) -> Result<(StreamState, TagCounts)> {
    let damaged = |reason: &dyn Display| object_key::damaged(StreamRecord::TABLE, &at.row(StreamRow::Stream), reason);
    let record = record.ok_or_else(|| damaged(&"the stream has a version but no metadata"))?;
    let counts = TagCounts { spec: record.spec_tags, heads: version.heads };
    let state = StreamState {
        metadata: record
            .meta
            .into_meta(at.namespace, at.name, version.resource_version)
            .map_err(|error| damaged(&error))?,
        lookup_policy: ImageLookupPolicy { local: record.lookup_local },
        spec_repository: record.spec_repository,
        repository: record.repository,
        public_repository: record.public_repository,
        ..StreamState::default()
    };
    Ok((state, counts))
}

fn tags_at(rows: &dyn Rows, prefix: &Key) -> Result<Vec<String>> {
    rows.prefix(prefix.as_bytes())?.map(|row| tag_of(prefix, &row?.0, UnitRecord::TABLE)).collect()
}

/// The tag name after `prefix` in a key.
fn tag_of(prefix: &Key, key: &[u8], table: &'static str) -> Result<String> {
    KeyReader::after(prefix, key)
        .and_then(|mut reader| reader.text())
        .ok_or_else(|| object_key::damaged_key(table, key))
}

impl From<TagHeadRecord> for TagHead {
    fn from(record: TagHeadRecord) -> Self {
        Self {
            newest: record.newest.map(Into::into),
            conditions: record.conditions.into_iter().map(Into::into).collect(),
            displaced: Vec::new(),
        }
    }
}
