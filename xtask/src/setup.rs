//! What the other commands need beyond cargo itself.

use crate::step::{Step, command};
use crate::wasm::TARGET;
use crate::{Result, clients};

/// Installs what is missing: the WebAssembly target of the compiler, and the clients of the tests. Node can't be installed from here and is only
/// looked for, and Python may be missing.
pub(crate) fn run() -> Result {
    let installed = command("rustup").args(["target", "list", "--installed"]).output();
    let installed = installed.map_err(|error| format!("rustup is needed to add the target {TARGET}: {error}"))?;
    if !String::from_utf8_lossy(&installed.stdout).lines().any(|target| target == TARGET) {
        Step::new("WebAssembly target").run(command("rustup").args(["target", "add", TARGET]))?;
    }
    clients::kubectls()?;
    clients::python()?;
    match command("node").arg("--version").output() {
        Ok(version) if version.status.success() => Ok(()),
        _ => Err("Node 20 or newer is needed on the PATH for the tests of the WebAssembly build".into()),
    }
}
