//! The WebAssembly build: compiled, then given its JavaScript side.

use std::path::PathBuf;

use wasm_bindgen_cli_support::Bindgen;

use crate::step::{Step, cargo};
use crate::{Result, target_dir};

/// The compiler's name of the target.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Builds the bindings as a module for Node and returns its path.
pub(crate) fn build() -> Result<PathBuf> {
    Step::new("WebAssembly build").run(cargo("build").args(["-p", "imagestream-wasm", "--target", TARGET]))?;
    let step = Step::new("JavaScript bindings");
    let compiled = target_dir().join(TARGET).join("debug/imagestream_wasm.wasm");
    let out = target_dir().join("wasm/nodejs");
    Bindgen::new().input_path(compiled).nodejs(true)?.typescript(true).generate(&out)?;
    step.done();
    Ok(out.join("imagestream_wasm.js"))
}
