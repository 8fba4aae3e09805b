//! Who manages which fields of an object: the `managedFields` of its metadata.

use super::field_set::FieldSet;
use crate::api::{ManagedFieldsEntry, Time};
use crate::quote::Quoted;

pub(super) const APPLY: &str = "Apply";
pub(super) const UPDATE: &str = "Update";

/// The maximum number of `Update` entries. The oldest entries beyond it are combined into one.
const MAX_UPDATERS: usize = 10;

/// The manager of the combined entry.
const ANCIENT_CHANGES: &str = "ancient-changes";

/// Who writes an object, and when.
#[derive(Debug, Clone, Copy)]
pub struct Manager<'a> {
    /// The name of the manager.
    pub name: &'a str,
    /// The subresource through which it writes; empty for the object itself.
    pub subresource: &'a str,
    /// The time.
    pub now: Time,
}

/// A manager and its fields.
#[derive(Debug, Clone)]
pub(super) struct Managed {
    /// The entry without its `fieldsV1`.
    entry: ManagedFieldsEntry,
    pub(super) fields: FieldSet,
}

impl Managed {
    fn new(name: &str, subresource: &str, operation: &str, api_version: &str) -> Self {
        let entry = ManagedFieldsEntry {
            manager: name.to_owned(),
            operation: operation.to_owned(),
            api_version: api_version.to_owned(),
            time: None,
            fields_type: "FieldsV1".to_owned(),
            fields_v1: None,
            subresource: subresource.to_owned(),
        };
        Self { entry, fields: FieldSet::default() }
    }

    /// The manager as messages name it.
    pub(super) fn shown(&self) -> String {
        let manager = Quoted(&self.entry.manager);
        let through = match &*self.entry.subresource {
            "" => String::new(),
            subresource => format!(" with subresource {}", Quoted(subresource)),
        };
        match &*self.entry.operation {
            UPDATE => format!("{manager}{through} using {}", self.entry.api_version),
            _ => format!("{manager}{through}"),
        }
    }
}

/// The managers of an object.
#[derive(Debug, Clone, Default)]
pub(super) struct Managers {
    pub(super) list: Vec<Managed>,
    /// The API version that the fields belong to.
    api_version: &'static str,
}

impl Managers {
    /// Reads the stored entries. Entries of other API versions don't own fields of this version.
    pub(super) fn read(entries: &[ManagedFieldsEntry], api_version: &'static str) -> Self {
        let read = |entry: &ManagedFieldsEntry| Managed {
            fields: entry.fields_v1.as_ref().map(FieldSet::parse).unwrap_or_default(),
            entry: ManagedFieldsEntry { fields_v1: None, ..entry.clone() },
        };
        let list = entries.iter().filter(|entry| entry.api_version == api_version).map(read).collect();
        Self { list, api_version }
    }

    /// The entries to store, in the order of the real server: `Apply` entries first, and the oldest first.
    pub(super) fn write(mut self) -> Vec<ManagedFieldsEntry> {
        self.list.retain(|managed| !managed.fields.is_empty());
        self.list.sort_by(|one, other| {
            let key = |managed: &Managed| managed.entry.time.map_or(0, Time::unix);
            let (one_entry, other_entry) = (&one.entry, &other.entry);
            (&one_entry.operation, key(one), &one_entry.manager, &one_entry.subresource).cmp(&(
                &other_entry.operation,
                key(other),
                &other_entry.manager,
                &other_entry.subresource,
            ))
        });
        let write =
            |managed: Managed| ManagedFieldsEntry { fields_v1: Some(managed.fields.to_json()), ..managed.entry };
        self.list.into_iter().map(write).collect()
    }

    /// Removes a manager and returns it; a missing manager has no fields.
    pub(super) fn take(&mut self, name: &str, subresource: &str, operation: &str) -> Managed {
        let is_wanted = |managed: &Managed| {
            let entry = &managed.entry;
            (&*entry.manager, &*entry.subresource, &*entry.operation) == (name, subresource, operation)
        };
        match self.list.iter().position(is_wanted) {
            Some(index) => self.list.remove(index),
            None => Managed::new(name, subresource, operation, self.api_version),
        }
    }

    /// Puts a manager back with its new fields.
    pub(super) fn put(&mut self, mut managed: Managed, fields: FieldSet, time: Option<Time>) {
        managed.fields = fields;
        managed.entry.time = time.or(managed.entry.time);
        self.list.push(managed);
    }

    /// Removes fields from all managers.
    pub(super) fn subtract(&mut self, fields: &FieldSet) {
        for managed in &mut self.list {
            managed.fields.subtract(fields);
        }
        self.list.retain(|managed| !managed.fields.is_empty());
    }

    /// The fields of all managers.
    pub(super) fn fields(&self) -> FieldSet {
        let mut all = FieldSet::default();
        self.list.iter().for_each(|managed| all.unite(&managed.fields));
        all
    }

    /// Combines the oldest entries if there are too many `Update` entries.
    pub(super) fn bound(&mut self) {
        let is_update = |managed: &Managed| managed.entry.operation != APPLY;
        let updaters = self.list.iter().filter(|managed| is_update(managed)).count();
        if updaters <= MAX_UPDATERS {
            return;
        }
        self.list.sort_by_key(|managed| (!is_update(managed), managed.entry.time.map_or(0, Time::unix)));
        // The combined entry counts, too.
        let rest = self.list.split_off(updaters - MAX_UPDATERS + 1);
        let oldest = std::mem::replace(&mut self.list, rest);
        let time = oldest.last().and_then(|managed| managed.entry.time);
        let mut fields = Self { list: oldest, api_version: self.api_version }.fields();
        let bucket = self.take(ANCIENT_CHANGES, "", UPDATE);
        fields.unite(&bucket.fields);
        self.put(bucket, fields, time);
    }
}
