//! YAML text to tokens, by the rules of YAML 1.1 and with the error texts of libyaml.
//!
//! A key of one line is seen to be one only at its `:`. So where one may begin is remembered, and tokens are handed out once
//! no token [`Key`](TokenKind::Key) can come before them.

use std::collections::VecDeque;

use super::error::YamlError;
use super::input::{Input, Mark, is_blank, is_blank_or_end, is_break_or_end};
use super::token::{Token, TokenKind};

/// How many characters a key of one line may have.
const MAX_KEY: usize = 1024;

/// Makes tokens of a text.
#[derive(Debug)]
pub(super) struct Scanner<'t> {
    pub(super) input: Input<'t>,
    /// Tokens that are not handed out yet.
    tokens: VecDeque<Token>,
    /// How many tokens were handed out.
    taken: usize,
    /// The column of the innermost collection in block style, and those of the ones around it. -1 is outside of all.
    pub(super) indent: isize,
    indents: Vec<isize>,
    /// Where a key of one line may begin: one place for each open flow collection, and one outside of them.
    keys: Vec<Option<SimpleKey>>,
    /// Whether a key of one line may begin here.
    pub(super) key_allowed: bool,
    ended: bool,
}

/// Where a key of one line may have begun.
#[derive(Debug, Clone, Copy)]
struct SimpleKey {
    /// The number of the first token of the key.
    token: usize,
    /// Whether it must be a key, since nothing else can begin in this column.
    required: bool,
    start: Mark,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            input: Input::new(text),
            tokens: VecDeque::new(),
            taken: 0,
            indent: -1,
            indents: Vec::new(),
            keys: vec![None],
            key_allowed: true,
            ended: false,
        }
    }

    /// Whether a flow collection is open.
    pub(super) fn in_flow(&self) -> bool {
        self.level() > 0
    }

    fn level(&self) -> usize {
        self.keys.len() - 1
    }

    /// The next token.
    pub(super) fn peek(&mut self) -> Result<&Token, YamlError> {
        while self.needs_more()? {
            let fetched = self.fetch();
            self.input.check()?;
            fetched?;
        }
        // There is one: the last is `End`, which is never taken.
        self.tokens.front().ok_or_else(|| YamlError::value("did not find expected <stream-start>"))
    }

    /// Reads the next token.
    pub(super) fn take(&mut self) -> Result<TokenKind, YamlError> {
        self.peek()?;
        if self.ended && self.tokens.len() == 1 {
            return Ok(TokenKind::End);
        }
        self.taken += 1;
        Ok(self.tokens.pop_front().map_or(TokenKind::End, |token| token.kind))
    }

    fn needs_more(&mut self) -> Result<bool, YamlError> {
        let Some(first) = self.tokens.front() else { return Ok(!self.ended) };
        let level = first.level;
        if self.ended || self.keys.get(level).copied().flatten().is_none_or(|key| key.token != self.taken) {
            return Ok(false);
        }
        self.drop_stale_key(level)?;
        Ok(self.keys.get(level).copied().flatten().is_some())
    }

    pub(super) fn error(&self, problem: &str) -> YamlError {
        YamlError::scanner(problem, self.input.mark().line)
    }

    /// Adds a token that begins at `start` and ends here.
    fn push(&mut self, kind: TokenKind, start: Mark) {
        let (end_line, level) = (self.input.mark().line, self.level());
        self.tokens.push_back(Token { kind, start, end_line, level });
    }

    /// Adds a token of some characters.
    fn push_indicator(&mut self, kind: TokenKind, length: usize) {
        let start = self.input.mark();
        self.input.skip(length);
        self.push(kind, start);
    }

    /// Reads one token, or several where collections end.
    fn fetch(&mut self) -> Result<(), YamlError> {
        self.skip_to_next_token();
        self.input.check()?;
        let start = self.input.mark();
        self.unroll_indent(column(start));
        let Some(first) = self.input.peek() else { return self.fetch_end() };
        if start.column == 0 {
            if first == '%' {
                self.end_block()?;
                let directive = self.directive()?;
                self.push(directive, start);
                return Ok(());
            }
            for (text, kind) in [("---", TokenKind::DocumentStart), ("...", TokenKind::DocumentEnd)] {
                if self.input.starts_with(text) && is_blank_or_end(self.input.peek_after(3)) {
                    self.end_block()?;
                    self.push_indicator(kind, 3);
                    return Ok(());
                }
            }
        }
        let second = self.input.peek_after(1);
        let stands_alone = is_blank_or_end(second);
        match first {
            '[' => self.open_flow(TokenKind::FlowSequenceStart),
            '{' => self.open_flow(TokenKind::FlowMappingStart),
            ']' => self.close_flow(TokenKind::FlowSequenceEnd),
            '}' => self.close_flow(TokenKind::FlowMappingEnd),
            ',' => {
                self.remove_key()?;
                self.key_allowed = true;
                self.push_indicator(TokenKind::FlowEntry, 1);
                Ok(())
            }
            '-' if stands_alone => self.fetch_block_entry(),
            '?' if self.in_flow() || stands_alone => self.fetch_key(),
            ':' if self.in_flow() || stands_alone => self.fetch_value(),
            '|' | '>' if !self.in_flow() => {
                self.remove_key()?;
                self.key_allowed = true;
                let text = self.block_scalar(first == '|')?;
                self.push(TokenKind::Scalar { text, is_plain: false }, start);
                Ok(())
            }
            '*' | '&' => self.fetch_node(start, Self::anchor),
            '!' => self.fetch_node(start, Self::tag),
            '\'' | '"' => self.fetch_node(start, Self::quoted_scalar),
            '\t' | '#' | '|' | '>' | '%' | '@' | '`' => Err(self.error("found character that cannot start any token")),
            _ => self.fetch_node(start, Self::plain_scalar),
        }
    }

    /// Reads a token with which a key of one line may begin.
    fn fetch_node(
        &mut self,
        start: Mark,
        read: impl Fn(&mut Self) -> Result<TokenKind, YamlError>,
    ) -> Result<(), YamlError> {
        self.save_key()?;
        self.key_allowed = false;
        let level = self.level();
        let kind = read(self)?;
        let end_line = self.input.mark().line;
        self.tokens.push_back(Token { kind, start, end_line, level });
        Ok(())
    }

    fn fetch_end(&mut self) -> Result<(), YamlError> {
        self.input.end_line();
        self.end_block()?;
        self.push_indicator(TokenKind::End, 0);
        self.ended = true;
        Ok(())
    }

    /// Ends all collections in block style.
    fn end_block(&mut self) -> Result<(), YamlError> {
        self.unroll_indent(-1);
        self.remove_key()?;
        self.key_allowed = false;
        Ok(())
    }

    fn open_flow(&mut self, kind: TokenKind) -> Result<(), YamlError> {
        self.save_key()?;
        self.key_allowed = true;
        self.push_indicator(kind, 1);
        self.keys.push(None);
        Ok(())
    }

    fn close_flow(&mut self, kind: TokenKind) -> Result<(), YamlError> {
        self.remove_key()?;
        if self.in_flow() {
            self.keys.pop();
        }
        self.key_allowed = false;
        self.push_indicator(kind, 1);
        Ok(())
    }

    fn fetch_block_entry(&mut self) -> Result<(), YamlError> {
        if !self.in_flow() {
            if !self.key_allowed {
                return Err(self.error("block sequence entries are not allowed in this context"));
            }
            self.roll_indent(self.input.mark(), None, TokenKind::BlockSequenceStart);
        }
        self.remove_key()?;
        self.key_allowed = true;
        self.push_indicator(TokenKind::BlockEntry, 1);
        Ok(())
    }

    fn fetch_key(&mut self) -> Result<(), YamlError> {
        if !self.in_flow() {
            if !self.key_allowed {
                return Err(self.error("mapping keys are not allowed in this context"));
            }
            self.roll_indent(self.input.mark(), None, TokenKind::BlockMappingStart);
        }
        self.remove_key()?;
        self.key_allowed = !self.in_flow();
        self.push_indicator(TokenKind::Key, 1);
        Ok(())
    }

    fn fetch_value(&mut self) -> Result<(), YamlError> {
        let level = self.level();
        self.drop_stale_key(level)?;
        if let Some(key) = self.keys.last_mut().and_then(Option::take) {
            let at = key.token.saturating_sub(self.taken).min(self.tokens.len());
            let (start, end_line) = (key.start, key.start.line);
            self.tokens.insert(at, Token { kind: TokenKind::Key, start, end_line, level });
            self.roll_indent(start, Some(at), TokenKind::BlockMappingStart);
            self.key_allowed = false;
        } else {
            if !self.in_flow() {
                if !self.key_allowed {
                    return Err(self.error("mapping values are not allowed in this context"));
                }
                self.roll_indent(self.input.mark(), None, TokenKind::BlockMappingStart);
            }
            self.key_allowed = !self.in_flow();
        }
        self.push_indicator(TokenKind::Value, 1);
        Ok(())
    }

    /// Remembers that a key of one line may begin here.
    fn save_key(&mut self) -> Result<(), YamlError> {
        if self.key_allowed {
            let start = self.input.mark();
            let required = !self.in_flow() && self.indent == column(start);
            self.remove_key()?;
            let token = self.taken + self.tokens.len();
            if let Some(place) = self.keys.last_mut() {
                *place = Some(SimpleKey { token, required, start });
            }
        }
        Ok(())
    }

    /// Forgets where a key of one line may have begun, since it was none.
    fn remove_key(&mut self) -> Result<(), YamlError> {
        if self.keys.last_mut().and_then(Option::take).is_some_and(|key| key.required) {
            return Err(self.error("could not find expected ':'"));
        }
        Ok(())
    }

    /// Forgets where a key of one line may have begun if it would be too long by now.
    fn drop_stale_key(&mut self, level: usize) -> Result<(), YamlError> {
        let mark = self.input.mark();
        let is_stale = |key: &mut SimpleKey| key.start.line < mark.line || key.start.index + MAX_KEY < mark.index;
        if self.keys.get_mut(level).and_then(|key| key.take_if(is_stale)).is_some_and(|key| key.required) {
            return Err(self.error("could not find expected ':'"));
        }
        Ok(())
    }

    /// Begins a collection in block style, unless one with that column is open. Its token is inserted at `at`, or added.
    fn roll_indent(&mut self, start: Mark, at: Option<usize>, kind: TokenKind) {
        if self.in_flow() || self.indent >= column(start) {
            return;
        }
        self.indents.push(self.indent);
        self.indent = column(start);
        let token = Token { kind, start, end_line: start.line, level: 0 };
        self.tokens.insert(at.unwrap_or(self.tokens.len()), token);
    }

    /// Ends the collections in block style that are indented more than a column.
    fn unroll_indent(&mut self, column: isize) {
        while !self.in_flow() && self.indent > column {
            self.push_indicator(TokenKind::BlockEnd, 0);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    /// Skips white space, comments and line breaks.
    fn skip_to_next_token(&mut self) {
        loop {
            if self.input.mark().column == 0 && self.input.peek() == Some('\u{feff}') {
                self.input.skip(1);
            }
            let tabs = self.in_flow() || !self.key_allowed;
            self.input.skip_while(|character| character == ' ' || tabs && character == '\t');
            self.skip_comment();
            if self.input.line_break().is_none() {
                return;
            }
            if !self.in_flow() {
                self.key_allowed = true;
            }
        }
    }

    /// Skips blanks and a comment up to the end of a line, where nothing else may be.
    pub(super) fn end_of_line(&mut self) -> Result<(), YamlError> {
        self.input.skip_while(is_blank);
        self.skip_comment();
        if !is_break_or_end(self.input.peek()) {
            return Err(self.error("did not find expected comment or line break"));
        }
        self.input.line_break();
        Ok(())
    }

    fn skip_comment(&mut self) {
        if self.input.peek() == Some('#') {
            self.input.skip_while(|character| !is_break_or_end(Some(character)));
        }
    }
}

pub(super) fn column(mark: Mark) -> isize {
    isize::try_from(mark.column).unwrap_or(isize::MAX)
}
