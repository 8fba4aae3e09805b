//! Tokens to the nodes of a document.

use std::collections::BTreeMap;

use super::error::YamlError;
use super::scan::Scanner;
use super::token::TokenKind;
use super::tree::{Content, NodeId, Tree};

/// How deep collections may be nested, also after aliases are replaced: they are read by recursion.
pub(super) const MAX_DEPTH: usize = 128;

/// Reads the documents of a text.
#[derive(Debug)]
pub(super) struct Parser<'t> {
    scanner: Scanner<'t>,
    is_first: bool,
    tree: Tree,
    anchors: BTreeMap<String, NodeId>,
    /// What the handles of tags stand for, beside `!` and `!!`.
    handles: BTreeMap<String, String>,
    depth: usize,
}

/// The anchor and the tag before a node.
#[derive(Default)]
struct Properties {
    anchor: Option<String>,
    tag: Option<String>,
    /// The line of the first of the two.
    line: Option<usize>,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            scanner: Scanner::new(text),
            is_first: true,
            tree: Tree::default(),
            anchors: BTreeMap::new(),
            handles: BTreeMap::new(),
            depth: 0,
        }
    }

    /// The nodes of the next document, and its root; nothing at the end of the text.
    pub(super) fn document(&mut self) -> Result<Option<(Tree, NodeId)>, YamlError> {
        self.anchors.clear();
        self.handles.clear();
        if !std::mem::replace(&mut self.is_first, false) {
            while self.next_is(&TokenKind::DocumentEnd)? {
                self.scanner.take()?;
            }
            if self.next_is(&TokenKind::End)? {
                return Ok(None);
            }
            self.directives()?;
            self.expect_document_start()?;
        } else if self.next_is(&TokenKind::End)? {
            return Ok(None);
        } else if self.directives()? || self.next_is(&TokenKind::DocumentStart)? {
            self.expect_document_start()?;
        } else {
            let root = self.node(true, false)?;
            return self.end_document(root).map(Some);
        }
        let token = self.scanner.peek()?;
        let line = token.start.line;
        let is_empty = matches!(
            token.kind,
            TokenKind::Version { .. }
                | TokenKind::TagDirective { .. }
                | TokenKind::DocumentStart
                | TokenKind::DocumentEnd
                | TokenKind::End
        );
        let root = if is_empty { self.empty(line) } else { self.node(true, false)? };
        self.end_document(root).map(Some)
    }

    fn expect_document_start(&mut self) -> Result<(), YamlError> {
        if !self.next_is(&TokenKind::DocumentStart)? {
            return Err(self.error("did not find expected <document start>"));
        }
        self.scanner.take().map(drop)
    }

    /// Whatever follows the root is left to the next document, if it can be a token at all.
    fn end_document(&mut self, root: NodeId) -> Result<(Tree, NodeId), YamlError> {
        self.scanner.peek()?;
        Ok((std::mem::take(&mut self.tree), root))
    }

    /// Reads the directives before a document; returns whether there are any.
    fn directives(&mut self) -> Result<bool, YamlError> {
        let (mut found, mut has_version) = (false, false);
        loop {
            let token = self.scanner.peek()?;
            match &token.kind {
                TokenKind::Version { .. } if has_version => return Err(self.error("found duplicate %YAML directive")),
                TokenKind::Version { major: 1, minor: 1 } => has_version = true,
                TokenKind::Version { .. } => return Err(self.error("found incompatible YAML document")),
                TokenKind::TagDirective { handle, prefix } => {
                    if self.handles.insert(handle.clone(), prefix.clone()).is_some() {
                        return Err(self.error("found duplicate %TAG directive"));
                    }
                }
                _ => return Ok(found),
            }
            self.scanner.take()?;
            found = true;
        }
    }

    /// An error at the next token.
    fn error(&mut self, problem: &str) -> YamlError {
        match self.scanner.peek() {
            Ok(token) => YamlError::parser(problem, token.start.line),
            Err(error) => error,
        }
    }

    fn next_is(&mut self, kind: &TokenKind) -> Result<bool, YamlError> {
        Ok(self.scanner.peek()?.kind == *kind)
    }

    /// Whether the next token is one of some, which end a node that is empty.
    fn next_is_one_of(&mut self, kinds: &[TokenKind]) -> Result<bool, YamlError> {
        let token = self.scanner.peek()?;
        Ok(kinds.contains(&token.kind))
    }

    /// Reads a token if it is of that kind; returns whether it is, and the line in which it ends.
    fn take_if(&mut self, kind: &TokenKind) -> Result<Option<usize>, YamlError> {
        let token = self.scanner.peek()?;
        if token.kind != *kind {
            return Ok(None);
        }
        let line = token.end_line;
        self.scanner.take()?;
        Ok(Some(line))
    }

    fn empty(&mut self, line: usize) -> NodeId {
        self.tree.add(Content::Scalar { text: String::new(), tag: None, is_plain: true }, line)
    }

    /// Reads a node, in block style if `block`. A sequence need not be indented if `indentless`.
    fn node(&mut self, block: bool, indentless: bool) -> Result<NodeId, YamlError> {
        let line = self.scanner.peek()?.start.line;
        if matches!(self.scanner.peek()?.kind, TokenKind::Alias(_)) {
            let TokenKind::Alias(name) = self.scanner.take()? else { return Ok(self.empty(line)) };
            let Some(of) = self.anchors.get(&name).copied() else {
                return Err(YamlError::value(&format!("unknown anchor '{name}' referenced")));
            };
            return Ok(self.tree.add(Content::Alias { name, of }, line));
        }
        let Properties { anchor, tag, line: first_line } = self.properties()?;
        let line = first_line.unwrap_or(line);
        let has_properties = first_line.is_some();
        let id = self.empty(line);
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor, id);
        }
        let content = match &self.scanner.peek()?.kind {
            TokenKind::BlockEntry if indentless => self.nested(Self::indentless_sequence)?,
            TokenKind::Scalar { .. } => match self.scanner.take()? {
                TokenKind::Scalar { text, is_plain } => Content::Scalar { text, tag, is_plain },
                _ => return Ok(id),
            },
            TokenKind::FlowSequenceStart => self.nested(Self::flow_sequence)?,
            TokenKind::FlowMappingStart => self.nested(Self::flow_mapping)?,
            TokenKind::BlockSequenceStart if block => self.nested(Self::block_sequence)?,
            TokenKind::BlockMappingStart if block => self.nested(Self::block_mapping)?,
            _ if has_properties => Content::Scalar { text: String::new(), tag, is_plain: true },
            _ => return Err(self.error("did not find expected node content")),
        };
        self.tree.set(id, content);
        Ok(id)
    }

    /// Reads an anchor and a tag, in either order, as far as they are there.
    fn properties(&mut self) -> Result<Properties, YamlError> {
        let mut properties = Properties::default();
        loop {
            let token = self.scanner.peek()?;
            let line = token.start.line;
            match token.kind {
                TokenKind::Anchor(_) if properties.anchor.is_none() => {
                    if let TokenKind::Anchor(name) = self.scanner.take()? {
                        properties.anchor = Some(name);
                    }
                }
                TokenKind::Tag { .. } if properties.tag.is_none() => {
                    if let TokenKind::Tag { handle, suffix } = self.scanner.take()? {
                        properties.tag = Some(self.resolve_tag(&handle, suffix, line)?);
                    }
                }
                _ => return Ok(properties),
            }
            properties.line.get_or_insert(line);
        }
    }

    /// The tag that a handle and a suffix stand for.
    fn resolve_tag(&self, handle: &str, suffix: String, line: usize) -> Result<String, YamlError> {
        let prefix = match (self.handles.get(handle), handle) {
            (Some(prefix), _) => prefix.as_str(),
            (None, "") => return Ok(suffix),
            (None, "!") => "!",
            (None, "!!") => "tag:yaml.org,2002:",
            (None, _) => return Err(YamlError::parser("found undefined tag handle", line)),
        };
        Ok(prefix.to_owned() + &suffix)
    }

    /// Reads a collection, if it is not nested too deep.
    fn nested(&mut self, read: fn(&mut Self) -> Result<Content, YamlError>) -> Result<Content, YamlError> {
        if self.depth >= MAX_DEPTH {
            return Err(too_deep());
        }
        self.depth += 1;
        let content = read(self)?;
        self.depth -= 1;
        Ok(content)
    }

    fn block_sequence(&mut self) -> Result<Content, YamlError> {
        self.scanner.take()?;
        let mut items = Vec::new();
        while let Some(line) = self.take_if(&TokenKind::BlockEntry)? {
            let is_empty = self.next_is_one_of(&[TokenKind::BlockEntry, TokenKind::BlockEnd])?;
            items.push(if is_empty { self.empty(line) } else { self.node(true, false)? });
        }
        if self.take_if(&TokenKind::BlockEnd)?.is_none() {
            return Err(self.error("did not find expected '-' indicator"));
        }
        Ok(Content::Sequence(items))
    }

    /// Reads a sequence that is indented like the mapping around it.
    fn indentless_sequence(&mut self) -> Result<Content, YamlError> {
        const ENDS: [TokenKind; 4] = [TokenKind::BlockEntry, TokenKind::Key, TokenKind::Value, TokenKind::BlockEnd];
        let mut items = Vec::new();
        while let Some(line) = self.take_if(&TokenKind::BlockEntry)? {
            let is_empty = self.next_is_one_of(&ENDS)?;
            items.push(if is_empty { self.empty(line) } else { self.node(true, false)? });
        }
        Ok(Content::Sequence(items))
    }

    fn block_mapping(&mut self) -> Result<Content, YamlError> {
        const ENDS: [TokenKind; 3] = [TokenKind::Key, TokenKind::Value, TokenKind::BlockEnd];
        self.scanner.take()?;
        let mut members = Vec::new();
        while let Some(line) = self.take_if(&TokenKind::Key)? {
            let key = if self.next_is_one_of(&ENDS)? { self.empty(line) } else { self.node(true, true)? };
            let value = match self.take_if(&TokenKind::Value)? {
                Some(_) if !self.next_is_one_of(&ENDS)? => self.node(true, true)?,
                Some(line) => self.empty(line),
                None => self.empty_here()?,
            };
            members.push((key, value));
        }
        if self.take_if(&TokenKind::BlockEnd)?.is_none() {
            return Err(self.error("did not find expected key"));
        }
        Ok(Content::Mapping(members))
    }

    /// An empty node where the next token begins.
    fn empty_here(&mut self) -> Result<NodeId, YamlError> {
        let line = self.scanner.peek()?.start.line;
        Ok(self.empty(line))
    }

    /// Reads what separates the entries of a flow collection; returns whether there is another entry.
    fn next_entry(&mut self, is_first: bool, end: &TokenKind, problem: &str) -> Result<bool, YamlError> {
        if !is_first && !self.next_is(end)? && self.take_if(&TokenKind::FlowEntry)?.is_none() {
            return Err(self.error(problem));
        }
        Ok(self.take_if(end)?.is_none())
    }

    fn flow_sequence(&mut self) -> Result<Content, YamlError> {
        self.scanner.take()?;
        let mut items = Vec::new();
        while self.next_entry(items.is_empty(), &TokenKind::FlowSequenceEnd, "did not find expected ',' or ']'")? {
            let line = self.scanner.peek()?.start.line;
            items.push(match self.take_if(&TokenKind::Key)? {
                Some(_) => {
                    let pair = self.nested(Self::flow_pair)?;
                    self.tree.add(pair, line)
                }
                None => self.node(false, false)?,
            });
        }
        Ok(Content::Sequence(items))
    }

    /// Reads a mapping of one key that is written as an element of a sequence.
    fn flow_pair(&mut self) -> Result<Content, YamlError> {
        const ENDS: [TokenKind; 2] = [TokenKind::FlowEntry, TokenKind::FlowSequenceEnd];
        let is_empty = self.next_is(&TokenKind::Value)? || self.next_is_one_of(&ENDS)?;
        let key = if is_empty {
            // libyaml skips the token after an empty key.
            let line = self.scanner.peek()?.end_line;
            self.scanner.take()?;
            self.empty(line)
        } else {
            self.node(false, false)?
        };
        let has_value = self.take_if(&TokenKind::Value)?.is_some() && !self.next_is_one_of(&ENDS)?;
        let value = if has_value { self.node(false, false)? } else { self.empty_here()? };
        Ok(Content::Mapping(vec![(key, value)]))
    }

    fn flow_mapping(&mut self) -> Result<Content, YamlError> {
        const ENDS: [TokenKind; 2] = [TokenKind::FlowEntry, TokenKind::FlowMappingEnd];
        self.scanner.take()?;
        let mut members = Vec::new();
        while self.next_entry(members.is_empty(), &TokenKind::FlowMappingEnd, "did not find expected ',' or '}'")? {
            let has_key = self.take_if(&TokenKind::Key)?.is_some();
            let is_empty = has_key && (self.next_is(&TokenKind::Value)? || self.next_is_one_of(&ENDS)?);
            let key = if is_empty { self.empty_here()? } else { self.node(false, false)? };
            let has_value = has_key && self.take_if(&TokenKind::Value)?.is_some() && !self.next_is_one_of(&ENDS)?;
            let value = if has_value { self.node(false, false)? } else { self.empty_here()? };
            members.push((key, value));
        }
        Ok(Content::Mapping(members))
    }
}

pub(super) fn too_deep() -> YamlError {
    YamlError::value(&format!("exceeded depth limit of {MAX_DEPTH}"))
}
