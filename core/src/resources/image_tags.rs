//! `imagetags`: tags with what is wanted of them and their whole history.

use super::access::StoreAccess;
use super::collection::Collection;
use super::derived_image::show_derived;
use super::image_stream_tags::{shown_head, without_version};
use super::lifecycle::{not_found, valid};
use super::patch_target::Place;
use super::stored::selected_stream;
use super::stream_writes::StreamWrite;
use super::tag_writes::{self, StreamOfTag};
use super::{DeleteParams, ListParams, Patch, PatchParams, Patched, PostParams, ReplacedTag, patch, repository};
use crate::api::{
    Image, ImageStream, ImageTag, List, NamedTagEventList, ObjectMeta, Resource as _, TagEvent, TagReference, Time,
};
use crate::collected;
use crate::error::{Error, Result};
use crate::rules::{
    apply_tag_defaults, event_pull_spec, parse_stream_tag, prepare_image_tag, prepare_image_tag_update,
    split_stream_tag, validate_image_tag, validate_image_tag_update,
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
        let (stream_name, tag) = parse_name(name)?;
        let read = self.store.read()?;
        let at = StreamName { namespace: &self.namespace, name: stream_name };
        let stream = shown_head(&self.store, &read, at)?.ok_or_else(|| not_found::<ImageTag>(stream_name))?;
        let spec = streams::spec_tag(&read, at, tag)?;
        let head = streams::tag_head(&read, at, tag)?;
        if spec.is_none() && head.is_none() {
            return Err(not_found::<ImageTag>(name));
        }
        let event = head.as_ref().and_then(|head| head.newest.as_ref());
        let image = as_tagged(&read, &stream.repository, spec.as_ref(), event, self.store.now())?;
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
    pub fn create(&self, params: &PostParams, image_tag: &ImageTag) -> Result<ImageTag> {
        let mut new = image_tag.clone();
        tag_writes::begin(&self.store, &mut new.metadata, &self.namespace)?;
        self.set_defaults(&mut new);
        prepare_new(&mut new)?;
        let name = split_stream_tag(&new.metadata.name);
        if !name.has_delimiter {
            return Err(tag_writes::no_delimiter(&new.metadata.name));
        }
        tag_writes::check_stream_name(name.stream)?;
        let writing = self.writing();
        self.store.write(params.dry_run, |tx| {
            let stored = streams::get(tx, self.at(name.stream))?;
            if stored.as_ref().is_some_and(|stream| tag_writes::spec_tag(stream, name.tag).is_some()) {
                return Err(Error::already_exists(ImageTag::PLURAL, new.metadata.name.clone(), false));
            }
            let stream = writing.change_tags(tx, name.stream, stored.as_ref(), |stream| {
                if let Some(spec) = new.spec.clone() {
                    tag_writes::put_spec_tag(stream, name.tag, spec);
                }
            })?;
            self.written(tx, stream, name.tag, writing.now)
        })
    }

    /// Puts the spec of a tag in the place of the one in its stream, or creates it; a stream that is missing is created
    /// with it. An object without a spec takes it away, and leaves the history.
    ///
    /// Metadata and status must be those of the tag, except for what only the store sets: uid, times, generation.
    /// Tags that follow this one follow it where it moves. With a resource version in the object, it must be that of
    /// the stream.
    ///
    /// Where the stream is missing the [`Authorizer`](crate::Authorizer) is asked for `create`, too.
    ///
    /// # Errors
    ///
    /// [`BadRequest`](crate::ErrorKind::BadRequest) where the name is no `stream:tag`, or there is no spec to take away,
    /// [`Conflict`](crate::ErrorKind::Conflict) where the stream has another version than the one sent, [`NotFound`](crate::ErrorKind::NotFound) where a version
    /// is sent and there is no stream, [`Forbidden`](crate::ErrorKind::Forbidden), [`Invalid`](crate::ErrorKind::Invalid), and those of writing.
    pub fn replace(&self, name: &str, params: &PostParams, image_tag: &ImageTag) -> Result<ReplacedTag<ImageTag>> {
        let sent = |_: &ImageTag| Ok(Patched { object: image_tag.clone(), created: false, warnings: Vec::new() });
        let Patched { object: tag, created, .. } = self.update(name, params.dry_run, &sent)?;
        Ok(ReplacedTag { tag, created })
    }

    /// Changes a tag by a patch, as [`ImageTags::replace`] would; what is missing is created by a patch of any type. A patch
    /// that says no resource version fits whatever the version is.
    ///
    /// # Errors
    ///
    /// As [`ImageTags::replace`]; [`Invalid`](crate::ErrorKind::Invalid) and [`InapplicablePatch`](crate::ErrorKind::InapplicablePatch) where the patch does not fit the tag.
    pub fn patch(&self, name: &str, params: &PatchParams, patch: &Patch) -> Result<Patched<ImageTag>> {
        let place = Place { namespace: &self.namespace, name, subresource: "", now: self.store.now() };
        self.update(name, params.dry_run, &|present| patch::change_untracked(place, present, params, patch))
    }

    /// Replaces a tag by what `change` makes of it; of a tag that does not exist there is the metadata.
    fn update(
        &self,
        name: &str,
        dry_run: bool,
        change: &dyn Fn(&ImageTag) -> Result<Patched<ImageTag>>,
    ) -> Result<Patched<ImageTag>> {
        let (stream_name, tag) = parse_name(name)?;
        tag_writes::check_stream_name(stream_name)?;
        let writing = self.writing();
        self.store.write(dry_run, |tx| {
            let target = StreamOfTag::find(tx, writing, stream_name)?;
            let old = tag_of(target.stream.clone(), tag);
            let Patched { object: mut new, warnings, .. } = change(&old)?;
            name.clone_into(&mut new.metadata.name);
            self.set_defaults(&mut new);
            target.check_version::<ImageTag>(&mut new.metadata, &self.namespace)?;
            if target.is_stored {
                tag_writes::continue_as(&mut new.metadata, &old.metadata);
                prepare_image_tag_update(&mut new, &old);
                valid::<ImageTag>(name, validate_image_tag_update(&new, &old))?;
            } else {
                tag_writes::begin(&self.store, &mut new.metadata, &self.namespace)?;
                prepare_new(&mut new)?;
                tag_writes::may_create::<ImageTag>(&self.store, &self.namespace, name)?;
            }
            let created = old.spec.is_none();
            if created && new.spec.is_none() {
                return Err(Error::bad_request(format!(
                    "imagetag {tag} is not a spec tag in imagestream {}/{stream_name}, cannot be updated",
                    self.namespace
                )));
            }
            let stream = writing.change_tags(tx, stream_name, target.stored(), |stream| match new.spec {
                Some(spec) => tag_writes::put_spec_tag(stream, tag, spec),
                None => {
                    stream.spec_tags.remove(tag);
                }
            })?;
            Ok(Patched { object: self.written(tx, stream, tag, writing.now)?, created, warnings })
        })
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
        let (stream_name, tag) = parse_name(name)?;
        let writing = self.writing();
        self.store.write(params.dry_run, |tx| {
            tag_writes::delete::<ImageTag>(tx, writing, (stream_name, tag), &params.preconditions)
        })
    }

    fn at<'a>(&'a self, stream: &'a str) -> StreamName<'a> {
        StreamName { namespace: &self.namespace, name: stream }
    }

    fn writing(&self) -> StreamWrite<'_> {
        StreamWrite { store: &self.store, namespace: &self.namespace, now: self.store.now() }
    }

    fn set_defaults(&self, image_tag: &mut ImageTag) {
        if let Some(spec) = &mut image_tag.spec {
            apply_tag_defaults(spec, self.store.settings().import_mode.name());
        }
    }

    /// A tag that was written, with its image if there is one.
    fn written(&self, rows: &dyn Rows, mut stream: ImageStream, tag: &str, now: Time) -> Result<ImageTag> {
        repository::show(self.store.settings(), &mut stream);
        let spec = tag_writes::spec_tag(&stream, tag);
        let event = tag_writes::newest(&stream, tag);
        let image = as_tagged(rows, &stream.status.docker_image_repository, spec, event, now)?;
        let mut written = ImageTag { image, ..tag_of(stream, tag) };
        written.set_type();
        Ok(written)
    }
}

/// Stream and tag of a name that must have both.
fn parse_name(name: &str) -> Result<(&str, &str)> {
    parse_stream_tag(name).map_err(|_| Error::bad_request("ImageTags must be retrieved with <name>:<tag>"))
}

/// Makes a new tag ready, and checks it.
fn prepare_new(image_tag: &mut ImageTag) -> Result<()> {
    prepare_image_tag(image_tag);
    valid::<ImageTag>(&image_tag.metadata.name, validate_image_tag(image_tag))
}

/// The image of a tag's newest entry, with what its manifest says, and without the texts.
fn as_tagged(
    rows: &dyn Rows,
    repository: &str,
    spec: Option<&TagReference>,
    event: Option<&TagEvent>,
    now: Time,
) -> Result<Option<Image>> {
    let Some(event) = event else { return Ok(None) };
    let Some(stored) = images::get_without_texts(rows, &event.image)? else { return Ok(None) };
    let mut image = show_derived(rows, stored, now)?;
    image.docker_image_reference = event_pull_spec(repository, spec, event);
    Ok(Some(image))
}

/// A tag of a stream without its image, whether spec and status have it or not.
fn tag_of(stream: ImageStream, tag: &str) -> ImageTag {
    let spec = stream.spec.tags.into_iter().find(|spec| spec.name == tag);
    let status = stream.status.tags.into_iter().find(|history| history.tag == tag);
    image_tag(&stream.metadata, tag, spec, status)
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
