//! Cycles in a module graph.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;

use super::modules::{self, Uses};

/// The groups of modules that can all reach each other, the largest first.
pub(crate) fn circles(uses: &Uses) -> Vec<BTreeSet<&str>> {
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        uses.keys().map(|from| (from.as_str(), reachable(uses, from))).collect();
    let mut circles: Vec<BTreeSet<&str>> = Vec::new();
    for (from, to) in &reached {
        if !to.contains(from) || circles.iter().any(|circle| circle.contains(from)) {
            continue;
        }
        circles.push(to.iter().copied().filter(|other| reached[other].contains(from)).collect());
    }
    circles.sort_by_key(|circle| std::cmp::Reverse(circle.len()));
    circles
}

/// All modules that a module uses, directly or indirectly.
fn reachable<'a>(uses: &'a Uses, from: &str) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut open = VecDeque::from([from]);
    while let Some(next) = open.pop_front() {
        for to in uses.get(next).into_iter().flatten().map(|(to, _)| to.as_str()) {
            if found.insert(to) {
                open.push_back(to);
            }
        }
    }
    found
}

/// A cycle, with the names that create it.
pub(crate) fn describe(uses: &Uses, circle: &BTreeSet<&str>) -> String {
    let mut text = format!("{} modules use each other:\n", circle.len());
    for (from, to, names) in modules::each(uses) {
        if circle.contains(from) && circle.contains(to) {
            let _ = writeln!(text, "  {from} -> {to}: {}", names.join(", "));
        }
    }
    text
}
