//! Writing the rows of a tag's history: head, older entries, the index of image users, the number of heads.
//!
//! Only [`tag_moves`](super::tag_moves) calls this.

use std::collections::BTreeMap;

use super::read::StreamName;
use crate::api::NamedTagEventList;
use crate::error::Result;
use crate::rules::{HistoryLimit, TagHead};
use crate::store::images::count_user;
use crate::store::object_key::{self, Key, KeyReader, StreamRow};
use crate::store::record::{self, EventRecord, Record as _, StreamVersionRecord, TagHeadRecord, UnitRecord};
use crate::store::{Rows as _, Write, rows};

/// Writes the head of a tag, and a row for each entry that it displaced.
pub(super) fn put_head(tx: &mut Write, at: StreamName<'_>, tag: &str, head: &TagHead) -> Result<()> {
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

/// Replaces the history (newest first) and the conditions of a tag; `None` deletes the tag.
///
/// Older entries are compared oldest first, and only those from the first difference on are written.
pub(super) fn put_history(
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
        let number = sequence_in(&at.tag_row(StreamRow::Event, tag), &event_key)?;
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

/// Removes the entries of a history that are beyond its bound, the oldest first. The numbers of entries have no gaps.
pub(super) fn bound_history(tx: &mut Write, at: StreamName<'_>, tag: &str, limit: HistoryLimit) -> Result<()> {
    let head: TagHeadRecord = rows::get(tx, &at.tag_row(StreamRow::Head, tag))?.unwrap_or_default();
    let newest = head.newest.as_ref().and_then(|event| event.created);
    let prefix = at.tag_row(StreamRow::Event, tag);
    let (mut gone, mut users) = (Vec::new(), BTreeMap::new());
    for row in tx.prefix(prefix.as_bytes())? {
        let (key, value) = row?;
        let event: EventRecord = record::decode(&key, &value)?;
        let number = sequence_in(&prefix, &key)?;
        let is_beyond = match limit {
            // The newest entry is not among these rows.
            HistoryLimit::Entries(entries) => head.next_sequence.saturating_sub(number) >= entries,
            HistoryLimit::Seconds(seconds) => match (event.created, newest) {
                (Some(created), Some(newest)) => {
                    newest.saturating_sub(created) >= i64::try_from(seconds).unwrap_or(i64::MAX)
                }
                _ => false,
            },
        };
        if !is_beyond {
            break;
        }
        count(&mut users, Some(&event.image), -1);
        gone.push(key);
    }
    gone.into_iter().try_for_each(|key| tx.delete(key))?;
    put_users(tx, at, tag, &users)
}

/// The number of an entry.
fn sequence_in(prefix: &Key, key: &[u8]) -> Result<u64> {
    KeyReader::after(prefix, key)
        .and_then(|mut reader| reader.sequence())
        .ok_or_else(|| object_key::damaged_key(EventRecord::TABLE, key))
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

/// Adds to the number of tag heads of a stream.
fn count_head(tx: &mut Write, at: StreamName<'_>, added: i64) -> Result<()> {
    let key = at.row(StreamRow::Version);
    let record: Option<StreamVersionRecord> = rows::get(tx, &key)?;
    let counted = record
        .and_then(|record| Some(StreamVersionRecord { heads: record.heads.checked_add_signed(added)?, ..record }));
    let record = counted
        .ok_or_else(|| object_key::damaged(StreamVersionRecord::TABLE, &key, &"it counts fewer tags than there are"))?;
    rows::put(tx, key, &record)
}

/// Adds to the entries that name an image; an entry without an image is not counted.
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

fn next(sequence: u64, key: &Key) -> Result<u64> {
    sequence
        .checked_add(1)
        .ok_or_else(|| object_key::damaged(EventRecord::TABLE, key, &"the sequence numbers are exhausted"))
}
