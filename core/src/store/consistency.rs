//! Invariants between the rows of a store.

use super::engine::{KeyRange, Order};
use super::images::layer_names;
use super::names;
use super::object_key::{self, IMAGE_NAME_CLASSES, ImageRow, Key, KeyReader, StreamRow};
use super::record::{
    self, EventRecord, ImageRecord, NamespaceRecord, Record as _, SpecTagRecord, StreamRecord, StreamVersionRecord,
    TagHeadRecord, TagRulesRecord, TextRecord, UnitRecord, UserRecord,
};
use super::streams::{self, StreamName};
use super::{Rows, images, keys, object_counts, rows};
use crate::error::{Error, Result};
use crate::rules::followed_tag;

/// Checks that a row of an object can be read.
pub(super) fn check_row(key: &[u8], value: &[u8]) -> Result<()> {
    let unknown = || object_key::damaged_key("rows", key);
    let mut reader = KeyReader::new(key);
    match reader.byte() {
        Some(keys::IMAGES) => {
            reader.image_name().ok_or_else(unknown)?;
            match reader.byte().ok_or_else(unknown)? {
                row if row == ImageRow::Record as u8 => record::decode::<ImageRecord>(key, value).map(drop),
                row if row == ImageRow::Manifest as u8 || row == ImageRow::Config as u8 => {
                    let text = record::decode::<TextRecord>(key, value)?.into_text();
                    let reason = |error| format!("row {}: {error}", key.escape_ascii());
                    text.map(drop).map_err(|error| broken(TextRecord::TABLE, &reason(error)))
                }
                row if row == ImageRow::User as u8 => record::decode::<UserRecord>(key, value).map(drop),
                _ => Err(unknown()),
            }
        }
        Some(keys::STREAMS) => {
            reader.text().and_then(|_| reader.text()).ok_or_else(unknown)?;
            match reader.byte().ok_or_else(unknown)? {
                row if row == StreamRow::Version as u8 => record::decode::<StreamVersionRecord>(key, value).map(drop),
                row if row == StreamRow::Stream as u8 => record::decode::<StreamRecord>(key, value).map(drop),
                row if row == StreamRow::SpecTag as u8 => record::decode::<SpecTagRecord>(key, value).map(drop),
                row if row == StreamRow::Follower as u8 || row == StreamRow::UnsetGeneration as u8 => {
                    record::decode::<UnitRecord>(key, value).map(drop)
                }
                row if row == StreamRow::Head as u8 => record::decode::<TagHeadRecord>(key, value).map(drop),
                row if row == StreamRow::Event as u8 => record::decode::<EventRecord>(key, value).map(drop),
                _ => Err(unknown()),
            }
        }
        Some(keys::LAYERS) => {
            reader.image_name().and_then(|_| reader.image_name()).and_then(|_| reader.end()).ok_or_else(unknown)?;
            record::decode::<UnitRecord>(key, value).map(drop)
        }
        Some(keys::NAMESPACES) => {
            reader.text().and_then(|_| reader.end()).ok_or_else(unknown)?;
            record::decode::<NamespaceRecord>(key, value).map(drop)
        }
        Some(keys::TAG_RULES) => {
            reader.end().ok_or_else(unknown)?;
            record::decode::<TagRulesRecord>(key, value).map(drop)
        }
        _ => Err(unknown()),
    }
}

/// Checks that the indexes agree exactly with the objects; returns the contradictions.
pub(super) fn check_indexes(rows: &dyn Rows) -> Result<Vec<Error>> {
    let mut problems = Vec::new();
    let (mut streams, mut images) = (0, 0);
    let mut users = 0;
    for stream in names::streams(rows, None, "")? {
        let stream = stream?;
        streams += 1;
        let at = StreamName { namespace: &stream.name.namespace, name: &stream.name.name };
        users += check_stream(rows, at, &mut problems)?;
    }
    let mut layers = 0;
    for image in names::images(rows, "") {
        let listed = image?;
        images += 1;
        let name = &listed.name.name;
        let Some(image) = images::get(&listed, name)? else { continue };
        for layer in layer_names(&image.docker_image_layers) {
            layers += 1;
            if rows.get(Key::layer(layer, name).as_bytes())?.is_none() {
                problems.push(broken(UnitRecord::TABLE, &format!("layer {layer:?} has no row for image {name:?}")));
            }
        }
    }
    if let Some(counted) = rows.state()?.objects {
        let compared =
            [(ImageRecord::TABLE, images, counted.images), (StreamVersionRecord::TABLE, streams, counted.streams)];
        let wrong = compared.into_iter().filter(|(_, found, counted)| found != counted);
        problems.extend(wrong.map(|(table, found, counted)| object_counts::miscounted(table, found, counted)));
    }
    let found = rows.prefix(&[keys::LAYERS])?.count();
    if found != layers {
        problems.push(broken(UnitRecord::TABLE, &format!("{found} layer rows, but the images have {layers} layers")));
    }
    let found = count_users(rows)?;
    if found != users {
        problems.push(broken(UserRecord::TABLE, &format!("{found} user rows, but the histories need {users}")));
    }
    Ok(problems)
}

/// Checks the indexes of one stream, and counts the image user rows that its histories require.
fn check_stream(rows: &dyn Rows, at: StreamName<'_>, problems: &mut Vec<Error>) -> Result<usize> {
    let label = format!("stream {}/{}", at.namespace, at.name);
    let (Some(state), Some(stream)) = (streams::state(rows, at)?, streams::get(rows, at)?) else {
        problems.push(broken(StreamVersionRecord::TABLE, &format!("{label} has rows but no version")));
        return Ok(0);
    };
    let mut followers: Vec<(String, String)> = state
        .spec_tags
        .iter()
        .filter_map(|(name, tag)| Some((followed_tag(tag, at.namespace, at.name)?.to_owned(), name.clone())))
        .collect();
    followers.sort();
    if followers != streams::all_followers(rows, at)? {
        problems.push(broken(UnitRecord::TABLE, &format!("{label}: the follower rows do not match the spec tags")));
    }
    let unset: Vec<String> = state
        .tags
        .iter()
        .filter(|(_, head)| head.newest.as_ref().is_some_and(|event| event.generation == 0))
        .map(|(name, _)| name.clone())
        .collect();
    if unset != streams::unset_generations(rows, at)? {
        problems
            .push(broken(UnitRecord::TABLE, &format!("{label}: the unset generation rows do not match the tag heads")));
    }
    let events: usize =
        stream.status.tags.iter().filter_map(|tag| tag.items.as_ref()).map(|items| items.len() - 1).sum();
    let stored = streams::count_events(rows, at)?;
    if events != stored {
        problems.push(broken(
            EventRecord::TABLE,
            &format!("{label}: {stored} event rows, but its tags have {events} older entries"),
        ));
    }
    let mut users = 0;
    for tag in &stream.status.tags {
        let events = tag.items.iter().flatten();
        let mut images: Vec<&str> = events.map(|event| &*event.image).filter(|image| !image.is_empty()).collect();
        images.sort_unstable();
        for same in images.chunk_by(|one, other| one == other) {
            let (Some(image), entries) = (same.first(), same.len() as u64) else { continue };
            users += 1;
            let key = Key::image_user(image, at.namespace, at.name, &tag.tag);
            if rows::get::<UserRecord>(rows, &key)?.map(|record| record.entries) != Some(entries) {
                let reason = format!(
                    "{label}: tag {:?} names image {image:?} {entries} times, which its user row does not say",
                    tag.tag
                );
                problems.push(broken(UserRecord::TABLE, &reason));
            }
        }
    }
    Ok(users)
}

fn count_users(rows: &dyn Rows) -> Result<usize> {
    let mut users = 0;
    for class in IMAGE_NAME_CLASSES {
        for row in rows.range(&KeyRange::prefix(Key::image_class(class).as_bytes()), Order::Ascending)? {
            let (key, _) = row?;
            let mut reader = KeyReader::new(key.get(1..).unwrap_or_default());
            let row = reader.image_name().and_then(|_| reader.byte());
            users += usize::from(row == Some(ImageRow::User as u8));
        }
    }
    Ok(users)
}

fn broken(table: &'static str, reason: &str) -> Error {
    Error::corrupted(table, reason)
}
