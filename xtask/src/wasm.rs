//! The WebAssembly build: compiled, then given its JavaScript side.

use std::fs;
use std::path::{Path, PathBuf};

use wasm_bindgen_cli_support::Bindgen;

use crate::step::{Step, cargo};
use crate::{Result, target_dir};

/// The compiler's name of the target.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// The profile that makes it small; see the workspace's `Cargo.toml`.
const PROFILE: &str = "wasm";

/// How the standard library is built along with everything else: for size, with code of its own choice for it. Stable compilers
/// take this, and [`WITHOUT_TEXTS`], only when told that they are unstable.
const STANDARD_LIBRARY: &[&str] = &["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"];

/// Leaves out what nobody sees: the texts of panics and where they happened, since a panic stops the instance with a trap, and what
/// derived `Debug`s print beside the name; no message may need it. With the standard library a tenth of the compressed module.
const WITHOUT_TEXTS: &str = "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=shallow";

/// SHA-2 as loops and not as long straight lines, which is not even slower in a module that is built for size.
const COMPACT_SHA2: &str = r#"--cfg sha2_backend="soft" --cfg sha2_backend_soft="compact""#;

/// What wasm-bindgen calls the JavaScript side of a module without imports.
const GLUE_HEAD: &str = "let wasm_bindgen = (function(exports) {";

/// The files of a build.
pub(crate) struct Built {
    /// The module, as the compiler left it.
    pub(crate) module: PathBuf,
    /// The JavaScript side: a module that exports `bind()`.
    pub(crate) glue: PathBuf,
}

/// Builds the bindings.
pub(crate) fn build() -> Result<Built> {
    let mut compile = cargo("build");
    compile.args(["--locked", "-p", "imagestream-wasm", "--target", TARGET, "--profile", PROFILE]);
    compile
        .args(STANDARD_LIBRARY)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", format!("{WITHOUT_TEXTS} {COMPACT_SHA2}"));
    Step::new("WebAssembly build").run(&mut compile)?;
    let step = Step::new("JavaScript bindings");
    let compiled = target_dir().join(TARGET).join(PROFILE).join("imagestream_wasm.wasm");
    let out = target_dir().join("npm/bindings");
    Bindgen::new().input_path(compiled).no_modules(true)?.typescript(false).generate(&out)?;
    let glue = out.join("glue.js");
    fs::write(&glue, per_instance(&out.join("imagestream_wasm.js"))?)?;
    step.done();
    Ok(Built { module: out.join("imagestream_wasm_bg.wasm"), glue })
}

/// Every store gets an instance of its own, so that one that crashes takes no other with it and all its memory is given
/// back. The bindings keep the instance in variables of their module; as a function each call has its own.
fn per_instance(bindings: &Path) -> Result<String> {
    let text = fs::read_to_string(bindings)?;
    if !text.starts_with(GLUE_HEAD) {
        return Err(format!("{} does not begin as expected", bindings.display()).into());
    }
    Ok(format!("/* @ts-self-types=\"./glue.d.ts\" */\nexport function bind() {{\n{text}\nreturn wasm_bindgen;\n}}\n"))
}
