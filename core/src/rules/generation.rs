//! Generations: which revision of a stream's spec its tags belong to.

use super::stream_state::StreamState;
use crate::api::TagReference;

/// Whether what a spec tag points to has changed (`tagRefChanged`).
///
/// A tag without a source counts as unchanged. Otherwise the namespace (empty means the stream's), the name,
/// `reference`, the import mode, and a generation of 0 are compared; kind, annotations and the other policies are not.
#[must_use]
pub fn tag_changed(old: Option<&TagReference>, new: &TagReference, namespace: &str) -> bool {
    let Some(from) = new.from.as_ref().filter(|from| !(from.kind.is_empty() && from.name.is_empty())) else {
        return false;
    };
    let Some(old) = old else { return true };
    let Some(old_from) = &old.from else { return true };
    let effective = |own: &'_ str| if own.is_empty() { namespace.to_owned() } else { own.to_owned() };
    effective(&old_from.namespace) != effective(&from.namespace)
        || old_from.name != from.name
        || old.reference != new.reference
        || old.import_policy.import_mode != new.import_policy.import_mode
        || matches!((old.generation, new.generation), (Some(old), Some(0)) if old != 0)
}

/// Sets the generations of a new stream: 1 for it and for each of its spec tags.
pub fn start(stream: &mut StreamState) {
    stream.metadata.generation = 1;
    for tag in stream.spec_tags.values_mut() {
        tag.generation = Some(1);
    }
}

/// Sets the generations of a stream whose spec a client replaced (`prepareForUpdate`).
///
/// A client can't set them, but a generation of 0 requests a new import of the tag. The stream's generation is
/// incremented if the spec changed; a tag takes the stream's generation if it is new or its source changed
/// ([`tag_changed`]).
pub fn advance(stream: &mut StreamState, stored: &StreamState) {
    stream.metadata.generation = stored.metadata.generation;
    for (name, tag) in &mut stream.spec_tags {
        if tag.generation != Some(0)
            && let Some(old) = stored.spec_tags.get(name)
        {
            tag.generation = old.generation;
        }
    }
    if !stream.same_spec(stored) || stream.metadata.generation == 0 {
        stream.metadata.generation = stored.metadata.generation.saturating_add(1);
    }
    let namespace = &stream.metadata.namespace;
    for (name, tag) in &mut stream.spec_tags {
        let old = stored.spec_tags.get(name);
        if old.is_none() || tag_changed(old, tag, namespace) || tag.generation.unwrap_or(0) == 0 {
            tag.generation = Some(stream.metadata.generation);
        }
    }
}

/// Fills in generations that are 0 in the newest entries of a stream's tags (the status strategy).
///
/// An entry that differs from the stored one gets the generation of its spec tag, if there is one; every other gets the
/// stream's.
pub fn fill(stream: &mut StreamState, stored: &StreamState) {
    for (name, head) in &mut stream.tags {
        let Some(newest) = head.newest.as_mut().filter(|newest| newest.generation == 0) else { continue };
        let moved = stored.tags.get(name).and_then(|stored| stored.newest.as_ref()).is_some_and(|stored| {
            stored.image != newest.image
                || stored.docker_image_reference != newest.docker_image_reference
                || stored.generation > newest.generation
        });
        let wanted = stream.spec_tags.get(name).and_then(|tag| tag.generation).filter(|_| moved);
        newest.generation = wanted.unwrap_or(stream.metadata.generation);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{ObjectReference, TagEvent, TagImportPolicy};
    use crate::rules::tag_event::TagHead;

    fn tag(name: &str, from: &str, generation: Option<i64>) -> TagReference {
        let from =
            ObjectReference { kind: "ImageStreamTag".to_owned(), name: from.to_owned(), ..ObjectReference::default() };
        TagReference { name: name.to_owned(), from: Some(from), generation, ..TagReference::default() }
    }

    fn stream(generation: i64, tags: &[TagReference]) -> StreamState {
        let mut stream = StreamState::default();
        stream.metadata.namespace = "shop".to_owned();
        stream.metadata.generation = generation;
        stream.spec_tags = tags.iter().map(|tag| (tag.name.clone(), tag.clone())).collect();
        stream
    }

    fn generations(stream: &StreamState) -> (i64, Vec<Option<i64>>) {
        (stream.metadata.generation, stream.spec_tags.values().map(|tag| tag.generation).collect())
    }

    #[test]
    fn tag_changed_compares_source_and_import_fields() {
        let old = tag("a", "x", Some(3));
        let with = |change: fn(&mut TagReference)| {
            let mut new = old.clone();
            change(&mut new);
            tag_changed(Some(&old), &new, "shop")
        };
        let with_from = |change: fn(&mut ObjectReference)| {
            let mut new = old.clone();
            new.from.as_mut().map(change);
            tag_changed(Some(&old), &new, "shop")
        };
        assert!(!with(|_| ()));
        assert!(!with(|tag| tag.from = None));
        assert!(!with(|tag| tag.generation = Some(9)));
        assert!(with(|tag| tag.generation = Some(0)));
        assert!(with(|tag| tag.reference = true));
        assert!(with(|tag| tag.import_policy.import_mode = "PreserveOriginal".to_owned()));
        assert!(!with(|tag| tag.import_policy = TagImportPolicy { scheduled: true, ..TagImportPolicy::default() }));
        assert!(!with(|tag| tag.annotations = Some([("k".to_owned(), "v".to_owned())].into())));
        assert!(with_from(|from| "y".clone_into(&mut from.name)));
        assert!(!with_from(|from| "shop".clone_into(&mut from.namespace)));
        assert!(with_from(|from| "other".clone_into(&mut from.namespace)));
        assert!(!with_from(|from| "DockerImage".clone_into(&mut from.kind)));
        assert!(tag_changed(None, &old, "shop"));
    }

    #[test]
    fn a_client_cannot_choose_generations() {
        let stored = stream(4, &[tag("a", "x", Some(2))]);
        let mut new = stream(99, &[tag("a", "x", Some(77))]);
        advance(&mut new, &stored);
        assert_eq!(generations(&new), (4, vec![Some(2)]));
    }

    #[test]
    fn a_generation_of_zero_requests_an_import() {
        let stored = stream(4, &[tag("a", "x", Some(2))]);
        let mut new = stream(4, &[tag("a", "x", Some(0))]);
        advance(&mut new, &stored);
        assert_eq!(generations(&new), (5, vec![Some(5)]));
    }

    #[test]
    fn new_and_changed_tags_take_the_streams_generation_and_others_keep_theirs() {
        let stored = stream(4, &[tag("a", "x", Some(2)), tag("b", "x", Some(3))]);
        let mut new = stream(4, &[tag("a", "x", None), tag("b", "y", None), tag("c", "x", Some(8))]);
        advance(&mut new, &stored);
        assert_eq!(generations(&new), (5, vec![Some(2), Some(5), Some(5)]));
    }

    #[test]
    fn annotations_raise_the_generation_of_the_stream_only() {
        let stored = stream(4, &[tag("a", "x", Some(2))]);
        let mut new = stream(4, &[tag("a", "x", Some(2))]);
        for tag in new.spec_tags.values_mut() {
            tag.annotations = Some([("k".to_owned(), "v".to_owned())].into());
        }
        advance(&mut new, &stored);
        assert_eq!(generations(&new), (5, vec![Some(2)]));
    }

    #[test]
    fn empty_annotations_are_no_change() {
        let stored = stream(4, &[tag("a", "x", Some(2))]);
        let mut new = stream(4, &[tag("a", "x", Some(2))]);
        for tag in new.spec_tags.values_mut() {
            tag.annotations = Some([].into());
        }
        advance(&mut new, &stored);
        assert_eq!(generations(&new), (4, vec![Some(2)]));
    }

    #[test]
    fn missing_generations_of_entries_are_filled() {
        let head = |image: &str, generation| TagHead {
            newest: Some(TagEvent { image: image.to_owned(), generation, ..TagEvent::default() }),
            ..TagHead::default()
        };
        let mut stored = stream(4, &[tag("moved", "x", Some(2))]);
        stored.tags = [("moved".to_owned(), head("a", 1)), ("same".to_owned(), head("a", 0))].into();
        let mut new = stored.clone();
        new.tags = [
            ("moved".to_owned(), head("b", 0)),
            ("new".to_owned(), head("b", 0)),
            ("same".to_owned(), head("a", 0)),
            ("set".to_owned(), head("b", 3)),
        ]
        .into();
        fill(&mut new, &stored);
        let filled: Vec<_> = new.tags.values().filter_map(|head| head.newest.as_ref()).map(|e| e.generation).collect();
        assert_eq!(filled, [2, 4, 4, 3]);
    }
}
