//! What the other commands need beyond cargo itself.

use std::path::Path;

use crate::step::{Step, command};
use crate::wasm::TARGET;
use crate::{Result, clients, npm};

/// The browser of the tests, as Debian has it.
const CHROMIUM: &str = "/usr/bin/chromium";

/// Installs what is missing: the WebAssembly target of the compiler, the source of its standard library, the clients of the
/// tests, Chromium, and the tools of the npm package. Node can't be installed from here and is only looked for, and Python may be missing.
pub(crate) fn run() -> Result {
    rustup("target", TARGET)?;
    rustup("component", "rust-src")?;
    clients::kubectls()?;
    clients::python()?;
    match command("node").arg("--version").output() {
        Ok(version) if version.status.success() => {}
        _ => return Err("Node 20 or newer is needed on the PATH for the npm package".into()),
    }
    npm::tools()?;
    if !Path::new(CHROMIUM).exists() {
        Step::new("lists of Debian's packages").run(command("apt-get").arg("update"))?;
        let mut install = command("apt-get");
        install.args(["install", "-y", "--no-install-recommends", "chromium"]);
        Step::new("Chromium").run(&mut install)?;
    }
    Ok(())
}

/// Adds a target or a component to the compiler, if it is not there.
fn rustup(kind: &str, name: &str) -> Result {
    let installed = command("rustup").args([kind, "list", "--installed"]).output();
    let installed = installed.map_err(|error| format!("rustup is needed to add the {kind} {name}: {error}"))?;
    if !String::from_utf8_lossy(&installed.stdout).lines().any(|line| line == name) {
        Step::new(name).run(command("rustup").args([kind, "add", name]))?;
    }
    Ok(())
}
