//! Text to [`Node`], with the limits and the error texts of Go's scanner.

use std::borrow::Cow;

use super::Node;

/// How many arrays and objects may be open at once; more are a syntax error, as in Go.
const MAX_DEPTH: usize = 10_000;

/// Down to which level the tree is kept. What lies deeper is checked, but read as empty: no type of the API is that
/// deep, and whoever walks a tree (its destructor to begin with) may use the stack.
const KEPT_DEPTH: usize = 128;

/// The text is not JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SyntaxError {
    /// The text ends within a value.
    #[error("unexpected end of JSON input")]
    UnexpectedEnd,
    /// A byte that can't be where it is.
    #[error("invalid character {} {context}", quoted(*.character))]
    InvalidCharacter {
        /// The byte. At the end of a number or a literal that is cut off it is a space.
        character: u8,
        /// What was expected, for example `looking for beginning of value`.
        context: &'static str,
    },
}

/// Reads one JSON value.
///
/// Invalid UTF-8 within strings becomes one U+FFFD a byte, and so does half of a surrogate pair. Arrays and objects
/// that lie 128 or more levels deep are checked and then read as empty ones.
///
/// # Errors
///
/// The first thing that is wrong with the syntax, more than 10,000 levels included.
pub fn parse(text: &[u8]) -> Result<Node<'_>, SyntaxError> {
    Parser { text, at: 0, utf8: std::str::from_utf8(text).ok() }.document()
}

/// Most arrays and objects have no more values.
const FEW: usize = 8;

/// An array or object whose end is not reached yet.
enum Open<'a> {
    Array(Vec<Node<'a>>),
    /// The members so far and the name of the one that is being read.
    Object(Vec<(Cow<'a, str>, Node<'a>)>, Cow<'a, str>),
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    /// The same text, if all of it is UTF-8: its parts need not be looked at again then.
    utf8: Option<&'a str>,
}

impl<'a> Parser<'a> {
    fn document(mut self) -> Result<Node<'a>, SyntaxError> {
        let mut open: Vec<Open<'a>> = Vec::new();
        loop {
            let Some(mut value) = self.begin_value(&mut open)? else { continue };
            // Put it where it belongs; if that was the last one there, what it belongs to is a value, too.
            loop {
                let next = self.next_token();
                let Some(container) = open.last_mut() else {
                    return next.map_or(Ok(value), |other| Err(invalid(other, "after top-level value")));
                };
                let next = next.ok_or(SyntaxError::UnexpectedEnd)?;
                match (container, next) {
                    (Open::Array(items), b',') => {
                        items.push(value);
                        break;
                    }
                    (Open::Object(members, name), b',') => {
                        members.push((std::mem::take(name), value));
                        *name = self.name()?;
                        break;
                    }
                    (Open::Array(items), b']') => items.push(value),
                    (Open::Object(members, name), b'}') => members.push((std::mem::take(name), value)),
                    (Open::Array(_), other) => return Err(invalid(other, "after array element")),
                    (Open::Object(..), other) => return Err(invalid(other, "after object key:value pair")),
                }
                let kept = open.len() <= KEPT_DEPTH;
                value = match open.pop() {
                    Some(Open::Array(items)) => Node::Array(if kept { items } else { Vec::new() }),
                    Some(Open::Object(members, _)) => Node::Object(if kept { members } else { Vec::new() }),
                    // There was one a moment ago.
                    None => return Err(SyntaxError::UnexpectedEnd),
                };
            }
        }
    }

    /// Reads a value up to its end, or opens an array or object that is not empty.
    fn begin_value(&mut self, open: &mut Vec<Open<'a>>) -> Result<Option<Node<'a>>, SyntaxError> {
        let first = self.next_token().ok_or(SyntaxError::UnexpectedEnd)?;
        if matches!(first, b'[' | b'{') && open.len() >= MAX_DEPTH {
            return Err(invalid(first, "exceeded max depth"));
        }
        let value = match first {
            b'[' => {
                if self.take_token(b']') {
                    Node::Array(Vec::new())
                } else {
                    open.push(Open::Array(Vec::with_capacity(FEW)));
                    return Ok(None);
                }
            }
            b'{' => {
                if self.take_token(b'}') {
                    Node::Object(Vec::new())
                } else {
                    let name = self.name()?;
                    open.push(Open::Object(Vec::with_capacity(FEW), name));
                    return Ok(None);
                }
            }
            b'"' => Node::String(self.string()?),
            b'-' | b'0'..=b'9' => Node::Number(self.number(first)?.into()),
            b't' => self.literal(b"rue", LITERAL_TRUE).map(|()| Node::Bool(true))?,
            b'f' => self.literal(b"alse", LITERAL_FALSE).map(|()| Node::Bool(false))?,
            b'n' => self.literal(b"ull", LITERAL_NULL).map(|()| Node::Null)?,
            other => return Err(invalid(other, "looking for beginning of value")),
        };
        Ok(Some(value))
    }

    /// Reads a member's name and the colon behind it.
    fn name(&mut self) -> Result<Cow<'a, str>, SyntaxError> {
        match self.next_token().ok_or(SyntaxError::UnexpectedEnd)? {
            b'"' => {}
            other => return Err(invalid(other, "looking for beginning of object key string")),
        }
        let name = self.string()?;
        match self.next_token().ok_or(SyntaxError::UnexpectedEnd)? {
            b':' => Ok(name),
            other => Err(invalid(other, "after object key")),
        }
    }

    /// Reads a string whose opening quote is behind us.
    fn string(&mut self) -> Result<Cow<'a, str>, SyntaxError> {
        let start = self.at;
        let first = self.plain();
        let end = start + first.len();
        if self.text.get(end) == Some(&b'"') {
            self.at += 1;
            return Ok(self
                .utf8
                .and_then(|text| text.get(start..end))
                .map_or_else(|| lossy(first).into(), Cow::Borrowed));
        }
        let mut text = first.to_vec();
        loop {
            match self.next_byte() {
                Some(b'"') => {
                    return Ok(Cow::Owned(String::from_utf8(text).unwrap_or_else(|error| lossy(error.as_bytes()))));
                }
                Some(b'\\') => text.extend_from_slice(self.escape()?.encode_utf8(&mut [0; 4]).as_bytes()),
                Some(control) => return Err(invalid(control, "in string literal")),
                None => return Err(SyntaxError::UnexpectedEnd),
            }
            text.extend_from_slice(self.plain());
        }
    }

    /// The bytes before the next one that means something in a string.
    fn plain(&mut self) -> &'a [u8] {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let (plain, _) = rest.split_at(plain_length(rest));
        self.at += plain.len();
        plain
    }

    /// Reads an escape whose backslash is behind us.
    fn escape(&mut self) -> Result<char, SyntaxError> {
        Ok(match self.next_or_space() {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            quoted @ (b'"' | b'\\' | b'/') => char::from(quoted),
            b'u' => {
                let unit = self.utf16_unit()?;
                if let Some(character) = char::from_u32(unit) {
                    return Ok(character);
                }
                // Half of a surrogate pair: only with the other half behind it is it a character.
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

    /// Reads a number whose first character is behind us.
    fn number(&mut self, first: u8) -> Result<&'a str, SyntaxError> {
        let start = self.at - 1;
        let mut digit = first;
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

/// How many bytes come before the first that means something in a string: a quote, a backslash, a control character.
///
/// Strings are most of every document, so eight bytes are looked at together.
fn plain_length(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES << 7;
    // In the lowest byte that is 0, and maybe in some above it, the high bit is set.
    let zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    let (chunks, rest) = bytes.as_chunks::<8>();
    for (number, chunk) in chunks.iter().enumerate() {
        let word = u64::from_le_bytes(*chunk);
        let control = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
        let found = control | zero(word ^ (ONES * u64::from(b'"'))) | zero(word ^ (ONES * u64::from(b'\\')));
        if found != 0 {
            return number * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let special = |byte: &u8| matches!(byte, ..b' ' | b'"' | b'\\');
    bytes.len() - rest.len() + rest.iter().position(special).unwrap_or(rest.len())
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

/// A byte as Go quotes it: as the character of that number, escaped where that can't be printed.
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

/// Bytes as text, with U+FFFD for every byte that is not part of valid UTF-8.
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

    use super::{KEPT_DEPTH, MAX_DEPTH, parse, plain_length};
    use crate::json::Node;

    fn error(text: impl AsRef<[u8]>) -> String {
        parse(text.as_ref()).unwrap_err().to_string()
    }

    fn string(text: &[u8]) -> String {
        match parse(text) {
            Ok(Node::String(text)) => text.into_owned(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn order_duplicates_and_the_text_of_numbers_are_kept() {
        let member = |name: &'static str, value| (name.into(), value);
        assert_eq!(
            parse(br#" {"b": [1.50, -0, 1E+3, null, true, false, {}, []], "a": "x", "b": ""} "#),
            Ok(Node::Object(vec![
                member(
                    "b",
                    Node::Array(vec![
                        Node::Number("1.50".into()),
                        Node::Number("-0".into()),
                        Node::Number("1E+3".into()),
                        Node::Null,
                        Node::Bool(true),
                        Node::Bool(false),
                        Node::Object(vec![]),
                        Node::Array(vec![]),
                    ])
                ),
                member("a", Node::String("x".into())),
                member("b", Node::String("".into())),
            ]))
        );
    }

    #[test]
    fn what_is_not_unicode_becomes_replacement_characters() {
        assert_eq!(string(br#""\u0041\ud83d\ude00\/\b\f\n\r\t\"\\""#), "A\u{1f600}/\u{8}\u{c}\n\r\t\"\\");
        assert_eq!(string(br#""\ud800""#), "\u{fffd}");
        assert_eq!(string(br#""\ud800\u0041""#), "\u{fffd}A");
        assert_eq!(string(br#""\ude00\ud83d\ude00""#), "\u{fffd}\u{1f600}");
        assert_eq!(string(br#""\ud800x""#), "\u{fffd}x");
        assert_eq!(string(b"\"\xff\xfea\""), "\u{fffd}\u{fffd}a");
        // One for each byte, also of a sequence that is only cut off.
        assert_eq!(string(b"\"\xe2\x82\""), "\u{fffd}\u{fffd}");
    }

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

    #[test]
    fn texts_that_end_early_are_told_so() {
        for text in ["", "   ", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "[", "[1", "[1,", "\"abc"] {
            assert_eq!(error(text), "unexpected end of JSON input", "{text}");
        }
    }

    #[test]
    fn errors_have_the_texts_of_go() {
        for (text, expected) in [
            ("{nope", "'n' looking for beginning of object key string"),
            ("{\"a\":1,}", "'}' looking for beginning of object key string"),
            ("[1,]", "']' looking for beginning of value"),
            ("\u{feff}{}", "'\u{ef}' looking for beginning of value"),
            ("/* x */ {}", "'/' looking for beginning of value"),
            ("'a'", r"'\'' looking for beginning of value"),
            ("\u{1}", r"'\x01' looking for beginning of value"),
            ("\u{c}", r"'\f' looking for beginning of value"),
            ("\\", r"'\\' looking for beginning of value"),
            ("{} x", "'x' after top-level value"),
            ("01", "'1' after top-level value"),
            ("{\"a\" 1}", "'1' after object key"),
            ("{\"a\":1 \"b\"", "'\"' after object key:value pair"),
            ("[1 2]", "'2' after array element"),
            ("\"a\nb\"", r"'\n' in string literal"),
            (r#""\x""#, "'x' in string escape code"),
            (r#""\u12g4""#, r"'g' in \u hexadecimal character escape"),
            (r#""\"#, "' ' in string escape code"),
            ("-", "' ' in numeric literal"),
            ("-a", "'a' in numeric literal"),
            ("1.", "' ' after decimal point in numeric literal"),
            ("1.e", "'e' after decimal point in numeric literal"),
            ("1e+", "' ' in exponent of numeric literal"),
            ("1ex", "'x' in exponent of numeric literal"),
            ("trux", "'x' in literal true (expecting 'e')"),
            ("fal", "' ' in literal false (expecting 's')"),
            ("nil", "'i' in literal null (expecting 'u')"),
        ] {
            assert_eq!(error(text), format!("invalid character {expected}"), "{text}");
        }
        assert_eq!(error(b"\x9e"), r"invalid character '\u009e' looking for beginning of value");
    }

    #[test]
    fn depth_is_limited_as_in_go() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(parse(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert_eq!(error(nested(MAX_DEPTH + 1)), "invalid character '[' exceeded max depth");
        let objects = r#"{"a":"#.repeat(MAX_DEPTH + 1);
        assert_eq!(error(objects), "invalid character '{' exceeded max depth");
    }

    #[test]
    fn only_the_upper_levels_are_kept() {
        fn depth(node: &Node) -> usize {
            match node {
                Node::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
                _ => 0,
            }
        }
        let text = "[".repeat(KEPT_DEPTH + 50) + &"]".repeat(KEPT_DEPTH + 50);
        assert_eq!(depth(&parse(text.as_bytes()).unwrap()), KEPT_DEPTH + 1);
    }

    fn arbitrary_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<u64>().prop_map(Into::into),
            // Fractions that serde_json, which rounds otherwise, reads and prints exactly.
            any::<i32>().prop_map(|eighths| (f64::from(eighths) / 8.0).into()),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(6, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Into::into),
                prop::collection::btree_map(any::<String>(), inner, 0..8)
                    .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_serde_json_prints_is_read_as_it_reads_it(value in arbitrary_json(), pretty: bool) {
            let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
            let node = parse(text.as_bytes()).unwrap();
            prop_assert_eq!(&serde_json::to_value(&node).unwrap(), &value);
            prop_assert_eq!(&serde_json::from_str::<Node>(&text).unwrap(), &node);
            prop_assert_eq!(&crate::json::decode::<Node>(&node, crate::json::Names::Exact).unwrap(), &node);
            prop_assert_eq!(&crate::json::decode::<serde_json::Value>(&node, crate::json::Names::Exact).unwrap(), &value);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = parse(&bytes);
        }

        #[test]
        fn text_like_json_is_accepted_as_serde_json_accepts_it(text in r#"[\[\]{}:,"\\0-9eE+.a-f \n-]{0,24}"#) {
            let expected = serde_json::from_str::<serde_json::Value>(&text);
            let found = parse(text.as_bytes());
            // serde_json refuses numbers beyond f64 and lone surrogates, which Go reads.
            let stricter = expected.as_ref().is_err_and(|error| {
                let text = error.to_string();
                text.contains("out of range") || text.contains("surrogate") || text.contains("hex escape")
            });
            prop_assert!(stricter || found.is_ok() == expected.is_ok(), "{:?} and {:?}", found, expected);
        }
    }
}
