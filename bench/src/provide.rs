//! Programs and packages that some measures need: `cargo xtask` builds or installs them when a measure requests one.

use std::path::PathBuf;
use std::process::Command;
use std::{env, io};

/// Builds or installs `what`, as `provide` of xtask/src/bench.rs names it.
///
/// # Errors
///
/// Why it can't be had.
pub(crate) fn provide(what: &str) -> Result<(), String> {
    let xtask = env::var_os("IMAGESTREAM_XTASK").map(PathBuf::from).ok_or("only `cargo xtask bench` provides it")?;
    // The standard output is for results.
    let status = Command::new(xtask).args(["provide", what]).stdout(io::stderr()).status();
    match status.map_err(|error| error.to_string())? {
        status if status.success() => Ok(()),
        status => Err(status.to_string()),
    }
}
