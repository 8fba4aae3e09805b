//! Output formats.

mod custom_columns;
mod jsonpath;
mod path;
mod sort;
mod table;

use std::io::Write;
use std::str::FromStr;

use clap::ValueEnum;
use imagestream::api::{GROUP, List, ListMeta, Resource};
use imagestream::{json, yaml};
use serde::Serialize;

use crate::failure::{Failure, Result};
use custom_columns::CustomColumns;
use jsonpath::Template;
pub(crate) use path::Path;
pub(crate) use sort::sort;
use sort::value;
pub(crate) use table::{Columns, TableOptions, print_rows, print_table};

/// An output format.
#[derive(Debug, Clone)]
pub(crate) enum Format {
    /// One line per object.
    Table,
    /// One line per object, with more columns.
    Wide,
    /// The objects as the API prints them, indented.
    Json,
    /// The same as YAML.
    Yaml,
    /// Kind and name.
    Name,
    /// What a template says.
    JsonPath(Template),
    /// One line per object, with these columns.
    CustomColumns(CustomColumns),
}

/// The help on formats.
pub(crate) const FORMATS: &str = "\
The output format: table, wide, json, yaml, name, jsonpath=TEMPLATE or custom-columns=NAME:PATH,... with the paths of \
kubectl. There is no go-template";

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text {
            "table" => Self::Table,
            "wide" => Self::Wide,
            "json" => Self::Json,
            "yaml" => Self::Yaml,
            "name" => Self::Name,
            _ => match text.split_once('=') {
                Some(("jsonpath", template)) => Self::JsonPath(Template::parse(template)?),
                Some(("custom-columns", columns)) => Self::CustomColumns(CustomColumns::parse(columns)?),
                _ => {
                    return Err(
                        "expected table, wide, json, yaml, name, jsonpath=TEMPLATE or custom-columns=NAME:PATH,..."
                            .to_owned(),
                    );
                }
            },
        })
    }
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
    pub(crate) fn shows_all(&self) -> bool {
        !self.has_lines()
    }

    /// Whether there is a line for each object.
    pub(crate) fn has_lines(&self) -> bool {
        matches!(self, Self::Table | Self::Wide | Self::Name)
    }

    fn is_wide(&self) -> bool {
        matches!(self, Self::Wide)
    }
}

/// Prints one object.
pub(crate) fn print_object<R: Columns>(
    out: &mut impl Write,
    format: &Format,
    table: &TableOptions,
    object: &R,
) -> Result {
    match format {
        Format::Table | Format::Wide => print_table(out, std::slice::from_ref(object), format.is_wide(), false, table),
        Format::Json => print_json(out, object),
        Format::Yaml => print_yaml(out, object),
        Format::Name => print_name(out, object),
        Format::JsonPath(template) => print_template(out, template, object),
        Format::CustomColumns(columns) => print_columns(out, columns, table, std::slice::from_ref(object)),
    }
}

/// Prints a list; a table over several namespaces has a column for them.
pub(crate) fn print_list<R: Columns>(
    out: &mut impl Write,
    format: &Format,
    table: &TableOptions,
    list: &List<R>,
    namespaces: bool,
) -> Result {
    match format {
        Format::Table | Format::Wide => print_table(out, &list.items, format.is_wide(), namespaces, table),
        Format::Json => print_json(out, list),
        Format::Yaml => print_yaml(out, list),
        Format::Name => list.items.iter().try_for_each(|object| print_name(out, object)),
        Format::JsonPath(template) => print_template(out, template, list),
        Format::CustomColumns(columns) => print_columns(out, columns, table, &list.items),
    }
}

/// Prints objects that were named, with their kinds set; in JSON and YAML as a `List`, like `kubectl`.
pub(crate) fn print_mixed_list<R: Columns>(
    out: &mut impl Write,
    format: &Format,
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
        Format::Table | Format::Wide => print_table(out, objects, format.is_wide(), false, table),
        Format::Json => print_json(out, &list()),
        Format::Yaml => print_yaml(out, &list()),
        Format::Name => objects.iter().try_for_each(|object| print_name(out, object)),
        Format::JsonPath(template) => print_template(out, template, &list()),
        Format::CustomColumns(columns) => print_columns(out, columns, table, objects),
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

fn print_template(out: &mut impl Write, template: &Template, printed: &impl Serialize) -> Result {
    Ok(out.write_all(template.print(&value(printed)?).as_bytes())?)
}

fn print_columns<R: Serialize>(
    out: &mut impl Write,
    columns: &CustomColumns,
    table: &TableOptions,
    objects: &[R],
) -> Result {
    let rows = objects.iter().map(|object| Ok(columns.cells(&value(object)?))).collect::<Result<Vec<_>>>()?;
    print_rows(out, columns.names(), rows, table)
}
