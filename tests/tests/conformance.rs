//! The responses are those of the real API server: every recorded request, replayed through `request::handle`.
//!
//! The npm package must give the same responses: if `IMAGESTREAM_PACKAGE` is set to the folder of the package, the
//! replay uses it, in Node.
//!
//! There is one test per scenario: `cargo test -p imagestream-tests --test conformance -- mapping-` runs those of
//! mappings.

use std::process::ExitCode;

use imagestream_tests::conformance::{Face, divergences, replay, scenario_names};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let (names, divergences) = match (scenario_names(), divergences()) {
        (Ok(names), Ok(divergences)) => (names, divergences),
        (Err(error), _) | (_, Err(error)) => panic!("{error}"),
    };
    let unknown: Vec<_> = divergences.keys().filter(|name| !names.contains(name)).cloned().collect();
    let listed = Trial::test("divergences name scenarios that exist", move || {
        if unknown.is_empty() { Ok(()) } else { Err(Failed::from(format!("no such scenario: {unknown:?}"))) }
    });
    let face = if std::env::var_os("IMAGESTREAM_PACKAGE").is_some() { Face::Node } else { Face::Library };
    let scenarios = names.into_iter().map(|name| {
        let divergences = divergences.clone();
        Trial::test(name.clone(), move || replay(&name, &divergences, face).map_err(Failed::from))
    });
    libtest_mimic::run(&arguments, scenarios.chain([listed]).collect()).exit_code()
}
