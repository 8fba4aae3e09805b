//! The benchmark: built in release and run, with the command that it measures too.

use crate::step::{Step, cargo, command};
use crate::{Result, clients, npm, target_dir};

/// Builds and runs it with these arguments.
pub(crate) fn run(arguments: &[String]) -> Result {
    Step::new("the command").run(cargo("build").args(["--release", "-p", "imagestream-cli"]))?;
    Step::new("the benchmark").run(cargo("build").args(["--release", "-p", "imagestream-bench"]))?;
    let release = target_dir().join("release");
    let benchmark = release.join("imagestream-bench");
    let mut measure = command(&benchmark.to_string_lossy());
    measure.args(arguments).env("IMAGESTREAM_COMMAND", release.join("imagestream"));
    // Whether the npm package is measured only the benchmark knows, so it asks for it.
    measure.env("IMAGESTREAM_XTASK", std::env::current_exe()?).env("IMAGESTREAM_PACKAGE", npm::package());
    if let Some(etcd) = clients::etcd() {
        measure.env("IMAGESTREAM_ETCD", etcd);
    }
    Step::new("measures").run(&mut measure)
}
