//! What the store costs, beside what somebody would take who does without it: both in one run, on the same data, durability
//! and machine.
//!
//! Read the results as ratios within one run: the machine and its disk decide about the times.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark that can't go on should end")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "that is how it tells what it found")]
#![allow(clippy::cast_precision_loss, reason = "counts are far below 2^52, and ratios are not exact anyway")]

mod child;
mod files;
mod measures;
mod peers;
mod report;
mod rows;
mod run;
mod valgrind;
mod workload;

use std::path::PathBuf;

use clap::Parser;

use child::Child;
use run::Run;

/// Measure the store and its peers side by side, and print medians and ratios
///
/// The peers: `raw redb` writes the very rows that the store writes, one table, one durable commit for each mapping; `sqlite
/// full` and `sqlite normal` are SQLite in WAL mode with the same rows and indexes and hand-written SQL, by its setting
/// `synchronous`. What begins with `node` or `chromium` is the npm package beside the SQLite that is used there, in WAL mode and
/// with `synchronous=FULL`, too, or as it comes (`default`); look-ups give objects. A ratio is ours / theirs, also where less is
/// better; the spread is that of the rounds, which are taken in turn. Nothing is asserted.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
struct Arguments {
    /// Only what takes a few minutes: 10,000 images
    #[arg(long)]
    quick: bool,
    /// Write the results to this file, too, as a list of objects
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Only measures with this in their names
    #[arg(long, value_name = "SUBSTRING")]
    only: Option<String>,
    /// Where files are made while it runs: on a disk, for syncs to cost what they cost
    #[arg(long, value_name = "FOLDER", default_value = "target/bench")]
    folder: PathBuf,
    #[command(subcommand)]
    child: Option<Child>,
}

fn main() {
    let arguments = Arguments::parse();
    if let Some(child) = arguments.child {
        child.run();
        return;
    }
    let run = Run::new(arguments.quick, arguments.only, arguments.json, &arguments.folder);
    measures::run(&run);
    print!("{}", run.table());
}
