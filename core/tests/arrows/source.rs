//! What a source file contains: its items, its imports and the paths in its code.

use std::collections::BTreeSet;
use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Ident, Item, ItemUse, UseTree, Visibility};

/// One name that a `use` declaration brings into a module.
#[derive(Debug)]
pub(crate) struct Import {
    /// The path as written, for example `super`, `json`, `Node`.
    pub(crate) path: Vec<String>,
    /// The name in the module; empty for `*`.
    pub(crate) name: String,
    /// Whether other modules can access it here.
    pub(crate) reexported: bool,
}

/// The contents of one module, without its tests.
#[derive(Debug, Default)]
pub(crate) struct Source {
    /// The names of its items.
    pub(crate) items: BTreeSet<String>,
    /// Exported macros, which other modules find at the crate root.
    pub(crate) exported_macros: BTreeSet<String>,
    /// Modules with their own files.
    pub(crate) children: Vec<String>,
    /// Inline modules.
    pub(crate) inline: Vec<(String, Source)>,
    pub(crate) imports: Vec<Import>,
    /// Paths of two or more segments in its code.
    pub(crate) paths: BTreeSet<Vec<String>>,
    /// Every identifier in its code outside of `use` declarations at the top.
    pub(crate) words: BTreeSet<String>,
    /// Identifiers in item macros, which may be names of items.
    pub(crate) generated: BTreeSet<String>,
}

impl Source {
    pub(crate) fn read(file: &Path) -> Self {
        let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let parsed: syn::File =
            syn::parse2(without_tests(tokens)).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        Self::of(parsed.items)
    }

    fn of(items: Vec<Item>) -> Self {
        let mut source = Self::default();
        for item in items {
            source.add(item);
        }
        source
    }

    fn add(&mut self, item: Item) {
        let tokens = item.to_token_stream();
        match item {
            Item::Use(declaration) => return self.add_imports(&declaration),
            Item::Mod(module) => {
                let name = module.ident.to_string();
                match module.content {
                    Some((_, items)) => self.inline.push((name, Self::of(items))),
                    None => self.children.push(name),
                }
                return;
            }
            Item::Macro(call) => match call.ident {
                Some(name) => {
                    if call.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export")) {
                        self.exported_macros.insert(name.to_string());
                    }
                    self.items.insert(name.to_string());
                }
                None => words(call.mac.tokens, &mut self.generated),
            },
            item => self.items.extend(name_of(&item).map(Ident::to_string)),
        }
        self.add_code(tokens);
    }

    fn add_imports(&mut self, declaration: &ItemUse) {
        let reexported = !matches!(declaration.vis, Visibility::Inherited);
        add_tree(&declaration.tree, &mut Vec::new(), reexported, &mut self.imports);
    }

    /// Collects the words and paths of code, and the `use` declarations in functions.
    fn add_code(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            at += 1;
            match token {
                TokenTree::Group(group) => self.add_code(group.stream()),
                TokenTree::Literal(literal) => self.add_path_in_text(&literal.to_string()),
                TokenTree::Ident(word) if word == "use" && !follows(&tokens, at - 1, ':') => {
                    let end = tokens.iter().skip(at).position(|token| is(token, ';')).map_or(at, |length| at + length);
                    let declaration = tokens.iter().take(end + 1).skip(at - 1).cloned().collect();
                    if let Ok(declaration) = syn::parse2::<ItemUse>(declaration) {
                        self.add_imports(&declaration);
                        at = end + 1;
                    }
                }
                TokenTree::Ident(word) => {
                    self.words.insert(word.to_string());
                    if follows(&tokens, at - 1, ':') || follows(&tokens, at - 1, '.') {
                        continue;
                    }
                    let mut path = vec![word.to_string()];
                    while let (Some(first), Some(second), Some(TokenTree::Ident(next))) =
                        (tokens.get(at), tokens.get(at + 1), tokens.get(at + 2))
                        && is(first, ':')
                        && is(second, ':')
                    {
                        path.push(next.to_string());
                        self.words.insert(next.to_string());
                        at += 3;
                    }
                    if path.len() > 1 {
                        self.paths.insert(path);
                    }
                }
                TokenTree::Punct(_) => {}
            }
        }
    }

    /// Serde attributes name functions in strings: `with = "super::times"`.
    fn add_path_in_text(&mut self, literal: &str) {
        let text = literal.trim_matches('"');
        let is_name = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if text.contains("::") && text.split("::").all(is_name) {
            self.paths.insert(text.split("::").map(str::to_owned).collect());
        }
    }
}

/// Whether the token before index `at` is this punctuation. A single `:`, as before a type, is followed by a space and
/// does not count: only the second one of `::` does.
fn follows(tokens: &[TokenTree], at: usize, punctuation: char) -> bool {
    let before = |back: usize| at.checked_sub(back).and_then(|at| tokens.get(at));
    match punctuation {
        ':' => before(1).is_some_and(|token| is(token, ':')) && before(2).is_some_and(|token| is(token, ':')),
        other => before(1).is_some_and(|token| is(token, other)) && !before(2).is_some_and(|token| is(token, other)),
    }
}

fn is(token: &TokenTree, punctuation: char) -> bool {
    matches!(token, TokenTree::Punct(found) if found.as_char() == punctuation)
}

fn name_of(item: &Item) -> Option<&Ident> {
    match item {
        Item::Const(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Fn(item) => Some(&item.sig.ident),
        Item::Static(item) => Some(&item.ident),
        Item::Struct(item) => Some(&item.ident),
        Item::Trait(item) => Some(&item.ident),
        Item::Type(item) => Some(&item.ident),
        _ => None,
    }
}

fn add_tree(tree: &UseTree, path: &mut Vec<String>, reexported: bool, imports: &mut Vec<Import>) {
    let import = |path: Vec<String>, name: String| Import { path, name, reexported };
    let with = |last: &Ident| path.iter().cloned().chain([last.to_string()]).collect::<Vec<_>>();
    match tree {
        UseTree::Path(part) => {
            path.push(part.ident.to_string());
            add_tree(&part.tree, path, reexported, imports);
            path.pop();
        }
        UseTree::Name(part) if part.ident == "self" => {
            imports.push(import(path.clone(), path.last().cloned().unwrap_or_default()));
        }
        UseTree::Name(part) => imports.push(import(with(&part.ident), part.ident.to_string())),
        UseTree::Rename(part) if part.ident == "self" => imports.push(import(path.clone(), part.rename.to_string())),
        UseTree::Rename(part) => imports.push(import(with(&part.ident), part.rename.to_string())),
        UseTree::Glob(_) => imports.push(import(path.clone(), String::new())),
        UseTree::Group(group) => {
            for tree in &group.items {
                add_tree(tree, path, reexported, imports);
            }
        }
    }
}

fn words(tokens: TokenStream, found: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => words(group.stream(), found),
            TokenTree::Ident(word) => drop(found.insert(word.to_string())),
            _ => {}
        }
    }
}

/// The code without documentation and test code.
fn without_tests(tokens: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut kept = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match attribute(&tokens, at) {
            Some((text, end)) if text.starts_with("doc ") || text.starts_with("doc=") => at = end,
            Some((text, end)) if text == "cfg (test)" || text == "cfg (doctest)" => at = end_of_item(&tokens, end),
            _ => {
                kept.push(match token {
                    TokenTree::Group(group) => {
                        TokenTree::Group(proc_macro2::Group::new(group.delimiter(), without_tests(group.stream())))
                    }
                    other => other.clone(),
                });
                at += 1;
            }
        }
    }
    kept.into_iter().collect()
}

/// The attribute at index `at`, and the index after it.
fn attribute(tokens: &[TokenTree], at: usize) -> Option<(String, usize)> {
    let hash = tokens.get(at).filter(|token| is(token, '#'));
    let inner = usize::from(tokens.get(at + 1).is_some_and(|token| is(token, '!')));
    match (hash, tokens.get(at + 1 + inner)) {
        (Some(_), Some(TokenTree::Group(group))) if group.delimiter() == Delimiter::Bracket => {
            Some((group.stream().to_string(), at + 2 + inner))
        }
        _ => None,
    }
}

/// The end of the item (or statement, or field) that begins at `at`.
fn end_of_item(tokens: &[TokenTree], mut at: usize) -> usize {
    while let Some((_, end)) = attribute(tokens, at) {
        at = end;
    }
    // The braces of these do not end them.
    let mut keywords = tokens.iter().skip(at).filter_map(|token| match token {
        TokenTree::Ident(word) if word != "pub" => Some(word.to_string()),
        _ => None,
    });
    let (first, second) = (keywords.next().unwrap_or_default(), keywords.next().unwrap_or_default());
    let to_semicolon = first == "use" || first == "static" || (first == "const" && second != "fn");
    while let Some(token) = tokens.get(at) {
        at += 1;
        let braces = matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        if is(token, ';') || (braces && !to_semicolon) {
            break;
        }
    }
    at
}
