//! `imagetags`: tags with their spec and their whole history.

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
    FieldError, event_pull_spec, prepare_image_tag, prepare_image_tag_update, validate_image_tag,
    validate_image_tag_update,
};
use crate::store::streams::{self, StreamName};
use crate::store::{Rows, images};

/// The tags of a namespace's streams, or of all streams, whether they point to an image or not.
#[derive(Clone)]
pub struct ImageTags {
    store: StoreAccess,
    namespace: String,
}

impl ImageTags {
    pub(super) fn new(store: StoreAccess, namespace: &str) -> Self {
        Self { store, namespace: namespace.to_owned() }
    }

    /// The tag `stream:tag` with its history, and its image without the texts of manifest and config.
    ///
    /// # Errors
    ///
    /// [`BadRequest`](crate::ErrorKind::BadRequest) where the name is no `stream:tag`, [`NotFound`](crate::ErrorKind::NotFound) where there is no such stream, or
    /// the tag is neither in its spec nor in its status. An image that is missing is no error.
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
    /// A limit counts streams, so that the tags of a stream stay on one page, and selectors have to fit the stream and
    /// the tag: as streams have no names with a colon, `metadata.name=stream:tag` fits nothing. So it is on the real
    /// server, which gives no version here either.
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

    /// Creates the tag `stream:tag` in the spec of its stream; a stream that is missing is created with it.
    ///
    /// The name is split at its first colon. What the tag follows is resolved at once, and tags that follow this one
    /// follow it. Of the metadata only the name counts; status and image that are sent are not looked at.
    ///
    /// # Errors
    ///
    /// [`AlreadyExists`](crate::ErrorKind::AlreadyExists) where the spec has the tag (a history of it is no obstacle), [`Invalid`](crate::ErrorKind::Invalid) where
    /// there is no spec, or tag or stream break rules, and those of writing.
    ///
    /// [`Unclassified`](crate::ErrorKind::Unclassified) also where the tag **was written** and only the answer can't be built, because the
    /// manifest or config of its image can't be read.
    pub fn create(&self, params: &PostParams, image_tag: &ImageTag) -> Result<ImageTag> {
        tag_writes::create(self.writing(), params.dry_run, image_tag)
    }

    /// Puts the spec of a tag in the place of the one in its stream, or creates it; a stream that is missing is created
    /// with it. An object without a spec removes it from the stream and leaves the history; where the spec does not have the
    /// tag, nothing changes.
    ///
    /// Metadata and status must be those of the tag, except for what only the store sets: uid, times, generation.
    /// Tags that follow this one follow it where it moves. With a resource version in the object, it must be that of
    /// the stream.
    ///
    /// Where the stream is missing the [`Authorizer`](crate::Authorizer) is asked for `create`, too.
    ///
    /// # Errors
    ///
    /// [`BadRequest`](crate::ErrorKind::BadRequest) where the name is no `stream:tag`,
    /// [`Conflict`](crate::ErrorKind::Conflict) where the stream has another version than the one sent, [`NotFound`](crate::ErrorKind::NotFound) where a version
    /// is sent and there is no stream, [`Forbidden`](crate::ErrorKind::Forbidden), [`Invalid`](crate::ErrorKind::Invalid), and those of writing.
    ///
    /// [`Unclassified`](crate::ErrorKind::Unclassified) also where the tag **was written** and only the answer can't be built, because the
    /// manifest or config of its image can't be read.
    pub fn replace(&self, name: &str, params: &PostParams, image_tag: &ImageTag) -> Result<ReplacedTag<ImageTag>> {
        tag_writes::replace(self.writing(), params.dry_run, name, image_tag)
    }

    /// Changes a tag by a patch, as [`ImageTags::replace`] would; what is missing is created by a patch of any type. A patch
    /// that says no resource version fits whatever the version is.
    ///
    /// # Errors
    ///
    /// As [`ImageTags::replace`]; [`Invalid`](crate::ErrorKind::Invalid) and [`InapplicablePatch`](crate::ErrorKind::InapplicablePatch) where the patch does not fit the tag.
    pub fn patch(&self, name: &str, params: &PatchParams, patch: &Patch) -> Result<Patched<ImageTag>> {
        tag_writes::patch(self.writing(), name, params, patch)
    }

    /// Deletes the tag `stream:tag` with its history. Its image stays, and so do the histories of tags that follow it.
    ///
    /// Of the preconditions only the uid counts, which is that of the stream.
    ///
    /// # Errors
    ///
    /// [`BadRequest`](crate::ErrorKind::BadRequest) where the name is no `stream:tag`, [`NotFound`](crate::ErrorKind::NotFound) where there is no such stream, or
    /// the tag is neither in its spec nor in its status, [`Conflict`](crate::ErrorKind::Conflict) where the stream has another uid,
    /// [`Invalid`](crate::ErrorKind::Invalid) where the stream breaks rules, and those of writing.
    pub fn delete(&self, name: &str, params: &DeleteParams) -> Result<()> {
        tag_writes::delete::<ImageTag>(self.writing(), name, params)
    }

    fn writing(&self) -> StreamWrite<'_> {
        StreamWrite { store: &self.store, namespace: &self.namespace, now: self.store.now() }
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

/// The image of a tag's newest entry, with what its manifest says, and without the texts.
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
    // Both lists have the order of names.
    names
        .into_iter()
        .map(|name| {
            let spec = specs.next_if(|tag| tag.name == name);
            let history = histories.next_if(|history| history.tag == name);
            image_tag(&metadata, &name, spec, history)
        })
        .collect()
}

/// Builds a tag whose metadata is all of the stream's, but for the name.
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
