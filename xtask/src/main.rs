//! The build scripting of the workspace, run as `cargo xtask COMMAND`; without a command it prints what there is.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it talks to whoever runs it")]

mod bench;
mod clients;
mod npm;
mod setup;
mod step;
mod test;
mod wasm;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  setup          install what the other commands need and this machine lacks
  test           set up, then check the format, the lints, every test, and the build for WebAssembly
  dist           build the npm package into dist/
  bench [ARGS]   measure the store and its peers side by side; `bench --help` says what ARGS there are
  bench-npm      build the npm package and install its peers, as `bench` does when it needs them
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
        (Some("bench-npm"), []) => npm::with_peers(),
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

/// Where cargo puts what it builds.
fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}
