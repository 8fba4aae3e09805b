//! `imagetags`: tags with what is wanted of them and their whole history.

use std::collections::BTreeSet;

use super::collection::Collection;
use super::image_stream_tags::{shown_head, without_version};
use super::image_streams::selected_stream;
use super::lifecycle::not_found;
use super::{ImageStore, ListParams};
use crate::api::{ImageStream, ImageTag, List, NamedTagEventList, ObjectMeta, Resource as _, TagReference};
use crate::error::{Error, Result};
use crate::rules::image_strategy::prepare_for_read;
use crate::rules::{event_pull_spec, parse_stream_tag};
use crate::store::images;
use crate::store::streams::{self, StreamName};

/// The tags of a namespace's streams, or of all streams, whether they point to an image or not.
#[derive(Clone)]
pub struct ImageTags {
    store: ImageStore,
    namespace: String,
}

impl ImageTags {
    pub(super) fn new(store: ImageStore, namespace: &str) -> Self {
        Self { store, namespace: namespace.to_owned() }
    }

    /// The tag `stream:tag` with its history, and its image without the texts of manifest and config.
    ///
    /// # Errors
    ///
    /// [`Error::BadRequest`] where the name is no `stream:tag`, [`Error::NotFound`] where there is no such stream, or
    /// the tag is neither in its spec nor in its status. An image that is missing is no error.
    pub fn get(&self, name: &str) -> Result<ImageTag> {
        let (stream_name, tag) = parse_stream_tag(name)
            .map_err(|_| Error::BadRequest("ImageTags must be retrieved with <name>:<tag>".to_owned()))?;
        let read = self.store.read()?;
        let at = StreamName { namespace: &self.namespace, name: stream_name };
        let stream = shown_head(&self.store, &read, at)?.ok_or_else(|| not_found::<ImageTag>(stream_name))?;
        let spec = streams::spec_tag(&read, at, tag)?;
        let head = streams::tag_head(&read, at, tag)?;
        if spec.is_none() && head.is_none() {
            return Err(not_found::<ImageTag>(name));
        }
        let mut image = None;
        if let Some(event) = head.as_ref().and_then(|head| head.newest.as_ref())
            && let Some(mut found) = images::get(&read, &event.image)?
        {
            prepare_for_read(&mut found, self.store.now())?;
            found.docker_image_reference = event_pull_spec(&stream.repository, spec.as_ref(), event);
            image = Some(found);
        }
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
}

fn tags_of(stream: ImageStream) -> Vec<ImageTag> {
    let ImageStream { metadata, spec, status, .. } = stream;
    let names: BTreeSet<String> = spec
        .tags
        .iter()
        .map(|tag| tag.name.clone())
        .chain(status.tags.iter().map(|history| history.tag.clone()))
        .collect();
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
