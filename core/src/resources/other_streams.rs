//! Other streams as sources of tags, read from the store.

use super::access::StoreAccess;
use crate::api::{GROUP, ImageStream, Resource as _, TagEvent};
use crate::authorization::{Action, Decision};
use crate::error::{Error, Result};
use crate::rules::{OtherStreams, UnreadableStream};
use crate::store::Rows;
use crate::store::streams::{self, StreamName};

/// The streams of one snapshot, as far as the caller may read them.
pub(super) struct StoredStreams<'a> {
    pub(super) store: &'a StoreAccess,
    pub(super) rows: &'a dyn Rows,
}

impl OtherStreams for StoredStreams<'_> {
    fn newest(&self, namespace: &str, stream: &str, tag: &str) -> Result<Option<TagEvent>, UnreadableStream> {
        let at = StreamName { namespace, name: stream };
        streams::head(self.rows, at).map_err(|error| failed(&error))?.ok_or(UnreadableStream::Missing)?;
        Ok(streams::tag_head(self.rows, at, tag).map_err(|error| failed(&error))?.and_then(|head| head.newest))
    }

    fn histories(&self, namespace: &str, stream: &str) -> Result<Vec<Vec<TagEvent>>, UnreadableStream> {
        let stored = streams::get(self.rows, StreamName { namespace, name: stream }).map_err(|error| failed(&error))?;
        let tags = stored.ok_or(UnreadableStream::Missing)?.status.tags;
        Ok(tags.into_iter().filter_map(|tag| tag.items).collect())
    }

    fn denial(&self, namespace: &str, stream: &str) -> Option<String> {
        let action = Action {
            verb: "get",
            group: GROUP,
            resource: ImageStream::PLURAL,
            subresource: "layers",
            namespace,
            name: stream,
        };
        match self.store.authorize(&action) {
            Decision::Allow => None,
            Decision::Deny { reason } => Some(reason),
        }
    }
}

fn failed(error: &Error) -> UnreadableStream {
    UnreadableStream::Failed(error.to_string())
}
