//! `imagestreamtags`: tags with the image that each points to.

use super::collection::Collection;
use super::lifecycle::not_found;
use super::{ImageStore, ListParams, repository};
use crate::api::{Image, ImageStreamTag, List, ListMeta, ObjectMeta, Resource as _, TagEvent, TagReference};
use crate::error::{Error, Result};
use crate::rules::image_strategy::prepare_for_read;
use crate::rules::{StreamState, TagHead, event_pull_spec, parse_stream_tag};
use crate::store::streams::{self, StreamName};
use crate::store::{Rows, images};

/// The tags of a namespace's streams, or of all streams, that point to an image.
///
/// A tag that is only a reference, or that still waits for its import, is not among them; see
/// [`ImageTags`](super::ImageTags).
#[derive(Clone)]
pub struct ImageStreamTags {
    store: ImageStore,
    namespace: String,
}

impl ImageStreamTags {
    pub(super) fn new(store: ImageStore, namespace: &str) -> Self {
        Self { store, namespace: namespace.to_owned() }
    }

    /// The tag `stream:tag` with its image, without the texts of manifest and config.
    ///
    /// Only the rows of that tag are read, however long its history is.
    ///
    /// # Errors
    ///
    /// [`Error::BadRequest`] where the name is no `stream:tag`, [`Error::NotFound`] where there is no such stream, tag
    /// or image.
    pub fn get(&self, name: &str) -> Result<ImageStreamTag> {
        let (stream_name, tag) = parse_stream_tag(name)
            .map_err(|_| Error::BadRequest("ImageStreamTags must be retrieved with <name>:<tag>".to_owned()))?;
        let read = self.store.read()?;
        let at = StreamName { namespace: &self.namespace, name: stream_name };
        let stream = shown_head(&self.store, &read, at)?.ok_or_else(|| not_found::<ImageStreamTag>(stream_name))?;
        let head = streams::tag_head(&read, at, tag)?.unwrap_or_default();
        let event = with_image(&head).ok_or_else(|| not_found::<ImageStreamTag>(name))?;
        let image = images::get(&read, &event.image)?.ok_or_else(|| not_found::<ImageStreamTag>(&event.image))?;
        let spec = streams::spec_tag(&read, at, tag)?;
        let image = as_tagged(image, spec.as_ref(), self.store.now())?;
        let mut found = image_stream_tag(&stream, tag, &head, spec, event, image);
        found.set_type();
        Ok(found)
    }

    /// The tags that point to an image, ordered by namespace, stream and tag, with no more of the images than their
    /// names.
    ///
    /// A limit counts streams, so that the tags of a stream stay on one page, and selectors have to fit the stream and
    /// the tag: as streams have no names with a colon, `metadata.name=stream:tag` fits nothing. So it is on the real
    /// server, which gives no version here either.
    ///
    /// # Errors
    ///
    /// As [`ImageStreams::list`](super::ImageStreams::list).
    pub fn list(&self, params: &ListParams) -> Result<List<ImageStreamTag>> {
        let selection = params.selection(&[])?;
        let collection = Collection::streams(&self.namespace);
        let (items, metadata) = collection.page(&self.store, params, &selection, |rows, name| {
            let at = StreamName { namespace: &name.namespace, name: &name.name };
            if !streams::head(rows, at)?.is_some_and(|stream| selection.matches_metadata(&stream.metadata)) {
                return Ok(None);
            }
            let Some(mut stream) = streams::state(rows, at)? else { return Ok(None) };
            repository::store(self.store.settings(), &mut stream);
            let tags = tags_of(&stream).filter(|tag| selection.matches_metadata(&tag.metadata));
            Ok(Some(tags.collect::<Vec<_>>()))
        })?;
        Ok(List::new(without_version(metadata), items.into_iter().flatten().collect()))
    }
}

/// The metadata of a list of tags, of a list of their streams.
pub(super) fn without_version(streams: ListMeta) -> ListMeta {
    ListMeta { continue_token: streams.continue_token, ..ListMeta::default() }
}

fn tags_of(stream: &StreamState) -> impl Iterator<Item = ImageStreamTag> {
    stream.tags.iter().filter_map(|(tag, head)| {
        let event = with_image(head)?;
        let metadata = ObjectMeta { name: event.image.clone(), ..ObjectMeta::default() };
        let spec = stream.spec_tags.get(tag).cloned();
        Some(image_stream_tag(stream, tag, head, spec, event, Image { metadata, ..Image::default() }))
    })
}

/// Metadata and spec of a stream, with the repository that readers are told.
pub(super) fn shown_head(store: &ImageStore, rows: &dyn Rows, at: StreamName<'_>) -> Result<Option<StreamState>> {
    let mut stream = streams::head(rows, at)?;
    if let Some(stream) = &mut stream {
        repository::store(store.settings(), stream);
    }
    Ok(stream)
}

/// An image as a tag shows it: with what its manifest says, the annotations of the spec tag over its own, and without
/// the texts.
fn as_tagged(mut image: Image, spec: Option<&TagReference>, now: crate::api::Time) -> Result<Image> {
    for (key, value) in spec.and_then(|spec| spec.annotations.as_ref()).into_iter().flatten() {
        image.metadata.annotations.insert(key.clone(), value.clone());
    }
    prepare_for_read(&mut image, now)?;
    Ok(image)
}

/// The newest entry of a tag, if it names an image.
fn with_image(head: &TagHead) -> Option<&TagEvent> {
    head.newest.as_ref().filter(|event| !event.image.is_empty())
}

/// Builds a tag (`newISTag`): identity and labels are the stream's, annotations the spec tag's.
fn image_stream_tag(
    stream: &StreamState,
    tag: &str,
    head: &TagHead,
    spec: Option<TagReference>,
    event: &TagEvent,
    image: Image,
) -> ImageStreamTag {
    let pull_spec = event_pull_spec(&stream.repository, spec.as_ref(), event);
    ImageStreamTag {
        metadata: ObjectMeta {
            name: format!("{}:{tag}", stream.metadata.name),
            namespace: stream.metadata.namespace.clone(),
            uid: stream.metadata.uid.clone(),
            resource_version: stream.metadata.resource_version.clone(),
            creation_timestamp: event.created,
            labels: stream.metadata.labels.clone(),
            annotations: spec.as_ref().and_then(|spec| spec.annotations.clone()).unwrap_or_default(),
            ..ObjectMeta::default()
        },
        tag: spec,
        generation: event.generation,
        lookup_policy: stream.lookup_policy,
        conditions: head.conditions.clone(),
        image: Image { docker_image_reference: pull_spec, ..image },
        ..ImageStreamTag::default()
    }
}
