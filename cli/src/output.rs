//! Output formats.

use std::io::Write;

use clap::ValueEnum;
use imagestream::api::{GROUP, List, ListMeta, Resource};
use imagestream::{json, yaml};
use serde::Serialize;

use crate::failure::{Failure, Result};
use crate::table::{Columns, TableOptions, print_table};

/// An output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// One line per object
    Table,
    /// One line per object, with more columns
    Wide,
    /// The objects as the API prints them, indented
    Json,
    /// The same as YAML
    Yaml,
    /// Kind and name
    Name,
}

/// The output format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// Lines for people
    Text,
    /// The same for programs
    Json,
}

impl Format {
    /// Whether every member of an object is shown.
    pub(crate) fn shows_all(self) -> bool {
        matches!(self, Self::Json | Self::Yaml)
    }
}

/// Prints one object.
pub(crate) fn print_object<R: Columns>(
    out: &mut impl Write,
    format: Format,
    table: &TableOptions,
    object: &R,
) -> Result {
    match format {
        Format::Table | Format::Wide => {
            print_table(out, std::slice::from_ref(object), format == Format::Wide, false, table)
        }
        Format::Json => print_json(out, object),
        Format::Yaml => print_yaml(out, object),
        Format::Name => print_name(out, object),
    }
}

/// Prints a list; a table over several namespaces has a column for them.
pub(crate) fn print_list<R: Columns>(
    out: &mut impl Write,
    format: Format,
    table: &TableOptions,
    list: &List<R>,
    namespaces: bool,
) -> Result {
    match format {
        Format::Table | Format::Wide => print_table(out, &list.items, format == Format::Wide, namespaces, table),
        Format::Json => print_json(out, list),
        Format::Yaml => print_yaml(out, list),
        Format::Name => list.items.iter().try_for_each(|object| print_name(out, object)),
    }
}

/// Prints objects that were named, with their kinds set; in JSON and YAML as a `List`, like `kubectl`.
pub(crate) fn print_mixed_list<R: Columns>(
    out: &mut impl Write,
    format: Format,
    table: &TableOptions,
    objects: &[R],
) -> Result {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct List<'a, R> {
        api_version: &'static str,
        items: &'a [R],
        kind: &'static str,
        metadata: ListMeta,
    }
    let list = || List { api_version: "v1", items: objects, kind: "List", metadata: ListMeta::default() };
    match format {
        Format::Table | Format::Wide => print_table(out, objects, format == Format::Wide, false, table),
        Format::Json => print_json(out, &list()),
        Format::Yaml => print_yaml(out, &list()),
        Format::Name => objects.iter().try_for_each(|object| print_name(out, object)),
    }
}

/// With the escapes and the indentation of `kubectl`.
pub(crate) fn print_json(out: &mut impl Write, value: &impl Serialize) -> Result {
    let text = json::to_vec(value).map_err(|error| Failure::message(error.to_string()))?;
    out.write_all(&json::indent(&text, "    "))?;
    Ok(writeln!(out)?)
}

fn print_yaml(out: &mut impl Write, value: &impl Serialize) -> Result {
    let text = yaml::to_string(value).map_err(|error| Failure::message(error.to_string()))?;
    Ok(out.write_all(text.as_bytes())?)
}

fn print_name<R: Resource>(out: &mut impl Write, object: &R) -> Result {
    Ok(writeln!(out, "{}.{GROUP}/{}", R::SINGULAR, object.metadata().name)?)
}
