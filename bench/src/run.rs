//! One run: its size, the measures that are wanted, and the results so far.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use tempfile::TempDir;

use crate::report::{self, Comparison};

/// The number of images in measures whose names contain no number.
pub(crate) const USUAL: usize = 10_000;

/// A run of the benchmark.
pub(crate) struct Run {
    /// Whether only the measures that take a few minutes are wanted.
    pub(crate) quick: bool,
    only: Option<String>,
    json: Option<PathBuf>,
    folder: TempDir,
    started: Instant,
    comparisons: RefCell<Vec<Comparison>>,
}

/// The contestants, whose rounds are taken in turn: ours, then the peers, then ours again.
pub(crate) struct Turns<'a> {
    contestants: Vec<(String, Round<'a>)>,
}

/// Does one round and returns the result, in the unit of the measure.
type Round<'a> = Box<dyn FnMut() -> f64 + 'a>;

impl Run {
    /// A run with its files in `folder`, which must be on a disk, since syncs are measured.
    pub(crate) fn new(quick: bool, only: Option<String>, json: Option<PathBuf>, folder: &Path) -> Self {
        fs::create_dir_all(folder).unwrap();
        let folder = TempDir::new_in(folder).unwrap();
        Self { quick, only, json, folder, started: Instant::now(), comparisons: RefCell::default() }
    }

    /// The numbers of images with which measures are taken.
    pub(crate) fn sizes(&self) -> &'static [usize] {
        if self.quick { &[USUAL] } else { &[USUAL, 100_000] }
    }

    /// `full` in a full run, `quick` in a quick one.
    pub(crate) fn either<T>(&self, quick: T, full: T) -> T {
        if self.quick { quick } else { full }
    }

    /// Whether a measure is wanted.
    pub(crate) fn wants(&self, measure: &str) -> bool {
        self.only.as_ref().is_none_or(|only| measure.contains(only))
    }

    /// A new empty folder, which is deleted when it is dropped.
    pub(crate) fn folder(&self) -> TempDir {
        TempDir::new_in(self.folder.path()).unwrap()
    }

    /// Prints the present step.
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

    /// Keeps the results of ours, which come first, compared with each peer.
    pub(crate) fn found_all(&self, measure: &str, unit: &str, found: &[(String, Vec<f64>)]) {
        let Some(((_, ours), peers)) = found.split_first() else { return };
        for (peer, theirs) in peers {
            self.found(measure, peer, unit, ours, theirs);
        }
    }

    /// Keeps a result, and writes it at once, so that it is not lost when the run is stopped.
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

    /// All results, as a table.
    pub(crate) fn table(&self) -> String {
        report::table(&self.comparisons.borrow())
    }
}

impl<'a> Turns<'a> {
    /// Ours, the first.
    pub(crate) fn ours(round: impl FnMut() -> f64 + 'a) -> Self {
        Self { contestants: vec![("ours".to_owned(), Box::new(round))] }
    }

    /// Adds a peer.
    #[must_use]
    pub(crate) fn against(mut self, peer: &str, round: impl FnMut() -> f64 + 'a) -> Self {
        self.contestants.push((peer.to_owned(), Box::new(round)));
        self
    }

    /// Takes rounds in turn, and returns the results in the order of the contestants.
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
