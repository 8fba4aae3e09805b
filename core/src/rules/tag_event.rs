//! What an event does to the history of its tag.

use crate::api::{TagEvent, TagEventCondition};

/// What an event did to the history of its tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum TagChange {
    /// The newest entry is the same already; nothing was written.
    Unchanged,
    /// The newest entry had the same image or the same pull spec: it was updated in place and keeps its time.
    Folded,
    /// A new entry was put in front.
    Pushed,
}

/// The newest end of a tag's history. The rules for events look at nothing else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TagHead {
    /// The newest entry; none where the tag never pointed to anything.
    pub newest: Option<TagEvent>,
    /// Findings about the import of the tag.
    pub conditions: Vec<TagEventCondition>,
    /// The entries that were the newest when the head was read, or since then, and no longer are; oldest first.
    pub displaced: Vec<TagEvent>,
}

impl TagHead {
    /// The whole history, newest first, where `older` has the entries that are stored behind the head.
    pub fn history<'a>(&'a self, older: &'a [TagEvent]) -> impl Iterator<Item = &'a TagEvent> {
        self.newest.iter().chain(self.displaced.iter().rev()).chain(older)
    }

    /// Records `event` as the newest of the tag (`AddTagEventToImageStream`).
    ///
    /// Only the newest entry is compared. If it has the same pull spec, image and generation, nothing happens. If it
    /// has the same image *or* the same pull spec, it is updated in place and keeps its `created`. Otherwise `event`
    /// goes in front of it. Every change clears the conditions. There is no limit to the length of a history, and an
    /// image that comes back is a new entry.
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
    fn an_image_that_comes_back_is_a_new_entry() {
        let mut tag = TagHead::default();
        for (image, created) in [("a", 1), ("b", 2), ("a", 3)] {
            assert_eq!(tag.apply(event(image, &format!("r/{image}"), 1, created)), TagChange::Pushed);
        }
        assert_eq!(tag.newest, Some(event("a", "r/a", 1, 3)));
        assert_eq!(tag.displaced, [event("a", "r/a", 1, 1), event("b", "r/b", 1, 2)]);
    }
}
