//! Proves that the modules of the crate use each other only as stated in ARCHITECTURE.md, and never in a cycle.
//!
//! It reads the `use` declarations and the paths in the code, except for tests. `cargo test -p imagestream --test
//! arrows` lists the imports that are wrong.
#![allow(clippy::indexing_slicing, reason = "a test")]

mod circles;
mod documented;
mod modules;
mod source;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use modules::{Modules, ROOT, Uses};

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The uses between top-level modules, with the names that create them. The root only re-exports, so its uses are left
/// out.
fn between_top_modules(uses: &Uses) -> BTreeMap<(&str, &str), String> {
    let mut arrows: BTreeMap<(&str, &str), String> = BTreeMap::new();
    for (from, to, names) in modules::each(uses) {
        let (from_top, to_top) = (modules::top(from), modules::top(to));
        if from != ROOT && from_top != to_top {
            let _ =
                writeln!(arrows.entry((from_top, to_top)).or_default(), "    {from} uses {} of {to}", names.join(", "));
        }
    }
    arrows
}

#[test]
fn arrows_are_those_of_the_architecture() {
    let documented = documented::arrows();
    let uses = Modules::read(&source()).uses();
    let mut wrong = String::new();
    for module in uses.keys().map(|module| modules::top(module)).filter(|module| *module != ROOT) {
        assert!(documented.contains_key(module), "ARCHITECTURE.md does not say what the module `{module}` may use");
    }
    for ((from, to), imports) in between_top_modules(&uses) {
        if !documented[from].contains(to) {
            let _ = write!(wrong, "  {from} -> {to}\n{imports}");
        }
    }
    assert!(wrong.is_empty(), "arrows that ARCHITECTURE.md does not have:\n{wrong}");
}

#[test]
fn no_modules_use_each_other_in_a_cycle() {
    let uses = Modules::read(&source()).uses();
    let circles = circles::circles(&uses);
    let described: String = circles.iter().map(|circle| circles::describe(&uses, circle)).collect();
    assert!(described.is_empty(), "{described}");
}

/// The modules written below, in a temporary folder.
fn uses_of(files: &[(&str, &str)]) -> Uses {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        let file = folder.path().join(name);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder is made");
        std::fs::write(file, text).expect("a file is written");
    }
    Modules::read(folder.path()).uses()
}

#[test]
fn an_import_through_a_reexport_counts_as_a_use_of_the_definition() {
    let uses = uses_of(&[
        ("lib.rs", "mod a; mod b; pub use b::Thing;"),
        ("a.rs", "use crate::Thing as Other;"),
        ("b/mod.rs", "mod thing; pub use self::thing::Thing;"),
        ("b/thing.rs", "pub struct Thing; macro_rules! inner { () => { $crate::a::f() } }"),
    ]);
    assert_eq!(uses["a"].keys().collect::<Vec<_>>(), ["b::thing"]);
    assert!(uses["b"].is_empty() && uses[ROOT].is_empty(), "a re-export is not a use: {uses:?}");
    assert!(uses["b::thing"].is_empty());
}

#[test]
fn a_cycle_is_found_however_its_imports_are_written() {
    for (first, second) in [
        ("use crate::b::B; pub struct A;", "use super::a::A; pub struct B;"),
        ("use crate::{b::{self as other}}; pub struct A; fn f() -> other::B {}", "pub struct B(crate::a::A);"),
        ("use super::b; pub struct A; fn f(b: b::B) {}", "pub struct B; fn f() { use crate::a::A; }"),
        ("pub use crate::b::B; pub struct A;", "pub struct B; mod inner { use super::super::a::A; }"),
        (
            "#[macro_export] macro_rules! made { () => {} } use crate::b::B;",
            "pub enum B { C } fn f() { crate::made!() }",
        ),
        (
            "pub fn a() {} fn f() { crate::b::B::C; }",
            "pub enum B { C } struct S { #[serde(with = \"crate::a::a\")] s: B }",
        ),
    ] {
        let uses = uses_of(&[("lib.rs", "mod a; mod b;"), ("a.rs", first), ("b.rs", second)]);
        assert_eq!(circles::circles(&uses).len(), 1, "{first}\n{second}\n{uses:?}");
    }
}

#[test]
fn code_after_tests_is_read() {
    let tests = [
        "mod tests { }",
        "mod tests;",
        "use std::{fmt};",
        "const fn f() {}",
        "pub(crate) const C: [u8; 1] = { [1] };",
        "#[test] fn f() { }",
        "impl A { }",
    ];
    for test in tests {
        let first = format!("pub struct A; #[cfg(test)] {test} use crate::b::B;");
        let uses = uses_of(&[("lib.rs", "mod a; mod b;"), ("a.rs", &first), ("b.rs", "pub struct B;")]);
        assert_eq!(uses["a"].keys().collect::<Vec<_>>(), ["b"], "{first}");
    }
}

#[test]
fn uses_in_tests_and_documentation_are_ignored() {
    let uses = uses_of(&[
        ("lib.rs", "mod a; mod b; #[cfg(test)] mod missing;"),
        (
            "a.rs",
            "pub struct A; impl A { #[cfg(test)] fn f(b: crate::b::B) {} #[cfg(test)] pub(crate) const C: crate::b::B = {1}; }",
        ),
        (
            "b.rs",
            "//! [`crate::a::A`]\n pub struct B; #[cfg(test)] use crate::a::{A}; #[cfg(test)] mod tests { use crate::a::A; }",
        ),
    ]);
    assert!(uses.values().all(BTreeMap::is_empty), "{uses:?}");
}
