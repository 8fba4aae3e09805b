//! The parts of records that images and streams share.

use std::collections::BTreeMap;

use super::record;
use crate::api::{ManagedFieldsEntry, ObjectMeta, ObjectReference, OwnerReference, Time};
use crate::json::{self, DecodeError, Names};

record! {
    /// [`ObjectMeta`] without name, namespace and resource version, which are in keys and other rows.
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    pub(crate) struct MetaRecord {
        generate_name: String,
        self_link: String,
        uid: String,
        generation: i64,
        creation_timestamp: Option<i64>,
        deletion_timestamp: Option<i64>,
        deletion_grace_period_seconds: Option<i64>,
        labels: BTreeMap<String, String>,
        annotations: BTreeMap<String, String>,
        owner_references: Vec<OwnerRecord>,
        finalizers: Vec<String>,
        managed_fields: Vec<ManagedFieldsRecord>,
    }
}

record! {
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    struct OwnerRecord {
        api_version: String,
        kind: String,
        name: String,
        uid: String,
        controller: Option<bool>,
        block_owner_deletion: Option<bool>,
    }
}

record! {
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    struct ManagedFieldsRecord {
        manager: String,
        operation: String,
        api_version: String,
        time: Option<i64>,
        fields_type: String,
        /// JSON text.
        fields_v1: Option<String>,
        subresource: String,
    }
}

record! {
    /// [`ObjectReference`].
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    pub(crate) struct ReferenceRecord {
        kind: String,
        namespace: String,
        name: String,
        uid: String,
        api_version: String,
        resource_version: String,
        field_path: String,
    }
}

impl From<&ObjectMeta> for MetaRecord {
    fn from(meta: &ObjectMeta) -> Self {
        Self {
            generate_name: meta.generate_name.clone(),
            self_link: meta.self_link.clone(),
            uid: meta.uid.clone(),
            generation: meta.generation,
            creation_timestamp: meta.creation_timestamp.map(Time::unix),
            deletion_timestamp: meta.deletion_timestamp.map(Time::unix),
            deletion_grace_period_seconds: meta.deletion_grace_period_seconds,
            labels: meta.labels.clone(),
            annotations: meta.annotations.clone(),
            owner_references: meta.owner_references.iter().map(OwnerRecord::from).collect(),
            finalizers: meta.finalizers.clone(),
            managed_fields: meta.managed_fields.iter().map(ManagedFieldsRecord::from).collect(),
        }
    }
}

impl MetaRecord {
    /// The same without managed fields.
    pub(crate) fn without_managed_fields(self) -> Self {
        Self { managed_fields: Vec::new(), ..self }
    }

    /// The metadata of the object with this name.
    pub(crate) fn into_meta(
        self,
        namespace: &str,
        name: &str,
        resource_version: u64,
    ) -> Result<ObjectMeta, DecodeError> {
        Ok(ObjectMeta {
            name: name.to_owned(),
            generate_name: self.generate_name,
            namespace: namespace.to_owned(),
            self_link: self.self_link,
            uid: self.uid,
            resource_version: resource_version.to_string(),
            generation: self.generation,
            creation_timestamp: self.creation_timestamp.map(Time::from_unix),
            deletion_timestamp: self.deletion_timestamp.map(Time::from_unix),
            deletion_grace_period_seconds: self.deletion_grace_period_seconds,
            labels: self.labels,
            annotations: self.annotations,
            owner_references: self.owner_references.into_iter().map(OwnerReference::from).collect(),
            finalizers: self.finalizers,
            managed_fields: self
                .managed_fields
                .into_iter()
                .map(ManagedFieldsEntry::try_from)
                .collect::<Result<_, _>>()?,
        })
    }
}

impl From<&OwnerReference> for OwnerRecord {
    fn from(owner: &OwnerReference) -> Self {
        Self {
            api_version: owner.api_version.clone(),
            kind: owner.kind.clone(),
            name: owner.name.clone(),
            uid: owner.uid.clone(),
            controller: owner.controller,
            block_owner_deletion: owner.block_owner_deletion,
        }
    }
}

impl From<OwnerRecord> for OwnerReference {
    fn from(record: OwnerRecord) -> Self {
        Self {
            api_version: record.api_version,
            kind: record.kind,
            name: record.name,
            uid: record.uid,
            controller: record.controller,
            block_owner_deletion: record.block_owner_deletion,
        }
    }
}

impl From<&ManagedFieldsEntry> for ManagedFieldsRecord {
    fn from(entry: &ManagedFieldsEntry) -> Self {
        Self {
            manager: entry.manager.clone(),
            operation: entry.operation.clone(),
            api_version: entry.api_version.clone(),
            time: entry.time.map(Time::unix),
            fields_type: entry.fields_type.clone(),
            fields_v1: entry.fields_v1.as_ref().map(ToString::to_string),
            subresource: entry.subresource.clone(),
        }
    }
}

impl TryFrom<ManagedFieldsRecord> for ManagedFieldsEntry {
    type Error = DecodeError;

    fn try_from(record: ManagedFieldsRecord) -> Result<Self, DecodeError> {
        Ok(Self {
            manager: record.manager,
            operation: record.operation,
            api_version: record.api_version,
            time: record.time.map(Time::from_unix),
            fields_type: record.fields_type,
            fields_v1: record.fields_v1.map(|text| json::decode(text.as_bytes(), Names::Exact)).transpose()?,
            subresource: record.subresource,
        })
    }
}

impl From<&ObjectReference> for ReferenceRecord {
    fn from(reference: &ObjectReference) -> Self {
        Self {
            kind: reference.kind.clone(),
            namespace: reference.namespace.clone(),
            name: reference.name.clone(),
            uid: reference.uid.clone(),
            api_version: reference.api_version.clone(),
            resource_version: reference.resource_version.clone(),
            field_path: reference.field_path.clone(),
        }
    }
}

impl From<ReferenceRecord> for ObjectReference {
    fn from(record: ReferenceRecord) -> Self {
        Self {
            kind: record.kind,
            namespace: record.namespace,
            name: record.name,
            uid: record.uid,
            api_version: record.api_version,
            resource_version: record.resource_version,
            field_path: record.field_path,
        }
    }
}
