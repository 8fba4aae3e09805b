//! Setting tags as `oc tag` does.

use super::lifecycle::not_found;
use super::other_streams::StoredStreams;
use super::stream_writes::StreamWrite;
use super::tag_writes;
use super::{ImageStore, Patched};
use crate::api::{
    ImageStreamTag, ObjectMeta, ObjectReference, TagEvent, TagImportPolicy, TagReference, TagReferencePolicy,
};
use crate::error::{Error, Result};
use crate::rules::{ExpectedImage, OtherStreams as _, TagDestination, TagSource};
use crate::store::Rows;
use crate::store::streams::{self, StreamName};

/// Parameters of setting tags.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TagParams {
    /// Whether to return the result, but write nothing.
    pub dry_run: bool,
    /// Whether the tags follow the source, a tag of the same stream. Otherwise they get the image that it has now.
    pub alias: bool,
    /// Whether a pull spec is only recorded, and nothing is imported.
    pub reference: bool,
    /// How an image of a registry is imported; members that are empty have the defaults of the API.
    pub import_policy: TagImportPolicy,
    /// Which pull spec users of the tags get: `Source` or `Local`; empty for the default, `Source`.
    pub reference_policy: String,
    /// The image that each tag must point to before.
    pub expected: Option<ExpectedImage>,
}

/// A tag that was set.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tagged {
    /// The tag.
    pub destination: TagDestination,
    /// What its spec refers to now.
    pub from: ObjectReference,
    /// Whether the spec did not have the tag before.
    pub created: bool,
    /// The image that the tag points to now; empty if there is none.
    pub image: String,
}

impl ImageStore {
    /// Sets tags to a source, all or none, in one transaction. Missing streams are created.
    ///
    /// This is what `oc tag` does in several requests: a tag as the source is resolved to the image that it points to
    /// now, or to its pull spec if it has no image, unless the tags are to follow it ([`alias`](TagParams::alias)). Each
    /// destination then gets a spec tag, as by a `PUT` of an image stream tag. An empty namespace of the source is that of
    /// the destination. This store imports nothing from registries, so a tag of a `DockerImage` has no image until one is
    /// pushed, or gets its pull spec as its entry with [`reference`](TagParams::reference).
    ///
    /// # Errors
    ///
    /// [`BadRequest`](crate::ErrorKind::BadRequest) for an alias of anything but a tag of the same stream, and for a
    /// scheduled import of anything but an image of a registry; [`NotFound`](crate::ErrorKind::NotFound) if the source has
    /// no history; [`Forbidden`](crate::ErrorKind::Forbidden) if the user may not read it;
    /// [`Conflict`](crate::ErrorKind::Conflict) if a tag does not point to the expected image;
    /// [`Invalid`](crate::ErrorKind::Invalid) for invalid tags.
    pub fn tag(&self, source: &TagSource, destinations: &[TagDestination], params: &TagParams) -> Result<Vec<Tagged>> {
        let store = self.access();
        if params.import_policy.scheduled && !matches!(source, TagSource::DockerImage(_)) {
            return Err(Error::bad_request("only the import of an image of a registry can be scheduled"));
        }
        store.write(params.dry_run, |tx| {
            let mut all = Vec::with_capacity(destinations.len());
            for destination in destinations {
                let writing = StreamWrite {
                    store,
                    namespace: &destination.namespace,
                    now: store.now(),
                    expected: params.expected.as_ref(),
                };
                let from = resolve(&StoredStreams { store, rows: tx }, source, destination, params.alias)?;
                let name = format!("{}:{}", destination.stream, destination.tag);
                let wanted = stream_tag(&name, &destination.tag, &from, params);
                let sent =
                    |_: &ImageStreamTag| Ok(Patched { object: wanted.clone(), created: false, warnings: Vec::new() });
                let Patched { created, .. } = tag_writes::update_in(tx, writing, &name, &sent)?;
                let at = StreamName { namespace: &destination.namespace, name: &destination.stream };
                let image = streams::newest(tx, at, &destination.tag)?.map(|event| event.image).unwrap_or_default();
                all.push(Tagged { destination: destination.clone(), from, created, image });
            }
            Ok(all)
        })
    }
}

/// The spec tag of a destination, in the object that sets it.
fn stream_tag(name: &str, tag: &str, from: &ObjectReference, params: &TagParams) -> ImageStreamTag {
    // A generation of 0 requests an import.
    let generation = (from.kind == "DockerImage").then_some(0);
    let tag = TagReference {
        name: tag.to_owned(),
        from: Some(from.clone()),
        reference: params.reference,
        generation,
        import_policy: params.import_policy.clone(),
        reference_policy: TagReferencePolicy { policy_type: params.reference_policy.clone() },
        ..TagReference::default()
    };
    ImageStreamTag {
        metadata: ObjectMeta { name: name.to_owned(), ..ObjectMeta::default() },
        tag: Some(tag),
        ..ImageStreamTag::default()
    }
}

/// What the spec of a destination refers to.
fn resolve(
    streams: &StoredStreams<'_>,
    source: &TagSource,
    destination: &TagDestination,
    alias: bool,
) -> Result<ObjectReference> {
    let reference = |kind: &str, namespace: &str, name: String| ObjectReference {
        kind: kind.to_owned(),
        namespace: if namespace == destination.namespace { String::new() } else { namespace.to_owned() },
        name,
        ..ObjectReference::default()
    };
    match &source.clone().in_namespace(&destination.namespace) {
        TagSource::StreamTag { namespace, stream, tag } => {
            if alias {
                if *namespace != destination.namespace || *stream != destination.stream {
                    return Err(Error::bad_request(format!(
                        "tags only follow tags of their own stream, so {}/{}:{} can't be an alias of {namespace}/{stream}:{tag}",
                        destination.namespace, destination.stream, destination.tag
                    )));
                }
                return Ok(reference("ImageStreamTag", namespace, tag.clone()));
            }
            may_read(streams, namespace, stream, destination)?;
            let newest = newest(streams.rows, namespace, stream, tag)?;
            Ok(if newest.image.is_empty() {
                reference("DockerImage", &destination.namespace, newest.docker_image_reference)
            } else {
                reference("ImageStreamImage", namespace, format!("{stream}@{}", newest.image))
            })
        }
        _ if alias => {
            Err(Error::bad_request("tags only follow tags: an alias needs a tag of their stream as its source"))
        }
        TagSource::StreamImage { namespace, stream, image } => {
            Ok(reference("ImageStreamImage", namespace, format!("{stream}@{image}")))
        }
        TagSource::DockerImage(pull_spec) => Ok(reference("DockerImage", &destination.namespace, pull_spec.clone())),
    }
}

/// Refuses to read a stream of another namespace for a user who may not.
fn may_read(streams: &StoredStreams<'_>, namespace: &str, stream: &str, destination: &TagDestination) -> Result<()> {
    if namespace == destination.namespace {
        return Ok(());
    }
    match streams.denial(namespace, stream) {
        None => Ok(()),
        Some(reason) => Err(Error::forbidden("imagestreams/layers", format!("{namespace}/{stream}"), reason)),
    }
}

fn newest(rows: &dyn Rows, namespace: &str, stream: &str, tag: &str) -> Result<TagEvent> {
    let newest = streams::newest(rows, StreamName { namespace, name: stream }, tag)?;
    newest.ok_or_else(|| not_found::<ImageStreamTag>(&format!("{stream}:{tag}")))
}
