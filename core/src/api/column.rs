//! The columns of tables.

use serde::Serialize;

/// A column of a table; the Kubernetes `TableColumnDefinition`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its heading.
    pub name: &'static str,
    /// The type of its cells: `string` or `number`.
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
    pub(super) const NAME: Self = Self {
        name: "Name",
        cell_type: "string",
        format: "name",
        description: "The name of the object, unique in its namespace",
        priority: 0,
    };

    pub(super) const fn text(name: &'static str, description: &'static str) -> Self {
        Self { name, cell_type: "string", format: "", description, priority: 0 }
    }

    pub(super) const fn number(name: &'static str, description: &'static str) -> Self {
        Self { cell_type: "number", ..Self::text(name, description) }
    }

    pub(super) const fn wide(self) -> Self {
        Self { priority: 1, ..self }
    }
}
