//! One run: how much is measured, which measures are wanted, and what was found so far.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use tempfile::TempDir;

use crate::report::{self, Comparison};

/// The number of images of the measures that do not name one.
pub(crate) const USUAL: usize = 10_000;

/// A run of the benchmark.
pub(crate) struct Run {
    /// Whether only what takes a few minutes is measured.
    pub(crate) quick: bool,
    only: Option<String>,
    json: Option<PathBuf>,
    folder: TempDir,
    started: Instant,
    comparisons: RefCell<Vec<Comparison>>,
}

/// Those who are measured, in turn: ours, then the peers, then ours again.
pub(crate) struct Turns<'a> {
    contestants: Vec<(String, Round<'a>)>,
}

/// Does one round and says what came of it, in the unit of the measure.
type Round<'a> = Box<dyn FnMut() -> f64 + 'a>;

impl Run {
    /// A run whose files are in `folder`, which must be on a disk for syncs to cost what they cost.
    pub(crate) fn new(quick: bool, only: Option<String>, json: Option<PathBuf>, folder: &Path) -> Self {
        fs::create_dir_all(folder).unwrap();
        let folder = TempDir::new_in(folder).unwrap();
        Self { quick, only, json, folder, started: Instant::now(), comparisons: RefCell::default() }
    }

    /// How many images there are before a measure begins: all the sizes that are measured.
    pub(crate) fn sizes(&self) -> &'static [usize] {
        if self.quick { &[USUAL] } else { &[USUAL, 100_000] }
    }

    /// `full` of a whole run, `quick` of a quick one.
    pub(crate) fn either<T>(&self, quick: T, full: T) -> T {
        if self.quick { quick } else { full }
    }

    /// Whether a measure is asked for.
    pub(crate) fn wants(&self, measure: &str) -> bool {
        self.only.as_ref().is_none_or(|only| measure.contains(only))
    }

    /// A new empty folder, which is gone when it is dropped.
    pub(crate) fn folder(&self) -> TempDir {
        TempDir::new_in(self.folder.path()).unwrap()
    }

    /// Says what happens now.
    pub(crate) fn progress(&self, what: &str) {
        eprintln!("[{:6.1} s] {what}", self.started.elapsed().as_secs_f64());
    }

    /// Takes rounds in turn, if the measure is wanted.
    pub(crate) fn measure(&self, measure: &str, unit: &str, rounds: usize, turns: Turns<'_>) {
        if !self.wants(measure) {
            return;
        }
        self.progress(measure);
        self.found_all(measure, unit, &turns.take(rounds));
    }

    /// Keeps what was found of ours, who comes first, against each peer.
    pub(crate) fn found_all(&self, measure: &str, unit: &str, found: &[(String, Vec<f64>)]) {
        let Some(((_, ours), peers)) = found.split_first() else { return };
        for (peer, theirs) in peers {
            self.found(measure, peer, unit, ours, theirs);
        }
    }

    /// Keeps what was found, and writes it at once: a run that is ended early was not for nothing.
    pub(crate) fn found(&self, measure: &str, peer: &str, unit: &str, ours: &[f64], theirs: &[f64]) {
        if !self.wants(measure) {
            return;
        }
        let mut comparisons = self.comparisons.borrow_mut();
        comparisons.push(Comparison::new(measure, peer, unit, ours, theirs));
        if let Some(json) = &self.json {
            fs::write(json, serde_json::to_vec_pretty(&*comparisons).unwrap()).unwrap();
        }
    }

    /// Everything that was found, as a table.
    pub(crate) fn table(&self) -> String {
        report::table(&self.comparisons.borrow())
    }
}

impl<'a> Turns<'a> {
    /// Ours, who begins.
    pub(crate) fn ours(round: impl FnMut() -> f64 + 'a) -> Self {
        Self { contestants: vec![("ours".to_owned(), Box::new(round))] }
    }

    /// And a peer.
    #[must_use]
    pub(crate) fn against(mut self, peer: &str, round: impl FnMut() -> f64 + 'a) -> Self {
        self.contestants.push((peer.to_owned(), Box::new(round)));
        self
    }

    /// Takes rounds in turn, and gives what came of them, in the order of the contestants.
    pub(crate) fn take(mut self, rounds: usize) -> Vec<(String, Vec<f64>)> {
        let mut found: Vec<(String, Vec<f64>)> =
            self.contestants.iter().map(|(name, _)| (name.clone(), Vec::new())).collect();
        for _ in 0..rounds {
            for ((_, round), (_, values)) in self.contestants.iter_mut().zip(&mut found) {
                values.push(round());
            }
        }
        found
    }
}

/// A measure's name, with the number of images where it is not the usual one.
pub(crate) fn at_size(measure: &str, images: usize) -> String {
    if images == USUAL { measure.to_owned() } else { format!("{measure}, {images} images") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    #[test]
    fn rounds_are_taken_in_turn() {
        let order = RefCell::new(String::new());
        let found = Turns::ours(|| {
            order.borrow_mut().push('o');
            2.0
        })
        .against("peer", || {
            order.borrow_mut().push('p');
            1.0
        })
        .take(2);
        assert_eq!(*order.borrow(), "opop");
        assert_eq!(found, [("ours".to_owned(), vec![2.0, 2.0]), ("peer".to_owned(), vec![1.0, 1.0])]);
    }

    #[test]
    fn names_tell_the_size_where_it_is_not_the_usual_one() {
        assert_eq!(at_size("get tag", USUAL), "get tag");
        assert_eq!(at_size("get tag", 100_000), "get tag, 100000 images");
    }
}
