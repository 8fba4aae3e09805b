//! The modules of a crate, and which files use each other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::source::{Import, Source};

/// The index of a module in [`Modules`].
type Id = usize;

/// For each file, the files that it uses, with the names. Files are identified by their module: `store::tx`.
pub(crate) type Uses = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// The name of the root, `lib.rs`.
pub(crate) const ROOT: &str = "crate";

/// The top-level module that contains a module.
pub(crate) fn top(module: &str) -> &str {
    module.split("::").next().unwrap_or(module)
}

/// Every use: the using file, the used file, and the names.
pub(crate) fn each(uses: &Uses) -> impl Iterator<Item = (&str, &str, Vec<&str>)> {
    uses.iter().flat_map(|(from, used)| {
        used.iter().map(move |(to, names)| (from.as_str(), to.as_str(), names.iter().map(String::as_str).collect()))
    })
}

#[derive(Debug)]
struct Module {
    /// The module in whose file it is written: itself, except for inline modules.
    file: Id,
    name: String,
    parent: Option<Id>,
    children: BTreeMap<String, Id>,
    source: Source,
}

/// All modules of a crate.
#[derive(Debug, Default)]
pub(crate) struct Modules(Vec<Module>);

/// The target of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Module(Id),
    /// An item of this module.
    Item(Id, String),
    /// Another crate, a prelude, or a local name of a function.
    Outside,
}

impl Modules {
    /// Reads the crate with the root `lib.rs` in `folder`.
    pub(crate) fn read(folder: &Path) -> Self {
        let mut modules = Self::default();
        modules.add(ROOT, None, None, Source::read(&folder.join("lib.rs")), folder);
        modules
    }

    /// Adds a module and its submodules. `file` is the module in whose file an inline module is written; the files of
    /// its children are in `folder`.
    fn add(&mut self, name: &str, parent: Option<Id>, file: Option<Id>, mut source: Source, folder: &Path) -> Id {
        let id = self.0.len();
        let (children, inline) = (std::mem::take(&mut source.children), std::mem::take(&mut source.inline));
        let file = file.unwrap_or(id);
        self.0.push(Module { file, name: name.to_owned(), parent, children: BTreeMap::new(), source });
        let full_name = |child: &str| if parent.is_none() { child.to_owned() } else { format!("{name}::{child}") };
        for child in children {
            let within = folder.join(&child);
            let (flat, nested) = (folder.join(format!("{child}.rs")), within.join("mod.rs"));
            let source = Source::read(if flat.exists() { &flat } else { &nested });
            let child_id = self.add(&full_name(&child), Some(id), None, source, &within);
            self.0[id].children.insert(child, child_id);
        }
        for (child, source) in inline {
            let child_id = self.add(&full_name(&child), Some(id), Some(file), source, &folder.join(&child));
            self.0[id].children.insert(child, child_id);
        }
        id
    }

    /// Which files use each other.
    ///
    /// An import through a re-export counts as a use of the file with the definition. Re-exporting from a submodule is
    /// not a use, unless the code of the same file uses the name too.
    ///
    /// # Panics
    ///
    /// If an import can't be resolved, because then this program does not understand the code; or if it is a glob
    /// import, because then the used names are unknown.
    pub(crate) fn uses(&self) -> Uses {
        let mut uses = Uses::new();
        for (id, module) in self.0.iter().enumerate() {
            let from = &self.0[module.file].name;
            uses.entry(from.clone()).or_default();
            let mut add = |target: Target| {
                if let Target::Item(target, name) = target
                    && self.0[target].file != module.file
                {
                    let to = self.0[self.0[target].file].name.clone();
                    uses.entry(from.clone()).or_default().entry(to).or_default().insert(name);
                }
            };
            for import in &module.source.imports {
                let only_reexported = import.reexported && !module.source.words.contains(&import.name);
                for target in self.imported(id, import) {
                    if !(only_reexported && self.is_below(&target, id)) {
                        add(target);
                    }
                }
            }
            for path in &module.source.paths {
                if self.begins_inside(id, path) {
                    for target in self.resolve(id, path, &mut Vec::new()) {
                        add(target);
                    }
                }
            }
        }
        uses
    }

    fn is_below(&self, target: &Target, module: Id) -> bool {
        let &Target::Item(mut id, _) = target else { return false };
        while id != module {
            let Some(parent) = self.0[id].parent else { return false };
            id = parent;
        }
        true
    }

    /// What an import resolves to.
    fn imported(&self, id: Id, import: &Import) -> BTreeSet<Target> {
        if !self.begins_inside(id, &import.path) {
            return BTreeSet::new();
        }
        let targets = self.resolve(id, &import.path, &mut Vec::new());
        let written = import.path.join("::");
        assert!(!targets.is_empty(), "{}: `use {written}` can't be resolved", self.0[id].name);
        let hidden = import.name.is_empty() && targets.iter().any(|target| matches!(target, Target::Module(_)));
        assert!(!hidden, "{}: list the names that `use {written}::*` imports", self.0[id].name);
        targets
    }

    /// Whether the path's first segment is in this crate.
    fn begins_inside(&self, id: Id, path: &[String]) -> bool {
        let Some(first) = path.first() else { return false };
        let module = &self.0[id];
        matches!(first.as_str(), "crate" | "self" | "super")
            || module.children.contains_key(first)
            || (path.len() > 1
                && module.source.imports.iter().any(|import| import.name == *first && import.path != path))
    }

    fn resolve(&self, from: Id, path: &[String], seen: &mut Vec<(Id, String)>) -> BTreeSet<Target> {
        let Some((first, rest)) = path.split_first() else { return BTreeSet::new() };
        match first.as_str() {
            "crate" => self.within(0, rest, seen),
            "self" => self.within(from, rest, seen),
            "super" => self.0[from].parent.map_or_else(BTreeSet::new, |parent| {
                // `super::super`
                if rest.first().is_some_and(|next| next == "super") {
                    self.resolve(parent, rest, seen)
                } else {
                    self.within(parent, rest, seen)
                }
            }),
            _ => self.within(from, path, seen),
        }
    }

    /// The target of a path relative to a module. It ends at an item: what follows is a variant or a member.
    fn within(&self, id: Id, path: &[String], seen: &mut Vec<(Id, String)>) -> BTreeSet<Target> {
        let Some((first, rest)) = path.split_first() else { return BTreeSet::from([Target::Module(id)]) };
        let mut found = BTreeSet::new();
        for target in self.named(id, first, seen) {
            match target {
                Target::Module(module) => found.extend(self.within(module, rest, seen)),
                // A path through an item ends there.
                other => drop(found.insert(other)),
            }
        }
        found
    }

    /// Everything with this name in a module.
    fn named(&self, id: Id, name: &str, seen: &mut Vec<(Id, String)>) -> BTreeSet<Target> {
        let key = (id, name.to_owned());
        if seen.contains(&key) {
            return BTreeSet::new();
        }
        seen.push(key);
        let module = &self.0[id];
        let mut found = BTreeSet::new();
        if module.source.items.contains(name) {
            found.insert(Target::Item(id, name.to_owned()));
        }
        found.extend(module.children.get(name).map(|child| Target::Module(*child)));
        if id == 0 {
            let exports = |module: &Module| module.source.exported_macros.contains(name);
            found.extend(self.0.iter().position(exports).map(|id| Target::Item(id, name.to_owned())));
        }
        for import in &module.source.imports {
            if import.name == name {
                if self.begins_inside(id, &import.path) {
                    found.extend(self.resolve(id, &import.path, seen));
                } else {
                    found.insert(Target::Outside);
                }
            }
        }
        if found.is_empty() && module.source.generated.contains(name) {
            found.insert(Target::Item(id, name.to_owned()));
        }
        seen.pop();
        found
    }
}
