//! The npm package: built, measured and packed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::{Step, command};
use crate::{Result, root, target_dir, wasm};

/// What a module of the package may take, compressed with brotli as servers send it.
const MOST_BYTES: u64 = 450 * 1024;

/// The entries of the package: source, what it becomes, and how esbuild is asked for it.
const ENTRIES: [(&str, &str, &[&str]); 1] = [("node.js", "node.js", &["--format=esm", "--platform=node"])];

/// Installs the tools of the package, in the versions of its lock file.
pub(crate) fn tools() -> Result<PathBuf> {
    let folder = root().join("npm");
    let installed = folder.join("node_modules/.package-lock.json");
    let wanted = fs::metadata(folder.join("package-lock.json"))?.modified()?;
    if fs::metadata(&installed).and_then(|file| file.modified()).is_ok_and(|done| done >= wanted) {
        return Ok(folder.join("node_modules"));
    }
    Step::new("tools of the npm package").run(command("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder))?;
    Ok(folder.join("node_modules"))
}

/// Builds the package and packs it into `dist/imagestream-VERSION.tgz`.
pub(crate) fn dist() -> Result<PathBuf> {
    let tools = tools()?;
    let built = wasm::build()?;
    let package = target_dir().join("npm/package");
    if package.exists() {
        fs::remove_dir_all(&package)?;
    }
    fs::create_dir_all(&package)?;
    let module = package.join("imagestream.wasm");
    Step::new("smaller WebAssembly").run(
        tool(&tools, "wasm-opt").args(["-Oz", "--strip-debug", "--strip-producers", "-o"]).arg(&module).arg(&built.module),
    )?;
    let source = root().join("npm/src");
    for (entry, out, how) in ENTRIES {
        let mut bundle = tool(&tools, "esbuild");
        bundle.arg(source.join(entry)).args(["--bundle", "--target=es2022", "--log-level=warning"]).args(how);
        bundle.arg(format!("--alias:imagestream-glue={}", built.glue.display()));
        bundle.arg(format!("--outfile={}", package.join(out).display()));
        Step::new(entry).run(&mut bundle)?;
    }
    Ok(package)
}

/// A tool by its name.
fn tool(tools: &Path, name: &str) -> Command {
    command(&tools.join(".bin").join(name).to_string_lossy())
}
