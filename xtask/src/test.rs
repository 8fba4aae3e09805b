//! All checks and tests.

use std::fs;
use std::process::Command;

use crate::step::{Step, cargo, command};
use crate::wasm::{BROWSER, TARGET};
use crate::{Result, clients, npm, root, setup, target_dir};

/// Runs the steps in order; the first that fails ends the run.
pub(crate) fn run() -> Result {
    let all = Step::new("test");
    setup::run()?;
    Step::new("format").run(cargo("fmt").args(["--all", "--check"]))?;
    Step::new("lints").run(cargo("clippy").args(["--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    Step::new("tests").run(cargo("test").arg("--workspace"))?;
    examples()?;
    let kubectls = clients::kubectls()?;
    let mut with_kubectl = cargo("test");
    // For a package alone, the dependencies would have other features, and be compiled again.
    with_kubectl.args(["--workspace", "--test", "kubectl", "--", "--ignored"]);
    Step::new("tests with kubectl").run(with_kubectl.env("IMAGESTREAM_KUBECTL", kubectls))?;
    if let Some(python) = clients::python()? {
        let mut with_python = Command::new(python);
        with_python.args(["-B", "tests/clients/test_python.py"]).current_dir(root());
        let program = target_dir().join("debug/imagestream");
        Step::new("tests with Python").run(with_python.env("IMAGESTREAM_COMMAND", program))?;
    }
    Step::new("lints for WebAssembly").run(cargo("clippy").args([
        "-p",
        "imagestream",
        "-p",
        "imagestream-wasm",
        "--target",
        TARGET,
        "--",
        "-D",
        "warnings",
    ]))?;
    npm_package()?;
    all.done();
    Ok(())
}

/// Runs the examples of the library, as the tests before have built them.
fn examples() -> Result {
    for entry in fs::read_dir(root().join("core/examples"))? {
        let path = entry?.path();
        let program = target_dir().join("debug/examples").join(path.file_stem().unwrap_or_default());
        Step::new("example").run(&mut Command::new(program))?;
    }
    Ok(())
}

/// Builds the npm package and tests it as it is packed: in Node, in projects like those of its users, and in Chromium.
fn npm_package() -> Result {
    let tarball = npm::dist()?;
    let package = npm::package();
    // With this variable the tests ask the package instead of the library.
    let same = |tests: &[&str]| {
        let mut same = cargo("test");
        same.arg("--workspace").args(tests.iter().flat_map(|test| ["--test", test])).args(["--", "--include-ignored"]);
        same.env("IMAGESTREAM_PACKAGE", &package);
        same
    };
    Step::new("the same answers in Node").run(&mut same(&["conformance", "node_scripts"]))?;
    let mut small = same(&["conformance"]);
    Step::new("the same answers from the small module").run(small.env("IMAGESTREAM_MODULE", BROWSER.file))?;
    let mut tests = command("node");
    // One file at a time, since some tests measure time.
    tests.args(["--test", "--test-concurrency=1", "--test-timeout=600000"]).args(npm::tests()?);
    tests.env("IMAGESTREAM_PACKAGE", &package).env("IMAGESTREAM_TARBALL", tarball);
    tests.env("IMAGESTREAM_COMMAND", target_dir().join("debug/imagestream"));
    Step::new("tests of the npm package").run(&mut tests)
}
