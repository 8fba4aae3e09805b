//! How the tags of a stream move: which heads change when something happens to a tag.
//!
//! | event | rule | which followers move too |
//! |---|---|---|
//! | a mapping, a rollback | [`push`] | one hop: `UpdateTrackingTags`, called by the storage of mappings |
//! | a spec tag is resolved | `record` | none yet: [`follow_moved`] runs after all tags are resolved |
//! | a stream is created, or one of its tags written | [`follow_moved`] | all: `UpdateTrackingTags` for every tag that
//! moved, until nothing changes |
//! | a tag is imported | [`import`], then [`follow_moved`] | all |
//! | the spec of a stream is replaced | [`keep_stored`] before resolving | none |
//! | a tag is deleted | [`remove`] | none: followers keep their entries |
//! | the status is replaced | [`replace_status`] | none |
//!
//! `TagHead::apply` applies one event to one head. The store writes the result (`store::streams::tag_moves`). No other
//! code changes where a tag points; [`generation::fill`] only fills in missing generations.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use super::generation;
use super::stream_state::{StreamState, followed_tag};
use super::tag_event::{TagChange, TagHead};
use crate::api::{ImageStream, ImageStreamSpec, NamedTagEventList, TagEvent};
use crate::collected;

/// How an event enters a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recording {
    /// As on the real server: an event with the image or the pull spec of the newest entry changes that entry.
    Fold,
    /// As a new entry in front, unless the newest one has the same image and pull spec: no entry is ever changed.
    Append,
}

/// The tags of one stream, as read and changed by a move.
pub trait StreamTags {
    /// The error of reading them.
    type Error;

    /// The head of a tag, to be changed; an empty one if the tag has none.
    ///
    /// # Errors
    ///
    /// If it can't be read.
    fn head(&mut self, tag: &str) -> Result<&mut TagHead, Self::Error>;

    /// The spec tags that follow a tag ([`followed_tag`]), in name order.
    ///
    /// # Errors
    ///
    /// If they can't be read.
    fn followers(&self, tag: &str) -> Result<Vec<String>, Self::Error>;
}

/// Gives the event of an import to a tag, which has no import failure any more. Tags that follow it move in [`follow_moved`].
pub fn import(stream: &mut StreamState, tag: &str, event: TagEvent) {
    let head = stream.tags.entry(tag.to_owned()).or_default();
    let _ = head.apply(event);
    head.conditions.clear();
}

impl TagHead {
    fn record(&mut self, event: TagEvent, recording: Recording) -> TagChange {
        match recording {
            Recording::Fold => self.apply(event),
            Recording::Append => self.append(event),
        }
    }
}

impl StreamTags for StreamState {
    type Error = Infallible;

    fn head(&mut self, tag: &str) -> Result<&mut TagHead, Infallible> {
        Ok(self.tags.entry(tag.to_owned()).or_default())
    }

    fn followers(&self, tag: &str) -> Result<Vec<String>, Infallible> {
        let (namespace, name) = (&self.metadata.namespace, &self.metadata.name);
        let following = self.spec_tags.iter().filter(|(_, spec)| followed_tag(spec, namespace, name) == Some(tag));
        Ok(following.map(|(follower, _)| follower.clone()).collect())
    }
}

/// What a write does to one tag, compared with the stored state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TagMove<'a> {
    /// The tag.
    pub tag: &'a str,
    /// Its newest entry before; `None` if the tag is new, or has never pointed to an image.
    pub before: Option<&'a TagEvent>,
    /// The state of the tag afterwards.
    pub after: TagAfter<'a>,
}

/// The state of a tag after a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagAfter<'a> {
    /// As before: the event changed nothing.
    Same,
    /// This head; the entries that it displaced are added in front of the stored older ones.
    Head(&'a TagHead),
    /// This whole history, newest first.
    History(&'a NamedTagEventList),
    /// The tag is removed from the status.
    Gone,
}

impl<'a> TagMove<'a> {
    /// Its newest entry afterwards.
    #[must_use]
    pub fn newest_after(&self) -> Option<&'a TagEvent> {
        match self.after {
            TagAfter::Same => self.before,
            TagAfter::Head(head) => head.newest.as_ref(),
            TagAfter::History(history) => newest(history),
            TagAfter::Gone => None,
        }
    }
}

/// The moves from one set of heads to another, removed tags first. An unchanged head results in no move.
#[must_use]
pub fn moves_between<'a>(old: &'a BTreeMap<String, TagHead>, new: &'a BTreeMap<String, TagHead>) -> Vec<TagMove<'a>> {
    let gone = old.iter().filter(|(tag, _)| !new.contains_key(*tag));
    let gone = gone.map(|(tag, head)| TagMove { tag, before: head.newest.as_ref(), after: TagAfter::Gone });
    let changed = new.iter().filter(|(tag, head)| old.get(*tag) != Some(head));
    let changed = changed.map(|(tag, head)| {
        let before = old.get(tag).and_then(|before| before.newest.as_ref());
        TagMove { tag, before, after: TagAfter::Head(head) }
    });
    gone.chain(changed).collect()
}

/// The same for whole histories: each one that differs replaces the stored one.
///
/// If a list has a tag twice, the last one counts.
#[must_use]
pub fn moves_between_histories<'a>(old: &'a [NamedTagEventList], new: &'a [NamedTagEventList]) -> Vec<TagMove<'a>> {
    let (old, new) = (by_tag(old), by_tag(new));
    let gone = old.iter().filter(|(tag, _)| !new.contains_key(*tag));
    let gone = gone.map(|(tag, history)| TagMove { tag, before: newest(history), after: TagAfter::Gone });
    let changed = new.iter().filter(|(tag, history)| old.get(*tag) != Some(history));
    let changed = changed.map(|(tag, history)| {
        let before = old.get(tag).and_then(|before| newest(before));
        TagMove { tag, before, after: TagAfter::History(history) }
    });
    gone.chain(changed).collect()
}

fn by_tag(histories: &[NamedTagEventList]) -> BTreeMap<&str, &NamedTagEventList> {
    collected::map(histories.iter().map(|history| (&*history.tag, history)))
}

fn newest(history: &NamedTagEventList) -> Option<&TagEvent> {
    history.items.as_deref()?.first()
}

/// Gives an event to a tag, and then to its direct followers: what a mapping and a rollback do.
///
/// Returns the change of the tag, followed by those of its followers in name order. An event that changes nothing for
/// the tag changes nothing at all.
///
/// # Errors
///
/// If the tags can't be read.
pub fn push<T: StreamTags>(
    tags: &mut T,
    tag: &str,
    event: &TagEvent,
    recording: Recording,
) -> Result<Vec<(String, TagChange)>, T::Error> {
    let change = tags.head(tag)?.record(event.clone(), recording);
    let mut changes = vec![(tag.to_owned(), change)];
    // Parity: if the tag has the event already, its followers are left alone, even if they have moved elsewhere since.
    if change != TagChange::Unchanged {
        changes.extend(move_followers(tags, tag, event, recording)?);
    }
    Ok(changes)
}

/// Gives an event to a tag, but not to its followers.
pub(super) fn record(stream: &mut StreamState, tag: &str, event: TagEvent) -> TagChange {
    let Ok(head) = stream.head(tag);
    head.apply(event)
}

/// The newest entry of a tag, to be given to another tag of the same stream, with a generation.
///
/// Parity: the real server passes the entry itself, so the newest entry of the source tag gets the generation too.
pub(super) fn entry_for_follower(stream: &mut StreamState, tag: &str, generation: i64) -> Option<TagEvent> {
    let newest = stream.tags.get_mut(tag)?.newest.as_mut()?;
    newest.generation = generation;
    Some(newest.clone())
}

/// Moves the followers of every tag whose newest entry differs from that in `old`, and the followers of those.
///
/// In each round every tag that moved in the one before passes its newest entry on, in name order; the rounds end when
/// nothing changes. The real server has one round, in random order, so a chain of followers may move completely or in
/// part.
pub fn follow_moved(stream: &mut StreamState, old: Option<&StreamState>) {
    // Looking for the followers of each tag would take time with the square of their number.
    let followers = followers_of_all(stream);
    let passed_on = |stream: &StreamState, tag: &str| {
        let newest = stream.tags.get(tag)?.newest.clone()?;
        let before = old.and_then(|old| old.tags.get(tag)?.newest.as_ref());
        (before != Some(&newest)).then_some(newest)
    };
    let mut moved: BTreeSet<String> = collected::set(stream.tags.keys().cloned());
    // Every round but the last moves a tag, and a chain is at most as long as the number of tags.
    for _ in 0..=stream.spec_tags.len() {
        let events = moved.iter().filter_map(|tag| Some((followers.get(tag)?, passed_on(stream, tag)?)));
        let events: Vec<_> = events.collect();
        let mut next = BTreeSet::new();
        for (followers, event) in events {
            for follower in followers {
                let Ok(head) = stream.head(follower);
                if head.apply(event.clone()) != TagChange::Unchanged {
                    next.insert(follower.clone());
                }
            }
        }
        if next.is_empty() {
            return;
        }
        moved = next;
    }
}

/// The followers of each tag of a stream that has some, in name order. A tag that follows itself is left out: it
/// already has what it would be given.
fn followers_of_all(stream: &StreamState) -> BTreeMap<String, Vec<String>> {
    let (namespace, name) = (&stream.metadata.namespace, &stream.metadata.name);
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (follower, spec) in &stream.spec_tags {
        if let Some(followed) = followed_tag(spec, namespace, name).filter(|followed| followed != follower) {
            all.entry(followed.to_owned()).or_default().push(follower.clone());
        }
    }
    all
}

/// Gives an event to the followers of a tag, and returns the change of each (`UpdateTrackingTags`).
fn move_followers<T: StreamTags>(
    tags: &mut T,
    tag: &str,
    event: &TagEvent,
    recording: Recording,
) -> Result<Vec<(String, TagChange)>, T::Error> {
    let followers = tags.followers(tag)?;
    // A tag that follows itself already has the event.
    let others = followers.into_iter().filter(|follower| follower != tag);
    others
        .map(|follower| {
            let change = tags.head(&follower)?.record(event.clone(), recording);
            Ok((follower, change))
        })
        .collect()
}

/// Keeps the stored heads: a client can't change the status.
pub fn keep_stored(stream: &mut StreamState, stored: &StreamState) {
    stream.tags.clone_from(&stored.tags);
}

/// Removes a tag from spec and status.
pub fn remove(stream: &mut StreamState, tag: &str) {
    stream.spec_tags.remove(tag);
    stream.tags.remove(tag);
}

/// Removes tags from the status that have neither entries nor conditions.
pub fn remove_empty(stream: &mut StreamState) {
    stream.tags.retain(|_, head| head.newest.is_some() || !head.conditions.is_empty());
}

/// The stored stream with the status, lookup policy and metadata that a client sent.
///
/// Histories are replaced as a whole. A newest entry without a generation gets one ([`generation::fill`]).
#[must_use]
pub fn replace_status(sent: &ImageStream, stored: &ImageStream) -> ImageStream {
    let mut new = ImageStream {
        metadata: sent.metadata.clone(),
        spec: ImageStreamSpec { lookup_policy: sent.spec.lookup_policy, ..stored.spec.clone() },
        status: sent.status.clone(),
        ..ImageStream::default()
    };
    new.status.tags = by_tag(&sent.status.tags).into_values().cloned().collect();
    let mut heads = StreamState::from(&new);
    generation::fill(&mut heads, &StreamState::from(stored));
    for history in &mut new.status.tags {
        history.items = history.items.take().filter(|items| !items.is_empty());
        let newest = heads.tags.remove(&history.tag).and_then(|head| head.newest);
        if let (Some(first), Some(newest)) = (history.items.as_mut().and_then(|items| items.first_mut()), newest) {
            *first = newest;
        }
    }
    new
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{ObjectReference, TagEventCondition, TagReference, Time};

    fn event(image: &str, generation: i64) -> TagEvent {
        TagEvent {
            created: Some(Time::from_unix(generation)),
            docker_image_reference: format!("r/{image}"),
            image: image.to_owned(),
            generation,
        }
    }

    /// A stream with the tags `followed <- follower`, and images for some of the tags.
    fn stream(follows: &[(&str, &str)], images: &[(&str, &str)]) -> StreamState {
        let follow = |(follower, followed): &(&str, &str)| {
            let from = ObjectReference {
                kind: "ImageStreamTag".to_owned(),
                name: (*followed).to_owned(),
                ..ObjectReference::default()
            };
            ((*follower).to_owned(), TagReference { from: Some(from), ..TagReference::default() })
        };
        StreamState {
            spec_tags: follows.iter().map(follow).collect(),
            tags: images
                .iter()
                .map(|(tag, image)| {
                    ((*tag).to_owned(), TagHead { newest: Some(event(image, 1)), ..TagHead::default() })
                })
                .collect(),
            ..StreamState::default()
        }
    }

    fn images(stream: &StreamState) -> Vec<(&str, &str)> {
        let tags = stream.tags.iter();
        tags.map(|(tag, head)| (&**tag, head.newest.as_ref().map_or("", |newest| &*newest.image))).collect()
    }

    #[test]
    fn a_mapping_moves_its_tag_and_direct_followers_only() {
        let mut state = stream(&[("b", "a"), ("c", "b"), ("d", "a")], &[("a", "old"), ("d", "new")]);
        let Ok(changes) = push(&mut state, "a", &event("new", 2), Recording::Fold);
        let expected = [("a", TagChange::Pushed), ("b", TagChange::Pushed), ("d", TagChange::Folded)];
        assert_eq!(changes, expected.map(|(tag, change)| (tag.to_owned(), change)));
        assert_eq!(images(&state), [("a", "new"), ("b", "new"), ("d", "new")]);
    }

    #[test]
    fn a_mapping_that_changes_nothing_leaves_followers_alone() {
        let mut state = stream(&[("b", "a")], &[("a", "same"), ("b", "elsewhere")]);
        let before = state.clone();
        let Ok(changes) = push(&mut state, "a", &event("same", 1), Recording::Fold);
        assert_eq!(changes, [("a".to_owned(), TagChange::Unchanged)]);
        assert_eq!(state, before);
    }

    #[test]
    fn a_tag_that_follows_itself_moves_once() {
        let mut state = stream(&[("a", "a")], &[]);
        let Ok(changes) = push(&mut state, "a", &event("new", 2), Recording::Fold);
        assert_eq!(changes, [("a".to_owned(), TagChange::Pushed)]);
        follow_moved(&mut state, None);
        assert!(state.tags["a"].displaced.is_empty());
    }

    #[test]
    fn a_written_tag_moves_its_direct_and_indirect_followers() {
        let follows = [("b", "a"), ("a2", "b"), ("d", "c")];
        let old = stream(&follows, &[("a", "old"), ("c", "there")]);
        let mut new = old.clone();
        assert_eq!(record(&mut new, "a", event("new", 2)), TagChange::Pushed);
        follow_moved(&mut new, Some(&old));
        // `d` stays empty: the tag that it follows has not moved.
        assert_eq!(images(&new), [("a", "new"), ("a2", "new"), ("b", "new"), ("c", "there")]);
    }

    #[test]
    fn in_a_new_stream_every_tag_with_an_entry_has_moved() {
        let mut new = stream(&[("b", "a"), ("d", "c")], &[("a", "one"), ("c", "two")]);
        follow_moved(&mut new, None);
        assert_eq!(images(&new), [("a", "one"), ("b", "one"), ("c", "two"), ("d", "two")]);
    }

    #[test]
    fn a_cycle_of_followers_terminates() {
        let old = stream(&[("a", "b"), ("b", "a")], &[("a", "one"), ("b", "two")]);
        let mut new = old.clone();
        let _ = record(&mut new, "a", event("three", 2));
        follow_moved(&mut new, Some(&old));
        assert_eq!(images(&new), [("a", "three"), ("b", "three")]);
    }

    #[test]
    fn an_entry_given_to_a_follower_gets_the_generation_in_its_own_tag_too() {
        let mut state = stream(&[], &[("a", "one")]);
        assert_eq!(entry_for_follower(&mut state, "a", 7), Some(TagEvent { generation: 7, ..event("one", 1) }));
        assert_eq!(state.tags["a"].newest.as_ref().map(|newest| newest.generation), Some(7));
        assert_eq!(entry_for_follower(&mut state, "b", 7), None);
        assert!(!state.tags.contains_key("b"));
    }

    #[test]
    fn removing_a_tag_leaves_its_followers_unchanged() {
        let mut state = stream(&[("a", "x"), ("b", "a")], &[("a", "one"), ("b", "one")]);
        remove(&mut state, "a");
        assert!(!state.spec_tags.contains_key("a"));
        assert_eq!(images(&state), [("b", "one")]);
    }

    #[test]
    fn only_tags_without_entries_and_conditions_are_empty() {
        let mut state = stream(&[], &[("entry", "one")]);
        let failed = TagEventCondition { status: "False".to_owned(), ..TagEventCondition::default() };
        state.tags.insert("condition".to_owned(), TagHead { conditions: vec![failed], ..TagHead::default() });
        state.tags.insert("empty".to_owned(), TagHead::default());
        remove_empty(&mut state);
        assert_eq!(state.tags.keys().collect::<Vec<_>>(), ["condition", "entry"]);
    }

    #[test]
    fn moves_are_what_differs() {
        let old = stream(&[], &[("gone", "one"), ("same", "one"), ("to", "one")]);
        let mut new = stream(&[], &[("new", "two"), ("same", "one"), ("to", "one")]);
        let _ = record(&mut new, "to", event("two", 2));
        let moves = moves_between(&old.tags, &new.tags);
        let found: Vec<_> = moves.iter().map(|tag| (tag.tag, tag.before, tag.newest_after())).collect();
        let (one, two, pushed) = (event("one", 1), event("two", 1), event("two", 2));
        assert_eq!(found, [("gone", Some(&one), None), ("new", None, Some(&two)), ("to", Some(&one), Some(&pushed))]);
    }

    fn history(tag: &str, items: &[TagEvent]) -> NamedTagEventList {
        NamedTagEventList { tag: tag.to_owned(), items: Some(items.to_vec()), ..NamedTagEventList::default() }
    }

    #[test]
    fn moves_between_histories_compare_older_entries_too() {
        let (one, two) = (event("one", 1), event("two", 2));
        let both = [two.clone(), one.clone()];
        let old = [history("gone", &both[1..]), history("same", &both[1..]), history("to", &both[..1])];
        let new = [history("to", &both), history("same", &both[1..])];
        let moves = moves_between_histories(&old, &new);
        let found: Vec<_> = moves.iter().map(|tag| (tag.tag, tag.before, tag.newest_after())).collect();
        assert_eq!(found, [("gone", Some(&one), None), ("to", Some(&two), Some(&two))]);
    }

    #[test]
    fn a_replaced_status_is_in_tag_order_and_its_newest_entries_get_generations() {
        let mut stored = ImageStream::default();
        stored.metadata.generation = 4;
        let mut sent = ImageStream::default();
        sent.status.tags = vec![
            history("b", &[event("first", 1)]),
            history("c", &[]),
            history("b", &[event("last", 0), event("older", 0)]),
            history("a", &[event("set", 3)]),
        ];
        sent.metadata.generation = 4;
        let new = replace_status(&sent, &stored);
        let filled = TagEvent { generation: 4, ..event("last", 0) };
        assert_eq!(
            new.status.tags,
            [
                history("a", &[event("set", 3)]),
                history("b", &[filled, event("older", 0)]),
                NamedTagEventList { tag: "c".to_owned(), ..NamedTagEventList::default() },
            ]
        );
    }

    /// The rule without any index: every moved tag passes its entry on in every round.
    fn follow_moved_slowly(stream: &mut StreamState, old: Option<&StreamState>) {
        for _ in 0..=stream.spec_tags.len() {
            let newest = |stream: &StreamState, tag: &str| stream.tags.get(tag).and_then(|head| head.newest.clone());
            let tags = stream.tags.keys().cloned().collect::<Vec<_>>();
            let moved = tags.into_iter().filter_map(|tag| Some((newest(stream, &tag)?, tag)));
            let moved: Vec<_> =
                moved.filter(|(event, tag)| old.and_then(|old| newest(old, tag)).as_ref() != Some(event)).collect();
            let before = stream.clone();
            for (event, tag) in moved {
                let Ok(_) = move_followers(stream, &tag, &event, Recording::Fold);
            }
            if *stream == before {
                return;
            }
        }
    }

    #[test]
    fn followers_move_as_if_every_tag_were_asked_in_every_round() {
        let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
        let mut below = |limit: u64| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            (seed >> 11) % limit
        };
        for case in 0..3000 {
            let count = 1 + below(7);
            let names: Vec<String> = (0..count).map(|number| format!("t{number}")).collect();
            let mut pick = |limit: u64| usize::try_from(below(limit)).unwrap();
            let (mut follows, mut images) = (Vec::new(), Vec::new());
            for name in &names {
                if pick(4) > 0 {
                    follows.push((&**name, &*names[pick(count)]));
                }
                if pick(2) > 0 {
                    images.push((&**name, ["one", "two", "three"][pick(3)]));
                }
            }
            let old = stream(&follows, &images);
            let mut new = old.clone();
            for name in &names {
                if pick(3) == 0 {
                    let _ = record(&mut new, name, event(["one", "two", "four"][pick(3)], 2));
                }
            }
            for old in [None, Some(&old)] {
                let (mut fast, mut slow) = (new.clone(), new.clone());
                follow_moved(&mut fast, old);
                follow_moved_slowly(&mut slow, old);
                assert_eq!(fast, slow, "case {case}: {follows:?}, {images:?}");
            }
        }
    }

    /// With the square of their number this would take hours.
    #[test]
    fn a_chain_of_all_tags_that_a_spec_may_have_moves_at_once() {
        let names: Vec<String> = (0..super::super::stream_state::MAX_SPEC_TAGS).map(|at| format!("t{at:05}")).collect();
        let follows: Vec<(&str, &str)> = names.windows(2).map(|pair| (&*pair[0], &*pair[1])).collect();
        let last = names.last().unwrap();
        let mut state = stream(&follows, &[(last, "new")]);
        follow_moved(&mut state, None);
        assert!(state.tags.len() == names.len() && images(&state).iter().all(|(_, image)| *image == "new"));
    }
}
