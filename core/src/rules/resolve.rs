//! Resolving the tags of a spec: what a tag follows becomes the newest entry of its history.

use std::collections::BTreeMap;

use super::digest::digest_or_image_match;
use super::field::Path;
use super::field_error::FieldError;
use super::generation::tag_changed;
use super::image_stream::unresolved_tags;
use super::reference::ImageReference;
use super::stream_state::{StreamState, followed_tag};
use crate::api::{GROUP, TagEvent, TagReference, Time};
use crate::quote::Quoted;

const FORM: &str = "must be of the form <tag>, <repo>:<tag>, <id>, or <repo>@<id>";

/// What the tags of a stream may follow beside the stream itself.
pub trait OtherStreams {
    /// The newest entry of a tag; `None` where the tag has none.
    ///
    /// # Errors
    ///
    /// [`UnreadableStream::Missing`] where there is no such stream.
    fn newest(&self, namespace: &str, stream: &str, tag: &str) -> Result<Option<TagEvent>, UnreadableStream>;

    /// Every entry of every tag of a stream.
    ///
    /// # Errors
    ///
    /// [`UnreadableStream::Missing`] where there is no such stream.
    fn events(&self, namespace: &str, stream: &str) -> Result<Vec<TagEvent>, UnreadableStream>;

    /// Every entry of every tag of a stream but the newest of each.
    ///
    /// # Errors
    ///
    /// [`UnreadableStream::Missing`] where there is no such stream.
    fn older_events(&self, namespace: &str, stream: &str) -> Result<Vec<TagEvent>, UnreadableStream>;

    /// Why the caller may not see what a stream of another namespace has (`get` of `imagestreams/layers`); `None` where it
    /// may.
    fn denial(&self, namespace: &str, stream: &str) -> Option<String>;
}

/// Why the tags of another stream can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnreadableStream {
    /// There is no such stream.
    Missing,
    /// Reading it failed, with this text.
    Failed(String),
}

/// Why the beginning of a digest names no image of a stream.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownImage {
    /// No image matches.
    #[error("imagestreamimage.{GROUP} {} not found", Quoted(.query))]
    NotFound {
        /// The digest or its beginning.
        query: String,
    },
    /// More than one image matches.
    #[error(
        "Operation cannot be fulfilled on imagestreamimage.{GROUP} {}: multiple images match the prefix {query:?}: {}",
        Quoted(.query), .images.join(", ")
    )]
    Ambiguous {
        /// The beginning of a digest.
        query: String,
        /// The images that match, by name.
        images: Vec<String>,
    },
}

/// What resolving needs to know beside the streams.
#[derive(Debug, Clone, Copy)]
pub struct ResolveContext<'a> {
    /// The time of new entries.
    pub now: Time,
    /// `host[:port]` of the integrated registry; empty where there is none.
    pub internal_registry: &'a str,
}

/// Resolves the spec tags that changed since `old`, for a new stream all of them (`tagsChanged`).
///
/// A `DockerImage` that is only a reference, a tag, and an image of a stream become the newest entry of the tag's
/// history, with the stream's generation. A tag that follows a tag without history is left as it is. Other
/// `DockerImage`s are for an importer. Tags are visited in the order of their names.
///
/// The result is what the real server reports: all errors as one internal error of the object as a whole.
pub fn resolve_spec_tags(
    stream: &mut StreamState,
    old: Option<&StreamState>,
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
    let mut errors = access_errors(&changed, &namespace, others);
    for tag in &changed {
        if let Err(error) = resolve(stream, tag, others, context) {
            errors.push(error);
        }
    }
    unresolved_tags(&stream.metadata.name, &errors)
}

/// Lets the tags that follow a tag whose newest entry is not the one of `old` follow it, as after the creation of a
/// stream or the write of a tag (`UpdateTrackingTags`).
///
/// Each of those tags is taken once, in the order of names, until nothing changes any more.
pub fn follow_moved_tags(stream: &mut StreamState, old: Option<&StreamState>) {
    let (namespace, name) = (stream.metadata.namespace.clone(), stream.metadata.name.clone());
    let newest = |stream: &StreamState, tag: &str| stream.tags.get(tag).and_then(|head| head.newest.clone());
    // Every round but the last gives an event to a tag; a chain is as long as there are tags.
    for _ in 0..=stream.spec_tags.len() {
        let moved: Vec<(String, TagEvent)> = stream
            .tags
            .iter()
            .filter_map(|(tag, head)| Some((tag.clone(), head.newest.clone()?)))
            .filter(|(tag, event)| old.and_then(|old| newest(old, tag)).as_ref() != Some(event))
            .collect();
        let before = stream.tags.clone();
        for (tag, event) in moved {
            let followers: Vec<String> = stream
                .spec_tags
                .iter()
                .filter(|(_, spec)| followed_tag(spec, &namespace, &name) == Some(&tag))
                .map(|(follower, _)| follower.clone())
                .collect();
            for follower in followers {
                let _ = stream.tags.entry(follower).or_default().apply(event.clone());
            }
        }
        if stream.tags == before {
            return;
        }
    }
}

/// The one image of a stream whose name matches a digest or the beginning of one (`ResolveImageID`).
///
/// The event has the time `now`, no generation, and the pull spec of one of the matching entries.
///
/// # Errors
///
/// [`UnknownImage`] where no image matches, or more than one.
pub fn resolve_image(events: &[TagEvent], query: &str, now: Time) -> Result<TagEvent, UnknownImage> {
    let matching: Vec<&TagEvent> = events.iter().filter(|event| digest_or_image_match(&event.image, query)).collect();
    let mut images: Vec<&str> = matching.iter().map(|event| &*event.image).collect();
    images.sort_unstable();
    images.dedup();
    match (images.as_slice(), matching.last()) {
        ([_], Some(event)) => Ok(TagEvent { created: Some(now), generation: 0, ..(*event).clone() }),
        ([], _) | (_, None) => Err(UnknownImage::NotFound { query: query.to_owned() }),
        _ => Err(UnknownImage::Ambiguous {
            query: query.to_owned(),
            images: images.into_iter().map(str::to_owned).collect(),
        }),
    }
}

/// What a tag follows: stream (none for the own one) and tag or image.
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

fn access_errors(changed: &[TagReference], namespace: &str, others: &dyn OtherStreams) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut asked: BTreeMap<(&str, &str), Option<String>> = BTreeMap::new();
    let mut denied = Vec::new();
    for tag in changed {
        let Some(from) = tag.from.as_ref().filter(|from| !from.namespace.is_empty() && from.namespace != namespace)
        else {
            continue;
        };
        let Some((stream, own)) = source(tag) else {
            errors.push(at(tag, &["from", "name"], |path| path.invalid(&*from.name, FORM)));
            continue;
        };
        let stream = stream.unwrap_or(own);
        let denial = asked.entry((&from.namespace, stream)).or_insert_with(|| others.denial(&from.namespace, stream));
        if let Some(reason) = denial {
            let detail = format!("{}/{stream}: {reason:?} \"\"", from.namespace);
            denied.push(at(tag, &["from"], |path| path.forbidden(detail)));
        }
    }
    errors.extend(denied);
    errors
}

fn resolve(
    stream: &mut StreamState,
    tag: &TagReference,
    others: &dyn OtherStreams,
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
            let _ = stream.tags.entry(tag.name.clone()).or_default().apply(event);
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
            // The real server hands the entry itself on, so the source's own newest entry changes its generation too.
            let newest = stream.tags.get_mut(part).and_then(|head| head.newest.as_mut());
            newest.map(|newest| {
                newest.generation = generation;
                newest.clone()
            })
        } else {
            others.newest(&namespace, &name, part).map_err(unavailable)?
        }
    } else {
        let events = if own {
            // The newest entries are those that the tags before this one left, not those that are stored.
            let mut events = match others.older_events(&namespace, &name) {
                // A stream that is being created is not there yet.
                Err(UnreadableStream::Missing) => Vec::new(),
                events => events.map_err(unavailable)?,
            };
            events.extend(stream.tags.values().flat_map(|head| head.displaced.iter().chain(&head.newest)).cloned());
            events
        } else {
            others.events(&namespace, &name).map_err(unavailable)?
        };
        let event = resolve_image(&events, part, context.now)
            .map_err(|error| invalid(&format!("error generating tag event: {error}")))?;
        Some(event)
    };
    let Some(mut event) = event else { return Ok(()) };
    event.generation = generation;
    if !tag.reference && !context.internal_registry.is_empty() {
        event.docker_image_reference =
            served_here(&event.docker_image_reference, context.internal_registry, (&namespace, &name), stream);
    }
    let _ = stream.tags.entry(tag.name.clone()).or_default().apply(event);
    Ok(())
}

/// A pull spec of the source stream in the integrated registry becomes one of this stream, so that pulls of the tag
/// go through it; any other stays.
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

/// An error at a field of a spec tag.
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
