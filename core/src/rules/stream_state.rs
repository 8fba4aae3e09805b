//! The stream type that the rules work on.

use std::collections::BTreeMap;

use super::field::Path;
use super::field_error::FieldError;
use super::tag_event::TagHead;
use crate::api::{
    ImageLookupPolicy, ImageStream, NamedTagEventList, ObjectMeta, ObjectReference, TagEvent, TagImportPolicy,
    TagReference, TagReferencePolicy,
};
use crate::collected;

/// A stream with its tags by name, and only the newest entry of each history.
///
/// If a list has a tag twice, the last one counts. Names are in byte order, as the API prints them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StreamState {
    /// Name, namespace, version.
    pub metadata: ObjectMeta,
    /// `spec.lookupPolicy`
    pub lookup_policy: ImageLookupPolicy,
    /// `spec.dockerImageRepository`
    pub spec_repository: String,
    /// `spec.tags`
    pub spec_tags: BTreeMap<String, TagReference>,
    /// `status.dockerImageRepository` as stored; it is recomputed on every read.
    pub repository: String,
    /// `status.publicDockerImageRepository` as stored; it is recomputed on every read.
    pub public_repository: String,
    /// `status.tags`
    pub tags: BTreeMap<String, TagHead>,
}

/// How many tags a spec may have. The real server has no such limit, but can't store a stream of a third of these.
pub(super) const MAX_SPEC_TAGS: usize = 20_000;

impl StreamState {
    /// The error for a spec with too many tags, which is not worth resolving.
    #[must_use]
    pub fn too_many_tags(&self) -> Option<FieldError> {
        let found = self.spec_tags.len();
        let path = Path::ROOT.child("spec");
        (found > MAX_SPEC_TAGS).then(|| path.child("tags").too_many(found, MAX_SPEC_TAGS))
    }

    /// Metadata and spec of a stream from a client; its status is ignored.
    #[must_use]
    pub fn from_spec(stream: &ImageStream) -> Self {
        Self {
            metadata: stream.metadata.clone(),
            lookup_policy: stream.spec.lookup_policy,
            spec_repository: stream.spec.docker_image_repository.clone(),
            spec_tags: collected::map(stream.spec.tags.iter().map(|tag| (tag.name.clone(), tag.clone()))),
            ..Self::default()
        }
    }

    /// Whether the specs are equal; absent annotations equal empty ones.
    #[must_use]
    pub fn same_spec(&self, other: &Self) -> bool {
        fn meaning(tag: &TagReference) -> TagReference {
            TagReference { annotations: Some(tag.annotations.clone().unwrap_or_default()), ..tag.clone() }
        }
        self.lookup_policy == other.lookup_policy
            && self.spec_repository == other.spec_repository
            && self.spec_tags.len() == other.spec_tags.len()
            && self
                .spec_tags
                .iter()
                .zip(&other.spec_tags)
                .all(|((name, tag), (other_name, other))| name == other_name && meaning(tag) == meaning(other))
    }
}

impl From<&ImageStream> for StreamState {
    /// The stream without the older entries of its histories.
    fn from(stream: &ImageStream) -> Self {
        let head = |history: &NamedTagEventList| TagHead {
            newest: history.items.as_ref().and_then(|items| items.first()).cloned(),
            conditions: history.conditions.clone(),
            displaced: Vec::new(),
        };
        Self {
            repository: stream.status.docker_image_repository.clone(),
            public_repository: stream.status.public_docker_image_repository.clone(),
            tags: collected::map(stream.status.tags.iter().map(|history| (history.tag.clone(), head(history)))),
            ..Self::from_spec(stream)
        }
    }
}

/// The entries of a tag's history except the newest, from `stored`, which must be in tag order.
#[must_use]
pub fn older_entries<'a>(tag: &str, stored: &'a [NamedTagEventList]) -> &'a [TagEvent] {
    let history = stored.binary_search_by(|history| history.tag.as_str().cmp(tag)).ok().and_then(|at| stored.get(at));
    history.and_then(|history| history.items.as_deref()?.get(1..)).unwrap_or_default()
}

/// Sets the defaults of a spec tag.
pub fn apply_tag_defaults(tag: &mut TagReference, import_mode: &str) {
    set_policy_defaults(&mut tag.import_policy, &mut tag.reference_policy, import_mode);
}

/// Removes empty annotations of a tag, as the real server does by storing it in etcd.
pub fn drop_empty_annotations(tag: &mut TagReference) {
    tag.annotations.take_if(|annotations| annotations.is_empty());
}

/// Sets the defaults of the policies of a tag, or of an import.
pub fn set_policy_defaults(import: &mut TagImportPolicy, reference: &mut TagReferencePolicy, import_mode: &str) {
    if import.import_mode.is_empty() {
        import_mode.clone_into(&mut import.import_mode);
    }
    if reference.policy_type.is_empty() {
        "Source".clone_into(&mut reference.policy_type);
    }
}

/// The tag of the stream `namespace/name` that `tag` follows, if it follows a tag of that stream
/// (`UpdateTrackingTags`).
///
/// This is the case if `from` is an `ImageStreamTag` in the stream's namespace (or without one) and its name is `tag`
/// or `name:tag`; an empty tag after the colon means `latest`.
#[must_use]
pub fn followed_tag<'a>(tag: &'a TagReference, namespace: &str, name: &str) -> Option<&'a str> {
    let from: &ObjectReference = tag.from.as_ref()?;
    if from.kind != "ImageStreamTag" || !(from.namespace.is_empty() || from.namespace == namespace) {
        return None;
    }
    match from.name.split_once(':') {
        None => Some(&from.name),
        Some((stream, _)) if stream != name => None,
        Some((_, "")) => Some("latest"),
        Some((_, tag)) => Some(tag),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_annotations_are_none() {
        for (annotations, kept) in [("null", false), ("{}", false), (r#"{"a": ""}"#, true)] {
            let mut tag: TagReference = serde_json::from_str(&format!(r#"{{"annotations": {annotations}}}"#)).unwrap();
            drop_empty_annotations(&mut tag);
            assert_eq!(tag.annotations.is_some(), kept, "{annotations}");
        }
    }

    #[test]
    fn only_tags_of_the_own_stream_are_followed() {
        for (kind, namespace, name, expected) in [
            ("ImageStreamTag", "", "prod", Some("prod")),
            ("ImageStreamTag", "shop", "prod", Some("prod")),
            ("ImageStreamTag", "other", "prod", None),
            ("ImageStreamTag", "", "app:prod", Some("prod")),
            ("ImageStreamTag", "", "app:", Some("latest")),
            ("ImageStreamTag", "", "app:a:b", Some("a:b")),
            ("ImageStreamTag", "", "web:prod", None),
            ("DockerImage", "", "prod", None),
        ] {
            let from = ObjectReference {
                kind: kind.to_owned(),
                namespace: namespace.to_owned(),
                name: name.to_owned(),
                ..ObjectReference::default()
            };
            let tag = TagReference { from: Some(from), ..TagReference::default() };
            assert_eq!(followed_tag(&tag, "shop", "app"), expected, "{kind} {namespace}/{name}");
        }
    }
}
