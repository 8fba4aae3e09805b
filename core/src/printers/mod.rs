//! Objects as rows of a table, in the cells of the real API server's printers.
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
mod image_tag;
mod tag_names;

use serde::Serialize;

use self::age::age;
use crate::api::{Image, ImageStream, ImageStreamImage, ImageStreamTag, Resource, Time};

/// A column of a table; the Kubernetes `TableColumnDefinition`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its head.
    pub name: &'static str,
    /// What its cells hold: `string` or `number`.
    #[serde(rename = "type")]
    pub cell_type: &'static str,
    /// `name` for the name of the object, otherwise empty.
    pub format: &'static str,
    /// What it shows, for people.
    pub description: &'static str,
    /// 0 for columns that are always shown, 1 for those that only a wide table has.
    pub priority: i32,
}

impl Column {
    const NAME: Self = Self {
        name: "Name",
        cell_type: "string",
        format: "name",
        description: "The name of the object, unique in its namespace",
        priority: 0,
    };

    const fn text(name: &'static str, description: &'static str) -> Self {
        Self { name, cell_type: "string", format: "", description, priority: 0 }
    }

    const fn number(name: &'static str, description: &'static str) -> Self {
        Self { cell_type: "number", ..Self::text(name, description) }
    }

    const fn wide(self) -> Self {
        Self { priority: 1, ..self }
    }
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Cell {
    /// A text; may be empty.
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

    /// How long ago that was, empty if it never was.
    fn updated(time: Option<Time>, now: Time) -> Self {
        Self::Text(time.map(|time| age(time, now)).unwrap_or_default())
    }
}

/// A kind of object that has a table.
pub trait Printed: Resource {
    /// Its columns, those of wide tables included.
    const COLUMNS: &'static [Column];

    /// One cell for each column; ages are as of `now`.
    fn cells(&self, now: Time) -> Vec<Cell>;
}

const IMAGE_REFERENCE: Column = Column::text("Image Reference", "The pull spec of the image");
const IMAGE_NAME: Column = Column::text("Image Name", "The name of the image: its digest").wide();
const UPDATED: Column = Column::text("Updated", "How long ago that changed");

/// `printImage`
impl Printed for Image {
    const COLUMNS: &'static [Column] = &[Column::NAME, IMAGE_REFERENCE];

    fn cells(&self, _now: Time) -> Vec<Cell> {
        vec![Cell::text(&self.metadata.name), Cell::text(&self.docker_image_reference)]
    }
}

/// `printImageStream`
impl Printed for ImageStream {
    const COLUMNS: &'static [Column] = &[
        Column::NAME,
        Column::text("Image Repository", "Where the images of the stream can be pulled from"),
        Column::text("Tags", "The tags with a history, the newest first"),
        UPDATED,
    ];

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
    const COLUMNS: &'static [Column] = &[Column::NAME, IMAGE_REFERENCE, UPDATED, IMAGE_NAME];

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
    const COLUMNS: &'static [Column] = &[Column::NAME, UPDATED, IMAGE_REFERENCE.wide(), IMAGE_NAME];

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
    use crate::api::{ImageTag, NamedTagEventList, TagEvent};

    fn checked<T: Printed>(object: &T) -> Vec<Cell> {
        let cells = object.cells(Time::from_unix(100));
        assert_eq!(cells.len(), T::COLUMNS.len(), "{}", T::KIND);
        cells
    }

    #[test]
    fn every_column_has_a_cell() {
        checked(&Image::default());
        checked(&ImageStream::default());
        checked(&ImageStreamTag::default());
        checked(&ImageStreamImage::default());
        checked(&ImageTag::default());
    }

    #[test]
    fn the_outer_repository_of_a_stream_goes_first() {
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
    fn a_stream_is_as_old_as_its_newest_event() {
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
