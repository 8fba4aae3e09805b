//! Writing streams, for `imagestreams` and for tags.

use super::access::StoreAccess;
use super::lifecycle::{begin, may_go, place, valid, without_version};
use super::managed_fields::keep_times;
use super::other_streams::StoredStreams;
use super::repository;
use crate::api::{ImageStream, ImageStreamSpec, NamedTagEventList, ObjectMeta, Time};
use crate::error::Result;
use crate::rules::{
    ExpectedImage, FieldError, ResolveContext, StreamState, generation, older_entries, resolve_spec_tags, tag_move,
    validate_stream, validate_stream_update,
};
use crate::store::object_key::Key;
use crate::store::streams::{self, StreamName};
use crate::store::{Rows, Write};

/// Which update strategy applies to a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strategy {
    /// That of `imagestreams`: a client can't change the status, and followers of a moved tag stay where they are.
    Public,
    /// That of `imagestreamtags` and `imagetags`: histories may be removed, and those without entries and conditions
    /// are; followers of a moved tag move with it.
    Internal,
}

/// Writes one stream of a namespace, within a transaction.
#[derive(Clone, Copy)]
pub(super) struct StreamWrite<'a> {
    pub(super) store: &'a StoreAccess,
    pub(super) namespace: &'a str,
    pub(super) now: Time,
    /// For a write to one tag: the image that it must point to before.
    pub(super) expected: Option<&'a ExpectedImage>,
}

impl StreamWrite<'_> {
    /// Creates a stream, and returns it as stored. Its metadata must be prepared for a new object; `generated` says
    /// whether its name was generated.
    pub(super) fn create(&self, tx: &mut Write, mut new: StreamState, generated: bool) -> Result<ImageStream> {
        valid::<ImageStream>(&new.metadata.name, Vec::from_iter(new.too_many_tags()))?;
        generation::start(&mut new);
        let unresolved = self.resolve(tx, &mut new, None);
        tag_move::follow_moved(&mut new, None);
        repository::store(self.store.settings(), &mut new);
        valid::<ImageStream>(&new.metadata.name, validate_stream(&whole(&new, &[]), unresolved))?;
        without_version(&mut new.metadata, tx.is_dry_run())?;
        place::<ImageStream>(&mut new.metadata, generated, &|| self.store.uid(), &|name| {
            Ok(streams::head(tx, self.at(name))?.map(|stream| stream.metadata))
        })?;
        // The final name is known only now.
        repository::store(self.store.settings(), &mut new);
        self.put(tx, None, &mut new)?;
        Ok(whole(&new, &[]))
    }

    /// Replaces the stored stream, and returns the new one as stored.
    ///
    /// The metadata of `new` must be ready to be stored. Nothing is written if nothing changes; a stream that is being
    /// deleted is removed with its last finalizer.
    pub(super) fn update(
        &self,
        tx: &mut Write,
        stored: &ImageStream,
        mut new: StreamState,
        strategy: Strategy,
    ) -> Result<ImageStream> {
        valid::<ImageStream>(&stored.metadata.name, Vec::from_iter(new.too_many_tags()))?;
        let old = StreamState::from(stored);
        match strategy {
            Strategy::Public => tag_move::keep_stored(&mut new, &old),
            Strategy::Internal => tag_move::remove_empty(&mut new),
        }
        generation::advance(&mut new, &old);
        repository::store(self.store.settings(), &mut new);
        let unresolved = self.resolve(tx, &mut new, Some((&old, &stored.status.tags)));
        if strategy == Strategy::Internal {
            tag_move::follow_moved(&mut new, Some(&old));
        }
        let causes = validate_stream_update(&whole(&new, &stored.status.tags), stored, unresolved);
        valid::<ImageStream>(&old.metadata.name, causes)?;
        if may_go(&new.metadata) {
            self.delete(tx, &old.metadata.name)?;
        } else {
            keep_times(&mut new, &old, |state| &state.metadata, |state| &mut state.metadata);
            self.put(tx, Some(&old), &mut new)?;
        }
        Ok(whole(&new, &stored.status.tags))
    }

    /// Changes the tags of a stream, for the tag resources; a missing stream is created with them.
    pub(super) fn change_tags(
        &self,
        tx: &mut Write,
        name: &str,
        stored: Option<&ImageStream>,
        change: impl FnOnce(&mut StreamState),
    ) -> Result<ImageStream> {
        let mut new = match stored {
            Some(stored) => StreamState::from(stored),
            None => StreamState { metadata: self.begin(name), ..StreamState::default() },
        };
        change(&mut new);
        match stored {
            Some(stored) => self.update(tx, stored, new, Strategy::Internal),
            None => self.create(tx, new, false),
        }
    }

    /// The metadata of a new stream with this name.
    pub(super) fn begin(&self, name: &str) -> ObjectMeta {
        let mut metadata =
            ObjectMeta { name: name.to_owned(), namespace: self.namespace.to_owned(), ..ObjectMeta::default() };
        begin(&mut metadata, self.store.uid(), self.now);
        metadata
    }

    /// Writes the differences, and sets the resource version of the result; a dry run leaves the old one.
    pub(super) fn put(&self, tx: &mut Write, old: Option<&StreamState>, new: &mut StreamState) -> Result<()> {
        if old == Some(new) {
            return Ok(());
        }
        let at = StreamName { namespace: self.namespace, name: &new.metadata.name };
        let version = tx.change(Key::stream(at.namespace, at.name).as_bytes(), |tx, version| {
            streams::put(tx, at, old, new, version)?;
            Ok(version)
        })?;
        tx.stamp(&mut new.metadata, version);
        Ok(())
    }

    /// Deletes a stream with its tags.
    pub(super) fn delete(&self, tx: &mut Write, name: &str) -> Result<()> {
        let at = self.at(name);
        tx.change(Key::stream(at.namespace, at.name).as_bytes(), |tx, _| streams::delete(tx, at))
    }

    fn at<'n>(&'n self, name: &'n str) -> StreamName<'n> {
        StreamName { namespace: self.namespace, name }
    }

    /// Resolves the changed spec tags. `old` is the stored stream with its histories; `None` if it is being created.
    fn resolve(
        &self,
        rows: &dyn Rows,
        stream: &mut StreamState,
        old: Option<(&StreamState, &[NamedTagEventList])>,
    ) -> Option<FieldError> {
        let (old, histories) = old.map_or((None, &[][..]), |(old, histories)| (Some(old), histories));
        let others = StoredStreams { store: self.store, rows };
        let context = ResolveContext { now: self.now, internal_registry: &self.store.settings().internal_registry };
        resolve_spec_tags(stream, old, histories, &others, context)
    }
}

/// A stream as clients see it: each history has the newest entries of `state`, followed by the stored older ones.
pub(super) fn whole(state: &StreamState, stored: &[NamedTagEventList]) -> ImageStream {
    let tags = state.tags.iter().map(|(tag, head)| {
        let items: Vec<_> = head.history(older_entries(tag, stored)).cloned().collect();
        NamedTagEventList {
            tag: tag.clone(),
            items: (!items.is_empty()).then_some(items),
            conditions: head.conditions.clone(),
        }
    });
    let mut stream = ImageStream {
        metadata: state.metadata.clone(),
        spec: ImageStreamSpec {
            lookup_policy: state.lookup_policy,
            docker_image_repository: state.spec_repository.clone(),
            tags: state.spec_tags.values().cloned().collect(),
        },
        ..ImageStream::default()
    };
    stream.status.tags = tags.collect();
    stream.status.docker_image_repository.clone_from(&state.repository);
    stream.status.public_docker_image_repository.clone_from(&state.public_repository);
    stream
}
