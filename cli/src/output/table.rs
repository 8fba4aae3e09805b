//! Objects as table rows. Digests are printed in full, so that they can be copied.

use std::io::Write;

use clap::Args;
use comfy_table::{ContentArrangement, Table};
use imagestream::api::{
    Image, ImageStream, ImageStreamImage, ImageStreamTag, ImageTag, ObjectMeta, Resource, TagReference, Time,
};
use serde::Serialize;

use crate::failure::Result;

/// What is in a table beside the columns of its kind.
#[derive(Debug, Default, Args)]
pub(crate) struct TableOptions {
    /// Leave out the line with the names of the columns
    #[arg(long)]
    no_headers: bool,
    /// Show the labels as the last column
    #[arg(long)]
    show_labels: bool,
}

impl TableOptions {
    /// For rows that are no objects.
    pub(crate) fn without_headers(no_headers: bool) -> Self {
        Self { no_headers, ..Self::default() }
    }
}

/// How objects of a kind are printed in a table.
pub(crate) trait Columns: Resource + Serialize {
    /// The headers of the columns after the name.
    const HEADS: &'static [&'static str];
    /// The headers of the additional columns of a wide table.
    const WIDE_HEADS: &'static [&'static str];

    /// The cells after the name, including the wide ones; `wide` allows long cells.
    fn cells(&self, wide: bool) -> Vec<String>;
}

/// Prints a table of objects.
pub(crate) fn print_table<R: Columns>(
    out: &mut impl Write,
    objects: &[R],
    wide: bool,
    namespaces: bool,
    options: &TableOptions,
) -> Result {
    let mut heads: Vec<&str> = if namespaces { vec!["NAMESPACE", "NAME"] } else { vec!["NAME"] };
    heads.extend(R::HEADS);
    if wide {
        heads.extend(R::WIDE_HEADS);
    }
    let columns = heads.len();
    if options.show_labels {
        heads.push("LABELS");
    }
    let row = |object: &R| {
        let metadata = object.metadata();
        let mut cells = if namespaces { vec![metadata.namespace.clone()] } else { Vec::new() };
        cells.push(metadata.name.clone());
        cells.extend(object.cells(wide));
        cells.truncate(columns);
        if options.show_labels {
            cells.push(labels(metadata));
        }
        cells
    };
    print_rows(out, heads, objects.iter().map(row), options)
}

/// Prints rows in columns.
pub(crate) fn print_rows<'a>(
    out: &mut impl Write,
    heads: impl IntoIterator<Item = &'a str>,
    rows: impl IntoIterator<Item = Vec<String>>,
    options: &TableOptions,
) -> Result {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    if !options.no_headers {
        table.set_header(heads);
    }
    for row in rows {
        table.add_row(row);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 3));
    }
    for line in table.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

impl Columns for Image {
    const HEADS: &'static [&'static str] = &["IMAGE REFERENCE"];
    const WIDE_HEADS: &'static [&'static str] = &["SIZE", "LAYERS", "ARCHITECTURE", "BUILT"];

    fn cells(&self, _wide: bool) -> Vec<String> {
        let metadata = self.docker_image_metadata.clone().unwrap_or_default();
        vec![
            self.docker_image_reference.clone(),
            metadata.size.to_string(),
            self.docker_image_layers.len().to_string(),
            metadata.architecture,
            time(metadata.created),
        ]
    }
}

impl Columns for ImageStream {
    const HEADS: &'static [&'static str] = &["IMAGE REPOSITORY", "TAGS", "UPDATED"];
    const WIDE_HEADS: &'static [&'static str] = &["GENERATION", "VERSION"];

    fn cells(&self, wide: bool) -> Vec<String> {
        let repositories = [
            &self.status.public_docker_image_repository,
            &self.spec.docker_image_repository,
            &self.status.docker_image_repository,
        ];
        let repository = repositories.into_iter().find(|repository| !repository.is_empty());
        let newest = self.status.tags.iter().filter_map(|tag| tag.items.as_ref()?.first()?.created).max();
        vec![
            repository.cloned().unwrap_or_default(),
            tags(self, wide),
            time(newest),
            self.metadata.generation.to_string(),
            self.metadata.resource_version.clone(),
        ]
    }
}

impl Columns for ImageStreamTag {
    const HEADS: &'static [&'static str] = &["IMAGE REFERENCE", "UPDATED"];
    const WIDE_HEADS: &'static [&'static str] = &["IMAGE NAME"];

    fn cells(&self, _wide: bool) -> Vec<String> {
        image_cells(&self.image, self.metadata.creation_timestamp)
    }
}

impl Columns for ImageTag {
    const HEADS: &'static [&'static str] = &["FOLLOWS", "IMAGE", "HISTORY", "UPDATED"];
    const WIDE_HEADS: &'static [&'static str] = &["IMAGE REFERENCE"];

    fn cells(&self, _wide: bool) -> Vec<String> {
        let events = self.status.as_ref().and_then(|status| status.items.as_deref()).unwrap_or_default();
        let newest = events.first();
        vec![
            self.spec.as_ref().map(source).unwrap_or_default(),
            newest.map(|event| event.image.clone()).unwrap_or_default(),
            events.len().to_string(),
            time(newest.and_then(|event| event.created)),
            newest.map(|event| event.docker_image_reference.clone()).unwrap_or_default(),
        ]
    }
}

impl Columns for ImageStreamImage {
    const HEADS: &'static [&'static str] = &["IMAGE REFERENCE", "UPDATED"];
    const WIDE_HEADS: &'static [&'static str] = &["IMAGE NAME"];

    fn cells(&self, _wide: bool) -> Vec<String> {
        image_cells(&self.image, self.metadata.creation_timestamp)
    }
}

/// As `kubectl` prints them.
fn labels(metadata: &ObjectMeta) -> String {
    if metadata.labels.is_empty() {
        return "<none>".to_owned();
    }
    let labels: Vec<_> = metadata.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    labels.join(",")
}

/// The cells of an image that is read through a stream or a tag.
fn image_cells(image: &Image, created: Option<Time>) -> Vec<String> {
    vec![image.docker_image_reference.clone(), time(created), image.metadata.name.clone()]
}

/// The tags with a history, in the order of the stream; unless `all` is set, only the first ones.
fn tags(stream: &ImageStream, all: bool) -> String {
    const SHOWN: usize = 5;
    let mut names: Vec<&str> = stream.status.tags.iter().map(|tag| tag.tag.as_str()).collect();
    let hidden = if all { 0 } else { names.len().saturating_sub(SHOWN) };
    names.truncate(names.len() - hidden);
    let shown = names.join(",");
    if hidden == 0 { shown } else { format!("{shown} and {hidden} more") }
}

/// The source of a tag.
fn source(tag: &TagReference) -> String {
    let Some(from) = &tag.from else { return String::new() };
    let namespace = if from.namespace.is_empty() { String::new() } else { format!("{}/", from.namespace) };
    format!("{} {namespace}{}", from.kind, from.name)
}

fn time(time: Option<Time>) -> String {
    time.map(|time| time.to_string()).unwrap_or_default()
}
