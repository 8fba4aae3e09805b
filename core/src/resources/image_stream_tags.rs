//! `imagestreamtags`: tags with the image that each points to.

use super::access::StoreAccess;
use super::collection::Collection;
use super::derived_image::show_derived;
use super::lifecycle::not_found;
use super::settings::Settings;
use super::stream_writes::StreamWrite;
use super::tag_writes::{self, Answer, WritableTag, parse_name};
use super::{DeleteParams, ListParams, Patch, PatchParams, Patched, PostParams, ReplacedTag, repository};
use crate::api::{
    Image, ImageStream, ImageStreamTag, List, ListMeta, ObjectMeta, Resource as _, TagEvent, TagEventCondition,
    TagReference, Time,
};
use crate::error::{Error, Result};
use crate::rules::{
    ExpectedImage, FieldError, StreamState, TagHead, event_pull_spec, prepare_stream_tag, prepare_stream_tag_update,
    validate_stream_tag, validate_stream_tag_update,
};
use crate::store::streams::{self, StreamName};
use crate::store::{Rows, images};

/// The tags of a namespace's streams, or of all streams, that point to an image.
///
/// A tag that is only a reference, or that has not been imported yet, is not included; see
/// [`ImageTags`](super::ImageTags).
#[derive(Clone)]
pub struct ImageStreamTags {
    store: StoreAccess,
    namespace: String,
    expected: Option<ExpectedImage>,
}

impl ImageStreamTags {
    pub(super) fn new(store: StoreAccess, namespace: &str) -> Self {
        Self { store, namespace: namespace.to_owned(), expected: None }
    }

    /// Writes only to a tag that points to this image, and otherwise fails with
    /// [`Conflict`](crate::ErrorKind::Conflict). This is checked in the transaction of each write.
    #[must_use]
    pub fn expecting(self, image: impl Into<Option<ExpectedImage>>) -> Self {
        Self { expected: image.into(), ..self }
    }

    /// The tag `stream:tag` with its image, without the text of manifest and config.
    ///
    /// Only the rows of that tag are read, however long its history is.
    ///
    /// # Errors
    ///
    /// [`BadRequest`](crate::ErrorKind::BadRequest) if the name does not have the form `stream:tag`,
    /// [`NotFound`](crate::ErrorKind::NotFound) if the stream, the tag or the image does not exist.
    pub fn get(&self, name: &str) -> Result<ImageStreamTag> {
        let (stream_name, tag) = parse_name::<ImageStreamTag>(name)?;
        let read = self.store.read()?;
        let at = StreamName { namespace: &self.namespace, name: stream_name };
        let stream = shown_head(&self.store, &read, at)?.ok_or_else(|| not_found::<ImageStreamTag>(stream_name))?;
        let head = streams::tag_head(&read, at, tag)?.unwrap_or_default();
        let event = with_image(&head).ok_or_else(|| not_found::<ImageStreamTag>(name))?;
        let spec = streams::spec_tag(&read, at, tag)?;
        let image = as_tagged(&read, event, spec.as_ref(), self.store.now())?.transpose()?;
        let image = image.ok_or_else(|| not_found::<ImageStreamTag>(&event.image))?;
        let mut found = image_stream_tag(&stream, tag, &head.conditions, spec, event, image);
        found.set_type();
        Ok(found)
    }

    /// The tags that point to an image, ordered by namespace, stream and tag. Of each image only the name is included.
    ///
    /// A limit counts streams, so that the tags of a stream stay on one page. Selectors must match both the stream and
    /// the tag. Stream names contain no colon, so `metadata.name=stream:tag` matches nothing. The real server behaves
    /// in the same way; as on the real server, the list has no resource version.
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

    /// Creates the tag `stream:tag` in the spec of its stream; a missing stream is created with it.
    ///
    /// The name is split at its first colon, and an empty tag means `latest`. If the object has no `tag`, only the
    /// stream is created, if it is missing. The source of the tag is resolved at once, and tags that follow this tag
    /// are updated. Labels, annotations, image and lookup policy in the object are ignored.
    ///
    /// # Errors
    ///
    /// [`AlreadyExists`](crate::ErrorKind::AlreadyExists) if the spec already has the tag (a history without a spec tag
    /// is allowed), [`Unclassified`](crate::ErrorKind::Unclassified) if the name has no colon,
    /// [`Invalid`](crate::ErrorKind::Invalid) if tag or stream is invalid, and the errors of writing.
    ///
    /// [`Unclassified`](crate::ErrorKind::Unclassified) also if the tag **was written**, but the response can't be
    /// built, because the manifest or config of its image can't be read.
    pub fn create(&self, params: &PostParams, stream_tag: &ImageStreamTag) -> Result<ImageStreamTag> {
        tag_writes::create(self.writing(), params.dry_run, stream_tag)
    }

    /// Replaces the tag in the spec of its stream, or creates it; a missing stream is created with it.
    ///
    /// If the object has no `tag`, the spec tag stays. The annotations of the object always replace those of the tag,
    /// even by none. Labels may be omitted; otherwise they must equal those of the stream. Image, conditions and lookup
    /// policy in the object are ignored. Tags that follow this tag are updated if it changes. A resource version in the
    /// object must be that of the stream.
    ///
    /// If the stream is missing, the [`Authorizer`](crate::Authorizer) must also allow `create`.
    ///
    /// # Errors
    ///
    /// [`BadRequest`](crate::ErrorKind::BadRequest) if the name does not have the form `stream:tag`, or if neither the
    /// object nor the spec has a tag, [`Conflict`](crate::ErrorKind::Conflict) if the resource version is not that of
    /// the stream, [`NotFound`](crate::ErrorKind::NotFound) if there is a resource version but no stream,
    /// [`Forbidden`](crate::ErrorKind::Forbidden), [`Invalid`](crate::ErrorKind::Invalid), and the errors of writing.
    ///
    /// [`Unclassified`](crate::ErrorKind::Unclassified) also if the tag **was written**, but the response can't be
    /// built, because the manifest or config of its image can't be read.
    pub fn replace(
        &self,
        name: &str,
        params: &PostParams,
        stream_tag: &ImageStreamTag,
    ) -> Result<ReplacedTag<ImageStreamTag>> {
        tag_writes::replace(self.writing(), params.dry_run, name, stream_tag)
    }

    /// Patches a tag, with the rules of [`ImageStreamTags::replace`]. A patch of any type creates a missing tag or
    /// stream. A patch without a resource version applies to any version.
    ///
    /// # Errors
    ///
    /// As [`ImageStreamTags::replace`]; [`Invalid`](crate::ErrorKind::Invalid) and
    /// [`InapplicablePatch`](crate::ErrorKind::InapplicablePatch) if the patch can't be applied to the tag.
    pub fn patch(&self, name: &str, params: &PatchParams, patch: &Patch) -> Result<Patched<ImageStreamTag>> {
        tag_writes::patch(self.writing(), name, params, patch)
    }

    /// Deletes the tag `stream:tag` with its history. Its image stays, and so do the histories of tags that follow it.
    ///
    /// The only precondition that is checked is the uid, which is that of the stream.
    ///
    /// # Errors
    ///
    /// [`BadRequest`](crate::ErrorKind::BadRequest) if the name does not have the form `stream:tag`,
    /// [`NotFound`](crate::ErrorKind::NotFound) if the stream does not exist, or has the tag neither in its spec nor in
    /// its status, [`Conflict`](crate::ErrorKind::Conflict) if the stream has another uid,
    /// [`Invalid`](crate::ErrorKind::Invalid) if the stream is invalid, and the errors of writing.
    pub fn delete(&self, name: &str, params: &DeleteParams) -> Result<()> {
        tag_writes::delete::<ImageStreamTag>(self.writing(), name, params)
    }

    pub(super) fn writing(&self) -> StreamWrite<'_> {
        StreamWrite {
            store: &self.store,
            namespace: &self.namespace,
            now: self.store.now(),
            expected: self.expected.as_ref(),
        }
    }
}

impl WritableTag for ImageStreamTag {
    // Parity: singular, and only for this kind.
    const EXISTING: &str = Self::SINGULAR;

    fn wanted(&mut self) -> &mut Option<TagReference> {
        &mut self.tag
    }

    fn prepare(&mut self) -> Vec<FieldError> {
        prepare_stream_tag(self);
        validate_stream_tag(self)
    }

    fn prepare_update(&mut self, old: &Self) -> Vec<FieldError> {
        if self.metadata.labels.is_empty() {
            self.metadata.labels.clone_from(&old.metadata.labels);
        }
        prepare_stream_tag_update(self, old);
        validate_stream_tag_update(self, old)
    }

    fn replacement(
        self,
        present: Option<&TagReference>,
        at: StreamName<'_>,
        tag: &str,
    ) -> Result<Option<TagReference>> {
        let Some(wanted) = self.tag.or_else(|| present.cloned()) else {
            return Err(Error::bad_request(format!(
                "imagestreamtag {tag} is not a spec tag in imagestream {}/{}, cannot be updated",
                at.namespace, at.name
            )));
        };
        let annotations = Some(self.metadata.annotations).filter(|annotations| !annotations.is_empty());
        Ok(Some(TagReference { annotations, ..wanted }))
    }

    fn of(stream: &ImageStream, tag: &str, settings: &Settings) -> Self {
        tag_of(stream, tag, None, settings)
    }

    fn with_image(
        rows: &dyn Rows,
        stream: &ImageStream,
        tag: &str,
        settings: &Settings,
        now: Time,
    ) -> Result<Answer<Self>> {
        let image = match tag_writes::newest(stream, tag) {
            Some(event) => as_tagged(rows, event, tag_writes::spec_tag(stream, tag), now)?.transpose(),
            None => Ok(None),
        };
        Ok(image.map(|image| tag_of(stream, tag, image, settings)))
    }
}

/// A tag of a stream, even if it does not point to an image.
fn tag_of(stream: &ImageStream, tag: &str, image: Option<Image>, settings: &Settings) -> ImageStreamTag {
    let mut state = StreamState::from(stream);
    repository::store(settings, &mut state);
    let head = state.tags.remove(tag).unwrap_or_default();
    let nothing = TagEvent { created: stream.metadata.creation_timestamp, ..TagEvent::default() };
    let event = with_image(&head).unwrap_or(&nothing);
    let image = image.unwrap_or_else(|| only_named(event));
    let spec = state.spec_tags.remove(tag);
    image_stream_tag(&state, tag, &head.conditions, spec, event, image)
}

/// The metadata of a list of tags, derived from that of the list of their streams.
pub(super) fn without_version(streams: ListMeta) -> ListMeta {
    ListMeta { continue_token: streams.continue_token, ..ListMeta::default() }
}

fn tags_of(stream: &StreamState) -> impl Iterator<Item = ImageStreamTag> {
    stream.tags.iter().filter_map(|(tag, head)| {
        let event = with_image(head)?;
        let spec = stream.spec_tags.get(tag).cloned();
        Some(image_stream_tag(stream, tag, &head.conditions, spec, event, only_named(event)))
    })
}

/// Metadata and spec of a stream, with the repository according to the current configuration.
pub(super) fn shown_head(store: &StoreAccess, rows: &dyn Rows, at: StreamName<'_>) -> Result<Option<StreamState>> {
    let mut stream = streams::head(rows, at)?;
    if let Some(stream) = &mut stream {
        repository::store(store.settings(), stream);
    }
    Ok(stream)
}

/// The image of a tag's newest entry as the tag shows it: the annotations of the spec tag override those of the image.
fn as_tagged(
    rows: &dyn Rows,
    event: &TagEvent,
    spec: Option<&TagReference>,
    now: Time,
) -> Result<Option<Answer<Image>>> {
    let Some(mut stored) = images::get_without_texts(rows, &event.image)? else { return Ok(None) };
    for (key, value) in spec.and_then(|spec| spec.annotations.as_ref()).into_iter().flatten() {
        stored.image.metadata.annotations.insert(key.clone(), value.clone());
    }
    show_derived(rows, stored, now).map(Some)
}

/// The newest entry of a tag, if it names an image.
fn with_image(head: &TagHead) -> Option<&TagEvent> {
    head.newest.as_ref().filter(|event| !event.image.is_empty())
}

/// An image with only its name.
fn only_named(event: &TagEvent) -> Image {
    Image { metadata: ObjectMeta { name: event.image.clone(), ..ObjectMeta::default() }, ..Image::default() }
}

/// Builds a tag (`newISTag`): identity and labels are the stream's, annotations the spec tag's.
fn image_stream_tag(
    stream: &StreamState,
    tag: &str,
    conditions: &[TagEventCondition],
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
        conditions: conditions.to_vec(),
        image: Image { docker_image_reference: pull_spec, ..image },
        ..ImageStreamTag::default()
    }
}
