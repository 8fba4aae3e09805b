//! The kinds that have rows of their own, and so can be watched.

use super::repository;
use super::selection::Selection;
use super::settings::Settings;
use crate::api::{Image, ImageStream, Resource as _};
use crate::error::Result;
use crate::store::names::ObjectName;
use crate::store::streams::{self, StreamName};
use crate::store::{Rows, images};

/// The fields that streams can be selected by beside those of their metadata.
pub(super) const STREAM_FIELDS: [&str; 2] = ["spec.dockerImageRepository", "status.dockerImageRepository"];

/// How objects of a kind are read.
pub(super) struct Stored<T> {
    /// The fields that they can be selected by beside those of their metadata.
    pub(super) fields: &'static [&'static str],
    /// An object as it is stored, if it is there and selected.
    pub(super) selected: fn(&dyn Rows, &ObjectName, &Selection) -> Result<Option<T>>,
    /// Turns a stored object into what clients see.
    pub(super) show: fn(&mut T, &Settings),
    /// An empty object, for bookmarks.
    pub(super) bookmark: fn(&Settings) -> T,
}

pub(super) static IMAGES: Stored<Image> = Stored {
    fields: &[],
    selected: |rows, name, selection| selected_image(rows, &name.name, selection),
    show: |image, _| image.set_type(),
    bookmark: |_| {
        let mut image = Image::default();
        // Metadata that are not there are of no unknown version.
        let _ = images::stored_form(&mut image);
        image.set_type();
        image
    },
};

pub(super) static STREAMS: Stored<ImageStream> = Stored {
    fields: &STREAM_FIELDS,
    selected: |rows, name, selection| {
        selected_stream(rows, StreamName { namespace: &name.namespace, name: &name.name }, selection)
    },
    show: |stream, settings| {
        repository::show(settings, stream);
        stream.set_type();
    },
    bookmark: |settings| {
        let mut stream = ImageStream::default();
        // Parity: looking for the repository of a stream without a namespace gives it this one, and no repository.
        if !settings.internal_registry.is_empty() {
            "default".clone_into(&mut stream.metadata.namespace);
        }
        stream.set_type();
        stream
    },
};

/// An image, if it is there and selected.
pub(super) fn selected_image(rows: &dyn Rows, name: &str, selection: &Selection) -> Result<Option<Image>> {
    let Some(stored) = images::get_without_texts(rows, name)? else { return Ok(None) };
    if selection.matches_metadata(&stored.image.metadata) { stored.with_texts(rows).map(Some) } else { Ok(None) }
}

/// A stream as it is stored, if it is there and selected. The fields that it can be selected by are the stored ones.
pub(super) fn selected_stream(
    rows: &dyn Rows,
    at: StreamName<'_>,
    selection: &Selection,
) -> Result<Option<ImageStream>> {
    if !selection.is_empty() {
        let Some(head) = streams::head(rows, at)? else { return Ok(None) };
        let field = |field: &str| match field {
            "spec.dockerImageRepository" => &*head.spec_repository,
            "status.dockerImageRepository" => &*head.repository,
            _ => "",
        };
        if !selection.matches(&head.metadata, field) {
            return Ok(None);
        }
    }
    streams::get(rows, at)
}
