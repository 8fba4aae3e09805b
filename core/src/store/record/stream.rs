//! The rows of a stream.

use std::collections::BTreeMap;

use super::meta::{MetaRecord, ReferenceRecord};
use super::{Decode, Encode, Record, record};
use crate::api::{TagEvent, TagEventCondition, TagImportPolicy, TagReference, TagReferencePolicy, Time};

/// The version of a stream, in a row of its own because every push changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub(crate) struct StreamVersionRecord {
    pub(crate) resource_version: u64,
    /// The number of tag head rows, to detect missing ones.
    pub(crate) heads: u64,
}

record! {
    /// A stream without its tags.
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    pub(crate) struct StreamRecord {
        pub(crate) meta: MetaRecord,
        pub(crate) lookup_local: bool,
        pub(crate) spec_repository: String,
        pub(crate) repository: String,
        pub(crate) public_repository: String,
        /// The number of spec tag rows, to detect missing ones.
        pub(crate) spec_tags: u64,
    }
}

record! {
    /// A tag of the spec; its name is in the key.
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    pub(crate) struct SpecTagRecord {
        annotations: Option<BTreeMap<String, String>>,
        from: Option<ReferenceRecord>,
        reference: bool,
        generation: Option<i64>,
        insecure: bool,
        scheduled: bool,
        import_mode: String,
        reference_policy: String,
    }
}

record! {
    /// The newest entry of a tag's history, with the tag's conditions.
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    pub(crate) struct TagHeadRecord {
        pub(crate) newest: Option<EventRecord>,
        pub(crate) conditions: Vec<ConditionRecord>,
        /// The sequence number for the newest entry when it is displaced: greater than those of all older entries.
        pub(crate) next_sequence: u64,
    }
}

record! {
    /// An entry of a tag's history.
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    pub(crate) struct EventRecord {
        pub(crate) created: Option<i64>,
        docker_image_reference: String,
        pub(crate) image: String,
        pub(crate) generation: i64,
    }
}

record! {
    /// A condition of a tag, set by imports.
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    pub(crate) struct ConditionRecord {
        condition_type: String,
        status: String,
        last_transition_time: Option<i64>,
        reason: String,
        message: String,
        generation: i64,
    }
}

impl Record for StreamVersionRecord {
    const TABLE: &'static str = "stream versions";
    const VERSION: u8 = 1;
}

impl Record for StreamRecord {
    const TABLE: &'static str = "streams";
    const VERSION: u8 = 1;
}

impl Record for SpecTagRecord {
    const TABLE: &'static str = "spec tags";
    const VERSION: u8 = 1;
}

impl Record for TagHeadRecord {
    const TABLE: &'static str = "tag heads";
    const VERSION: u8 = 1;
}

impl Record for EventRecord {
    const TABLE: &'static str = "tag events";
    const VERSION: u8 = 1;
}

impl From<&TagReference> for SpecTagRecord {
    fn from(tag: &TagReference) -> Self {
        Self {
            annotations: tag.annotations.clone(),
            from: tag.from.as_ref().map(ReferenceRecord::from),
            reference: tag.reference,
            generation: tag.generation,
            insecure: tag.import_policy.insecure,
            scheduled: tag.import_policy.scheduled,
            import_mode: tag.import_policy.import_mode.clone(),
            reference_policy: tag.reference_policy.policy_type.clone(),
        }
    }
}

impl SpecTagRecord {
    /// The tag with its name.
    pub(crate) fn into_tag(self, name: &str) -> TagReference {
        TagReference {
            name: name.to_owned(),
            annotations: self.annotations,
            from: self.from.map(Into::into),
            reference: self.reference,
            generation: self.generation,
            import_policy: TagImportPolicy {
                insecure: self.insecure,
                scheduled: self.scheduled,
                import_mode: self.import_mode,
            },
            reference_policy: TagReferencePolicy { policy_type: self.reference_policy },
        }
    }
}

impl From<&TagEvent> for EventRecord {
    fn from(event: &TagEvent) -> Self {
        Self {
            created: event.created.map(Time::unix),
            docker_image_reference: event.docker_image_reference.clone(),
            image: event.image.clone(),
            generation: event.generation,
        }
    }
}

impl From<EventRecord> for TagEvent {
    fn from(record: EventRecord) -> Self {
        Self {
            created: record.created.map(Time::from_unix),
            docker_image_reference: record.docker_image_reference,
            image: record.image,
            generation: record.generation,
        }
    }
}

impl From<&TagEventCondition> for ConditionRecord {
    fn from(condition: &TagEventCondition) -> Self {
        Self {
            condition_type: condition.condition_type.clone(),
            status: condition.status.clone(),
            last_transition_time: condition.last_transition_time.map(Time::unix),
            reason: condition.reason.clone(),
            message: condition.message.clone(),
            generation: condition.generation,
        }
    }
}

impl From<ConditionRecord> for TagEventCondition {
    fn from(record: ConditionRecord) -> Self {
        Self {
            condition_type: record.condition_type,
            status: record.status,
            last_transition_time: record.last_transition_time.map(Time::from_unix),
            reason: record.reason,
            message: record.message,
            generation: record.generation,
        }
    }
}
