//! Replays requests, and compares the responses with those recorded from the real API server.
//!
//! `data/conformance/scenarios` has the requests, `data/conformance/expected` the responses; both are described in
//! `data/conformance/README.md`. A step where this project intentionally differs is listed with its reason in
//! `conformance/divergences.json`, `{"scenario": {"step id": "reason"}}`. It is sent, since later steps may depend on
//! it, but not compared; an entry whose step matches after all is also a failure.

mod answer;
mod client;
mod difference;
mod identities;
mod normalise;
mod recording;
mod variables;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use imagestream::api::Time;
use serde_json::Value;

pub use client::Face;
use client::{Client, START};
use identities::Identities;
use normalise::Normaliser;
pub use recording::{Divergences, Scenario, divergences, scenario_names};
use recording::{Expected, load_expected};

type Result<T, E = Box<dyn Error + Send + Sync>> = std::result::Result<T, E>;

/// Replays one scenario on a new store and compares every response with the recorded one.
///
/// # Errors
///
/// Every step that differs, with its first difference, as text; or the error that prevented the replay.
pub fn replay(name: &str, divergences: &Divergences, face: Face) -> Result<()> {
    let scenario = Scenario::load(name)?;
    let expected = load_expected(name)?;
    let mut client = Client::new(&scenario, face)?;
    let mut answers = Vec::new();
    for step in scenario.steps.iter().filter(|step| step.is_sent()) {
        answers.push((step.id.as_str(), client.send(step)));
    }
    let replay = Replay { scenario: &scenario, expected: &expected, answers, last_time: client.last_time() };

    let none = BTreeMap::new();
    let diverging = divergences.get(name).unwrap_or(&none);
    let compared: BTreeSet<&str> = replay.comparable().filter(|id| !diverging.contains_key(*id)).collect();
    let mut failures = replay.failures(&compared);
    if failures.is_empty() {
        for id in diverging.keys() {
            let mut with_it = compared.clone();
            with_it.insert(id);
            if !replay.comparable().any(|comparable| comparable == id) {
                failures.push(format!("{name}/{id}: listed as a divergence, but there is no such step to compare"));
            } else if replay.failures(&with_it).is_empty() {
                failures.push(format!("{name}/{id}: listed as a divergence, but it matches: remove the entry"));
            }
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n").into()) }
}

/// One run of a scenario, and its recording.
struct Replay<'a> {
    scenario: &'a Scenario,
    expected: &'a [Expected],
    answers: Vec<(&'a str, Value)>,
    last_time: Time,
}

impl<'a> Replay<'a> {
    /// The steps that the recording says are comparable.
    fn comparable(&self) -> impl Iterator<Item = &'a str> {
        self.scenario
            .steps
            .iter()
            .filter(|step| step.is_sent() && step.skip.is_none())
            .filter(|step| self.expected.iter().any(|expected| expected.id == step.id && expected.is_comparable()))
            .map(|step| step.id.as_str())
    }

    /// The differences in the steps of `compared`.
    fn failures(&self, compared: &BTreeSet<&str>) -> Vec<String> {
        let mut normaliser = Normaliser::new(Time::from_unix(START), self.last_time, &self.scenario.text);
        let mut actual_ids = Identities::default();
        let mut recorded_ids = Identities::default();
        let mut pairs = Vec::new();
        for (id, answer) in &self.answers {
            let Some(step) = self.scenario.steps.iter().find(|step| step.id == *id) else { continue };
            let Some(expected) = self.expected.iter().find(|expected| expected.id == *id) else { continue };
            // Every response is normalised, since it may contain a generated name to remember.
            let actual = normaliser.normalise(step, answer);
            if compared.contains(id) {
                actual_ids.add(identities::of_answer(answer, &normaliser));
                recorded_ids.add(expected.ids.clone());
                pairs.push((step, expected, actual));
            }
        }
        let ids = actual_ids.ranked().into_iter().zip(recorded_ids.ranked());
        let mut failures = Vec::new();
        for ((step, expected, mut actual), (actual_ids, recorded_ids)) in pairs.into_iter().zip(ids) {
            let mut recorded = expected.answer.clone();
            answer::sort_unordered(&mut recorded, step.unordered.as_deref());
            answer::sort_unordered(&mut actual, step.unordered.as_deref());
            answer::insert(&mut recorded, "ids", recorded_ids);
            answer::insert(&mut actual, "ids", actual_ids);
            if recorded.get("text").is_none() {
                answer::remove(&mut actual, "text");
            }
            if let Some(difference) = difference::of_answers(&recorded, &actual) {
                failures.push(format!(
                    "{}/{}: {} {}\n    {difference}",
                    self.scenario.name, step.id, step.method, step.path
                ));
            }
        }
        failures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replay_with(step: &str) -> String {
        let reasons = BTreeMap::from([(step.to_owned(), "a test".to_owned())]);
        let divergences = Divergences::from([("mapping-create-new-image-new-tag".to_owned(), reasons)]);
        replay("mapping-create-new-image-new-tag", &divergences, Face::Library).unwrap_err().to_string()
    }

    #[test]
    fn a_divergence_that_matches_is_reported_as_stale() {
        assert!(
            replay_with("create")
                .contains("mapping-create-new-image-new-tag/create: listed as a divergence, but it matches")
        );
    }

    #[test]
    fn a_divergence_without_a_step_is_an_error() {
        assert!(replay_with("no-such-step").contains("there is no such step"));
    }
}
