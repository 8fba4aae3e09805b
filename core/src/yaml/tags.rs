//! Directives, anchors and tags of YAML.

use super::error::YamlError;
use super::input::{is_blank, is_blank_or_end};
use super::scan::Scanner;
use super::token::TokenKind;

impl Scanner<'_> {
    /// Reads a directive, with the rest of its line.
    pub(super) fn directive(&mut self) -> Result<TokenKind, YamlError> {
        self.input.next();
        let name = self.word();
        if name.is_empty() {
            return Err(self.error("could not find expected directive name"));
        }
        if !is_blank_or_end(self.input.peek()) {
            return Err(self.error("found unexpected non-alphabetical character"));
        }
        let directive = match name.as_str() {
            "YAML" => {
                self.input.skip_while(is_blank);
                let major = self.version_number()?;
                if self.input.peek() != Some('.') {
                    return Err(self.error("did not find expected digit or '.' character"));
                }
                self.input.next();
                TokenKind::Version { major, minor: self.version_number()? }
            }
            "TAG" => {
                self.input.skip_while(is_blank);
                let handle = self.tag_handle(true)?;
                if !self.input.peek().is_some_and(is_blank) {
                    return Err(self.error("did not find expected whitespace"));
                }
                self.input.skip_while(is_blank);
                let prefix = self.tag_uri("")?;
                if !is_blank_or_end(self.input.peek()) {
                    return Err(self.error("did not find expected whitespace or line break"));
                }
                TokenKind::TagDirective { handle, prefix }
            }
            _ => return Err(self.error("found unknown directive name")),
        };
        self.end_of_line()?;
        Ok(directive)
    }

    fn version_number(&mut self) -> Result<u32, YamlError> {
        let mut number = None;
        for length in 1.. {
            let Some(digit) = self.input.peek().and_then(|character| character.to_digit(10)) else { break };
            if length > 9 {
                return Err(self.error("found extremely long version number"));
            }
            number = Some(number.unwrap_or(0) * 10 + digit);
            self.input.next();
        }
        number.ok_or_else(|| self.error("did not find expected version number"))
    }

    /// Reads an anchor, or an alias of one.
    pub(super) fn anchor(&mut self) -> Result<TokenKind, YamlError> {
        let is_alias = self.input.next() == Some('*');
        let name = self.word();
        let ends = match self.input.peek() {
            Some('?' | ':' | ',' | ']' | '}' | '%' | '@' | '`') => true,
            other => is_blank_or_end(other),
        };
        if name.is_empty() || !ends {
            return Err(self.error("did not find expected alphabetic or numeric character"));
        }
        Ok(if is_alias { TokenKind::Alias(name) } else { TokenKind::Anchor(name) })
    }

    /// Reads a tag: `!suffix`, `!handle!suffix`, `!<uri>` or `!` alone.
    pub(super) fn tag(&mut self) -> Result<TokenKind, YamlError> {
        let (handle, suffix) = if self.input.peek_after(1) == Some('<') {
            self.input.skip(2);
            let uri = self.tag_uri("")?;
            if self.input.peek() != Some('>') {
                return Err(self.error("did not find the expected '>'"));
            }
            self.input.next();
            (String::new(), uri)
        } else {
            let handle = self.tag_handle(false)?;
            if handle.len() > 1 && handle.ends_with('!') {
                let suffix = self.tag_uri("")?;
                (handle, suffix)
            } else {
                // What was read is no handle but the beginning of the suffix.
                let suffix = self.tag_uri(&handle)?;
                if suffix.is_empty() { (suffix, "!".to_owned()) } else { ("!".to_owned(), suffix) }
            }
        };
        if !is_blank_or_end(self.input.peek()) {
            return Err(self.error("did not find expected whitespace or line break"));
        }
        Ok(TokenKind::Tag { handle, suffix })
    }

    /// Reads `!`, `!!` or `!name!`; outside of a directive also `!name`.
    fn tag_handle(&mut self, in_directive: bool) -> Result<String, YamlError> {
        if self.input.peek() != Some('!') {
            return Err(self.error("did not find expected '!'"));
        }
        self.input.next();
        let mut handle = "!".to_owned() + &self.word();
        if self.input.peek() == Some('!') {
            self.input.next();
            handle.push('!');
        } else if in_directive && handle != "!" {
            return Err(self.error("did not find expected '!'"));
        }
        Ok(handle)
    }

    /// Reads a URI, or the rest of one that begins with `head` (without the `!` of that).
    fn tag_uri(&mut self, head: &str) -> Result<String, YamlError> {
        let mut uri = head.strip_prefix('!').unwrap_or(head).as_bytes().to_vec();
        let mut is_empty = head.is_empty();
        while let Some(character) = self.input.peek().filter(|character| is_uri_character(*character)) {
            if character == '%' {
                self.uri_escape(&mut uri)?;
            } else {
                uri.extend(character.encode_utf8(&mut [0; 4]).bytes());
                self.input.next();
            }
            is_empty = false;
        }
        if is_empty {
            return Err(self.error("did not find expected tag URI"));
        }
        Ok(String::from_utf8_lossy(&uri).into_owned())
    }

    /// Reads a character that is written as the escaped bytes of its UTF-8.
    fn uri_escape(&mut self, uri: &mut Vec<u8>) -> Result<(), YamlError> {
        let mut left = 0_u32;
        loop {
            let digit = |place| self.input.peek_after(place).and_then(|character| character.to_digit(16));
            let digits = digit(1).zip(digit(2)).filter(|_| self.input.peek() == Some('%'));
            let octet = digits.and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
            let octet = octet.ok_or_else(|| self.error("did not find URI escaped octet"))?;
            if left == 0 {
                left = match octet.leading_ones() {
                    0 => 1,
                    length @ 2..=4 => length,
                    _ => return Err(self.error("found an incorrect leading UTF-8 octet")),
                };
            } else if octet.leading_ones() != 1 {
                return Err(self.error("found an incorrect trailing UTF-8 octet"));
            }
            uri.push(octet);
            self.input.skip(3);
            left -= 1;
            if left == 0 {
                return Ok(());
            }
        }
    }

    /// Reads letters, digits, `-` and `_`.
    fn word(&mut self) -> String {
        let mut word = String::new();
        while let Some(character) = self.input.peek().filter(|character| is_word_character(*character)) {
            word.push(character);
            self.input.next();
        }
        word
    }
}

fn is_word_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_')
}

fn is_uri_character(character: char) -> bool {
    is_word_character(character) || ";/?:@&=+$,.!~*'()[]%".contains(character)
}
