//! Values to JSON with the escapes of Go.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

/// Writes a value as JSON on one line, with the escapes of Go's `encoding/json`: `<`, `>`, `&`, U+2028 and U+2029 are
/// escaped beside what must be, so that the text is safe within HTML and JavaScript.
///
/// ```
/// assert_eq!(imagestream::json::to_string(&"<a&b>")?, r#""\u003ca\u0026b\u003e""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// # Errors
///
/// When the value has a map whose keys are not strings, or its own serialization fails.
pub fn to_string(value: &impl Serialize) -> serde_json::Result<String> {
    // Only whole characters are written.
    to_vec(value).map(|text| String::from_utf8(text).unwrap_or_default())
}

/// [`to_string`] as bytes.
///
/// # Errors
///
/// Those of [`to_string`].
pub fn to_vec(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut text = Vec::with_capacity(128);
    value.serialize(&mut Serializer::with_formatter(&mut text, Escaping))?;
    Ok(text)
}

/// Escapes what Go escapes and the serializer does not.
struct Escaping;

impl Formatter for Escaping {
    fn write_string_fragment<W: Write + ?Sized>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, escape, length)) = next_escape(rest) {
            let (plain, behind) = rest.split_at_checked(at).unwrap_or((rest, ""));
            writer.write_all(plain.as_bytes())?;
            writer.write_all(escape.as_bytes())?;
            rest = behind.get(length..).unwrap_or_default();
        }
        writer.write_all(rest.as_bytes())
    }
}

/// The first character that is escaped: where it is, its escape, and its length in bytes.
fn next_escape(text: &str) -> Option<(usize, &'static str, usize)> {
    let bytes = text.as_bytes();
    let mut from = 0;
    loop {
        let found = bytes.get(from..)?.iter().position(|byte| matches!(byte, b'<' | b'>' | b'&' | 0xe2))?;
        let at = from + found;
        match bytes.get(at..)? {
            [b'<', ..] => return Some((at, "\\u003c", 1)),
            [b'>', ..] => return Some((at, "\\u003e", 1)),
            [b'&', ..] => return Some((at, "\\u0026", 1)),
            [0xe2, 0x80, 0xa8, ..] => return Some((at, "\\u2028", 3)),
            [0xe2, 0x80, 0xa9, ..] => return Some((at, "\\u2029", 3)),
            _ => from = at + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::to_string;

    #[test]
    fn characters_are_escaped_as_go_escapes_them() {
        for (text, escaped) in [
            ("<>&", r"\u003c\u003e\u0026"),
            ("\u{2028}\u{2029}\u{2027}\u{202a}", "\\u2028\\u2029\u{2027}\u{202a}"),
            ("\u{8}\u{c}\n\r\t\u{1}\u{1f}\u{7f}", "\\b\\f\\n\\r\\t\\u0001\\u001f\u{7f}"),
            ("\"\\/'\u{e9}", "\\\"\\\\/'\u{e9}"),
        ] {
            assert_eq!(to_string(&text).unwrap(), format!("\"{escaped}\""));
        }
        assert_eq!(to_string(&serde_json::json!({"<": ["a&"]})).unwrap(), r#"{"\u003c":["a\u0026"]}"#);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(text in "[<>&a\u{2028}\u{2029}\u{2020}\"\\\\\u{1}]{0,20}|.{0,20}") {
            let written = to_string(&text).unwrap();
            let is_safe = !written.contains(['<', '>', '&', '\u{2028}', '\u{2029}']);
            prop_assert!(is_safe, "{}", written);
            prop_assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
        }
    }
}
