//! `imagestream stats`: what a store has, and what it takes.

use std::io::Write;

use clap::Args;
use imagestream::printers::size;
use imagestream::{ImageStore, TableStatistics};
use serde::Serialize;

use crate::failure::Result;
use crate::output::{ReportFormat, TableOptions, print_json, print_rows};
use crate::store_file::{StoreFile, sizes};

/// Show what a store has: objects, resource version, and the rows and bytes of each table
///
/// It reads the whole file, and never changes it. Nobody else may have the store open for writing.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Stats {
    #[command(flatten)]
    store: StoreFile,
    /// The output format
    #[arg(short, long, value_enum, default_value = "text")]
    output: ReportFormat,
}

const EXAMPLES: &str = "\
Examples:
  imagestream stats --db shop.redb
  imagestream stats --db shop.redb -o json | jq '.resourceVersion'";

/// What a store has.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    file: String,
    /// The size of the file in bytes.
    file_bytes: u64,
    /// The size of the journal in bytes; 0 if the store was closed.
    journal_bytes: u64,
    resource_version: u64,
    images: u64,
    image_streams: u64,
    immutable_rules: usize,
    history_rules: usize,
    tables: Vec<Table>,
}

#[derive(Debug, Serialize)]
struct Table {
    #[serde(rename = "table")]
    name: &'static str,
    rows: u64,
    bytes: u64,
}

impl Stats {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result {
        let found = self.found(&self.store.read()?)?;
        match self.output {
            ReportFormat::Text => found.print(out),
            ReportFormat::Json => print_json(out, &found),
        }
    }

    fn found(&self, store: &ImageStore) -> Result<Found> {
        let path = self.store.path();
        let (file_bytes, journal_bytes) = sizes(path);
        let counts = store.object_counts()?;
        let rules = store.tag_rules()?;
        let tables = store.table_statistics()?;
        let table = |TableStatistics { table, rows, bytes, .. }| Table { name: table, rows, bytes };
        Ok(Found {
            file: path.display().to_string(),
            file_bytes,
            journal_bytes,
            resource_version: store.resource_version()?,
            images: counts.images,
            image_streams: counts.streams,
            immutable_rules: rules.immutable.len(),
            history_rules: rules.histories.len(),
            tables: tables.into_iter().map(table).collect(),
        })
    }
}

impl Found {
    fn print(&self, out: &mut impl Write) -> Result {
        writeln!(out, "{}: {}", self.file, shown(self.file_bytes))?;
        if self.journal_bytes > 0 {
            writeln!(out, "journal: {}, since the store was not closed", shown(self.journal_bytes))?;
        }
        writeln!(out, "resource version: {}", self.resource_version)?;
        writeln!(out, "images: {}\nimage streams: {}", self.images, self.image_streams)?;
        if self.immutable_rules > 0 {
            writeln!(out, "rules of immutable tags: {}", self.immutable_rules)?;
        }
        if self.history_rules > 0 {
            writeln!(out, "bounds of histories: {}", self.history_rules)?;
        }
        writeln!(out)?;
        let rows =
            self.tables.iter().map(|table| vec![table.name.to_owned(), table.rows.to_string(), shown(table.bytes)]);
        print_rows(out, ["TABLE", "ROWS", "SIZE"], rows, &TableOptions::default())
    }
}

fn shown(bytes: u64) -> String {
    size(i64::try_from(bytes).unwrap_or(i64::MAX))
}
