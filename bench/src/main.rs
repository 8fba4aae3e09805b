//! Compares the store with its alternatives: in one run, with the same data and durability, on the same machine.
//!
//! Only ratios within one run are comparable: absolute times depend on the machine and its disk.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark that can't go on should end")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that prints its results")]
#![allow(clippy::cast_precision_loss, reason = "counts are far below 2^52, and ratios are not exact anyway")]

mod child;
mod files;
mod measures;
mod peers;
mod provide;
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
/// The peers: `raw redb` writes the same rows as the store, into one table, with one durable commit for each mapping. `sqlite
/// full` and `sqlite normal` are SQLite in WAL mode with the same rows and indexes, hand-written SQL, and this value of
/// `synchronous`. Measures that begin with `node` or `chromium` compare the npm package with the SQLite packages of that
/// platform, in WAL mode with `synchronous=FULL`, or with their own settings (`default`); look-ups return objects. A ratio is
/// ours / theirs, also where less is better. The spread is that of the rounds, which are taken in turn. Nothing is asserted.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
struct Arguments {
    /// Only the measures that take a few minutes, with 10,000 images
    #[arg(long)]
    quick: bool,
    /// Also write the results to this file, as a JSON array
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Only measures whose names contain this
    #[arg(long, value_name = "SUBSTRING")]
    only: Option<String>,
    /// The folder for temporary files; it must be on a disk, since syncs are measured
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
