//! The build scripting of the workspace, run as `cargo xtask COMMAND`. Without a command it prints the list of commands.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that reports to a terminal")]

mod bench;
mod clients;
mod npm;
mod setup;
mod soak;
mod step;
mod test;
mod wasm;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  setup          install everything that the other commands need; each also installs what it needs itself
  test           check the format and the lints, run every test, build and test the npm package
  dist           build the npm package into dist/
  soak [--minutes N]
                 run the random tests of the store with other seeds, ten minutes by default
  bench [ARGS]   measure the store and its peers side by side; `bench --help` lists the ARGS
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next();
    let rest: Vec<String> = arguments.collect();
    let done = match (command.as_deref(), rest.as_slice()) {
        (Some("setup"), []) => setup::run(),
        (Some("test"), []) => test::run(),
        (Some("dist"), []) => npm::dist().map(|package| println!("{}", package.display())),
        (Some("bench"), arguments) => bench::run(arguments),
        (Some("soak"), arguments) => soak::run(arguments),
        // Not for people: the benchmark asks for what it needs.
        (Some("provide"), [what]) => bench::provide(what),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The root of the workspace.
fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// The folder that cargo builds into.
fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}
