//! `imagetags`: tags with their spec and their complete history.

use super::access::StoreAccess;
use super::collection::Collection;
use super::derived_image::show_derived;
use super::image_stream_tags::{shown_head, without_version};
use super::lifecycle::not_found;
use super::settings::Settings;
use super::stored::selected_stream;
use super::stream_writes::StreamWrite;
use super::tag_writes::{self, Answer, WritableTag, parse_name};
use super::{DeleteParams, ListParams, Patch, PatchParams, Patched, PostParams, ReplacedTag, repository};
use crate::api::{
    Image, ImageStream, ImageTag, List, NamedTagEventList, ObjectMeta, Resource as _, TagEvent, TagReference, Time,
};
use crate::collected;
use crate::error::Result;
use crate::rules::{
    ExpectedImage, FieldError, event_pull_spec, prepare_image_tag, prepare_image_tag_update, validate_image_tag,
    validate_image_tag_update,
};
use crate::store::streams::{self, StreamName};
use crate::store::{Rows, images};

/// The tags of a namespace's streams, or of all streams, including tags that do not point to an image.
#[derive(Clone)]
pub struct ImageTags {
    store: StoreAccess,
    namespace: String,
    expected: Option<ExpectedImage>,
}

impl ImageTags {
    pub(super) fn new(store: StoreAccess, namespace: &str) -> Self {
        Self { store, namespace: namespace.to_owned(), expected: None }
    }

    /// Writes only to a tag that points to this image, and otherwise fails with
    /// [`Conflict`](crate::ErrorKind::Conflict). This is checked in the transaction of each write.
    #[must_use]
    pub fn expecting(self, image: impl Into<Option<ExpectedImage>>) -> Self {
        Self { expected: image.into(), ..self }
    }

    /// The tag `stream:tag` with its history, and its image without the text of manifest and config.
    ///
    /// # Errors
    ///
    /// [`BadRequest`](crate::ErrorKind::BadRequest) if the name does not have the form `stream:tag`,
    /// [`NotFound`](crate::ErrorKind::NotFound) if the stream does not exist, or has the tag neither in its spec nor in
    /// its status. A missing image is not an error.
    pub fn get(&self, name: &str) -> Result<ImageTag> {
        let (stream_name, tag) = parse_name::<ImageTag>(name)?;
        let read = self.store.read()?;
        let at = StreamName { namespace: &self.namespace, name: stream_name };
        let stream = shown_head(&self.store, &read, at)?.ok_or_else(|| not_found::<ImageTag>(stream_name))?;
        let spec = streams::spec_tag(&read, at, tag)?;
        let head = streams::tag_head(&read, at, tag)?;
        if spec.is_none() && head.is_none() {
            return Err(not_found::<ImageTag>(name));
        }
        let event = head.as_ref().and_then(|head| head.newest.as_ref());
        let image = as_tagged(&read, &stream.repository, spec.as_ref(), event, self.store.now())?.transpose()?;
        let status = match head {
            None => None,
            Some(head) => Some(NamedTagEventList {
                tag: tag.to_owned(),
                items: streams::history(&read, at, tag)?.filter(|items| !items.is_empty()),
                conditions: head.conditions,
            }),
        };
        let mut found = ImageTag { image, ..image_tag(&stream.metadata, tag, spec, status) };
        found.set_type();
        Ok(found)
    }

    /// The tags of spec and status, ordered by namespace, stream and tag, without images.
    ///
    /// A limit counts streams, so that the tags of a stream stay on one page. Selectors must match both the stream and
    /// the tag. Stream names contain no colon, so `metadata.name=stream:tag` matches nothing. The real server behaves
    /// in the same way; as on the real server, the list has no resource version.
    ///
    /// # Errors
    ///
    /// As [`ImageStreams::list`](super::ImageStreams::list).
    pub fn list(&self, params: &ListParams) -> Result<List<ImageTag>> {
        let selection = params.selection(&[])?;
        let collection = Collection::streams(&self.namespace);
        let (items, metadata) = collection.page(&self.store, params, &selection, |rows, name| {
            let at = StreamName { namespace: &name.namespace, name: &name.name };
            let Some(stream) = selected_stream(rows, at, &selection)? else { return Ok(None) };
            let mut tags = tags_of(stream);
            tags.retain(|tag| selection.matches_metadata(&tag.metadata));
            Ok(Some(tags))
        })?;
        Ok(List::new(without_version(metadata), items.into_iter().flatten().collect()))
    }

    /// Creates the tag `stream:tag` in the spec of its stream; a missing stream is created with it.
    ///
    /// The name is split at its first colon. The source of the tag is resolved at once, and tags that follow this tag
    /// are updated. Of the metadata, only the name is used; status and image in the object are ignored.
    ///
    /// # Errors
    ///
    /// [`AlreadyExists`](crate::ErrorKind::AlreadyExists) if the spec already has the tag (a history without a spec tag
    /// is allowed), [`Invalid`](crate::ErrorKind::Invalid) if the object has no spec, or if tag or stream is invalid,
    /// and the errors of writing.
    ///
    /// [`Unclassified`](crate::ErrorKind::Unclassified) also if the tag **was written**, but the response can't be
    /// built, because the manifest or config of its image can't be read.
    pub fn create(&self, params: &PostParams, image_tag: &ImageTag) -> Result<ImageTag> {
        tag_writes::create(self.writing(), params.dry_run, image_tag)
    }

    /// Replaces the spec of a tag in its stream, or creates the tag; a missing stream is created with it. An object
    /// without a spec removes the tag from the spec of the stream and keeps the history; if the spec does not have the
    /// tag, nothing changes.
    ///
    /// Metadata and status must be those of the tag, except for what only the store sets: uid, times, generation. Tags
    /// that follow this tag are updated if it changes. A resource version in the object must be that of the stream.
    ///
    /// If the stream is missing, the [`Authorizer`](crate::Authorizer) must also allow `create`.
    ///
    /// # Errors
    ///
    /// [`BadRequest`](crate::ErrorKind::BadRequest) if the name does not have the form `stream:tag`,
    /// [`Conflict`](crate::ErrorKind::Conflict) if the resource version is not that of the stream,
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is a resource version but no stream,
    /// [`Forbidden`](crate::ErrorKind::Forbidden), [`Invalid`](crate::ErrorKind::Invalid), and the errors of writing.
    ///
    /// [`Unclassified`](crate::ErrorKind::Unclassified) also if the tag **was written**, but the response can't be
    /// built, because the manifest or config of its image can't be read.
    pub fn replace(&self, name: &str, params: &PostParams, image_tag: &ImageTag) -> Result<ReplacedTag<ImageTag>> {
        tag_writes::replace(self.writing(), params.dry_run, name, image_tag)
    }

    /// Patches a tag, with the rules of [`ImageTags::replace`]. A patch of any type creates a missing tag or stream. A
    /// patch without a resource version applies to any version.
    ///
    /// # Errors
    ///
    /// As [`ImageTags::replace`]; [`Invalid`](crate::ErrorKind::Invalid) and
    /// [`InapplicablePatch`](crate::ErrorKind::InapplicablePatch) if the patch can't be applied to the tag.
    pub fn patch(&self, name: &str, params: &PatchParams, patch: &Patch) -> Result<Patched<ImageTag>> {
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
        tag_writes::delete::<ImageTag>(self.writing(), name, params)
    }

    fn writing(&self) -> StreamWrite<'_> {
        StreamWrite {
            store: &self.store,
            namespace: &self.namespace,
            now: self.store.now(),
            expected: self.expected.as_ref(),
        }
    }
}

impl WritableTag for ImageTag {
    const EXISTING: &str = Self::PLURAL;

    fn wanted(&mut self) -> &mut Option<TagReference> {
        &mut self.spec
    }

    fn prepare(&mut self) -> Vec<FieldError> {
        prepare_image_tag(self);
        validate_image_tag(self)
    }

    fn prepare_update(&mut self, old: &Self) -> Vec<FieldError> {
        prepare_image_tag_update(self, old);
        validate_image_tag_update(self, old)
    }

    fn replacement(self, _: Option<&TagReference>, _: StreamName<'_>, _: &str) -> Result<Option<TagReference>> {
        Ok(self.spec)
    }

    fn of(stream: &ImageStream, tag: &str, _: &Settings) -> Self {
        let spec = tag_writes::spec_tag(stream, tag).cloned();
        let status = tag_writes::status_tag(stream, tag).cloned();
        image_tag(&stream.metadata, tag, spec, status)
    }

    fn with_image(
        rows: &dyn Rows,
        stream: &ImageStream,
        tag: &str,
        settings: &Settings,
        now: Time,
    ) -> Result<Answer<Self>> {
        let ObjectMeta { namespace, name, .. } = &stream.metadata;
        let specified = &stream.spec.docker_image_repository;
        let (repository, _) = repository::repositories(settings, namespace, name, specified);
        let spec = tag_writes::spec_tag(stream, tag);
        let event = tag_writes::newest(stream, tag);
        let image = as_tagged(rows, &repository, spec, event, now)?.transpose();
        Ok(image.map(|image| Self { image, ..Self::of(stream, tag, settings) }))
    }
}

/// The image of a tag's newest entry, with the metadata of its manifest, but without the text of manifest and config.
fn as_tagged(
    rows: &dyn Rows,
    repository: &str,
    spec: Option<&TagReference>,
    event: Option<&TagEvent>,
    now: Time,
) -> Result<Option<Answer<Image>>> {
    let Some(event) = event else { return Ok(None) };
    let Some(stored) = images::get_without_texts(rows, &event.image)? else { return Ok(None) };
    let mut answer = show_derived(rows, stored, now)?;
    if let Ok(image) = &mut answer {
        image.docker_image_reference = event_pull_spec(repository, spec, event);
    }
    Ok(Some(answer))
}

fn tags_of(stream: ImageStream) -> Vec<ImageTag> {
    let ImageStream { metadata, spec, status, .. } = stream;
    let mut names = collected::set(spec.tags.iter().map(|tag| tag.name.clone()));
    names.extend(status.tags.iter().map(|history| history.tag.clone()));
    let mut specs = spec.tags.into_iter().peekable();
    let mut histories = status.tags.into_iter().peekable();
    // Both lists are sorted by name.
    names
        .into_iter()
        .map(|name| {
            let spec = specs.next_if(|tag| tag.name == name);
            let history = histories.next_if(|history| history.tag == name);
            image_tag(&metadata, &name, spec, history)
        })
        .collect()
}

/// Builds a tag. Its metadata is that of the stream, except for the name.
fn image_tag(
    stream: &ObjectMeta,
    tag: &str,
    spec: Option<TagReference>,
    status: Option<NamedTagEventList>,
) -> ImageTag {
    ImageTag {
        metadata: ObjectMeta { name: format!("{}:{tag}", stream.name), ..stream.clone() },
        spec,
        status,
        ..ImageTag::default()
    }
}
