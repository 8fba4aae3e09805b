//! What the commands need beyond cargo, installed where it is missing. Every command calls the functions that it needs.

use std::path::Path;

use crate::step::{Step, command};
use crate::wasm::TARGET;
use crate::{Result, clients, npm};

/// Debian's Chromium.
const CHROMIUM: &str = "/usr/bin/chromium";

/// Installs everything that any command needs.
pub(crate) fn run() -> Result {
    package()?;
    clients::kubectls()?;
    clients::python()?;
    image_tools()?;
    chromium()
}

/// Installs what the npm package is built with: the WebAssembly target of the compiler, the source of its standard library, and
/// the tools from npm. Node can't be installed from here, only looked for.
pub(crate) fn package() -> Result {
    rustup("target", TARGET)?;
    rustup("component", "rust-src")?;
    if !runs("node") {
        return Err("Node 20 or newer is needed on the PATH for the npm package".into());
    }
    npm::tools().map(drop)
}

/// Installs the browser of the tests and of the benchmark.
pub(crate) fn chromium() -> Result {
    if Path::new(CHROMIUM).exists() { Ok(()) } else { debian("chromium") }
}

/// Installs what makes and stores images, for the tests of imports.
pub(crate) fn image_tools() -> Result {
    for program in ["skopeo", "docker-registry"] {
        if !runs(program) {
            debian(program)?;
        }
    }
    Ok(())
}

/// Installs valgrind, with which the benchmark counts instructions.
pub(crate) fn valgrind() -> Result {
    if runs("valgrind") { Ok(()) } else { debian("valgrind") }
}

/// Whether a program is on the PATH.
fn runs(program: &str) -> bool {
    command(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Installs a package of Debian.
fn debian(package: &str) -> Result {
    Step::new("Debian's package lists").run(command("apt-get").arg("update"))?;
    let mut install = command("apt-get");
    install.args(["install", "-y", "--no-install-recommends", package]);
    Step::new(package).run(&mut install)
}

/// Adds a target or a component to the compiler, if it is missing.
fn rustup(kind: &str, name: &str) -> Result {
    let installed = command("rustup").args([kind, "list", "--installed"]).output();
    let installed = installed.map_err(|error| format!("rustup is needed to add the {kind} {name}: {error}"))?;
    if !String::from_utf8_lossy(&installed.stdout).lines().any(|line| line == name) {
        Step::new(name).run(command("rustup").args([kind, "add", name]))?;
    }
    Ok(())
}
