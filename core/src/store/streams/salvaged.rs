//! Reading a stream of which rows may be missing.

use super::read::{StreamName, assemble};
use crate::api::{ImageStream, ImageStreamSpec, ImageStreamStatus, NamedTagEventList, TagEvent};
use crate::error::Result;
use crate::rules::TagHead;
use crate::store::Rows;
use crate::store::object_key::{Key, KeyReader, StreamRow};
use crate::store::record::{self, EventRecord, SpecTagRecord, StreamRecord, StreamVersionRecord, TagHeadRecord};

/// What there is of a stream.
#[derive(Debug)]
pub(crate) struct SalvagedStream {
    /// The stream with what is intact: tags with their newest entry, and of the older ones those without a gap before them.
    /// `None` if its metadata is missing.
    pub(crate) stream: Option<ImageStream>,
    /// What is missing.
    pub(crate) missing: Vec<String>,
}

/// Reads what there is of a stream. `is_lost` says whether rows with a prefix may be missing.
pub(crate) fn salvaged(rows: &dyn Rows, at: StreamName<'_>, is_lost: &dyn Fn(&[u8]) -> bool) -> Result<SalvagedStream> {
    let found = Found::read(rows, at)?;
    let mut missing = Vec::new();
    let heads = found.version.as_ref().map_or(0, |version| version.heads).saturating_sub(found.heads.len() as u64);
    if heads > 0 {
        missing.push(format!("{heads} tags with their histories"));
    }
    let mut tags = Vec::new();
    for (tag, head) in found.heads {
        let (next, head): (u64, TagHead) = (head.next_sequence, head.into());
        let mut items: Vec<_> = head.newest.into_iter().collect();
        let mut expected = next;
        let start = found.events.partition_point(|(of, ..)| *of < tag);
        let older = found.events.get(start..).unwrap_or_default();
        let older = older.get(..older.partition_point(|(of, ..)| *of == tag)).unwrap_or_default();
        let mut taken = 0;
        for (_, number, event) in older.iter().rev() {
            if number.checked_add(1) != Some(expected) {
                break;
            }
            expected = *number;
            taken += 1;
            items.push(event.clone().into());
        }
        // Entries may also have been removed in order, from the oldest on.
        if taken < older.len() || expected > 0 && is_lost(at.tag_row(StreamRow::Event, &tag).as_bytes()) {
            missing.push(format!("older entries in the history of the tag {tag:?}"));
        }
        let items = (!items.is_empty()).then_some(items);
        tags.push(NamedTagEventList { tag, items, conditions: head.conditions });
    }
    let mut without_head: Vec<_> = found.events.iter().map(|(tag, ..)| tag).collect();
    without_head.dedup();
    for tag in without_head.into_iter().filter(|tag| !tags.iter().any(|known| known.tag == **tag)) {
        missing.push(format!("the newest entry of the tag {tag:?}"));
    }
    let (Some(version), Some(record)) = (found.version, found.record) else {
        missing.push("its metadata".to_owned());
        return Ok(SalvagedStream { stream: None, missing });
    };
    let (state, counts) = assemble(at, &version, Some(record))?;
    let spec_tags = counts.spec.saturating_sub(found.spec_tags.len() as u64);
    if spec_tags > 0 {
        missing.push(format!("{spec_tags} tags of the spec"));
    }
    let stream = ImageStream {
        metadata: state.metadata,
        spec: ImageStreamSpec {
            lookup_policy: state.lookup_policy,
            docker_image_repository: state.spec_repository,
            tags: found.spec_tags.into_iter().map(|(tag, record)| record.into_tag(&tag)).collect(),
        },
        status: ImageStreamStatus {
            docker_image_repository: state.repository,
            public_docker_image_repository: state.public_repository,
            tags,
        },
        ..ImageStream::default()
    };
    Ok(SalvagedStream { stream: Some(stream), missing })
}

/// The tags of which there are newest entries: what each points to, an image or a pull spec.
pub(crate) fn salvaged_heads(rows: &dyn Rows, at: StreamName<'_>) -> Result<Vec<(String, String)>> {
    let heads = Found::read(rows, at)?.heads.into_iter();
    let pointed = heads.filter_map(|(tag, head)| {
        let newest: TagEvent = head.newest?.into();
        Some((tag, if newest.image.is_empty() { newest.docker_image_reference } else { newest.image }))
    });
    Ok(pointed.collect())
}

#[derive(Default)]
struct Found {
    version: Option<StreamVersionRecord>,
    record: Option<StreamRecord>,
    spec_tags: Vec<(String, SpecTagRecord)>,
    heads: Vec<(String, TagHeadRecord)>,
    /// With their tags, in the order of these, and numbers, those of each tag oldest first.
    events: Vec<(String, u64, EventRecord)>,
}

impl Found {
    fn read(rows: &dyn Rows, at: StreamName<'_>) -> Result<Self> {
        let mut found = Self::default();
        let prefix = Key::stream(at.namespace, at.name);
        for row in rows.prefix(prefix.as_bytes())? {
            let (key, value) = row?;
            let Some(mut reader) = KeyReader::after(&prefix, &key) else { continue };
            let kind = reader.byte().and_then(StreamRow::of);
            match (kind, reader.text()) {
                (Some(StreamRow::Version), _) => found.version = Some(record::decode(&key, &value)?),
                (Some(StreamRow::Stream), _) => found.record = Some(record::decode(&key, &value)?),
                (Some(StreamRow::SpecTag), Some(tag)) => {
                    found.spec_tags.push((tag, record::decode(&key, &value)?));
                }
                (Some(StreamRow::Head), Some(tag)) => {
                    found.heads.push((tag, record::decode(&key, &value)?));
                }
                (Some(StreamRow::Event), Some(tag)) => {
                    if let Some(number) = reader.sequence() {
                        found.events.push((tag, number, record::decode(&key, &value)?));
                    }
                }
                _ => {}
            }
        }
        Ok(found)
    }
}
