//! The benchmark, built in release mode and run.

use crate::step::{Step, cargo, command};
use crate::{Result, clients, npm, setup, target_dir};

/// Builds the benchmark and the command that it measures, and runs it with these arguments.
pub(crate) fn run(arguments: &[String]) -> Result {
    Step::new("the command").run(cargo("build").args(["--release", "-p", "imagestream-cli"]))?;
    Step::new("the benchmark").run(cargo("build").args(["--release", "-p", "imagestream-bench"]))?;
    let release = target_dir().join("release");
    let benchmark = release.join("imagestream-bench");
    let mut measure = command(&benchmark.to_string_lossy());
    measure.args(arguments).env("IMAGESTREAM_COMMAND", release.join("imagestream"));
    // Only the benchmark knows which measures are wanted, so it asks for what takes long to install: see `provide`.
    measure.env("IMAGESTREAM_XTASK", std::env::current_exe()?).env("IMAGESTREAM_PACKAGE", npm::package());
    if let Some(etcd) = clients::etcd() {
        measure.env("IMAGESTREAM_ETCD", etcd);
    }
    Step::new("measures").run(&mut measure)
}

/// Builds or installs something that the benchmark asks for.
pub(crate) fn provide(what: &str) -> Result {
    match what {
        "npm" => npm::with_peers(),
        "chromium" => setup::chromium(),
        "valgrind" => setup::valgrind(),
        other => Err(format!("the benchmark needs no {other}").into()),
    }
}
