//! Resolving the tags of a spec: the source of a tag becomes the newest entry of its history.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::rc::Rc;

use super::digest::digest_or_image_match;
use super::field::Path;
use super::field_error::FieldError;
use super::generation::tag_changed;
use super::image_stream::unresolved_tags;
use super::reference::ImageReference;
use super::stream_state::{StreamState, older_entries};
use super::tag_move;
use crate::api::{GROUP, NamedTagEventList, TagEvent, TagReference, Time};
use crate::quote::Quoted;

const FORM: &str = "must be of the form <tag>, <repo>:<tag>, <id>, or <repo>@<id>";

/// Access to other streams, as sources of tags.
pub trait OtherStreams {
    /// The newest entry of a tag; `None` if it has none.
    ///
    /// # Errors
    ///
    /// [`UnreadableStream::Missing`] if there is no such stream.
    fn newest(&self, namespace: &str, stream: &str, tag: &str) -> Result<Option<TagEvent>, UnreadableStream>;

    /// The histories of all tags of a stream in the order of tags, each newest first.
    ///
    /// # Errors
    ///
    /// [`UnreadableStream::Missing`] if there is no such stream.
    fn histories(&self, namespace: &str, stream: &str) -> Result<Vec<Vec<TagEvent>>, UnreadableStream>;

    /// Why the caller may not read a stream of another namespace (`get` of `imagestreams/layers`); `None` if it may.
    fn denial(&self, namespace: &str, stream: &str) -> Option<String>;
}

/// Why another stream can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnreadableStream {
    /// There is no such stream.
    Missing,
    /// Reading it failed with this error.
    Failed(String),
}

/// Why a digest or its prefix does not identify an image of a stream.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownImage {
    /// No image matches.
    #[error("imagestreamimage.{GROUP} {} not found", Quoted(.query))]
    NotFound {
        /// The digest or its prefix.
        query: String,
    },
    /// More than one image matches.
    #[error(
        "Operation cannot be fulfilled on imagestreamimage.{GROUP} {}: multiple images match the prefix {query:?}: {}",
        Quoted(.query), FirstOf(.images)
    )]
    Ambiguous {
        /// The prefix of a digest.
        query: String,
        /// The names of the matching images.
        images: Vec<String>,
    },
}

/// Names with commas between them, but no more than a reader can use: every tag of a request can have this error.
struct FirstOf<'a>(&'a [String]);

impl fmt::Display for FirstOf<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 20;
        let first = self.0.get(..MOST).unwrap_or(self.0);
        formatter.write_str(&first.join(", "))?;
        match self.0.len() - first.len() {
            0 => Ok(()),
            more => write!(formatter, " and {more} more"),
        }
    }
}

/// Context for resolving tags.
#[derive(Debug, Clone, Copy)]
pub struct ResolveContext<'a> {
    /// The time for new entries.
    pub now: Time,
    /// `host[:port]` of the integrated registry; empty if there is none.
    pub internal_registry: &'a str,
}

/// Resolves the spec tags that changed since `old`, or all of them in a new stream (`tagsChanged`).
///
/// `stored` has the stored histories of the stream. It must be empty for a stream that is being created, even if one of
/// that name exists, because a new stream has no history.
///
/// A `DockerImage` with `reference` set, a tag, or an image of a stream becomes the newest entry of the tag's history,
/// with the stream's generation. A tag that follows a tag without history is left as it is. Other `DockerImage`s are
/// left to an importer. Tags are resolved in the order of their names.
///
/// Returns what the real server reports: all errors combined into one internal error of the object as a whole.
pub fn resolve_spec_tags(
    stream: &mut StreamState,
    old: Option<&StreamState>,
    stored: &[NamedTagEventList],
    others: &dyn OtherStreams,
    context: ResolveContext<'_>,
) -> Option<FieldError> {
    let namespace = stream.metadata.namespace.clone();
    let changed: Vec<TagReference> = stream
        .spec_tags
        .iter()
        .filter(|(name, tag)| old.is_none_or(|old| tag_changed(old.spec_tags.get(*name), tag, &namespace)))
        .map(|(name, tag)| TagReference { name: name.clone(), ..tag.clone() })
        .collect();
    let Access { mut errors, denied } = access(&changed, &namespace, others);
    let others = Sources { others, histories: RefCell::default() };
    for tag in &changed {
        // Not even an error may tell what is in a stream that the caller may not read.
        if denied.contains(&*tag.name) {
            continue;
        }
        if let Err(error) = resolve(stream, tag, stored, &others, context) {
            errors.push(error);
        }
    }
    unresolved_tags(&stream.metadata.name, &errors)
}

/// The one image whose name matches a digest or a prefix of one (`ResolveImageID`).
///
/// Each history is that of one tag, newest first. The pull spec is taken from the first history that has the image,
/// from its oldest matching entry: the real server goes from newest to oldest, and each match replaces the one before.
/// It goes through the tags in random order; here the caller decides the order. The event has the time `now` and no
/// generation.
///
/// # Errors
///
/// [`UnknownImage`] if no image matches, or more than one.
pub fn resolve_image<'a>(
    histories: impl IntoIterator<Item = impl IntoIterator<Item = &'a TagEvent>>,
    query: &str,
    now: Time,
) -> Result<TagEvent, UnknownImage> {
    let mut images = BTreeSet::new();
    let mut found: Option<&TagEvent> = None;
    for history in histories {
        let mut oldest = None;
        for event in history.into_iter().filter(|event| digest_or_image_match(&event.image, query)) {
            images.insert(&*event.image);
            oldest = Some(event);
        }
        found = found.or(oldest);
    }
    match found {
        None => Err(UnknownImage::NotFound { query: query.to_owned() }),
        Some(event) if images.len() == 1 => Ok(TagEvent { created: Some(now), generation: 0, ..event.clone() }),
        Some(_) => Err(UnknownImage::Ambiguous {
            query: query.to_owned(),
            images: images.into_iter().map(str::to_owned).collect(),
        }),
    }
}

/// What a tag follows: the stream (`None` for its own) and the tag or image.
fn source(tag: &TagReference) -> Option<(Option<&str>, &str)> {
    let from = tag.from.as_ref()?;
    let separator = match &*from.kind {
        "ImageStreamTag" => ':',
        "ImageStreamImage" => '@',
        _ => return None,
    };
    let mut parts = from.name.split(separator);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(own), None, _) => Some((None, own)),
        (Some(stream), Some(rest), None) => Some((Some(stream), rest)),
        _ => None,
    }
}

/// What the caller may read.
struct Access<'a> {
    errors: Vec<FieldError>,
    /// The names of the tags whose sources the caller may not read.
    denied: BTreeSet<&'a str>,
}

fn access<'a>(changed: &'a [TagReference], namespace: &str, others: &dyn OtherStreams) -> Access<'a> {
    let mut access = Access { errors: Vec::new(), denied: BTreeSet::new() };
    let mut asked: BTreeMap<(&str, &str), Option<String>> = BTreeMap::new();
    let mut denials = Vec::new();
    for tag in changed {
        let Some(from) = tag.from.as_ref().filter(|from| !from.namespace.is_empty() && from.namespace != namespace)
        else {
            continue;
        };
        let Some((stream, own)) = source(tag) else {
            access.errors.push(at(tag, &["from", "name"], |path| path.invalid(&*from.name, FORM)));
            continue;
        };
        let stream = stream.unwrap_or(own);
        let denial = asked.entry((&from.namespace, stream)).or_insert_with(|| others.denial(&from.namespace, stream));
        if let Some(reason) = denial {
            let detail = format!("{}/{stream}: {reason:?} \"\"", from.namespace);
            denials.push(at(tag, &["from"], |path| path.forbidden(detail)));
            access.denied.insert(&tag.name);
        }
    }
    access.errors.extend(denials);
    access
}

/// A stream, as namespace and name.
type Place = (String, String);

/// The histories of a stream, if it can be read.
type Histories = Result<Vec<Vec<TagEvent>>, UnreadableStream>;

/// Other streams whose histories are read once, however many tags refer to them.
struct Sources<'a> {
    others: &'a dyn OtherStreams,
    histories: RefCell<BTreeMap<Place, Rc<Histories>>>,
}

impl Sources<'_> {
    fn histories(&self, namespace: &str, stream: &str) -> Rc<Histories> {
        let mut known = self.histories.borrow_mut();
        let place = (namespace.to_owned(), stream.to_owned());
        Rc::clone(known.entry(place).or_insert_with(|| Rc::new(self.others.histories(namespace, stream))))
    }
}

fn resolve(
    stream: &mut StreamState,
    tag: &TagReference,
    stored: &[NamedTagEventList],
    sources: &Sources<'_>,
    context: ResolveContext<'_>,
) -> Result<(), FieldError> {
    let Some(from) = &tag.from else { return Ok(()) };
    let generation = stream.metadata.generation;
    if let Some(spec) = stream.spec_tags.get_mut(&tag.name) {
        spec.generation = Some(generation);
    }
    if from.kind == "DockerImage" && !from.name.is_empty() {
        if tag.reference {
            let event = TagEvent {
                created: Some(context.now),
                docker_image_reference: from.name.clone(),
                image: String::new(),
                generation,
            };
            let _ = tag_move::record(stream, &tag.name, event);
        }
        return Ok(());
    }
    let invalid = |detail: &str| at(tag, &["from", "name"], |path| path.invalid(&*from.name, detail));
    let Some((named, part)) = source(tag) else { return Err(invalid(FORM)) };
    let namespace = if from.namespace.is_empty() { stream.metadata.namespace.clone() } else { from.namespace.clone() };
    let name = named.unwrap_or(&stream.metadata.name).to_owned();
    let own = namespace == stream.metadata.namespace && name == stream.metadata.name;
    let unavailable = |error: UnreadableStream| match error {
        UnreadableStream::Missing => at(tag, &["from", "name"], |path| path.not_found(&*from.name)),
        UnreadableStream::Failed(error) => invalid(&format!("unable to retrieve image stream: {error}")),
    };

    let event = if from.kind == "ImageStreamTag" {
        let part = if part.is_empty() { "latest" } else { part };
        if own {
            tag_move::entry_for_follower(stream, part, generation)
        } else {
            sources.others.newest(&namespace, &name, part).map_err(unavailable)?
        }
    } else {
        let found = if own {
            resolve_image(own_histories(stream, &tag.name, stored), part, context.now)
        } else {
            let histories = sources.histories(&namespace, &name);
            resolve_image(histories.as_ref().as_ref().map_err(|error| unavailable(error.clone()))?, part, context.now)
        };
        Some(found.map_err(|error| invalid(&format!("error generating tag event: {error}")))?)
    };
    let Some(mut event) = event else { return Ok(()) };
    event.generation = generation;
    if !tag.reference && !context.internal_registry.is_empty() {
        event.docker_image_reference =
            served_here(&event.docker_image_reference, context.internal_registry, (&namespace, &name), stream);
    }
    let _ = tag_move::record(stream, &tag.name, event);
    Ok(())
}

/// The histories of the stream itself, including the changes of tags resolved before; the history of `tag` comes last.
fn own_histories<'a>(
    stream: &'a StreamState,
    tag: &'a str,
    stored: &'a [NamedTagEventList],
) -> impl Iterator<Item = impl Iterator<Item = &'a TagEvent>> {
    let others = stream.tags.iter().filter(move |(name, _)| *name != tag);
    others.chain(stream.tags.get_key_value(tag)).map(|(name, head)| head.history(older_entries(name, stored)))
}

/// If the source stream's pull spec is in the integrated registry, changes it to one of this stream, so that pulls of
/// the tag go through it; any other stays.
fn served_here(pull_spec: &str, registry: &str, source: (&str, &str), stream: &StreamState) -> String {
    match pull_spec.parse::<ImageReference>() {
        Ok(reference) if reference.registry == registry && (&*reference.namespace, &*reference.name) == source => {
            ImageReference {
                namespace: stream.metadata.namespace.clone(),
                name: stream.metadata.name.clone(),
                ..reference
            }
            .exact()
        }
        _ => pull_spec.to_owned(),
    }
}

/// The error for a field of a spec tag.
fn at(tag: &TagReference, fields: &[&str], error: impl FnOnce(&Path<'_>) -> FieldError) -> FieldError {
    let spec = Path::ROOT.child("spec");
    let tags = spec.child("tags");
    let tag = tags.key(&tag.name);
    match fields {
        [] => error(&tag),
        [field] => error(&tag.child(field)),
        [field, inner, ..] => {
            let field = tag.child(field);
            error(&field.child(inner))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::api::ObjectReference;
    use crate::rules::TagHead;

    const NOW: i64 = 9;

    fn event(image: &str, reference: &str) -> TagEvent {
        TagEvent {
            created: Some(Time::from_unix(1)),
            docker_image_reference: reference.to_owned(),
            image: image.to_owned(),
            generation: 1,
        }
    }

    fn resolved(histories: &[Vec<TagEvent>], query: &str) -> Result<String, UnknownImage> {
        resolve_image(histories, query, Time::from_unix(NOW)).map(|event| {
            assert_eq!((event.created, event.generation), (Some(Time::from_unix(NOW)), 0));
            event.docker_image_reference
        })
    }

    #[test]
    fn the_pull_spec_is_that_of_the_oldest_entry_in_the_first_matching_history() {
        let histories = [
            vec![event("other", "r/other")],
            vec![event("image", "r/new"), event("other", "r/other"), event("image", "r/old")],
            vec![event("image", "r/later-tag")],
        ];
        assert_eq!(resolved(&histories, "image"), Ok("r/old".to_owned()));
        assert_eq!(resolved(&histories, "im"), Ok("r/old".to_owned()));
        assert_eq!(resolved(&histories, "x"), Err(UnknownImage::NotFound { query: "x".to_owned() }));
        let images = vec!["image".to_owned(), "other".to_owned()];
        assert_eq!(resolved(&histories, ""), Err(UnknownImage::Ambiguous { query: String::new(), images }));
    }

    /// There are no other streams.
    struct NoOthers;

    impl OtherStreams for NoOthers {
        fn newest(&self, _: &str, _: &str, _: &str) -> Result<Option<TagEvent>, UnreadableStream> {
            Err(UnreadableStream::Missing)
        }

        fn histories(&self, _: &str, _: &str) -> Result<Vec<Vec<TagEvent>>, UnreadableStream> {
            Err(UnreadableStream::Missing)
        }

        fn denial(&self, _: &str, _: &str) -> Option<String> {
            None
        }
    }

    /// A stream `kit` with stored histories, and a new spec tag that refers to its own image `image`.
    fn follow_own_image(tag: &str, stored: Option<&[NamedTagEventList]>) -> Result<TagHead, String> {
        let from = ObjectReference {
            kind: "ImageStreamImage".to_owned(),
            name: "kit@image".to_owned(),
            ..ObjectReference::default()
        };
        let mut old = StreamState::default();
        "kit".clone_into(&mut old.metadata.name);
        old.metadata.generation = 2;
        for history in stored.unwrap_or_default() {
            let newest = history.items.as_ref().and_then(|items| items.first()).cloned();
            old.tags.insert(history.tag.clone(), TagHead { newest, ..TagHead::default() });
        }
        let mut new = old.clone();
        new.spec_tags.insert(tag.to_owned(), TagReference { from: Some(from), ..TagReference::default() });
        let context = ResolveContext { now: Time::from_unix(NOW), internal_registry: "" };
        let old = stored.map(|_| &old);
        match resolve_spec_tags(&mut new, old, stored.unwrap_or_default(), &NoOthers, context) {
            None => Ok(new.tags.remove(tag).unwrap_or_default()),
            Some(error) => Err(error.to_string()),
        }
    }

    fn history(tag: &str, items: Vec<TagEvent>) -> NamedTagEventList {
        NamedTagEventList { tag: tag.to_owned(), items: Some(items), ..NamedTagEventList::default() }
    }

    #[test]
    fn the_history_of_the_tag_itself_is_searched_last() {
        let own = history("b", vec![event("other", "r/other"), event("image", "r/own")]);
        let later = history("c", vec![event("image", "r/new"), event("image", "r/old")]);
        let stored = [own.clone(), later];
        let head = follow_own_image("b", Some(&stored)).unwrap();
        assert_eq!(head.newest.map(|newest| newest.docker_image_reference), Some("r/old".to_owned()));
        let head = follow_own_image("b", Some(&[own])).unwrap();
        assert_eq!(head.newest.map(|newest| newest.docker_image_reference), Some("r/own".to_owned()));
    }

    #[test]
    fn a_new_stream_has_no_history() {
        let error = follow_own_image("b", None).unwrap_err();
        assert!(error.contains("imagestreamimage.image.openshift.io \"image\" not found"), "{error}");
    }

    /// A stream in another namespace, which counts how often it is read.
    struct Other {
        histories: Vec<Vec<TagEvent>>,
        denied: bool,
        read: Cell<u32>,
    }

    impl OtherStreams for Other {
        fn newest(&self, _: &str, _: &str, _: &str) -> Result<Option<TagEvent>, UnreadableStream> {
            self.read.set(self.read.get() + 1);
            Ok(None)
        }

        fn histories(&self, _: &str, _: &str) -> Result<Vec<Vec<TagEvent>>, UnreadableStream> {
            self.read.set(self.read.get() + 1);
            Ok(self.histories.clone())
        }

        fn denial(&self, _: &str, _: &str) -> Option<String> {
            self.denied.then(|| "no".to_owned())
        }
    }

    /// The error of a stream with this many tags that refer to images of another stream whose names begin with `image`.
    fn follow_other(count: usize, other: &Other) -> Option<String> {
        let from = ObjectReference {
            kind: "ImageStreamImage".to_owned(),
            namespace: "elsewhere".to_owned(),
            name: "kit@image".to_owned(),
            ..ObjectReference::default()
        };
        let mut new = StreamState::default();
        for number in 0..count {
            let tag = TagReference { from: Some(from.clone()), ..TagReference::default() };
            new.spec_tags.insert(format!("t{number}"), tag);
        }
        let context = ResolveContext { now: Time::from_unix(NOW), internal_registry: "" };
        resolve_spec_tags(&mut new, None, &[], other, context).map(|error| error.to_string())
    }

    #[test]
    fn a_source_that_the_caller_may_not_read_is_not_read() {
        let images = [vec![], vec![event("image", "r/a")], vec![event("image1", "r/a"), event("image2", "r/b")]];
        let answers = images.map(|history| {
            let other = Other { histories: vec![history], denied: true, read: Cell::new(0) };
            let answer = follow_other(1, &other).unwrap();
            assert_eq!(other.read.get(), 0);
            answer
        });
        assert!(answers[0].contains("spec.tags[t0].from: Forbidden: elsewhere/kit"), "{}", answers[0]);
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    }

    #[test]
    fn the_histories_of_a_source_are_read_once() {
        let other = Other { histories: vec![vec![event("image", "r/a")]], denied: false, read: Cell::new(0) };
        assert_eq!(follow_other(100, &other), None);
        assert_eq!(other.read.get(), 1);
    }

    #[test]
    fn an_error_lists_no_more_images_than_a_reader_can_use() {
        let history = (0..1000).map(|number| event(&format!("image{number:03}"), "r/a")).collect();
        let other = Other { histories: vec![history], denied: false, read: Cell::new(0) };
        let error = follow_other(1, &other).unwrap();
        assert!(error.contains("image000, image001, ") && error.contains("image019 and 980 more"), "{error}");
    }
}
