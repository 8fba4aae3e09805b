//! The tokens of a JSON text, with the limits and the error texts of Go's scanner.

use std::borrow::Cow;

/// How many arrays and objects may be open at once; more are a syntax error, as in Go.
pub(super) const MAX_DEPTH: usize = 10_000;

/// The text is not JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SyntaxError {
    /// The text ends within a value.
    #[error("unexpected end of JSON input")]
    UnexpectedEnd,
    /// A byte that is not allowed at its place.
    #[error("invalid character {} {context}", quoted(*.character))]
    InvalidCharacter {
        /// The byte; a space where the text ends within a number or a literal.
        character: u8,
        /// What was expected, for example `looking for beginning of value`.
        context: &'static str,
    },
}

/// Reads a text token by token.
#[derive(Debug)]
pub(super) struct Scanner<'t> {
    text: &'t [u8],
    at: usize,
    /// The same text if all of it is UTF-8, so that its strings need not be checked again.
    utf8: Option<&'t str>,
    /// How many arrays and objects are open.
    depth: usize,
}

/// Reads the value of a member. Gets the member's name, and the position after the name's opening quote.
type ReadMember<'f, 't, S> = dyn FnMut(&mut S, Cow<'t, str>, usize) -> Result<(), SyntaxError> + 'f;
/// Reads an element. Gets its index.
type ReadElement<'f, S> = dyn FnMut(&mut S, usize) -> Result<(), SyntaxError> + 'f;

impl AsMut<Self> for Scanner<'_> {
    fn as_mut(&mut self) -> &mut Self {
        self
    }
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t [u8]) -> Self {
        Self { text, at: 0, utf8: std::str::from_utf8(text).ok(), depth: 0 }
    }

    /// The position of the next byte.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Reads again a string that begins at a position, after its opening quote.
    pub(super) fn string_at(&self, position: usize) -> Cow<'t, str> {
        Self { at: position, ..*self }.string().unwrap_or_default()
    }

    /// How many arrays and objects are open.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// The text from `start` up to the current position.
    pub(super) fn since(&self, start: usize) -> &'t [u8] {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// Reads the first byte of the next value.
    pub(super) fn first(&mut self) -> Result<u8, SyntaxError> {
        self.next_token().ok_or(SyntaxError::UnexpectedEnd)
    }

    /// Skips white space, and says whether anything follows.
    pub(super) fn has_more(&mut self) -> bool {
        self.skip_space();
        self.peek().is_some()
    }

    /// Checks that nothing but white space follows.
    pub(super) fn end(&mut self) -> Result<(), SyntaxError> {
        self.next_token().map_or(Ok(()), |other| Err(invalid(other, "after top-level value")))
    }

    /// Reads the members of an object, after its brace.
    pub(super) fn object<S: AsMut<Self>>(this: &mut S, member: &mut ReadMember<'_, 't, S>) -> Result<(), SyntaxError> {
        let scanner = this.as_mut();
        scanner.open(b'{')?;
        if !scanner.take_token(b'}') {
            loop {
                let scanner = this.as_mut();
                let (name, at) = scanner.name()?;
                member(this, name, at)?;
                match this.as_mut().first()? {
                    b',' => {}
                    b'}' => break,
                    other => return Err(invalid(other, "after object key:value pair")),
                }
            }
        }
        this.as_mut().depth -= 1;
        Ok(())
    }

    /// Reads the elements of an array, after its bracket.
    pub(super) fn array<S: AsMut<Self>>(this: &mut S, element: &mut ReadElement<'_, S>) -> Result<(), SyntaxError> {
        let scanner = this.as_mut();
        scanner.open(b'[')?;
        if !scanner.take_token(b']') {
            for number in 0.. {
                element(this, number)?;
                match this.as_mut().first()? {
                    b',' => {}
                    b']' => break,
                    other => return Err(invalid(other, "after array element")),
                }
            }
        }
        this.as_mut().depth -= 1;
        Ok(())
    }

    /// Reads the next value if it is `null`; returns whether it was.
    pub(super) fn null(&mut self) -> Result<bool, SyntaxError> {
        let null = self.take_token(b'n');
        if null {
            self.literal_null()?;
        }
        Ok(null)
    }

    /// Enters an array or an object.
    fn open(&mut self, bracket: u8) -> Result<(), SyntaxError> {
        if self.depth >= MAX_DEPTH {
            return Err(invalid(bracket, "exceeded max depth"));
        }
        self.depth += 1;
        Ok(())
    }

    /// Skips a value whose first byte is read already.
    pub(super) fn skip(&mut self, first: u8) -> Result<(), SyntaxError> {
        // The closing brackets of what is open, the innermost last. A loop and no recursion, since a value may be deep.
        let mut open = Vec::new();
        let mut first = first;
        loop {
            match first {
                b'[' | b'{' => {
                    self.open(first)?;
                    let close = if first == b'[' { b']' } else { b'}' };
                    if self.take_token(close) {
                        self.depth -= 1;
                    } else {
                        open.push(close);
                        if close == b'}' {
                            self.skip_name()?;
                        }
                        first = self.first()?;
                        continue;
                    }
                }
                b'"' => self.skip_string()?,
                b't' => self.literal_true()?,
                b'f' => self.literal_false()?,
                b'n' => self.literal_null()?,
                other => drop(self.number(other)?),
            }
            // A value is complete. If it was the last one of its collection, that is complete, too.
            loop {
                let Some(close) = open.last().copied() else { return Ok(()) };
                match self.first()? {
                    b',' => {
                        if close == b'}' {
                            self.skip_name()?;
                        }
                        break;
                    }
                    end if end == close => {
                        open.pop();
                        self.depth -= 1;
                    }
                    other if close == b'}' => return Err(invalid(other, "after object key:value pair")),
                    other => return Err(invalid(other, "after array element")),
                }
            }
            first = self.first()?;
        }
    }

    /// Reads a member's name and the colon. Returns the name, and the position after its opening quote.
    fn name(&mut self) -> Result<(Cow<'t, str>, usize), SyntaxError> {
        self.quote_of_name()?;
        let at = self.at;
        let name = self.string()?;
        self.colon()?;
        Ok((name, at))
    }

    fn skip_name(&mut self) -> Result<(), SyntaxError> {
        self.quote_of_name()?;
        self.skip_string()?;
        self.colon()
    }

    fn quote_of_name(&mut self) -> Result<(), SyntaxError> {
        match self.first()? {
            b'"' => Ok(()),
            other => Err(invalid(other, "looking for beginning of object key string")),
        }
    }

    fn colon(&mut self) -> Result<(), SyntaxError> {
        match self.first()? {
            b':' => Ok(()),
            other => Err(invalid(other, "after object key")),
        }
    }

    /// Reads a string, after its opening quote. Each byte of invalid UTF-8 becomes U+FFFD, and so does half of a surrogate
    /// pair.
    pub(super) fn string(&mut self) -> Result<Cow<'t, str>, SyntaxError> {
        let start = self.at;
        self.skip_plain();
        if self.peek() == Some(b'"') {
            let end = self.at;
            self.at += 1;
            return Ok(match self.utf8.and_then(|text| text.get(start..end)) {
                Some(text) => Cow::Borrowed(text),
                None => lossy(self.text.get(start..end).unwrap_or_default()).into(),
            });
        }
        self.escaped(start).map(Cow::Owned)
    }

    /// Reads the rest of a string that begins at `start` and has no escape up to here.
    ///
    /// Manifests and configs are long strings with an escape every dozen bytes. So eight bytes are copied at once, which is
    /// one instruction, and those after the next escape are overwritten.
    fn escaped(&mut self, start: usize) -> Result<String, SyntaxError> {
        const CHUNK: usize = 8;
        let mut text = self.since(start).to_vec();
        let mut length = text.len();
        loop {
            if text.len() < length + 2 * CHUNK {
                text.resize(2 * length + 8 * CHUNK, 0);
            }
            let rest = self.text.get(self.at..).unwrap_or_default();
            let room = text.get_mut(length..).and_then(|room| room.first_chunk_mut::<CHUNK>());
            if let (Some(chunk), Some(room)) = (rest.first_chunk::<CHUNK>(), room) {
                *room = *chunk;
                let plain = plain_bytes(u64::from_le_bytes(*chunk));
                length += plain;
                self.at += plain;
                if plain == CHUNK {
                    continue;
                }
            }
            let byte = match self.next_byte().ok_or(SyntaxError::UnexpectedEnd)? {
                b'"' => break,
                b'\\' => {
                    if let Some(byte) = self.peek().and_then(short_escape) {
                        self.at += 1;
                        byte
                    } else {
                        for byte in self.escape()?.encode_utf8(&mut [0; 4]).bytes() {
                            set(&mut text, &mut length, byte);
                        }
                        continue;
                    }
                }
                control @ ..b' ' => return Err(invalid(control, "in string literal")),
                // One of the last seven bytes of the text.
                plain => plain,
            };
            set(&mut text, &mut length, byte);
        }
        text.truncate(length);
        Ok(String::from_utf8(text).unwrap_or_else(|error| lossy(error.as_bytes())))
    }

    /// Skips a string, after its opening quote.
    fn skip_string(&mut self) -> Result<(), SyntaxError> {
        loop {
            self.skip_plain();
            match self.next_byte() {
                Some(b'"') => return Ok(()),
                Some(b'\\') => drop(self.escape()?),
                Some(control) => return Err(invalid(control, "in string literal")),
                None => return Err(SyntaxError::UnexpectedEnd),
            }
        }
    }

    /// Skips the bytes before the next quote, backslash or control character.
    fn skip_plain(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        self.at += plain_length(rest);
    }

    /// Reads the rest of `true`.
    pub(super) fn literal_true(&mut self) -> Result<(), SyntaxError> {
        self.literal(b"rue", LITERAL_TRUE)
    }

    /// Reads the rest of `false`.
    pub(super) fn literal_false(&mut self) -> Result<(), SyntaxError> {
        self.literal(b"alse", LITERAL_FALSE)
    }

    /// Reads the rest of `null`.
    pub(super) fn literal_null(&mut self) -> Result<(), SyntaxError> {
        self.literal(b"ull", LITERAL_NULL)
    }

    /// Reads an escape, after its backslash.
    fn escape(&mut self) -> Result<char, SyntaxError> {
        let kind = self.next_or_space();
        if let Some(byte) = short_escape(kind) {
            return Ok(char::from(byte));
        }
        Ok(match kind {
            b'u' => {
                let unit = self.utf16_unit()?;
                if let Some(character) = char::from_u32(unit) {
                    return Ok(character);
                }
                // Half of a surrogate pair, which is a character only if the other half follows.
                let before = self.at;
                if self.text.get(before..before + 2) == Some(br"\u") {
                    self.at += 2;
                    let units = [unit, self.utf16_unit()?].map(|unit| u16::try_from(unit).unwrap_or(0xFFFD));
                    if let Some(Ok(character)) = char::decode_utf16(units).next() {
                        return Ok(character);
                    }
                    self.at = before;
                }
                char::REPLACEMENT_CHARACTER
            }
            other => return Err(invalid(other, "in string escape code")),
        })
    }

    fn utf16_unit(&mut self) -> Result<u32, SyntaxError> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.next_or_space();
            let value = char::from(digit).to_digit(16);
            unit = unit * 16 + value.ok_or(invalid(digit, r"in \u hexadecimal character escape"))?;
        }
        Ok(unit)
    }

    /// Reads a number whose first byte is read already. A byte that begins no value is an error of numbers.
    pub(super) fn number(&mut self, first: u8) -> Result<&'t str, SyntaxError> {
        let start = self.at - 1;
        let mut digit = first;
        if !matches!(first, b'-' | b'0'..=b'9') {
            return Err(invalid(first, "looking for beginning of value"));
        }
        if first == b'-' {
            digit = self.next_or_space();
            if !digit.is_ascii_digit() {
                return Err(invalid(digit, "in numeric literal"));
            }
        }
        if digit != b'0' {
            self.skip_digits();
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digit("after decimal point in numeric literal")?;
            self.skip_digits();
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digit("in exponent of numeric literal")?;
            self.skip_digits();
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        // All of it is ASCII.
        Ok(std::str::from_utf8(text).unwrap_or_default())
    }

    fn digit(&mut self, context: &'static str) -> Result<(), SyntaxError> {
        let digit = self.next_or_space();
        if digit.is_ascii_digit() { Ok(()) } else { Err(invalid(digit, context)) }
    }

    fn skip_digits(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
    }

    /// Reads the rest of a literal, with the context of an error for each of its characters.
    fn literal<const N: usize>(&mut self, rest: &[u8; N], contexts: [&'static str; N]) -> Result<(), SyntaxError> {
        for (expected, context) in rest.iter().zip(contexts) {
            let found = self.next_or_space();
            if found != *expected {
                return Err(invalid(found, context));
            }
        }
        Ok(())
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn next_byte(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    /// The next byte, or at the end the space that Go's scanner feeds itself to see whether the value is complete.
    fn next_or_space(&mut self) -> u8 {
        self.next_byte().unwrap_or(b' ')
    }

    /// The next byte that is not white space.
    fn next_token(&mut self) -> Option<u8> {
        self.skip_space();
        self.next_byte()
    }

    /// Skips `token` if it is the next byte that is not white space.
    fn take_token(&mut self, token: u8) -> bool {
        self.skip_space();
        let found = self.peek() == Some(token);
        if found {
            self.at += 1;
        }
        found
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }
}

/// The byte that an escape of one character stands for.
fn short_escape(kind: u8) -> Option<u8> {
    Some(match kind {
        b'"' | b'\\' | b'/' => kind,
        b'n' => b'\n',
        b't' => b'\t',
        b'r' => b'\r',
        b'b' => 0x08,
        b'f' => 0x0c,
        _ => return None,
    })
}

/// Writes a byte after the first `length` bytes of a text, if the text is longer than that.
fn set(text: &mut [u8], length: &mut usize, byte: u8) {
    if let Some(place) = text.get_mut(*length) {
        *place = byte;
        *length += 1;
    }
}

/// The number of bytes before the first quote, backslash or control character.
///
/// Strings are most of every document, so eight bytes are tested at once.
fn plain_length(bytes: &[u8]) -> usize {
    let (chunks, rest) = bytes.as_chunks::<8>();
    for (number, chunk) in chunks.iter().enumerate() {
        let plain = plain_bytes(u64::from_le_bytes(*chunk));
        if plain < 8 {
            return number * 8 + plain;
        }
    }
    let special = |byte: &u8| matches!(byte, ..b' ' | b'"' | b'\\');
    bytes.len() - rest.len() + rest.iter().position(special).unwrap_or(rest.len())
}

/// The same for the eight bytes of a word.
fn plain_bytes(word: u64) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES << 7;
    // Sets the high bit of the lowest byte that is below the limit, and perhaps of some higher ones.
    let below = |word: u64, limit: u8| word.wrapping_sub(ONES * u64::from(limit)) & !word & HIGH;
    // With this bit flipped the quote is the first value after those of the control characters.
    let found = below(word ^ (ONES * 0x02), b' ' + 1) | below(word ^ (ONES * u64::from(b'\\')), 1);
    found.trailing_zeros() as usize / 8
}

const LITERAL_TRUE: [&str; 3] =
    ["in literal true (expecting 'r')", "in literal true (expecting 'u')", "in literal true (expecting 'e')"];
const LITERAL_FALSE: [&str; 4] = [
    "in literal false (expecting 'a')",
    "in literal false (expecting 'l')",
    "in literal false (expecting 's')",
    "in literal false (expecting 'e')",
];
const LITERAL_NULL: [&str; 3] =
    ["in literal null (expecting 'u')", "in literal null (expecting 'l')", "in literal null (expecting 'l')"];

fn invalid(character: u8, context: &'static str) -> SyntaxError {
    SyntaxError::InvalidCharacter { character, context }
}

/// A byte in Go's quotes: the character with that number, escaped if it is not printable.
fn quoted(byte: u8) -> String {
    match byte {
        0x07 => r"'\a'".to_owned(),
        0x08 => r"'\b'".to_owned(),
        0x0b => r"'\v'".to_owned(),
        0x0c => r"'\f'".to_owned(),
        b'\n' => r"'\n'".to_owned(),
        b'\r' => r"'\r'".to_owned(),
        b'\t' => r"'\t'".to_owned(),
        b'\'' => r"'\''".to_owned(),
        b'\\' => r"'\\'".to_owned(),
        0x00..=0x1f | 0x7f => format!(r"'\x{byte:02x}'"),
        // The C1 controls, the no-break space and the soft hyphen.
        0x80..=0xa0 | 0xad => format!(r"'\u{byte:04x}'"),
        _ => format!("'{}'", char::from(byte)),
    }
}

/// Bytes as text, with U+FFFD for each byte that is not valid UTF-8.
fn lossy(mut bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    loop {
        match std::str::from_utf8(bytes) {
            Ok(valid) => {
                text.push_str(valid);
                return text;
            }
            Err(error) => {
                let (valid, rest) = bytes.split_at(error.valid_up_to());
                text.push_str(std::str::from_utf8(valid).unwrap_or_default());
                text.push(char::REPLACEMENT_CHARACTER);
                bytes = rest.get(1..).unwrap_or_default();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::plain_length;

    proptest! {
        #[test]
        fn the_bytes_before_a_special_one_are_counted(bytes in prop::collection::vec(prop_oneof![Just(b'"'), Just(b'\\'), 0x19..0x23_u8, any::<u8>()], 0..40)) {
            let expected = bytes.iter().position(|byte| matches!(byte, ..b' ' | b'"' | b'\\')).unwrap_or(bytes.len());
            prop_assert_eq!(plain_length(&bytes), expected);
        }

        #[test]
        fn long_plain_texts_are_plain(bytes in prop::collection::vec(0x5d..=0xff_u8, 0..40), last in any::<u8>()) {
            let all = [&bytes[..], &[last]].concat();
            let expected = all.iter().position(|byte| matches!(byte, ..b' ' | b'"' | b'\\')).unwrap_or(all.len());
            prop_assert_eq!(plain_length(&all), expected);
        }
    }
}
