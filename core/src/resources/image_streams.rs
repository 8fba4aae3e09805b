//! `imagestreams` and `imagestreams/status`: tags and their histories.

use serde::Serialize;

use super::access::StoreAccess;
use super::collection::Collection;
use super::lifecycle::{
    begin, check_preconditions, check_uid, enter_namespace, generated_name, keep_waited_for, mark_deleted, may_go,
    not_found, replace, valid,
};
use super::managed_fields::{Tracked as _, keep_times, manager, track_creation, track_update};
use super::patch_target::Place;
use super::selection::Selection;
use super::stored::{STREAM_FIELDS, STREAMS, selected_stream};
use super::stream_writes::{Strategy, StreamWrite, whole};
use super::versions::history;
use super::{
    DeleteParams, Deletion, ListParams, Patch, PatchParams, Patched, PostParams, Watch, WatchParams, patch, repository,
};
use crate::api::{ImageStream, ImageStreamLayers, ImageStreamTag, List, Resource as _, TagEvent, Time};
use crate::error::{Error, Result};
use crate::rules::tag_move::replace_status;
use crate::rules::{StreamState, apply_tag_defaults, drop_empty_annotations, validate_stream_status_update};
use crate::store::object_key::Key;
use crate::store::streams::{self, StreamName};
use crate::store::{Rows, Write, namespaces};

/// A part of a tag's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct HistoryPage {
    /// The entries, newest first.
    pub items: Vec<TagEvent>,
    /// A number: the next part has the entries before it. `None` at the end.
    pub before: Option<String>,
}

/// The image streams of a namespace, or of all namespaces.
#[derive(Clone)]
pub struct ImageStreams {
    store: StoreAccess,
    namespace: String,
}

impl ImageStreams {
    pub(super) fn new(store: StoreAccess, namespace: &str) -> Self {
        Self { store, namespace: namespace.to_owned() }
    }

    /// Gets a stream with the whole history of its tags.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such stream.
    pub fn get(&self, name: &str) -> Result<ImageStream> {
        let read = self.store.read()?;
        let stream = streams::get(&read, self.at(name))?.ok_or_else(|| not_found::<ImageStream>(name))?;
        Ok(self.shown(stream))
    }

    /// Gets a stream as of a resource version.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if there was no such stream, [`Expired`](crate::ErrorKind::Expired) if
    /// the changes since then are no longer kept, [`FutureVersion`](crate::ErrorKind::FutureVersion) if the version is
    /// newer than the store.
    pub fn get_at(&self, name: &str, resource_version: u64) -> Result<ImageStream> {
        let at = self.at(name);
        let history = history(self.store.read()?, resource_version, Key::stream(at.namespace, name).as_bytes())?;
        let stream = streams::get(&history.at(resource_version), at)?.ok_or_else(|| not_found::<ImageStream>(name))?;
        Ok(self.shown(stream))
    }

    /// Gets a stream with its stored status: the repositories are those of the last write.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such stream.
    pub fn get_status(&self, name: &str) -> Result<ImageStream> {
        let mut stream =
            streams::get(&self.store.read()?, self.at(name))?.ok_or_else(|| not_found::<ImageStream>(name))?;
        stream.set_type();
        Ok(stream)
    }

    /// Lists the streams of the namespace, or of all namespaces, in the byte order of `namespace/name`.
    ///
    /// # Errors
    ///
    /// [`BadRequest`](crate::ErrorKind::BadRequest) for invalid selectors and tokens;
    /// [`Expired`](crate::ErrorKind::Expired) and [`FutureVersion`](crate::ErrorKind::FutureVersion) if the store does
    /// not have the requested version.
    pub fn list(&self, params: &ListParams) -> Result<List<ImageStream>> {
        self.list_in(&self.store.read()?, params, &params.selection(&STREAM_FIELDS)?)
    }

    /// The list, with the rows of a transaction as the current ones.
    fn list_in(&self, present: &dyn Rows, params: &ListParams, selection: &Selection) -> Result<List<ImageStream>> {
        let collection = Collection::streams(&self.namespace);
        let (items, metadata) = collection.page_in(&self.store, present, params, selection, |rows, name| {
            let at = StreamName { namespace: &name.namespace, name: &name.name };
            let stream = selected_stream(rows, at, selection)?;
            Ok(stream.map(|mut stream| {
                repository::show(self.store.settings(), &mut stream);
                stream
            }))
        })?;
        Ok(List::new(metadata, items))
    }

    /// Watches the streams of the namespace, or of all namespaces: by default the existing ones come first, then every
    /// change.
    ///
    /// # Errors
    ///
    /// [`BadRequest`](crate::ErrorKind::BadRequest) for invalid selectors;
    /// [`FutureVersion`](crate::ErrorKind::FutureVersion) if existing objects are requested as of a version newer than
    /// the store.
    pub fn watch(&self, params: &WatchParams) -> Result<Watch<ImageStream>> {
        Watch::new(&self.store, &STREAMS, Collection::streams(&self.namespace), params)
    }

    /// The history of a tag, newest first. Reads only the rows of that history.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such stream, or no such tag in its status.
    pub fn history(&self, name: &str, tag: &str) -> Result<Vec<TagEvent>> {
        let read = self.store.read()?;
        let at = self.at(name);
        streams::head(&read, at)?.ok_or_else(|| not_found::<ImageStream>(name))?;
        streams::history(&read, at, tag)?.ok_or_else(|| not_found::<ImageStreamTag>(&format!("{name}:{tag}")))
    }

    /// A part of the history of a tag, newest first: at most `limit` entries, at least one, that are older than
    /// `before`, which is [`HistoryPage::before`] of the part before. Reads only the rows of that part.
    ///
    /// Entries that are pushed meanwhile do not move the parts.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such stream, or no such tag in its status.
    pub fn history_page(&self, name: &str, tag: &str, before: Option<u64>, limit: usize) -> Result<HistoryPage> {
        let read = self.store.read()?;
        let at = self.at(name);
        streams::head(&read, at)?.ok_or_else(|| not_found::<ImageStream>(name))?;
        let page = streams::history_page(&read, at, tag, before, limit.max(1))?;
        let (items, before) = page.ok_or_else(|| not_found::<ImageStreamTag>(&format!("{name}:{tag}")))?;
        Ok(HistoryPage { items, before: before.map(|before| before.to_string()) })
    }

    /// The newest entry of a tag's history: what the tag points to. Reads only that row.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if the stream has no such tag in its status, or the tag has never
    /// pointed to an image.
    pub fn newest(&self, name: &str, tag: &str) -> Result<TagEvent> {
        let newest = streams::newest(&self.store.read()?, self.at(name), tag)?;
        newest.ok_or_else(|| not_found::<ImageStreamTag>(&format!("{name}:{tag}")))
    }

    /// The blobs of the images in a stream: what a registry must serve for it.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such stream; [`Invalid`](crate::ErrorKind::Invalid) if
    /// one of its images has no config digest.
    pub fn layers(&self, name: &str) -> Result<ImageStreamLayers> {
        let read = self.store.read()?;
        let mut layers =
            super::layers::of_stream(&read, self.at(name))?.ok_or_else(|| not_found::<ImageStream>(name))?;
        layers.set_type();
        Ok(layers)
    }

    /// Creates a stream. Its tags are resolved immediately; its status is ignored.
    ///
    /// # Errors
    ///
    /// [`AlreadyExists`](crate::ErrorKind::AlreadyExists), [`Invalid`](crate::ErrorKind::Invalid), and errors of
    /// writing.
    pub fn create(&self, params: &PostParams, stream: &ImageStream) -> Result<ImageStream> {
        let mut stream = stream.clone();
        enter_namespace(&mut stream.metadata, &self.namespace)?;
        let writing = self.writing(self.store.now());
        stream.set_defaults(self.store.settings().import_mode.name());
        track_creation(&mut stream, manager(&params.field_manager, "", writing.now))?;
        let created = self.store.write(params.dry_run, |tx| self.insert(tx, writing, stream.clone()))?;
        Ok(self.shown(created))
    }

    fn insert(&self, tx: &mut Write, writing: StreamWrite<'_>, mut stream: ImageStream) -> Result<ImageStream> {
        let generated = stream.metadata.name.is_empty() && !stream.metadata.generate_name.is_empty();
        begin(&mut stream.metadata, self.store.uid(), writing.now);
        if generated {
            stream.metadata.name = generated_name(&stream.metadata.generate_name, &self.store.uid());
        }
        writing.create(tx, self.desired(&stream), generated)
    }

    /// Replaces metadata and spec of a stream. The status is kept, and changed tags are resolved.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound), [`Conflict`](crate::ErrorKind::Conflict) if its resource version
    /// differs from the one sent, [`Invalid`](crate::ErrorKind::Invalid), and errors of writing.
    pub fn replace(&self, name: &str, params: &PostParams, stream: &ImageStream) -> Result<ImageStream> {
        let mut stream = stream.clone();
        name.clone_into(&mut stream.metadata.name);
        enter_namespace(&mut stream.metadata, &self.namespace)?;
        let writing = self.writing(self.store.now());
        let replaced = self.store.write(params.dry_run, |tx| {
            let stored = streams::get(tx, self.at(name))?.ok_or_else(|| not_found::<ImageStream>(name))?;
            let mut stream = stream.clone();
            check_uid::<ImageStream>(&stream.metadata, &stored.metadata, params.dry_run)?;
            stream.set_defaults(self.store.settings().import_mode.name());
            track_update(&mut stream, &stored, manager(&params.field_manager, "", writing.now))?;
            self.replace_stored(tx, writing, stream, &stored)
        })?;
        Ok(self.shown(replaced))
    }

    /// Patches a stream; otherwise as [`ImageStreams::replace`]. An [applied](Patch::Apply) stream is created if it is
    /// missing. A patch without a resource version applies to any version.
    ///
    /// For a creation the [`Authorizer`](crate::Authorizer) is asked too.
    ///
    /// # Errors
    ///
    /// As [`ImageStreams::replace`] and [`ImageStreams::create`]; [`Invalid`](crate::ErrorKind::Invalid),
    /// [`InapplicablePatch`](crate::ErrorKind::InapplicablePatch) and
    /// [`ApplyConflict`](crate::ErrorKind::ApplyConflict) if the patch can't be applied to the stream.
    pub fn patch(&self, name: &str, params: &PatchParams, patch: &Patch) -> Result<Patched<ImageStream>> {
        let writing = self.writing(self.store.now());
        let place = self.place(name, "", writing.now);
        let patched = self.store.write(params.dry_run, |tx| match streams::get(tx, self.at(name))? {
            None => {
                patch::create(&self.store, place, params, patch)?.try_map(|stream| self.insert(tx, writing, stream))
            }
            Some(stored) => patch::change(place, &stored, params, patch)?
                .try_map(|stream| self.replace_stored(tx, writing, stream, &stored)),
        })?;
        patched.try_map(|stream| Ok(self.shown(stream)))
    }

    /// Replaces the stored stream with one that a client sent, or with the result of a patch.
    fn replace_stored(
        &self,
        tx: &mut Write,
        writing: StreamWrite<'_>,
        mut stream: ImageStream,
        stored: &ImageStream,
    ) -> Result<ImageStream> {
        replace::<ImageStream>(&mut stream.metadata, &stored.metadata)?;
        writing.update(tx, stored, self.desired(&stream), Strategy::Public)
    }

    /// Replaces the status of a stream, including whole histories.
    ///
    /// The spec tags and the repository in the spec are kept; the lookup policy and the metadata are replaced. The
    /// returned status is the one sent; later reads show the repositories of the current configuration.
    ///
    /// # Errors
    ///
    /// As [`ImageStreams::replace`].
    pub fn replace_status(&self, name: &str, params: &PostParams, stream: &ImageStream) -> Result<ImageStream> {
        let mut stream = stream.clone();
        name.clone_into(&mut stream.metadata.name);
        enter_namespace(&mut stream.metadata, &self.namespace)?;
        let writing = self.writing(self.store.now());
        self.store.write(params.dry_run, |tx| {
            let stored = streams::get(tx, self.at(name))?.ok_or_else(|| not_found::<ImageStream>(name))?;
            let mut stream = stream.clone();
            check_uid::<ImageStream>(&stream.metadata, &stored.metadata, params.dry_run)?;
            stream.set_defaults(self.store.settings().import_mode.name());
            track_update(&mut stream, &stored, manager(&params.field_manager, "status", writing.now))?;
            self.replace_stored_status(tx, writing, stream, &stored)
        })
    }

    /// Patches the status of a stream; otherwise as [`ImageStreams::replace_status`]. Never creates a stream.
    ///
    /// # Errors
    ///
    /// As [`ImageStreams::replace_status`] and [`ImageStreams::patch`].
    pub fn patch_status(&self, name: &str, params: &PatchParams, patch: &Patch) -> Result<Patched<ImageStream>> {
        let writing = self.writing(self.store.now());
        self.store.write(params.dry_run, |tx| {
            let stored = streams::get(tx, self.at(name))?.ok_or_else(|| not_found::<ImageStream>(name))?;
            let patched = patch::change(self.place(name, "status", writing.now), &stored, params, patch)?;
            patched.try_map(|stream| self.replace_stored_status(tx, writing, stream, &stored))
        })
    }

    fn replace_stored_status(
        &self,
        tx: &mut Write,
        writing: StreamWrite<'_>,
        mut stream: ImageStream,
        stored: &ImageStream,
    ) -> Result<ImageStream> {
        let at = self.at(&stored.metadata.name);
        replace::<ImageStream>(&mut stream.metadata, &stored.metadata)?;
        let mut new = replace_status(&stream, stored);
        valid::<ImageStream>(at.name, validate_stream_status_update(&new, stored))?;
        keep_times(&mut new, stored, |stream| &stream.metadata, |stream| &mut stream.metadata);
        if may_go(&new.metadata) {
            writing.delete(tx, at.name)?;
        } else if new != *stored {
            let version = tx.change(Key::stream(at.namespace, at.name).as_bytes(), |tx, version| {
                streams::put_whole(tx, at, Some(stored), &new, version)?;
                Ok(version)
            })?;
            tx.stamp(&mut new.metadata, version);
        }
        new.set_type();
        Ok(new)
    }

    /// Deletes a stream with its tags, or marks it as being deleted if it has finalizers. Images stay.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound), [`Conflict`](crate::ErrorKind::Conflict) if a precondition fails, and
    /// errors of writing.
    pub fn delete(&self, name: &str, params: &DeleteParams) -> Result<Deletion<ImageStream>> {
        self.store.write(params.dry_run, |tx| {
            let stored = streams::get(tx, self.at(name))?.ok_or_else(|| not_found::<ImageStream>(name))?;
            self.delete_stored(tx, &stored, params)
        })
    }

    /// Deletes the streams of the namespace that `which` selects, or marks those with finalizers as being deleted, and
    /// returns them as they were. With a limit, only one page. Images stay.
    ///
    /// A list of an older version, such as a later page, may contain streams that have since been deleted, recreated
    /// under the same name, or are no longer selected. These are left alone, and are not returned.
    ///
    /// # Errors
    ///
    /// As [`ImageStreams::list`] and [`ImageStreams::delete`]; after an error nothing is deleted.
    /// [`MethodNotAllowed`](crate::ErrorKind::MethodNotAllowed) over all namespaces.
    pub fn delete_collection(&self, params: &DeleteParams, which: &ListParams) -> Result<List<ImageStream>> {
        if self.namespace.is_empty() {
            let verb = "deletecollection".to_owned();
            return Err(Error::method_not_allowed(ImageStream::PLURAL, verb));
        }
        let selection = which.selection(&STREAM_FIELDS)?;
        self.store.write(params.dry_run, |tx| {
            let mut listed = self.list_in(tx, which, &selection)?;
            let mut deleted = Vec::new();
            for stream in listed.items {
                let stored = selected_stream(tx, self.at(&stream.metadata.name), &selection)?;
                if let Some(stored) = stored.filter(|stored| stored.metadata.uid == stream.metadata.uid) {
                    let _ = self.delete_stored(tx, &stored, params)?;
                    deleted.push(stream);
                }
            }
            listed.items = deleted;
            Ok(listed)
        })
    }

    /// Deletes every stream of the namespace, or marks it where finalizers are to be waited for.
    pub(super) fn delete_all(&self, tx: &mut Write) -> Result<()> {
        for found in namespaces::streams(tx, &self.namespace)? {
            if let Some(stored) = streams::get(tx, self.at(&found.name))? {
                let _ = self.delete_stored(tx, &stored, &DeleteParams::default())?;
            }
        }
        Ok(())
    }

    fn delete_stored(
        &self,
        tx: &mut Write,
        stored: &ImageStream,
        params: &DeleteParams,
    ) -> Result<Deletion<ImageStream>> {
        check_preconditions::<ImageStream>(&stored.metadata, &params.preconditions)?;
        let now = self.store.now();
        let writing = self.writing(now);
        let old = StreamState::from(stored);
        let mut new = old.clone();
        keep_waited_for(&mut new.metadata);
        if new.metadata.finalizers.is_empty() {
            writing.delete(tx, &new.metadata.name)?;
            return Ok(Deletion::Done { uid: new.metadata.uid });
        }
        mark_deleted(&mut new.metadata, now);
        writing.put(tx, Some(&old), &mut new)?;
        Ok(Deletion::Waiting(Box::new(self.shown(whole(&new, &stored.status.tags)))))
    }

    fn writing(&self, now: Time) -> StreamWrite<'_> {
        StreamWrite { store: &self.store, namespace: &self.namespace, now, expected: None }
    }

    fn at<'a>(&'a self, name: &'a str) -> StreamName<'a> {
        StreamName { namespace: &self.namespace, name }
    }

    fn place<'a>(&'a self, name: &'a str, subresource: &'a str, now: Time) -> Place<'a> {
        Place {
            namespace: &self.namespace,
            name,
            subresource,
            import_mode: self.store.settings().import_mode.name(),
            now,
        }
    }

    /// Metadata and spec from a client, with the defaults of tags.
    fn desired(&self, stream: &ImageStream) -> StreamState {
        let mut state = StreamState::from_spec(stream);
        for tag in state.spec_tags.values_mut() {
            apply_tag_defaults(tag, self.store.settings().import_mode.name());
            drop_empty_annotations(tag);
        }
        state
    }

    fn shown(&self, mut stream: ImageStream) -> ImageStream {
        repository::show(self.store.settings(), &mut stream);
        stream.set_type();
        stream
    }
}
