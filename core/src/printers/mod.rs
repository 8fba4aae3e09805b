//! Objects as table rows, with the cells of the real API server's printers.
//!
//! ```
//! use imagestream::api::{ImageStream, Time};
//! use imagestream::printers::{Cell, Printed};
//!
//! let mut stream = ImageStream::default();
//! stream.metadata.name = "web".to_owned();
//! stream.spec.docker_image_repository = "quay.io/shop/web".to_owned();
//! let text = |text: &str| Cell::Text(text.to_owned());
//! let cells = [text("web"), text("quay.io/shop/web"), text(""), text("")];
//! assert_eq!(stream.cells(Time::from_unix(0)), cells);
//! assert_eq!(ImageStream::COLUMNS[2].name, "Tags");
//! ```

mod age;
mod describe;
mod image_tag;
mod namespace;
mod tag_names;

use serde::Serialize;

use self::age::age;
pub use self::describe::{Described, size};
pub(crate) use self::namespace::{namespace_cells, namespace_resource};
pub use crate::api::Column;
use crate::api::{Image, ImageStream, ImageStreamImage, ImageStreamTag, Resource, Time};

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Cell {
    /// A string; may be empty.
    Text(String),
    /// A number.
    Number(usize),
    /// Nothing, `null` on the wire.
    None,
}

impl Cell {
    fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// The time since then, empty for `None`.
    fn updated(time: Option<Time>, now: Time) -> Self {
        Self::Text(time.map(|time| age(time, now)).unwrap_or_default())
    }
}

/// A kind that can be printed as a table.
pub trait Printed: Resource {
    /// Its columns, including those of wide tables.
    const COLUMNS: &'static [Column] = Self::API_RESOURCE.columns;

    /// One cell per column; ages are relative to `now`.
    fn cells(&self, now: Time) -> Vec<Cell>;
}

/// `printImage`
impl Printed for Image {
    fn cells(&self, _now: Time) -> Vec<Cell> {
        vec![Cell::text(&self.metadata.name), Cell::text(&self.docker_image_reference)]
    }
}

/// `printImageStream`
impl Printed for ImageStream {
    fn cells(&self, now: Time) -> Vec<Cell> {
        let repositories = [
            &self.status.public_docker_image_repository,
            &self.spec.docker_image_repository,
            &self.status.docker_image_repository,
        ];
        let repository = repositories.into_iter().find(|repository| !repository.is_empty());
        let newest = self.status.tags.iter().filter_map(|tag| tag.items.as_ref()?.first()?.created).max();
        vec![
            Cell::text(&self.metadata.name),
            Cell::Text(repository.cloned().unwrap_or_default()),
            Cell::Text(tag_names::newest_first(&self.status.tags)),
            Cell::updated(newest, now),
        ]
    }
}

/// `printImageStreamTag`
impl Printed for ImageStreamTag {
    fn cells(&self, now: Time) -> Vec<Cell> {
        vec![
            Cell::text(&self.metadata.name),
            Cell::text(&self.image.docker_image_reference),
            Cell::updated(self.metadata.creation_timestamp, now),
            Cell::text(&self.image.metadata.name),
        ]
    }
}

/// `printImageStreamImage`
impl Printed for ImageStreamImage {
    fn cells(&self, now: Time) -> Vec<Cell> {
        vec![
            Cell::text(&self.metadata.name),
            Cell::updated(self.metadata.creation_timestamp, now),
            Cell::text(&self.image.docker_image_reference),
            Cell::text(&self.image.metadata.name),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{API_RESOURCES, ApiResource, GROUP, ImageTag, NamedTagEventList, TagEvent};

    fn checked<T: Printed>(object: &T) -> Vec<Cell> {
        let cells = object.cells(Time::from_unix(100));
        assert_eq!(cells.len(), T::COLUMNS.len(), "{}", T::KIND);
        cells
    }

    fn printed<T: Printed + Default>() -> &'static ApiResource {
        checked(&T::default());
        T::API_RESOURCE
    }

    #[test]
    fn every_column_has_a_cell_and_every_table_its_columns() {
        let printed = [
            printed::<Image>(),
            printed::<ImageStreamImage>(),
            printed::<ImageStream>(),
            printed::<ImageStreamTag>(),
            printed::<ImageTag>(),
        ];
        // Those of namespaces and projects depend on the resource.
        let of_group = API_RESOURCES.iter().filter(|resource| resource.group == GROUP);
        assert!(printed.into_iter().eq(of_group.filter(|resource| !resource.columns.is_empty())));
    }

    #[test]
    fn the_public_repository_of_a_stream_is_preferred() {
        let mut stream = ImageStream::default();
        let repository = |stream: &ImageStream| checked(stream).get(1).cloned();
        stream.status.docker_image_repository = "inner/a/b".to_owned();
        assert_eq!(repository(&stream), Some(Cell::text("inner/a/b")));
        stream.spec.docker_image_repository = "quay.io/a/b".to_owned();
        assert_eq!(repository(&stream), Some(Cell::text("quay.io/a/b")));
        stream.status.public_docker_image_repository = "outer/a/b".to_owned();
        assert_eq!(repository(&stream), Some(Cell::text("outer/a/b")));
    }

    #[test]
    fn the_age_of_a_stream_is_that_of_its_newest_event() {
        let tag = |tag: &str, seconds: &[i64]| NamedTagEventList {
            tag: tag.to_owned(),
            items: Some(
                seconds
                    .iter()
                    .map(|at| TagEvent { created: Some(Time::from_unix(*at)), ..TagEvent::default() })
                    .collect(),
            ),
            ..NamedTagEventList::default()
        };
        let mut stream = ImageStream::default();
        stream.status.tags = vec![tag("a", &[40, 99]), tag("b", &[70]), tag("c", &[])];
        assert_eq!(checked(&stream).get(2..), Some([Cell::text("b,a,c"), Cell::text("30 seconds ago")].as_slice()));
    }

    #[test]
    fn cells_are_texts_numbers_and_nulls() {
        let cells = [Cell::text("a"), Cell::Number(1), Cell::None];
        assert_eq!(serde_json::to_string(&cells).unwrap(), r#"["a",1,null]"#);
    }
}
