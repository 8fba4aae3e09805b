//! The verbs that write `imagestreamtags` and `imagetags`: both change a spec tag of a stream.

use super::access::StoreAccess;
use super::lifecycle::{self, enter_namespace, not_found, valid};
use super::managed_fields::Tracked;
use super::patch_target::Place;
use super::settings::Settings;
use super::stream_writes::StreamWrite;
use super::{DeleteParams, Patch, PatchParams, Patched, ReplacedTag, patch};
use crate::api::{GROUP, ImageStream, NamedTagEventList, ObjectMeta, Resource, TagEvent, TagReference, Time};
use crate::authorization::Action;
use crate::error::{Error, Result};
use crate::json::Decode;
use crate::quote::Quoted;
use crate::rules::manifest::DeriveError;
use crate::rules::{
    FieldError, NameForm, StreamState, apply_tag_defaults, drop_empty_annotations, parse_stream_tag, path_segment_name,
    split_stream_tag, tag_move,
};
use crate::store::streams::{self, StreamName};
use crate::store::{Rows, Write};

/// What differs between the kinds of tags when they are written.
pub(super) trait WritableTag: Tracked + Decode {
    /// How the error for an existing tag names it.
    const EXISTING: &str;

    /// The desired spec tag of the object.
    fn wanted(&mut self) -> &mut Option<TagReference>;

    /// Prepares and validates a new tag.
    fn prepare(&mut self) -> Vec<FieldError>;

    /// Prepares and validates a changed tag.
    fn prepare_update(&mut self, old: &Self) -> Vec<FieldError>;

    /// The spec tag to be stored in the stream instead of `present`; `None` removes it.
    ///
    /// # Errors
    ///
    /// If the kind needs a spec tag, and neither the object nor the spec of the stream has one.
    fn replacement(self, present: Option<&TagReference>, at: StreamName<'_>, tag: &str)
    -> Result<Option<TagReference>>;

    /// A tag of a stream without its image, even if the stream does not have the tag.
    fn of(stream: &ImageStream, tag: &str, settings: &Settings) -> Self;

    /// A tag of a stream with its image.
    fn with_image(
        rows: &dyn Rows,
        stream: &ImageStream,
        tag: &str,
        settings: &Settings,
        now: Time,
    ) -> Result<Answer<Self>>;
}

/// The response for a written tag, or why it can't be built.
///
/// The response includes metadata derived from the manifest of the tag's image. If the manifest can't be read, the
/// response fails, but not the write: by then the real server has written the stream.
pub(super) type Answer<T> = std::result::Result<T, DeriveError>;

/// Creates a tag in the spec of its stream; a missing stream is created with it.
pub(super) fn create<T: WritableTag>(writing: StreamWrite<'_>, dry_run: bool, tag: &T) -> Result<T> {
    let StreamWrite { store, namespace, .. } = writing;
    let mut new = tag.clone();
    begin(store, new.metadata_mut(), namespace)?;
    set_defaults(&mut new, store.settings());
    prepare_new(&mut new)?;
    let full_name = new.metadata().name.clone();
    let name = split_stream_tag(&full_name);
    if !name.has_delimiter {
        return Err(no_delimiter(&full_name));
    }
    check_stream_name(name.stream)?;
    let wanted = new.wanted().take();
    let answer = store.write(dry_run, |tx| {
        check_expected::<T>(tx, writing, name.stream, name.tag)?;
        let stored = streams::get(tx, StreamName { namespace, name: name.stream })?;
        if stored.as_ref().is_some_and(|stream| spec_tag(stream, name.tag).is_some()) {
            return Err(Error::already_exists(T::EXISTING, full_name.clone(), false));
        }
        let stream = writing.change_tags(tx, name.stream, stored.as_ref(), |stream| {
            if let Some(tag) = &wanted {
                put_spec_tag(stream, name.tag, tag.clone());
            }
        })?;
        answer::<T>(tx, writing, &stream, name.tag)
    })?;
    Ok(answer?)
}

/// Replaces a tag in the spec of its stream, or creates it.
pub(super) fn replace<T: WritableTag>(
    writing: StreamWrite<'_>,
    dry_run: bool,
    name: &str,
    tag: &T,
) -> Result<ReplacedTag<T>> {
    let sent = |_: &T| {
        let mut object = tag.clone();
        // A tag has no managed fields of its own.
        object.metadata_mut().managed_fields.clear();
        Ok(Patched { object, created: false, warnings: Vec::new() })
    };
    let Patched { object, created, .. } = update(writing, dry_run, name, &sent)?;
    Ok(ReplacedTag { tag: object, created })
}

/// Replaces a tag with the result of a patch.
pub(super) fn patch<T: WritableTag>(
    writing: StreamWrite<'_>,
    name: &str,
    params: &PatchParams,
    patch: &Patch,
) -> Result<Patched<T>> {
    let place = Place {
        namespace: writing.namespace,
        name,
        subresource: "",
        import_mode: writing.store.settings().import_mode.name(),
        now: writing.now,
    };
    update(writing, params.dry_run, name, &|present| patch::change_untracked(place, present, params, patch))
}

/// Replaces a tag with the result of `change`; a tag that does not exist starts with its name and the metadata of its
/// stream.
fn update<T: WritableTag>(
    writing: StreamWrite<'_>,
    dry_run: bool,
    name: &str,
    change: &dyn Fn(&T) -> Result<Patched<T>>,
) -> Result<Patched<T>> {
    let Patched { object, created, warnings } =
        writing.store.write(dry_run, |tx| update_in(tx, writing, name, change))?;
    Ok(Patched { object: object?, created, warnings })
}

/// The same in a transaction. The tag is written even if the response can't be built.
pub(super) fn update_in<T: WritableTag>(
    tx: &mut Write,
    writing: StreamWrite<'_>,
    name: &str,
    change: &dyn Fn(&T) -> Result<Patched<T>>,
) -> Result<Patched<Answer<T>>> {
    let StreamWrite { store, namespace, .. } = writing;
    let (stream_name, tag) = parse_name::<T>(name)?;
    check_stream_name(stream_name)?;
    check_expected::<T>(tx, writing, stream_name, tag)?;
    let target = StreamOfTag::find(tx, writing, stream_name)?;
    let old = T::of(&target.stream, tag, store.settings());
    let Patched { object: mut new, warnings, .. } = change(&old)?;
    name.clone_into(&mut new.metadata_mut().name);
    set_defaults(&mut new, store.settings());
    target.check_version::<T>(new.metadata_mut(), namespace)?;
    if target.is_stored {
        continue_as(new.metadata_mut(), old.metadata());
        valid::<T>(name, new.prepare_update(&old))?;
    } else {
        begin(store, new.metadata_mut(), namespace)?;
        prepare_new(&mut new)?;
        may_create::<T>(store, namespace, name)?;
    }
    let present = spec_tag(&target.stream, tag);
    let wanted = new.replacement(present, StreamName { namespace, name: stream_name }, tag)?;
    let stream = writing.change_tags(tx, stream_name, target.stored(), |stream| match wanted {
        Some(wanted) => put_spec_tag(stream, tag, wanted),
        None => {
            stream.spec_tags.remove(tag);
        }
    })?;
    let object = answer::<T>(tx, writing, &stream, tag)?;
    Ok(Patched { object, created: present.is_none(), warnings })
}

fn answer<T: WritableTag>(
    rows: &dyn Rows,
    writing: StreamWrite<'_>,
    stream: &ImageStream,
    tag: &str,
) -> Result<Answer<T>> {
    let mut answer = T::with_image(rows, stream, tag, writing.store.settings(), writing.now)?;
    if let Ok(tag) = &mut answer {
        tag.set_type();
    }
    Ok(answer)
}

fn set_defaults<T: WritableTag>(tag: &mut T, settings: &Settings) {
    if let Some(wanted) = tag.wanted() {
        apply_tag_defaults(wanted, settings.import_mode.name());
    }
}

fn prepare_new<T: WritableTag>(tag: &mut T) -> Result<()> {
    let causes = tag.prepare();
    valid::<T>(&tag.metadata().name, causes)
}

/// Parses a name into stream and tag, which it must both have.
pub(super) fn parse_name<T: Resource>(name: &str) -> Result<(&str, &str)> {
    parse_stream_tag(name).map_err(|_| Error::bad_request(format!("{}s must be retrieved with <name>:<tag>", T::KIND)))
}

/// The stream of a tag that is being replaced.
struct StreamOfTag {
    /// The stream, which may be about to be created.
    stream: ImageStream,
    /// Whether it exists.
    is_stored: bool,
}

impl StreamOfTag {
    fn find(tx: &Write, writing: StreamWrite<'_>, name: &str) -> Result<Self> {
        let stored = streams::get(tx, StreamName { namespace: writing.namespace, name })?;
        let is_stored = stored.is_some();
        let stream = stored.unwrap_or_else(|| ImageStream { metadata: writing.begin(name), ..ImageStream::default() });
        Ok(Self { stream, is_stored })
    }

    fn stored(&self) -> Option<&ImageStream> {
        self.is_stored.then_some(&self.stream)
    }

    /// Checks the resource version that was sent with a tag against that of the stream. Without one, sets the stream's.
    fn check_version<T: Resource>(&self, sent: &mut ObjectMeta, namespace: &str) -> Result<()> {
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

/// Sets the metadata of a new tag. Its name can't be generated.
fn begin(store: &StoreAccess, metadata: &mut ObjectMeta, namespace: &str) -> Result<()> {
    enter_namespace(metadata, namespace)?;
    if metadata.name.is_empty() && !metadata.generate_name.is_empty() {
        return Err(Error::internal("metadata.name was not generated"));
    }
    lifecycle::begin(metadata, store.uid(), store.now());
    Ok(())
}

/// Copies the metadata that a client can't change or may omit to a replaced tag.
fn continue_as(sent: &mut ObjectMeta, old: &ObjectMeta) {
    if sent.uid.is_empty() {
        sent.uid.clone_from(&old.uid);
    }
    sent.creation_timestamp = old.creation_timestamp;
    sent.deletion_timestamp = old.deletion_timestamp;
    sent.deletion_grace_period_seconds = old.deletion_grace_period_seconds;
    sent.generation = old.generation;
    lifecycle::keep_managed_fields(sent, old);
}

/// Checks that the caller may create the tag that a replacement would create.
fn may_create<T: Resource>(store: &StoreAccess, namespace: &str, name: &str) -> Result<()> {
    store.require(&Action { verb: "create", group: GROUP, resource: T::PLURAL, subresource: "", namespace, name })
}

/// The error for a name without a colon, which the real server does not classify.
fn no_delimiter(name: &str) -> Error {
    Error::unclassified(format!("{} must be of the form <stream_name>:<tag>", Quoted(name)))
}

/// Checks the name of a stream to be looked up: it must be a path segment.
fn check_stream_name(name: &str) -> Result<()> {
    if name.is_empty() {
        return Err(Error::bad_request("Name parameter required."));
    }
    let problems = path_segment_name(name, NameForm::Whole);
    if problems.is_empty() {
        return Ok(());
    }
    Err(Error::bad_request(format!("Name parameter invalid: {}: {}", Quoted(name), problems.join(";"))))
}

/// A spec tag of a stream.
pub(super) fn spec_tag<'a>(stream: &'a ImageStream, tag: &str) -> Option<&'a TagReference> {
    stream.spec.tags.iter().find(|spec| spec.name == tag)
}

/// A status tag of a stream.
pub(super) fn status_tag<'a>(stream: &'a ImageStream, tag: &str) -> Option<&'a NamedTagEventList> {
    stream.status.tags.iter().find(|history| history.tag == tag)
}

/// The newest entry of a tag.
pub(super) fn newest<'a>(stream: &'a ImageStream, tag: &str) -> Option<&'a TagEvent> {
    status_tag(stream, tag)?.items.as_deref()?.first()
}

/// Sets a spec tag of a stream. The tag gets the name `name`.
fn put_spec_tag(stream: &mut StreamState, name: &str, mut tag: TagReference) {
    drop_empty_annotations(&mut tag);
    stream.spec_tags.insert(name.to_owned(), TagReference { name: name.to_owned(), ..tag });
}

/// Deletes a tag from spec and status of its stream.
pub(super) fn delete<T: Resource>(writing: StreamWrite<'_>, name: &str, params: &DeleteParams) -> Result<()> {
    let (stream_name, tag) = parse_name::<T>(name)?;
    writing.store.write(params.dry_run, |tx| {
        let stored = streams::get(tx, StreamName { namespace: writing.namespace, name: stream_name })?;
        let stored = stored.ok_or_else(|| not_found::<T>(stream_name))?;
        let full_name = format!("{stream_name}:{tag}");
        if params.preconditions.uid.as_ref().is_some_and(|uid| *uid != stored.metadata.uid) {
            return Err(conflict::<T>(&full_name, "the UID precondition was not met".to_owned()));
        }
        if spec_tag(&stored, tag).is_none() && status_tag(&stored, tag).is_none() {
            return Err(not_found::<T>(&full_name));
        }
        check_expected::<T>(tx, writing, stream_name, tag)?;
        writing.change_tags(tx, stream_name, Some(&stored), |stream| tag_move::remove(stream, tag))?;
        Ok(())
    })
}

/// Checks that a tag points to the image that the caller expects, if any.
pub(super) fn check_expected<T: Resource>(
    rows: &dyn Rows,
    writing: StreamWrite<'_>,
    stream: &str,
    tag: &str,
) -> Result<()> {
    let Some(expected) = writing.expected else { return Ok(()) };
    let newest = streams::newest(rows, StreamName { namespace: writing.namespace, name: stream }, tag)?;
    let refused = |reason| conflict::<T>(&format!("{stream}:{tag}"), reason);
    expected.check(tag, newest.as_ref()).map_err(refused)
}

fn conflict<T: Resource>(name: &str, reason: String) -> Error {
    Error::conflict(T::PLURAL, name, reason)
}
