//! The scalars of YAML: plain, in quotes, and as blocks of lines.

use super::error::YamlError;
use super::input::{is_blank, is_blank_or_end, is_break, is_break_or_end};
use super::scan::{Scanner, column};
use super::token::TokenKind;

/// White space within a scalar, which counts only if text follows.
#[derive(Default)]
struct Gap {
    /// Blanks, as long as there is no line break.
    blanks: String,
    /// The first line break.
    first_break: Option<char>,
    /// The ones after it.
    breaks: String,
}

impl Gap {
    /// Adds the white space to a text: a single line break becomes a space.
    fn fold_into(&mut self, text: &mut String) {
        match self.first_break.take() {
            None => {
                text.push_str(&self.blanks);
                text.push_str(&self.breaks);
            }
            Some('\n') if self.breaks.is_empty() => text.push(' '),
            Some('\n') => text.push_str(&self.breaks),
            Some(other) => {
                text.push(other);
                text.push_str(&self.breaks);
            }
        }
        self.blanks.clear();
        self.breaks.clear();
    }

    fn add_break(&mut self, character: char) {
        if self.first_break.is_some() {
            self.breaks.push(character);
        } else {
            self.blanks.clear();
            self.first_break = Some(character);
        }
    }
}

impl Scanner<'_> {
    /// Whether a line begins with `---` or `...`.
    fn at_document_indicator(&self) -> bool {
        self.input.mark().column == 0
            && (self.input.starts_with("---") || self.input.starts_with("..."))
            && is_blank_or_end(self.input.peek_after(3))
    }

    /// Reads a scalar without quotes.
    pub(super) fn plain_scalar(&mut self) -> Result<TokenKind, YamlError> {
        let (mut text, mut gap) = (String::new(), Gap::default());
        let indent = self.indent + 1;
        while !self.at_document_indicator() && self.input.peek() != Some('#') {
            while let Some(character) = self.input.peek().filter(|character| !is_blank_or_end(Some(*character))) {
                let ends = match character {
                    ':' => is_blank_or_end(self.input.peek_after(1)),
                    ',' | '?' | '[' | ']' | '{' | '}' => self.in_flow(),
                    _ => false,
                };
                if ends {
                    break;
                }
                gap.fold_into(&mut text);
                text.push(character);
                self.input.next();
            }
            if !self.input.peek().is_some_and(|character| is_blank(character) || is_break(character)) {
                break;
            }
            while let Some(character) = self.input.peek() {
                if is_blank(character) {
                    let in_new_line = gap.first_break.is_some();
                    if character == '\t' && in_new_line && column(self.input.mark()) < indent {
                        return Err(self.error("found a tab character that violates indentation"));
                    }
                    if !in_new_line {
                        gap.blanks.push(character);
                    }
                    self.input.next();
                } else if let Some(line_break) = self.input.line_break() {
                    gap.add_break(line_break);
                } else {
                    break;
                }
            }
            if !self.in_flow() && column(self.input.mark()) < indent {
                break;
            }
        }
        if gap.first_break.is_some() {
            self.key_allowed = true;
        }
        Ok(TokenKind::Scalar { text, is_plain: true })
    }

    /// Reads a scalar in single or double quotes.
    pub(super) fn quoted_scalar(&mut self) -> Result<TokenKind, YamlError> {
        let (mut text, mut gap) = (String::new(), Gap::default());
        let quote = self.input.next().unwrap_or('"');
        loop {
            if self.at_document_indicator() {
                return Err(self.error("found unexpected document indicator"));
            }
            if self.input.peek().is_none() {
                return Err(self.error("found unexpected end of stream"));
            }
            let mut in_new_line = false;
            while let Some(character) = self.input.peek().filter(|character| !is_blank_or_end(Some(*character))) {
                if character == quote {
                    if quote == '\'' && self.input.peek_after(1) == Some('\'') {
                        text.push('\'');
                        self.input.skip(2);
                        continue;
                    }
                    break;
                }
                self.input.next();
                if character != '\\' || quote == '\'' {
                    text.push(character);
                } else if self.input.line_break().is_some() {
                    in_new_line = true;
                    break;
                } else {
                    text.push(self.escape()?);
                }
            }
            if self.input.peek() == Some(quote) {
                break;
            }
            while let Some(character) = self.input.peek() {
                if is_blank(character) {
                    if !in_new_line {
                        gap.blanks.push(character);
                    }
                    self.input.next();
                } else if let Some(line_break) = self.input.line_break() {
                    if in_new_line && gap.first_break.is_none() {
                        // After an escaped line break all further ones are kept.
                        gap.breaks.push(line_break);
                    } else {
                        gap.add_break(line_break);
                    }
                    in_new_line = true;
                } else {
                    break;
                }
            }
            gap.fold_into(&mut text);
        }
        self.input.next();
        Ok(TokenKind::Scalar { text, is_plain: false })
    }

    /// Reads an escape, after its backslash.
    fn escape(&mut self) -> Result<char, YamlError> {
        // Errors are reported for the line only, which is that of the backslash.
        let digits = match self.input.peek() {
            Some('x') => 2,
            Some('u') => 4,
            Some('U') => 8,
            other => {
                let character = other.and_then(short_escape);
                let character = character.ok_or_else(|| self.error("found unknown escape character"))?;
                self.input.next();
                return Ok(character);
            }
        };
        self.input.next();
        let mut code = 0_u32;
        for place in 0..digits {
            let digit = self.input.peek_after(place).and_then(|character| character.to_digit(16));
            let digit = digit.ok_or_else(|| self.error("did not find expected hexdecimal number"))?;
            code = (code << 4) | digit;
        }
        let character = char::from_u32(code);
        let character = character.ok_or_else(|| self.error("found invalid Unicode character escape code"))?;
        self.input.skip(digits);
        Ok(character)
    }

    /// Reads a scalar of lines after `|`, or after `>`, where lines are folded.
    pub(super) fn block_scalar(&mut self, is_literal: bool) -> Result<String, YamlError> {
        self.input.next();
        let (chomping, increment) = self.block_header()?;
        self.end_of_line()?;
        let mut text = String::new();
        let mut indent = increment.map(|increment| self.indent.max(0) + increment);
        let mut breaks = String::new();
        let mut line_break: Option<char> = None;
        let mut was_indented = false;
        let lines_indent = self.block_breaks(&mut indent, &mut breaks)?;
        while column(self.input.mark()) == lines_indent && self.input.peek().is_some() {
            // Lines that begin with a blank are not folded, and neither is the break before or after them.
            let is_indented = self.input.peek().is_some_and(is_blank);
            match line_break.take() {
                Some('\n') if !is_literal && !was_indented && !is_indented => {
                    if breaks.is_empty() {
                        text.push(' ');
                    }
                }
                kept => text.extend(kept),
            }
            text.push_str(&breaks);
            breaks.clear();
            was_indented = is_indented;
            while let Some(character) = self.input.peek().filter(|character| !is_break_or_end(Some(*character))) {
                text.push(character);
                self.input.next();
            }
            line_break = self.input.line_break();
            self.block_breaks(&mut indent, &mut breaks)?;
        }
        if chomping != Chomping::Strip {
            text.extend(line_break);
        }
        if chomping == Chomping::Keep {
            text.push_str(&breaks);
        }
        Ok(text)
    }

    /// Reads what may follow `|` or `>`: what becomes of the last line breaks, and how much the lines are indented.
    fn block_header(&mut self) -> Result<(Chomping, Option<isize>), YamlError> {
        let (mut chomping, mut increment) = (None, None);
        while let Some(character) = self.input.peek() {
            match character {
                '+' | '-' if chomping.is_none() => {
                    chomping = Some(if character == '+' { Chomping::Keep } else { Chomping::Strip });
                }
                '0' if increment.is_none() => {
                    return Err(self.error("found an indentation indicator equal to 0"));
                }
                '1'..='9' if increment.is_none() => {
                    increment = character.to_digit(10).and_then(|digit| isize::try_from(digit).ok());
                }
                _ => break,
            }
            self.input.next();
        }
        Ok((chomping.unwrap_or(Chomping::Clip), increment))
    }

    /// Reads the indentation of a line of a block, and the empty lines before it. The first line that is not empty sets the
    /// indentation, which is returned, unless it is given.
    fn block_breaks(&mut self, indent: &mut Option<isize>, breaks: &mut String) -> Result<isize, YamlError> {
        let mut widest = 0;
        loop {
            let is_before = |column: isize| indent.is_none_or(|indent| column < indent);
            while self.input.peek() == Some(' ') && is_before(column(self.input.mark())) {
                self.input.next();
            }
            let at = column(self.input.mark());
            widest = widest.max(at);
            if self.input.peek() == Some('\t') && is_before(at) {
                return Err(self.error("found a tab character where an indentation space is expected"));
            }
            match self.input.line_break() {
                Some(line_break) => breaks.push(line_break),
                None => break,
            }
        }
        Ok(*indent.get_or_insert(widest.max(self.indent + 1).max(1)))
    }
}

/// What becomes of the line breaks at the end of a block.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomping {
    /// None is kept.
    Strip,
    /// The first one is kept.
    Clip,
    /// All are kept.
    Keep,
}

/// The character that an escape of one character stands for.
fn short_escape(kind: char) -> Option<char> {
    Some(match kind {
        '0' => '\0',
        'a' => '\u{7}',
        'b' => '\u{8}',
        't' | '\t' => '\t',
        'n' => '\n',
        'v' => '\u{b}',
        'f' => '\u{c}',
        'r' => '\r',
        'e' => '\u{1b}',
        ' ' | '"' | '\'' | '\\' => kind,
        'N' => '\u{85}',
        '_' => '\u{a0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        _ => return None,
    })
}
