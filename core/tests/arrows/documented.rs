//! The arrows in ARCHITECTURE.md.

use std::collections::{BTreeMap, BTreeSet};

const ARCHITECTURE: &str = include_str!("../../../ARCHITECTURE.md");

/// Each module with the modules that it may use: the lines of the code block with the language `arrows`.
///
/// # Panics
///
/// If a line names a module without a line above it, because then not all arrows point in one direction.
pub(crate) fn arrows() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let (_, block) = ARCHITECTURE.split_once("```arrows\n").expect("ARCHITECTURE.md has a block of arrows");
    let (block, _) = block.split_once("```").expect("the block ends");
    let mut arrows: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for line in block.lines() {
        let (module, used) = line.split_once("->").unwrap_or_else(|| panic!("no arrow in `{line}`"));
        let used: BTreeSet<&str> = used.split(',').map(str::trim).filter(|module| !module.is_empty()).collect();
        for module in &used {
            assert!(arrows.contains_key(module), "`{line}` names `{module}`, which has no line above it");
        }
        arrows.insert(module.trim(), used);
    }
    arrows
}
