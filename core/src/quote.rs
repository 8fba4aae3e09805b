//! Quoted text as in Go's error messages.

use std::fmt;

/// A text in double quotes with Go's escapes: `strconv.Quote`.
///
/// Rust's `{:?}` differs for control characters and combining marks.
pub(crate) struct Quoted<'a>(pub &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("\"")?;
        for character in self.0.chars() {
            match character {
                '"' => formatter.write_str("\\\"")?,
                '\\' => formatter.write_str("\\\\")?,
                '\u{7}' => formatter.write_str("\\a")?,
                '\u{8}' => formatter.write_str("\\b")?,
                '\t' => formatter.write_str("\\t")?,
                '\n' => formatter.write_str("\\n")?,
                '\u{b}' => formatter.write_str("\\v")?,
                '\u{c}' => formatter.write_str("\\f")?,
                '\r' => formatter.write_str("\\r")?,
                _ if is_printable(character) => write!(formatter, "{character}")?,
                '\0'..='\x7f' => write!(formatter, "\\x{:02x}", u32::from(character))?,
                '\u{80}'..='\u{ffff}' => write!(formatter, "\\u{:04x}", u32::from(character))?,
                _ => write!(formatter, "\\U{:08x}", u32::from(character))?,
            }
        }
        formatter.write_str("\"")
    }
}

/// Whether Go prints the character unescaped: letters, marks, numbers, punctuation, symbols and the blank;
/// `unicode.IsPrint`.
pub(crate) fn is_printable(character: char) -> bool {
    if character.is_ascii() {
        return character == ' ' || character.is_ascii_graphic();
    }
    // The standard library has these categories, but exposes them only through escaping. At the start of a text it
    // escapes marks as well, hence the letter.
    String::from_iter(['a', character]).escape_debug().nth(1) == Some(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quote(text: &str) -> String {
        Quoted(text).to_string()
    }

    #[test]
    fn printable_text_stays() {
        assert_eq!(quote(""), r#""""#);
        assert_eq!(quote("a b'~"), r#""a b'~""#);
        assert_eq!(quote("\u{e4}\u{4e16}\u{1f600}"), "\"\u{e4}\u{4e16}\u{1f600}\"");
        assert_eq!(quote("e\u{301}"), "\"e\u{301}\"", "a combining accent is a mark, and printed");
        assert_eq!(quote("\u{301}"), "\"\u{301}\"", "also without a letter");
        assert_eq!(quote("\u{fffd}"), "\"\u{fffd}\"");
    }

    #[test]
    fn the_rest_is_escaped() {
        assert_eq!(quote("\"\\"), r#""\"\\""#);
        assert_eq!(quote("\u{7}\u{8}\t\n\u{b}\u{c}\r"), r#""\a\b\t\n\v\f\r""#);
        assert_eq!(quote("\0\u{1b}\u{7f}"), r#""\x00\x1b\x7f""#);
        assert_eq!(quote("\u{80}\u{a0}\u{ad}\u{200d}\u{2028}\u{feff}"), r#""\u0080\u00a0\u00ad\u200d\u2028\ufeff""#);
        assert_eq!(quote("\u{e000}\u{e0001}"), r#""\ue000\U000e0001""#);
    }
}
