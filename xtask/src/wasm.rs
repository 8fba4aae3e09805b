//! The WebAssembly builds: compiled, given their JavaScript side, and optimized.
//!
//! The same crate is built twice. Browsers download [`BROWSER`], so it is built for size; Node reads [`NODE`] from the disk, so
//! it is built for speed.

use std::fs;
use std::path::{Path, PathBuf};

use wasm_bindgen_cli_support::Bindgen;

use crate::step::{Step, cargo, command};
use crate::{Result, target_dir};

/// The compiler's name of the target.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// What wasm-bindgen calls the JavaScript side of a module without imports.
const GLUE_HEAD: &str = "let wasm_bindgen = (function(exports) {";

/// How one module of the package is built.
pub(crate) struct Module {
    /// Its name in the package.
    pub(crate) file: &'static str,
    /// The profile in the workspace's `Cargo.toml`.
    profile: &'static str,
    /// Arguments of cargo.
    arguments: &'static [&'static str],
    /// Flags of the compiler.
    flags: &'static [&'static str],
    /// Arguments of wasm-opt; it is not run where there are none.
    optimize: &'static [&'static str],
    /// The most bytes that it may have when it is compressed with brotli, as servers send it.
    pub(crate) most_bytes: usize,
}

/// The module for browsers.
///
/// Its standard library is built with it, for size. The texts of panics and where they happen are left out, since a panic stops
/// the instance with a trap and nobody sees them, and so is what derived `Debug`s print beside the name of the type: no message
/// may depend on it. Together that saves a tenth of the compressed module. Stable compilers take these flags only with
/// `RUSTC_BOOTSTRAP`.
///
/// Without default features it has no OpenAPI documents and does not read protobuf, which only `kubectl` and `oc` need.
///
/// SHA-2 is built as loops instead of long straight lines, which is not slower here.
///
/// wasm-opt does better with these arguments than with `-Oz` alone, by 1.5 % of the compressed module: half of that comes from
/// not inlining functions that have one caller, half from rebuilding the control flow.
pub(crate) const BROWSER: Module = Module {
    file: "imagestream.wasm",
    profile: "wasm",
    arguments: &["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size", "--no-default-features"],
    flags: &[
        "-Zunstable-options",
        "-Cpanic=immediate-abort",
        "-Zlocation-detail=none",
        "-Zfmt-debug=shallow",
        "--cfg",
        r#"sha2_backend="soft""#,
        "--cfg",
        r#"sha2_backend_soft="compact""#,
    ],
    optimize: &[
        "-Oz",
        "--one-caller-inline-max-function-size=1",
        "--flatten",
        "--rereloop",
        "-Oz",
        "-Oz",
        "--strip-debug",
        "--strip-producers",
    ],
    most_bytes: 650 * 1024,
};

/// The module for Node, Deno and Bun. All versions of Node that the package supports have SIMD.
pub(crate) const NODE: Module = Module {
    file: "imagestream-node.wasm",
    profile: "wasm-node",
    arguments: &[],
    flags: &["-Ctarget-feature=+simd128"],
    optimize: &[],
    most_bytes: 2_000_000,
};

impl Module {
    /// Builds the module into a folder and returns its JavaScript side, a module that exports `bind()`. `tools` is the folder
    /// of the npm package's tools.
    pub(crate) fn build(&self, tools: &Path, folder: &Path) -> Result<PathBuf> {
        let mut compile = cargo("build");
        compile.args(["--locked", "-p", "imagestream-wasm", "--target", TARGET, "--profile", self.profile]);
        compile
            .args(self.arguments)
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_ENCODED_RUSTFLAGS", self.flags.join("\x1f"));
        Step::new(&format!("{}, compiled", self.file)).run(&mut compile)?;

        let name = format!("{}, JavaScript side", self.file);
        let step = Step::new(&name);
        let compiled = target_dir().join(TARGET).join(self.profile).join("imagestream_wasm.wasm");
        let out = target_dir().join("npm").join(self.profile);
        let mut bindings = Bindgen::new();
        bindings.input_path(compiled).no_modules(true)?.typescript(false).remove_name_section(true);
        bindings.generate(&out)?;
        let glue = out.join("glue.js");
        fs::write(&glue, per_instance(&out.join("imagestream_wasm.js"))?)?;
        step.done();

        let bound = out.join("imagestream_wasm_bg.wasm");
        let module = folder.join(self.file);
        if self.optimize.is_empty() {
            fs::copy(bound, &module)?;
        } else {
            let mut optimize = command(&tools.join(".bin/wasm-opt").to_string_lossy());
            optimize.args(self.optimize).arg("-o").arg(&module).arg(bound);
            Step::new(&format!("{}, optimized", self.file)).run(&mut optimize)?;
        }
        let mut measure = command("node");
        measure.args(["npm/measure.mjs", &self.most_bytes.to_string()]).arg(&module);
        Step::new(&format!("{}, size", self.file)).run(&mut measure)?;
        Ok(glue)
    }
}

/// The JavaScript side as a function that returns new bindings with each call.
///
/// Every store has an instance of the module, so that one that crashes does not affect the others, and its memory is freed as
/// a whole. wasm-bindgen keeps the instance in variables of its module, of which there would be one for all stores.
fn per_instance(bindings: &Path) -> Result<String> {
    let text = fs::read_to_string(bindings)?;
    if !text.starts_with(GLUE_HEAD) {
        return Err(format!("{} does not begin with `{GLUE_HEAD}`", bindings.display()).into());
    }
    Ok(format!("export function bind() {{\n{text}\nreturn wasm_bindgen;\n}}\n"))
}
