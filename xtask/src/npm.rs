//! The npm package: built and packed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::{Step, command};
use crate::{Result, root, setup, target_dir, wasm};

/// `CommonJS` for Node, which has no `import.meta.url`.
const COMMON: &[&str] = &[
    "--format=cjs",
    "--platform=node",
    "--define:import.meta.url=moduleUrl",
    "--banner:js=const moduleUrl = require(\"node:url\").pathToFileURL(__filename).href;",
];
const NODE: &[&str] = &["--format=esm", "--platform=node"];
const COMMAND: &[&str] = &["--format=esm", "--platform=node", "--loader:.txt=text"];
const BROWSER: &[&str] = &["--format=esm", "--platform=browser"];

/// The scripts of the package: source, result, and arguments of esbuild.
const SCRIPTS: [(&str, &str, &[&str]); 7] = [
    ("node.js", "node.js", NODE),
    ("node.js", "node.cjs", COMMON),
    ("cli.js", "cli.js", COMMAND),
    ("web.js", "web.js", BROWSER),
    ("web/worker.js", "worker.js", BROWSER),
    ("slim.js", "slim.js", BROWSER),
    ("slim.js", "slim.cjs", COMMON),
];

/// The type declarations: source files, which are concatenated, and the result. TypeScript wants one for each module format.
const TYPES: [(&[&str], &str); 5] = [
    (&["store.d.ts", "api.d.ts"], "index.d.ts"),
    (&["store.d.ts", "api.d.ts"], "index.d.cts"),
    (&["slim.d.ts"], "slim.d.ts"),
    (&["slim.d.ts"], "slim.d.cts"),
    (&["worker.d.ts"], "worker.d.ts"),
];

/// The package as a folder, before it is packed.
pub(crate) fn package() -> PathBuf {
    target_dir().join("npm/package")
}

/// The files of its tests.
pub(crate) fn tests() -> Result<Vec<PathBuf>> {
    let mut tests = Vec::new();
    for entry in fs::read_dir(root().join("tests/npm"))? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(".test.mjs") {
            tests.push(path);
        }
    }
    tests.sort();
    Ok(tests)
}

/// Installs the tools of the package, in the versions of its lock file.
pub(crate) fn tools() -> Result<PathBuf> {
    install("tools of the npm package", &root().join("npm"))
}

/// Builds the package, and installs the packages that the benchmark compares it with.
pub(crate) fn with_peers() -> Result {
    dist()?;
    install("peers of the npm package", &root().join("bench/npm")).map(drop)
}

/// Installs the packages of a folder's lock file, unless they are installed, and returns the path of `node_modules`.
fn install(step: &str, folder: &Path) -> Result<PathBuf> {
    let installed = folder.join("node_modules");
    let time = |path: PathBuf| fs::metadata(path).and_then(|file| file.modified());
    let wanted = time(folder.join("package-lock.json"))?;
    if !time(installed.join(".package-lock.json")).is_ok_and(|time| time >= wanted) {
        let mut install = command("npm");
        install.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(folder);
        Step::new(step).run(&mut install)?;
    }
    Ok(installed)
}

/// Builds the package and packs it into `dist/imagestream-VERSION.tgz`, whose path it returns. The same sources give the same
/// bytes.
pub(crate) fn dist() -> Result<PathBuf> {
    setup::package()?;
    let tools = tools()?;
    let package = package();
    if package.exists() {
        fs::remove_dir_all(&package)?;
    }
    fs::create_dir_all(&package)?;
    let glue = wasm::NODE.build(&tools, &package)?;
    if fs::read(&glue)? != fs::read(wasm::BROWSER.build(&tools, &package)?)? {
        return Err("the modules need different JavaScript sides, and `imagestream/slim` has one for both".into());
    }
    scripts(&tools, &glue, &package)?;
    describe(&package)?;

    let out = root().join("dist");
    fs::create_dir_all(&out)?;
    let mut pack = command("npm");
    pack.args(["pack", "--silent", "--pack-destination"]).arg(&out).current_dir(&package);
    Step::new("package").run(&mut pack)?;
    Ok(out.join(format!("imagestream-{}.tgz", env!("CARGO_PKG_VERSION"))))
}

/// Bundles the scripts, each with all that it imports.
fn scripts(tools: &Path, glue: &Path, package: &Path) -> Result {
    let step = Step::new("scripts");
    for (source, out, arguments) in SCRIPTS {
        let mut bundle = tool(tools, "esbuild");
        bundle.arg(root().join("npm/src").join(source));
        bundle.args(["--bundle", "--target=es2022", "--log-level=warning", "--charset=utf8"]).args(arguments);
        bundle.arg(format!("--define:VERSION=\"{}\"", env!("CARGO_PKG_VERSION")));
        bundle.arg(format!("--alias:imagestream-glue={}", glue.display()));
        bundle.arg(format!("--outfile={}", package.join(out).display()));
        if !bundle.status()?.success() {
            return Err(format!("{out}: esbuild failed").into());
        }
    }
    step.done();
    Ok(())
}

/// Writes the other files of the package.
fn describe(package: &Path) -> Result {
    let npm = root().join("npm");
    for (sources, out) in TYPES {
        let parts: Vec<String> = sources
            .iter()
            .map(|source| fs::read_to_string(npm.join("types").join(source)))
            .collect::<std::io::Result<_>>()?;
        let text = parts.join("\n");
        let common = Path::new(out).extension().is_some_and(|extension| extension == "cts");
        let text = if common { text.replace("./index.js", "./index.cjs") } else { text };
        fs::write(package.join(out), text)?;
    }
    let template = fs::read_to_string(npm.join("package.template.json"))?;
    fs::write(package.join("package.json"), template.replace("VERSION", env!("CARGO_PKG_VERSION")))?;
    fs::copy(npm.join("README.md"), package.join("README.md"))?;
    for license in ["LICENSE-APACHE", "LICENSE-MIT"] {
        fs::copy(root().join(license), package.join(license))?;
    }
    Ok(())
}

/// A tool by its name.
fn tool(tools: &Path, name: &str) -> Command {
    command(&tools.join(".bin").join(name).to_string_lossy())
}
