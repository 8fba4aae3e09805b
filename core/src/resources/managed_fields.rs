//! Managed fields of objects that are created, replaced or patched (not applied).

use serde::Serialize;
use serde_json::Value;

use super::document::as_document;
use crate::api::{Image, ImageStream, ManagedFieldsEntry, ObjectMeta, Time};
use crate::error::Result;
use crate::json::{self, Ignored, Names, members};
use crate::rules::apply_tag_defaults;
use crate::rules::patch::{self as rules, Manager, Mergeable};

/// The member in the text of a JSON object.
const MANAGED_FIELDS: &[u8] = b"\"managedFields\"";

/// The writer of an object: its name, the subresource, and the time.
///
/// A writer without a name gets no entry, such as a caller of the library that sets no field manager.
pub(super) fn manager<'a>(name: &'a str, subresource: &'a str, now: Time) -> Option<Manager<'a>> {
    (!name.is_empty()).then_some(Manager { name, subresource, now })
}

/// Adds the creator of an object to its managed fields. The creator owns the fields that it sent, and none of those that
/// the store adds.
pub(super) fn track_creation<T: Tracked>(sent: &mut T, creator: Option<Manager<'_>>) -> Result<()> {
    if creator.is_none() {
        return Ok(());
    }
    let managed = match Said::by(sent.metadata()) {
        Said::Entries => std::mem::take(&mut sent.metadata_mut().managed_fields),
        Said::Nothing | Said::Clear => Vec::new(),
    };
    let (before, after) = (nothing::<T>()?, untracked_document(sent)?);
    sent.metadata_mut().managed_fields =
        rules::update(&before, &after, &T::SCHEMA, &managed, creator, T::API_RESOURCE.api_version);
    Ok(())
}

/// Sets the managed fields of an object that replaces the stored one: the writer owns what it changes.
///
/// Entries in the sent object first replace the stored ones; an empty list, or a list with one empty entry, clears them.
/// An object without entries gets none.
pub(super) fn track_update<T: Tracked>(sent: &mut T, stored: &T, writer: Option<Manager<'_>>) -> Result<()> {
    let managed = match Said::by(sent.metadata()) {
        Said::Clear => return Ok(()),
        Said::Entries => sent.metadata().managed_fields.clone(),
        Said::Nothing => stored.metadata().managed_fields.clone(),
    };
    if managed.is_empty() {
        return Ok(());
    }
    let (before, after) = T::parts_that_differ(stored, sent);
    let (before, after) = (untracked_document(&before)?, untracked_document(&after)?);
    let entries = rules::update(&before, &after, &T::SCHEMA, &managed, writer, T::API_RESOURCE.api_version);
    sent.metadata_mut().managed_fields = or_cleared(entries);
    Ok(())
}

/// Entries for an object that replaces one with entries: an absent list would keep those.
pub(super) fn or_cleared(entries: Vec<ManagedFieldsEntry>) -> Vec<ManagedFieldsEntry> {
    if entries.is_empty() { vec![ManagedFieldsEntry::default()] } else { entries }
}

/// Restores the stored times of managed fields if nothing else changes. The real server writes such a change if a second
/// has passed, so its responses depend on the time between two requests.
pub(super) fn keep_times<T: PartialEq>(
    new: &mut T,
    old: &T,
    metadata: fn(&T) -> &ObjectMeta,
    metadata_mut: fn(&mut T) -> &mut ObjectMeta,
) {
    let (entries, stored) = (&metadata(new).managed_fields, &metadata(old).managed_fields);
    let same_but_time = |(entry, stored): (&ManagedFieldsEntry, &ManagedFieldsEntry)| {
        ManagedFieldsEntry { time: stored.time, ..entry.clone() } == *stored
    };
    if entries == stored || entries.len() != stored.len() || !entries.iter().zip(stored).all(same_but_time) {
        return;
    }
    let entries = std::mem::replace(&mut metadata_mut(new).managed_fields, stored.clone());
    if new != old {
        metadata_mut(new).managed_fields = entries;
    }
}

/// The managed fields in an object from a client.
enum Said {
    /// The member is absent or can't be decoded.
    Nothing,
    /// They are to be cleared.
    Clear,
    /// They are to be replaced by these.
    Entries,
}

impl Said {
    fn by(metadata: &ObjectMeta) -> Self {
        match metadata.managed_fields.as_slice() {
            [] => Self::Nothing,
            [entry] if *entry == ManagedFieldsEntry::default() => Self::Clear,
            entries if entries.iter().all(|entry| entry.fields_type == "FieldsV1") => Self::Entries,
            _ => Self::Nothing,
        }
    }
}

/// Whether the JSON of an object has an empty list of managed fields, which clears them; an absent list does not.
pub(crate) fn clears_managed_fields(json: &[u8]) -> bool {
    #[derive(Default)]
    struct Object {
        metadata: Metadata,
    }
    #[derive(Default)]
    struct Metadata {
        managed_fields: Option<Vec<Ignored>>,
    }
    members!(Object as "Object" { "metadata" => metadata });
    members!(Metadata as "ObjectMeta" { "managedFields" => managed_fields });
    // Only objects that contain the member are decoded twice, and few do.
    if !json.windows(MANAGED_FIELDS.len()).any(|window| window == MANAGED_FIELDS) {
        return false;
    }
    let object: Object = json::decode(json, Names::Exact).unwrap_or_default();
    object.metadata.managed_fields.is_some_and(|entries| entries.is_empty())
}

/// The document of an empty object.
pub(super) fn nothing<T: Tracked>() -> Result<Value> {
    as_document(&T::default())
}

/// The document of an object without its managed fields.
pub(super) fn untracked_document<T: Serialize>(object: &T) -> Result<Value> {
    let mut document = as_document(object)?;
    if let Some(Value::Object(metadata)) = document.get_mut("metadata") {
        metadata.remove("managedFields");
    }
    Ok(document)
}

/// A kind whose objects have managed fields.
pub(super) trait Tracked: Mergeable + Clone + Default + Serialize {
    /// Both objects without the large parts that are equal.
    fn parts_that_differ(one: &Self, other: &Self) -> (Self, Self) {
        (one.clone(), other.clone())
    }

    /// Sets the defaults that a sent object gets when it is decoded: its writer owns them, too.
    fn set_defaults(&mut self, _import_mode: &str) {}
}

impl Tracked for ImageStream {
    /// Leaves out the tags and histories that are equal, because a history can be long.
    fn parts_that_differ(one: &Self, other: &Self) -> (Self, Self) {
        fn part(of: &ImageStream, other: &ImageStream) -> ImageStream {
            let mut part = ImageStream { metadata: of.metadata.clone(), ..ImageStream::default() };
            part.spec.lookup_policy = of.spec.lookup_policy;
            part.spec.docker_image_repository.clone_from(&of.spec.docker_image_repository);
            part.status.docker_image_repository.clone_from(&of.status.docker_image_repository);
            part.status.public_docker_image_repository.clone_from(&of.status.public_docker_image_repository);
            let others = crate::collected::map(other.spec.tags.iter().map(|tag| (&tag.name, tag)));
            let differ = of.spec.tags.iter().filter(|tag| others.get(&tag.name) != Some(tag));
            part.spec.tags = differ.cloned().collect();
            let others = crate::collected::map(other.status.tags.iter().map(|history| (&history.tag, history)));
            let differ = of.status.tags.iter().filter(|history| others.get(&history.tag) != Some(history));
            part.status.tags = differ.cloned().collect();
            part
        }
        (part(one, other), part(other, one))
    }

    fn set_defaults(&mut self, import_mode: &str) {
        for tag in &mut self.spec.tags {
            apply_tag_defaults(tag, import_mode);
        }
    }
}

impl Tracked for Image {}
impl Tracked for crate::api::Namespace {}
impl Tracked for crate::api::ImageStreamTag {}
impl Tracked for crate::api::ImageTag {}
