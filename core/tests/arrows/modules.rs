//! The modules of a crate, and which file uses which.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::source::{Import, Source};

/// The number of a module in [`Modules`].
type Id = usize;

/// Each file with the files it uses and the names that it uses of them. A file is named by its module: `store::tx`.
pub(crate) type Uses = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// The name of the root, `lib.rs`.
pub(crate) const ROOT: &str = "crate";

/// The module right below the root that a module is or lies in.
pub(crate) fn top(module: &str) -> &str {
    module.split("::").next().unwrap_or(module)
}

/// Every use: which file, of which file, and the names.
pub(crate) fn each(uses: &Uses) -> impl Iterator<Item = (&str, &str, Vec<&str>)> {
    uses.iter().flat_map(|(from, used)| {
        used.iter().map(move |(to, names)| (from.as_str(), to.as_str(), names.iter().map(String::as_str).collect()))
    })
}

#[derive(Debug)]
struct Module {
    /// The module whose file it is written in: itself, but for modules within a file.
    file: Id,
    name: String,
    parent: Option<Id>,
    children: BTreeMap<String, Id>,
    source: Source,
}

/// All modules of a crate.
#[derive(Debug, Default)]
pub(crate) struct Modules(Vec<Module>);

/// Where a path leads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Module(Id),
    /// An item of this module.
    Item(Id, String),
    /// Another crate, a prelude, or a name of the scope of a function.
    Outside,
}

impl Modules {
    /// Reads the crate with the root `lib.rs` in `folder`.
    pub(crate) fn read(folder: &Path) -> Self {
        let mut modules = Self::default();
        modules.add(ROOT, None, None, Source::read(&folder.join("lib.rs")), folder);
        modules
    }

    /// Adds a module and those below it. `file` is the module whose file it is written in, if it has none of its own; the files
    /// of its children are in `folder`.
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

    /// Which file uses which.
    ///
    /// What is imported through a module that re-exports it counts as used from the file that defines it. Re-exporting what a
    /// module below defines is no use of it, unless the code of the same file uses it, too.
    ///
    /// # Panics
    ///
    /// If an import leads nowhere, since then this program does not understand the code, or takes all that a module has,
    /// since then nobody can see what is used.
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

    /// What an import brings.
    fn imported(&self, id: Id, import: &Import) -> BTreeSet<Target> {
        if !self.begins_inside(id, &import.path) {
            return BTreeSet::new();
        }
        let targets = self.resolve(id, &import.path, &mut Vec::new());
        let written = import.path.join("::");
        assert!(!targets.is_empty(), "{}: `use {written}` leads nowhere", self.0[id].name);
        let hidden = import.name.is_empty() && targets.iter().any(|target| matches!(target, Target::Module(_)));
        assert!(!hidden, "{}: name what `use {written}::*` takes", self.0[id].name);
        targets
    }

    /// Whether the path's first segment is of this crate.
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

    /// Where a path leads that begins in a module. An item ends it: what follows is a variant or a member.
    fn within(&self, id: Id, path: &[String], seen: &mut Vec<(Id, String)>) -> BTreeSet<Target> {
        let Some((first, rest)) = path.split_first() else { return BTreeSet::from([Target::Module(id)]) };
        let mut found = BTreeSet::new();
        for target in self.named(id, first, seen) {
            match target {
                Target::Module(module) => found.extend(self.within(module, rest, seen)),
                // A path that goes on through an item ends there.
                other => drop(found.insert(other)),
            }
        }
        found
    }

    /// Everything that has this name in a module.
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
