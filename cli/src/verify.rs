//! `imagestream verify`: look for damage.

use std::io::Write;

use clap::Args;
use imagestream::{Error, ErrorKind, Verification};
use serde::Serialize;

use crate::failure::{Failure, Result};
use crate::output::{ReportFormat, print_json};
use crate::store_file::StoreFile;

/// Check a store: every block and row that is in use, and that all rows agree
///
/// It reads the whole file, and never changes it. Nobody else may have the store open for writing.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Verify {
    #[command(flatten)]
    store: StoreFile,
    /// The output format
    #[arg(short, long, value_enum, default_value = "text")]
    output: ReportFormat,
}

const EXAMPLES: &str = "\
Examples:
  imagestream verify --db shop.redb
  imagestream verify --db shop.redb -o json | jq '.problems[]'

Exit status: 0 sound, 1 it could not be checked, 2 wrong arguments, 3 there are problems.";

/// What was found, with the names of the npm package.
#[derive(Debug, Serialize)]
struct Found {
    clean: bool,
    rows: u64,
    repaired: bool,
    problems: Vec<String>,
}

impl Verify {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result {
        let found = match self.store.read().and_then(|store| Ok(store.verify()?)) {
            Ok(found) => Found::from(&found),
            Err(Failure::Store(problem)) if is_problem(&problem) => {
                Found { clean: false, rows: 0, repaired: false, problems: vec![problem.to_string()] }
            }
            Err(failure) => return Err(failure),
        };
        match self.output {
            ReportFormat::Text => found.print(out, &self.store.path().display().to_string())?,
            ReportFormat::Json => print_json(out, &found)?,
        }
        if found.clean { Ok(()) } else { Err(Failure::Findings) }
    }
}

/// Whether the store can't be opened because it is damaged.
fn is_problem(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Corrupted { .. } | ErrorKind::JournalMismatch { .. })
}

impl From<&Verification> for Found {
    fn from(found: &Verification) -> Self {
        Self {
            clean: found.is_clean(),
            rows: found.rows,
            repaired: found.repaired,
            problems: found.problems.iter().map(ToString::to_string).collect(),
        }
    }
}

impl Found {
    fn print(&self, out: &mut impl Write, path: &str) -> Result {
        let count = |count: u64, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
        let rows = count(self.rows, "row");
        if self.clean {
            writeln!(out, "{path}: sound, {rows}")?;
        } else {
            writeln!(out, "{path}: {} in {rows}", count(self.problems.len() as u64, "problem"))?;
        }
        if self.repaired {
            writeln!(
                out,
                "  the storage engine can repair some damage without losing a row, when the store is written"
            )?;
        }
        Ok(self.problems.iter().try_for_each(|problem| writeln!(out, "  {problem}"))?)
    }
}
