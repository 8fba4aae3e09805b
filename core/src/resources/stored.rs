//! The kinds that have their own rows, and so can be watched.

use super::repository;
use super::selection::Selection;
use super::settings::Settings;
use crate::api::{Image, ImageStream, Namespace, Resource as _};
use crate::error::Result;
use crate::store::names::ObjectName;
use crate::store::streams::{self, StreamName};
use crate::store::{Rows, images, namespaces};

/// The supported fields for selecting streams, besides those of the metadata.
pub(super) const STREAM_FIELDS: [&str; 2] = ["spec.dockerImageRepository", "status.dockerImageRepository"];

/// The fields that namespaces can be selected by beside those of their metadata.
pub(super) const NAMESPACE_FIELDS: [&str; 1] = ["status.phase"];

/// How to read objects of a kind.
pub(super) struct Stored<T> {
    /// The supported fields for selecting them, besides those of the metadata.
    pub(super) fields: &'static [&'static str],
    /// The stored object, if it exists and is selected.
    pub(super) selected: fn(&dyn Rows, &ObjectName, &Selection) -> Result<Option<T>>,
    /// Converts a stored object to what clients see.
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
        // This can't fail without a metadata version.
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
        // Parity: looking up the repository of a stream without a namespace sets this one, but no repository.
        if !settings.internal_registry.is_empty() {
            "default".clone_into(&mut stream.metadata.namespace);
        }
        stream.set_type();
        stream
    },
};

pub(super) static NAMESPACES: Stored<Namespace> = Stored {
    fields: &NAMESPACE_FIELDS,
    selected: |rows, name, selection| selected_namespace(rows, &name.name, selection),
    show: |namespace, _| namespace.set_type(),
    bookmark: |_| {
        let mut namespace = Namespace::default();
        namespace.set_type();
        namespace
    },
};

/// An image, if it exists and is selected.
pub(super) fn selected_image(rows: &dyn Rows, name: &str, selection: &Selection) -> Result<Option<Image>> {
    let Some(stored) = images::get_without_texts(rows, name)? else { return Ok(None) };
    if selection.matches_metadata(&stored.image.metadata) { stored.with_texts(rows).map(Some) } else { Ok(None) }
}

/// A namespace that is in lists, if it is selected.
pub(super) fn selected_namespace(rows: &dyn Rows, name: &str, selection: &Selection) -> Result<Option<Namespace>> {
    let found = namespaces::listed(rows, name)?;
    Ok(found.filter(|namespace| {
        selection
            .matches(&namespace.metadata, |field| if field == "status.phase" { &namespace.status.phase } else { "" })
    }))
}

/// The stored stream, if it exists and is selected. Its fields are matched as stored.
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
