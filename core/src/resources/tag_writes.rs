//! What writes of `imagestreamtags` and `imagetags` have in common: both change the tags of a stream.

use super::Preconditions;
use super::access::StoreAccess;
use super::lifecycle::{self, enter_namespace, not_found};
use super::stream_writes::StreamWrite;
use crate::api::{ImageStream, NamedTagEventList, ObjectMeta, Resource, TagEvent, TagReference};
use crate::authorization::Action;
use crate::error::{Error, Result};
use crate::quote::Quoted;
use crate::rules::{NameForm, StreamState, path_segment_name, tag_move};
use crate::store::Write;
use crate::store::streams::{self, StreamName};

/// The stream of a tag that is to be replaced.
pub(super) struct StreamOfTag {
    /// The stream, or one that is about to be created.
    pub(super) stream: ImageStream,
    /// Whether it exists.
    pub(super) is_stored: bool,
}

impl StreamOfTag {
    pub(super) fn find(tx: &Write, writing: StreamWrite<'_>, name: &str) -> Result<Self> {
        let stored = streams::get(tx, StreamName { namespace: writing.namespace, name })?;
        let is_stored = stored.is_some();
        let stream = stored.unwrap_or_else(|| ImageStream { metadata: writing.begin(name), ..ImageStream::default() });
        Ok(Self { stream, is_stored })
    }

    pub(super) fn stored(&self) -> Option<&ImageStream> {
        self.is_stored.then_some(&self.stream)
    }

    /// Checks the version in the metadata of a tag `T`, which is that of the stream; without one it gets that.
    pub(super) fn check_version<T: Resource>(&self, sent: &mut ObjectMeta, namespace: &str) -> Result<()> {
        enter_namespace(sent, namespace)?;
        let version = &self.stream.metadata.resource_version;
        if sent.resource_version.is_empty() {
            sent.resource_version.clone_from(version);
        } else if version.is_empty() {
            return Err(not_found::<T>(&sent.name));
        } else if sent.resource_version != *version {
            return Err(conflict::<T>(
                &sent.name,
                format!("another caller has updated the resource version to {version}"),
            ));
        }
        Ok(())
    }
}

/// Begins the metadata of a new tag, whose name can't be generated.
pub(super) fn begin(store: &StoreAccess, metadata: &mut ObjectMeta, namespace: &str) -> Result<()> {
    enter_namespace(metadata, namespace)?;
    if metadata.name.is_empty() && !metadata.generate_name.is_empty() {
        return Err(Error::internal("metadata.name was not generated"));
    }
    lifecycle::begin(metadata, store.uid(), store.now());
    Ok(())
}

/// Gives the metadata of a tag that is replaced what a client can't change, and may leave out.
pub(super) fn continue_as(sent: &mut ObjectMeta, old: &ObjectMeta) {
    if sent.uid.is_empty() {
        sent.uid.clone_from(&old.uid);
    }
    sent.creation_timestamp = old.creation_timestamp;
    sent.deletion_timestamp = old.deletion_timestamp;
    sent.deletion_grace_period_seconds = old.deletion_grace_period_seconds;
    sent.generation = old.generation;
    lifecycle::keep_managed_fields(sent, old);
}

/// Whether the caller may create the tag that a replacement would create with its stream.
pub(super) fn may_create<T: Resource>(store: &StoreAccess, namespace: &str, name: &str) -> Result<()> {
    store.require(&Action { verb: "create", resource: T::PLURAL, subresource: "", namespace, name })
}

/// The error of a name without a colon, which the real server does not classify.
pub(super) fn no_delimiter(name: &str) -> Error {
    Error::unclassified(format!("{} must be of the form <stream_name>:<tag>", Quoted(name)))
}

/// Checks the name of a stream that is to be looked up: it must be a segment of a path.
pub(super) fn check_stream_name(name: &str) -> Result<()> {
    if name.is_empty() {
        return Err(Error::bad_request("Name parameter required."));
    }
    let problems = path_segment_name(name, NameForm::Whole);
    if problems.is_empty() {
        return Ok(());
    }
    Err(Error::bad_request(format!("Name parameter invalid: {}: {}", Quoted(name), problems.join(";"))))
}

/// A tag in the spec of a stream.
pub(super) fn spec_tag<'a>(stream: &'a ImageStream, tag: &str) -> Option<&'a TagReference> {
    stream.spec.tags.iter().find(|spec| spec.name == tag)
}

/// A tag in the status of a stream.
pub(super) fn status_tag<'a>(stream: &'a ImageStream, tag: &str) -> Option<&'a NamedTagEventList> {
    stream.status.tags.iter().find(|history| history.tag == tag)
}

/// The newest entry of a tag.
pub(super) fn newest<'a>(stream: &'a ImageStream, tag: &str) -> Option<&'a TagEvent> {
    status_tag(stream, tag)?.items.as_deref()?.first()
}

/// Sets a tag in the spec of a stream, under its own name whatever it says.
pub(super) fn put_spec_tag(stream: &mut StreamState, name: &str, tag: TagReference) {
    stream.spec_tags.insert(name.to_owned(), TagReference { name: name.to_owned(), ..tag });
}

/// Deletes a tag from spec and status of its stream.
pub(super) fn delete<T: Resource>(
    tx: &mut Write,
    writing: StreamWrite<'_>,
    (name, tag): (&str, &str),
    wanted: &Preconditions,
) -> Result<()> {
    let stored = streams::get(tx, StreamName { namespace: writing.namespace, name })?;
    let stored = stored.ok_or_else(|| not_found::<T>(name))?;
    let full_name = format!("{name}:{tag}");
    if wanted.uid.as_ref().is_some_and(|uid| *uid != stored.metadata.uid) {
        return Err(conflict::<T>(&full_name, "the UID precondition was not met".to_owned()));
    }
    if spec_tag(&stored, tag).is_none() && status_tag(&stored, tag).is_none() {
        return Err(not_found::<T>(&full_name));
    }
    writing.change_tags(tx, name, Some(&stored), |stream| tag_move::remove(stream, tag))?;
    Ok(())
}

fn conflict<T: Resource>(name: &str, reason: String) -> Error {
    Error::conflict(T::PLURAL, name, reason)
}
