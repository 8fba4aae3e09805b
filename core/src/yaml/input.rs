//! The characters of a YAML text, with the position among them.

use super::error::YamlError;

/// How many bytes the real server looks at together: a character that is not allowed is reported once one before it in the
/// same part is needed.
const PART: usize = 512;

/// A position in a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Mark {
    /// Characters before it.
    pub(super) index: usize,
    /// Lines before it.
    pub(super) line: usize,
    /// Characters before it in its line.
    pub(super) column: usize,
}

/// A text that is read character by character.
#[derive(Debug)]
pub(super) struct Input<'t> {
    /// The text that is left, up to the part with a character that is not allowed.
    rest: &'t str,
    /// Whether such a part follows.
    is_cut: bool,
    mark: Mark,
}

impl<'t> Input<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let allowed = allowed_parts(text);
        let is_cut = allowed < text.len();
        let text = text.get(..allowed).unwrap_or_default();
        Self { rest: text.strip_prefix('\u{feff}').unwrap_or(text), is_cut, mark: Mark::default() }
    }

    pub(super) fn mark(&self) -> Mark {
        self.mark
    }

    /// Fails if the text goes on with a part that has a character that is not allowed, and that part is needed.
    pub(super) fn check(&self) -> Result<(), YamlError> {
        // The scanner looks at up to four characters.
        if self.is_cut && self.rest.len() < 4 {
            return Err(YamlError::value("control characters are not allowed"));
        }
        Ok(())
    }

    /// The next character; nothing at the end.
    pub(super) fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    /// The character after the next `count` ones.
    pub(super) fn peek_after(&self, count: usize) -> Option<char> {
        self.rest.chars().nth(count)
    }

    pub(super) fn starts_with(&self, text: &str) -> bool {
        self.rest.starts_with(text)
    }

    /// Reads the next character, which is no line break.
    pub(super) fn next(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.rest = self.rest.get(character.len_utf8()..).unwrap_or_default();
        self.mark.index += 1;
        self.mark.column += 1;
        Some(character)
    }

    /// Skips characters that are no line breaks.
    pub(super) fn skip(&mut self, count: usize) {
        for _ in 0..count {
            self.next();
        }
    }

    /// Skips the characters that fit.
    pub(super) fn skip_while(&mut self, fits: impl Fn(char) -> bool) {
        while self.peek().is_some_and(&fits) {
            self.next();
        }
    }

    /// Reads a line break if one is next, as the break that a text has for it.
    pub(super) fn line_break(&mut self) -> Option<char> {
        let first = self.peek().filter(|character| is_break(*character))?;
        let length = if self.rest.starts_with("\r\n") { 2 } else { first.len_utf8() };
        self.rest = self.rest.get(length..).unwrap_or_default();
        self.mark.index += if length == 2 && first == '\r' { 2 } else { 1 };
        self.mark.line += 1;
        self.mark.column = 0;
        Some(if matches!(first, '\u{2028}' | '\u{2029}') { first } else { '\n' })
    }

    /// Goes to a new line at the end of the text, as if it ended in a line break.
    pub(super) fn end_line(&mut self) {
        if self.mark.column != 0 {
            self.mark.column = 0;
            self.mark.line += 1;
        }
    }
}

/// The bytes of a text before the part that has a character that is not allowed.
fn allowed_parts(text: &str) -> usize {
    let Some(at) = text.char_indices().find(|(_, character)| !is_allowed(*character)).map(|(at, _)| at) else {
        return text.len();
    };
    let mut start = 0;
    loop {
        let mut end = text.len().min(start + PART);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        if at < end {
            return start;
        }
        start = end;
    }
}

fn is_allowed(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

pub(super) fn is_break(character: char) -> bool {
    matches!(character, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

pub(super) fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t')
}

/// Whether there is a space, a tab, a line break or nothing.
pub(super) fn is_blank_or_end(character: Option<char>) -> bool {
    character.is_none_or(|character| is_blank(character) || is_break(character))
}

/// Whether there is a line break or nothing.
pub(super) fn is_break_or_end(character: Option<char>) -> bool {
    character.is_none_or(is_break)
}
