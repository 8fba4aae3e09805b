//! What the commands for rules of tags have in common.

use std::io::Write;

use clap::Args;
use imagestream::{ImageStore, TagPattern};
use serde::Serialize;

use crate::failure::{Failure, Result};
use crate::output::{ReportFormat, TableOptions, print_json, print_rows};
use crate::store_file::StoreFile;

/// A rule, by its pattern.
#[derive(Debug, Args)]
pub(crate) struct Rule {
    /// The tags; `*` stands for any characters, `?` for one. Without a namespace in all namespaces, without a tag all tags
    #[arg(value_name = "[NAMESPACE/]STREAM[:TAG]")]
    pub(crate) pattern: TagPattern,
    #[command(flatten)]
    store: StoreFile,
}

impl Rule {
    /// Changes the rules of an existing store.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&ImageStore) -> imagestream::Result<T>) -> Result<T> {
        let store = self.store.change(None, false)?;
        let done = change(&store)?;
        store.close()?;
        Ok(done)
    }

    /// Removes the rule; `command` lists all.
    pub(crate) fn remove(
        &self,
        command: &str,
        remove: impl FnOnce(&ImageStore) -> imagestream::Result<bool>,
    ) -> Result {
        if self.change(remove)? {
            return Ok(());
        }
        Err(Failure::message(format!("there is no rule {}; `{command} list` shows all", self.pattern)))
    }
}

/// All rules of a store.
#[derive(Debug, Args)]
pub(crate) struct Rules {
    #[command(flatten)]
    pub(crate) store: StoreFile,
    /// The output format
    #[arg(short, long, value_enum, default_value = "text")]
    output: ReportFormat,
}

impl Rules {
    /// Prints rules as a table, or what is so without any.
    pub(crate) fn print<R: Serialize>(
        &self,
        out: &mut impl Write,
        rules: &[R],
        heads: [&str; 2],
        row: impl Fn(&R) -> Vec<String>,
        without: &str,
    ) -> Result {
        match self.output {
            ReportFormat::Json => print_json(out, &rules),
            ReportFormat::Text if rules.is_empty() => Ok(writeln!(out, "{without}")?),
            ReportFormat::Text => print_rows(out, heads, rules.iter().map(row), &TableOptions::default()),
        }
    }
}
