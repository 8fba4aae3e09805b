//! How an event changes the history of a tag.

use crate::api::{TagEvent, TagEventCondition};

/// How an event changed the history of its tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum TagChange {
    /// The newest entry is equal; nothing was written.
    Unchanged,
    /// The newest entry had the same image or the same pull spec: it was updated in place and keeps its time.
    Folded,
    /// A new entry was added at the front.
    Pushed,
}

/// The newest entry of a tag's history, and the tag's conditions. Rules about events need nothing else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TagHead {
    /// The newest entry; `None` if the tag has never pointed to an image.
    pub newest: Option<TagEvent>,
    /// The conditions of the tag, set by imports.
    pub conditions: Vec<TagEventCondition>,
    /// The entries that have been displaced since the head was read, oldest first.
    pub displaced: Vec<TagEvent>,
}

impl TagHead {
    /// The whole history, newest first; `older` has the stored entries behind the head.
    pub fn history<'a>(&'a self, older: &'a [TagEvent]) -> impl Iterator<Item = &'a TagEvent> {
        self.newest.iter().chain(self.displaced.iter().rev()).chain(older)
    }

    /// Adds `event` as the newest entry of the tag (`AddTagEventToImageStream`).
    ///
    /// Only the newest entry is compared. If pull spec, image and generation are all equal, nothing happens. If either
    /// the image *or* the pull spec is equal, the entry is updated in place and keeps its `created`. Otherwise `event`
    /// is added in front. Every change clears the conditions. The length of a history is not limited, and an image that
    /// appears again gets a new entry.
    pub(super) fn apply(&mut self, event: TagEvent) -> TagChange {
        let Some(newest) = &mut self.newest else {
            self.newest = Some(event);
            self.conditions.clear();
            return TagChange::Pushed;
        };
        let same_reference = newest.docker_image_reference == event.docker_image_reference;
        let same_image = newest.image == event.image;
        if same_reference && same_image && newest.generation == event.generation {
            return TagChange::Unchanged;
        }
        self.conditions.clear();
        if same_reference || same_image {
            *newest = TagEvent { created: newest.created, ..event };
            return TagChange::Folded;
        }
        self.displaced.push(std::mem::replace(newest, event));
        TagChange::Pushed
    }

    /// Adds `event` in front, and never changes an entry.
    ///
    /// If the newest entry has the same pull spec and the same image, nothing happens. A change clears the conditions.
    pub(super) fn append(&mut self, event: TagEvent) -> TagChange {
        let newest = self.newest.as_ref();
        if newest.is_some_and(|newest| {
            newest.docker_image_reference == event.docker_image_reference && newest.image == event.image
        }) {
            return TagChange::Unchanged;
        }
        self.conditions.clear();
        self.displaced.extend(self.newest.replace(event));
        TagChange::Pushed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Time;

    fn event(image: &str, reference: &str, generation: i64, created: i64) -> TagEvent {
        TagEvent {
            created: Some(Time::from_unix(created)),
            docker_image_reference: reference.to_owned(),
            image: image.to_owned(),
            generation,
        }
    }

    fn head(newest: Option<TagEvent>) -> TagHead {
        TagHead {
            newest,
            conditions: vec![TagEventCondition { status: "False".to_owned(), ..TagEventCondition::default() }],
            displaced: Vec::new(),
        }
    }

    #[test]
    fn the_first_event_of_a_tag_drops_its_conditions() {
        let mut tag = head(None);
        assert_eq!(tag.apply(event("a", "r/a", 1, 1)), TagChange::Pushed);
        assert_eq!(tag, TagHead { newest: Some(event("a", "r/a", 1, 1)), ..TagHead::default() });
    }

    #[test]
    fn the_same_event_again_changes_nothing_not_even_conditions() {
        let mut tag = head(Some(event("a", "r/a", 1, 1)));
        assert_eq!(tag.apply(event("a", "r/a", 1, 9)), TagChange::Unchanged);
        assert_eq!(tag, head(Some(event("a", "r/a", 1, 1))));
    }

    #[test]
    fn the_same_image_or_pull_spec_is_folded_into_the_newest_entry_which_keeps_its_time() {
        for (next, folded) in [
            (event("a", "r/a", 2, 9), event("a", "r/a", 2, 1)),
            (event("b", "r/a", 2, 9), event("b", "r/a", 2, 1)),
            (event("a", "r/b", 2, 9), event("a", "r/b", 2, 1)),
        ] {
            let mut tag = head(Some(event("a", "r/a", 1, 1)));
            assert_eq!(tag.apply(next), TagChange::Folded);
            assert_eq!(tag, TagHead { newest: Some(folded), ..TagHead::default() });
        }
    }

    #[test]
    fn appending_never_changes_an_entry() {
        let mut tag = head(Some(event("a", "r/a", 1, 1)));
        assert_eq!(tag.append(event("a", "r/a", 2, 9)), TagChange::Unchanged);
        assert_eq!(tag, head(Some(event("a", "r/a", 1, 1))));
        for (image, reference) in [("b", "r/a"), ("b", "r/b"), ("a", "r/a")] {
            assert_eq!(tag.append(event(image, reference, 2, 9)), TagChange::Pushed);
        }
        assert_eq!((tag.displaced.len(), tag.conditions.len()), (3, 0));
        assert_eq!(tag.displaced[0], event("a", "r/a", 1, 1));
    }

    #[test]
    fn an_image_that_appears_again_is_a_new_entry() {
        let mut tag = TagHead::default();
        for (image, created) in [("a", 1), ("b", 2), ("a", 3)] {
            assert_eq!(tag.apply(event(image, &format!("r/{image}"), 1, created)), TagChange::Pushed);
        }
        assert_eq!(tag.newest, Some(event("a", "r/a", 1, 3)));
        assert_eq!(tag.displaced, [event("a", "r/a", 1, 1), event("b", "r/b", 1, 2)]);
    }
}
