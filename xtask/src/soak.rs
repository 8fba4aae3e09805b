//! A storm of clients over a server, and the random tests of the store with other seeds each time, for as long as wanted.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::Result;
use crate::step::{Step, cargo};

/// The tests that take a seed: damage, power cuts, failing operations, journals.
const TESTS: [&str; 5] = [
    "store::tests::damage_cases",
    "store::tests::power_loss",
    "store::tests::full_disk",
    "store::tests::io_errors",
    "store::tests::journal_files",
];

/// Damaged stores in each of the two tests of damage, in one round.
const DAMAGE_CASES: &str = "100000";
/// Damaged copies of a store to repair.
const REPAIR_CASES: &str = "2000";

const DEFAULT_MINUTES: u64 = 10;

/// Runs the storm for this time, then rounds until the time is over once more, or a test fails. The seed of each round is printed: with `SEED`, a round of
/// `cargo test --release -p imagestream --lib` repeats it.
pub(crate) fn run(arguments: &[String]) -> Result {
    let minutes = match arguments {
        [] => DEFAULT_MINUTES,
        [flag, minutes] if flag == "--minutes" => minutes.parse().map_err(|_| "--minutes takes a whole number")?,
        _ => return Err("usage: cargo xtask soak [--minutes N]".into()),
    };
    let mut storm = cargo("test");
    storm.args(["--release", "-p", "imagestream-cli", "--test", "serve", "--", "--nocapture", "storm::"]);
    storm.env("STORM_SECONDS", (60 * minutes).to_string());
    Step::new("a storm of clients").run(&mut storm)?;
    let mut repair = cargo("test");
    repair.args(["--release", "-p", "imagestream-tests", "--test", "repair", "--", "--nocapture"]);
    repair.env("REPAIR_CASES", REPAIR_CASES);
    Step::new("repairs").run(&mut repair)?;
    let end = Instant::now() + Duration::from_secs(60 * minutes);
    Step::new("tests in release mode").run(cargo("test").args([
        "--release",
        "-p",
        "imagestream",
        "--lib",
        "--no-run",
    ]))?;
    let mut seed = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let mut rounds = 0;
    while rounds == 0 || Instant::now() < end {
        seed += 2;
        rounds += 1;
        let mut round = cargo("test");
        round.args(["--release", "-p", "imagestream", "--lib", "--", "--nocapture"]).args(TESTS);
        round.env("SEED", seed.to_string()).env("DAMAGE_CASES", DAMAGE_CASES);
        Step::new(&format!("round {rounds}, SEED={seed}")).run(&mut round)?;
    }
    println!("{rounds} rounds, no failure");
    Ok(())
}
