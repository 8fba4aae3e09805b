//! The rows of streams: version, spec, tag heads, events.
//!
//! The newest entry of a history is in the tag's head only; older ones have a row each, numbered upwards. So a push
//! writes the head and one event, however long the history is.

use std::collections::BTreeMap;
use std::fmt::Display;

use super::engine::{KeyRange, Order};
use super::images::count_user;
use super::object_key::{Key, KeyReader, StreamRow};
use super::record::{
    self, EventRecord, MetaRecord, Record, SpecTagRecord, StreamRecord, StreamVersionRecord, TagHeadRecord, UnitRecord,
};
use super::{Rows, Write, rows};
use crate::api::{
    ImageLookupPolicy, ImageStream, ImageStreamSpec, ImageStreamStatus, NamedTagEventList, TagEvent, TagReference,
};
use crate::error::Result;
use crate::rules::{StreamState, TagHead, followed_tag};

/// Where a stream is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StreamName<'a> {
    pub(crate) namespace: &'a str,
    pub(crate) name: &'a str,
}

impl StreamName<'_> {
    fn row(self, row: StreamRow) -> Key {
        Key::stream_row(self.namespace, self.name, row)
    }

    fn tag_row(self, row: StreamRow, tag: &str) -> Key {
        Key::tag_row(self.namespace, self.name, row, tag)
    }
}

/// Metadata and spec of a stream without its tags.
pub(crate) fn head(rows: &dyn Rows, at: StreamName<'_>) -> Result<Option<StreamState>> {
    Ok(head_with_counts(rows, at)?.map(|(stream, _)| stream))
}

/// A stream with its spec tags and the newest end of every history.
pub(crate) fn state(rows: &dyn Rows, at: StreamName<'_>) -> Result<Option<StreamState>> {
    Ok(read(rows, at, false)?.map(|(state, _)| state))
}

/// The older entries of histories by their tags, oldest first.
type OlderEvents = BTreeMap<String, Vec<TagEvent>>;

/// A stream, in one go over its rows: as far as the older entries of its histories, or with them.
fn read(rows: &dyn Rows, at: StreamName<'_>, with_events: bool) -> Result<Option<(StreamState, OlderEvents)>> {
    let (mut version, mut record) = (None, None);
    let mut stream = StreamState::default();
    let mut older = OlderEvents::new();
    let prefix = Key::stream(at.namespace, at.name);
    for row in rows.prefix(prefix.as_bytes())? {
        let (key, value) = row?;
        let mut reader = KeyReader::after(&prefix, &key);
        let kind = reader.as_mut().and_then(KeyReader::byte);
        let mut tag = |table| reader.as_mut().and_then(KeyReader::text).ok_or_else(|| rows::damaged_key(table, &key));
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
            // They are the last.
            Some(StreamRow::Event) => break,
            None => return Err(rows::damaged_key(StreamRecord::TABLE, &key)),
        }
    }
    let Some(version) = version else { return Ok(None) };
    let (head, counts) = assemble(at, &version, record)?;
    let found = TagCounts { spec: stream.spec_tags.len() as u64, heads: stream.tags.len() as u64 };
    if found != counts {
        let reason = format!(
            "{} spec tags and {} tags are counted, and {} and {} are there",
            counts.spec, counts.heads, found.spec, found.heads
        );
        return Err(rows::damaged(StreamRecord::TABLE, &at.row(StreamRow::Stream), &reason));
    }
    Ok(Some((StreamState { spec_tags: stream.spec_tags, tags: stream.tags, ..head }, older)))
}

/// A stream, whole, as it is stored.
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

/// A tag of the spec.
pub(crate) fn spec_tag(rows: &dyn Rows, at: StreamName<'_>, tag: &str) -> Result<Option<TagReference>> {
    let record: Option<SpecTagRecord> = rows::get(rows, &at.tag_row(StreamRow::SpecTag, tag))?;
    Ok(record.map(|record| record.into_tag(tag)))
}

/// The newest end of a tag's history.
pub(crate) fn tag_head(rows: &dyn Rows, at: StreamName<'_>, tag: &str) -> Result<Option<TagHead>> {
    let record: Option<TagHeadRecord> = rows::get(rows, &at.tag_row(StreamRow::Head, tag))?;
    Ok(record.map(TagHead::from))
}

/// The newest entry of a tag's history.
pub(crate) fn newest(rows: &dyn Rows, at: StreamName<'_>, tag: &str) -> Result<Option<TagEvent>> {
    let record: Option<TagHeadRecord> = rows::get(rows, &at.tag_row(StreamRow::Head, tag))?;
    Ok(record.and_then(|record| record.newest).map(TagEvent::from))
}

/// The history of a tag, newest first.
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

/// The spec tags that follow a tag.
pub(crate) fn followers(rows: &dyn Rows, at: StreamName<'_>, followed: &str) -> Result<Vec<String>> {
    let prefix = at.tag_row(StreamRow::Follower, followed);
    tags_at(rows, &prefix)
}

/// All spec tags that follow one of the stream: the followed one, and the follower.
pub(crate) fn all_followers(rows: &dyn Rows, at: StreamName<'_>) -> Result<Vec<(String, String)>> {
    let prefix = at.row(StreamRow::Follower);
    let mut followers = Vec::new();
    for row in rows.prefix(prefix.as_bytes())? {
        let (key, _) = row?;
        let read = KeyReader::after(&prefix, &key).and_then(|mut reader| Some((reader.text()?, reader.text()?)));
        followers.push(read.ok_or_else(|| rows::damaged_key(UnitRecord::TABLE, &key))?);
    }
    Ok(followers)
}

/// How many rows of older entries a stream has.
pub(crate) fn count_events(rows: &dyn Rows, at: StreamName<'_>) -> Result<usize> {
    Ok(rows.prefix(at.row(StreamRow::Event).as_bytes())?.count())
}

/// The tags whose newest entry has generation 0.
pub(crate) fn unset_generations(rows: &dyn Rows, at: StreamName<'_>) -> Result<Vec<String>> {
    tags_at(rows, &at.row(StreamRow::UnsetGeneration))
}

/// Sets the version of a stream.
pub(crate) fn put_version(tx: &mut Write, at: StreamName<'_>, resource_version: u64) -> Result<()> {
    let key = at.row(StreamRow::Version);
    let heads = rows::get::<StreamVersionRecord>(tx, &key)?.map_or(0, |record| record.heads);
    rows::put(tx, key, &StreamVersionRecord { resource_version, heads })
}

/// Counts a tag head that comes or goes.
fn count_head(tx: &mut Write, at: StreamName<'_>, added: i64) -> Result<()> {
    let key = at.row(StreamRow::Version);
    let record: Option<StreamVersionRecord> = rows::get(tx, &key)?;
    let counted = record
        .and_then(|record| Some(StreamVersionRecord { heads: record.heads.checked_add_signed(added)?, ..record }));
    let record = counted
        .ok_or_else(|| rows::damaged(StreamVersionRecord::TABLE, &key, &"it counts fewer tags than there are"))?;
    rows::put(tx, key, &record)
}

/// Writes what differs between a stream and its stored state, and its version.
///
/// A history that `new` does not have is deleted; one that it has grows by the displaced entries.
pub(crate) fn put(
    tx: &mut Write,
    at: StreamName<'_>,
    old: Option<&StreamState>,
    new: &StreamState,
    version: u64,
) -> Result<()> {
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
    let empty = StreamState::default();
    let old = old.unwrap_or(&empty);
    for name in old.spec_tags.keys().chain(new.spec_tags.keys().filter(|name| !old.spec_tags.contains_key(*name))) {
        put_spec_tag(tx, at, name, old.spec_tags.get(name), new.spec_tags.get(name))?;
    }
    for name in old.tags.keys().filter(|name| !new.tags.contains_key(*name)) {
        put_history(tx, at, name, None)?;
    }
    for (name, head) in &new.tags {
        if old.tags.get(name) != Some(head) {
            put_head(tx, at, name, head)?;
        }
    }
    Ok(())
}

/// Writes the newest end of a tag's history, and a row for each entry that it displaced.
pub(crate) fn put_head(tx: &mut Write, at: StreamName<'_>, tag: &str, head: &TagHead) -> Result<()> {
    let key = at.tag_row(StreamRow::Head, tag);
    let stored: Option<TagHeadRecord> = rows::get(tx, &key)?;
    if stored.is_none() {
        count_head(tx, at, 1)?;
    }
    let old = stored.unwrap_or_default();
    let mut sequence = old.next_sequence;
    for event in &head.displaced {
        rows::put(tx, Key::event(at.namespace, at.name, tag, sequence), &EventRecord::from(event))?;
        sequence = next(sequence, &key)?;
    }
    let mut users = BTreeMap::new();
    count(&mut users, old.newest.as_ref().map(|event| &*event.image), -1);
    for event in head.displaced.iter().chain(&head.newest) {
        count(&mut users, Some(&event.image), 1);
    }
    put_users(tx, at, tag, &users)?;
    put_head_record(tx, at, tag, head, sequence)
}

/// Puts a whole history (newest first) and its conditions in place of the stored one; `None` deletes the tag.
///
/// Of the older entries only those from the first difference on are written, seen from the oldest.
pub(crate) fn put_history(
    tx: &mut Write,
    at: StreamName<'_>,
    tag: &str,
    history: Option<&NamedTagEventList>,
) -> Result<()> {
    let items = history.and_then(|history| history.items.as_deref()).unwrap_or_default();
    let (newest, older) = match items.split_first() {
        Some((newest, older)) => (Some(newest), older),
        None => (None, items),
    };
    let key = at.tag_row(StreamRow::Head, tag);
    let stored: Option<TagHeadRecord> = rows::get(tx, &key)?;
    count_head(tx, at, i64::from(history.is_some()) - i64::from(stored.is_some()))?;
    let old = stored.unwrap_or_default();
    let mut users = BTreeMap::new();
    count(&mut users, old.newest.as_ref().map(|event| &*event.image), -1);
    count(&mut users, newest.map(|event| &*event.image), 1);

    let mut wanted = older.iter().rev().map(EventRecord::from).peekable();
    let mut same = true;
    let mut sequence = 0;
    let stored: Vec<_> = tx.prefix(at.tag_row(StreamRow::Event, tag).as_bytes())?.collect::<Result<_>>()?;
    for (event_key, value) in stored {
        let event: EventRecord = record::decode(&event_key, &value)?;
        let prefix = at.tag_row(StreamRow::Event, tag);
        let number = KeyReader::after(&prefix, &event_key)
            .and_then(|mut reader| reader.sequence())
            .ok_or_else(|| rows::damaged_key(EventRecord::TABLE, &event_key))?;
        same = same && wanted.peek() == Some(&event);
        if same {
            wanted.next();
            sequence = next(number, &key)?;
        } else {
            count(&mut users, Some(&event.image), -1);
            tx.delete(event_key)?;
        }
    }
    for event in wanted {
        count(&mut users, Some(&event.image), 1);
        rows::put(tx, Key::event(at.namespace, at.name, tag, sequence), &event)?;
        sequence = next(sequence, &key)?;
    }
    put_users(tx, at, tag, &users)?;
    let Some(history) = history else {
        tx.delete(key.into_bytes())?;
        return tx.delete(at.tag_row(StreamRow::UnsetGeneration, tag).into_bytes());
    };
    let head = TagHead { newest: newest.cloned(), conditions: history.conditions.clone(), displaced: Vec::new() };
    put_head_record(tx, at, tag, &head, sequence)
}

/// Deletes a stream with everything that belongs to it.
pub(crate) fn delete(tx: &mut Write, at: StreamName<'_>) -> Result<()> {
    for tag in tags_at(tx, &at.row(StreamRow::Head))? {
        put_history(tx, at, &tag, None)?;
    }
    let rest: Vec<_> = tx.prefix(Key::stream(at.namespace, at.name).as_bytes())?.collect::<Result<_>>()?;
    for (key, _) in rest {
        tx.delete(key)?;
    }
    Ok(())
}

/// How many rows a stream has for its tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TagCounts {
    /// Tags of the spec.
    pub(crate) spec: u64,
    /// Tags that have a history, or conditions.
    heads: u64,
}

/// Metadata and spec of a stream without its tags, and how many of them there are.
pub(crate) fn head_with_counts(rows: &dyn Rows, at: StreamName<'_>) -> Result<Option<(StreamState, TagCounts)>> {
    let Some(version) = rows::get::<StreamVersionRecord>(rows, &at.row(StreamRow::Version))? else { return Ok(None) };
    let record = rows::get::<StreamRecord>(rows, &at.row(StreamRow::Stream))?;
    assemble(at, &version, record).map(Some)
}

/// The same from its two rows.
fn assemble(
    at: StreamName<'_>,
    version: &StreamVersionRecord,
    record: Option<StreamRecord>,
) -> Result<(StreamState, TagCounts)> {
    let damaged = |reason: &dyn Display| rows::damaged(StreamRecord::TABLE, &at.row(StreamRow::Stream), reason);
    let record = record.ok_or_else(|| damaged(&"the stream has a version and no metadata"))?;
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

fn put_head_record(tx: &mut Write, at: StreamName<'_>, tag: &str, head: &TagHead, next_sequence: u64) -> Result<()> {
    let record = TagHeadRecord {
        newest: head.newest.as_ref().map(EventRecord::from),
        conditions: head.conditions.iter().map(Into::into).collect(),
        next_sequence,
    };
    let unset = at.tag_row(StreamRow::UnsetGeneration, tag);
    if record.newest.as_ref().is_some_and(|event| event.generation == 0) {
        rows::put(tx, unset, &UnitRecord)?;
    } else {
        tx.delete(unset.into_bytes())?;
    }
    rows::put(tx, at.tag_row(StreamRow::Head, tag), &record)
}

/// Counts an entry that comes or goes; one without an image counts nowhere.
fn count(users: &mut BTreeMap<String, i64>, image: Option<&str>, entries: i64) {
    if let Some(image) = image.filter(|image| !image.is_empty()) {
        *users.entry(image.to_owned()).or_default() += entries;
    }
}

fn put_users(tx: &mut Write, at: StreamName<'_>, tag: &str, users: &BTreeMap<String, i64>) -> Result<()> {
    for (image, &entries) in users {
        if entries != 0 {
            count_user(tx, image, (at.namespace, at.name, tag), entries)?;
        }
    }
    Ok(())
}

fn tags_at(rows: &dyn Rows, prefix: &Key) -> Result<Vec<String>> {
    rows.prefix(prefix.as_bytes())?.map(|row| tag_of(prefix, &row?.0, UnitRecord::TABLE)).collect()
}

/// The tag that stands behind `prefix` in a key.
fn tag_of(prefix: &Key, key: &[u8], table: &'static str) -> Result<String> {
    KeyReader::after(prefix, key).and_then(|mut reader| reader.text()).ok_or_else(|| rows::damaged_key(table, key))
}

fn next(sequence: u64, key: &Key) -> Result<u64> {
    sequence.checked_add(1).ok_or_else(|| rows::damaged(EventRecord::TABLE, key, &"the last sequence number is taken"))
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
