//! Base64 as Go's `encoding/base64` reads it. Clients see its error texts.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

/// Decodes a text. Line breaks are skipped, the unused bits of the last symbol may be set, padding is required.
pub(super) fn decode(text: &str) -> Result<Vec<u8>, String> {
    const ENGINE: GeneralPurpose =
        GeneralPurpose::new(&STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));
    let corrupt = |at: usize| format!("illegal base64 data at input byte {at}");
    if let Some(at) = first_corrupt(text.as_bytes()) {
        return Err(corrupt(at));
    }
    if text.contains(is_break) {
        ENGINE.decode(text.replace(is_break, "")).map_err(|_| corrupt(0))
    } else {
        ENGINE.decode(text).map_err(|_| corrupt(0))
    }
}

fn is_break(character: char) -> bool {
    matches!(character, '\r' | '\n')
}

/// The position at which Go's decoder stops, if the text is invalid.
fn first_corrupt(text: &[u8]) -> Option<usize> {
    let mut bytes = text.iter().copied().enumerate().filter(|(_, byte)| !is_break(char::from(*byte))).peekable();
    // Symbols of the group of four that is being read.
    let mut symbols = 0;
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => symbols = (symbols + 1) % 4,
            b'=' if symbols >= 2 => {
                if symbols == 2 {
                    match bytes.next() {
                        Some((_, b'=')) => {}
                        Some((other, _)) => return Some(other - 1),
                        None => return Some(text.len()),
                    }
                }
                return bytes.next().map(|(garbage, _)| garbage);
            }
            _ => return Some(at),
        }
    }
    (symbols > 0).then(|| text.len().saturating_sub(symbols))
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn what_go_reads_is_read() {
        for (text, bytes) in
            [("", &b""[..]), ("aGk=", b"hi"), ("aG\r\nk=\n", b"hi"), ("aGl=", b"hi"), ("YQ==", b"a"), ("YWJj", b"abc")]
        {
            assert_eq!(decode(text).as_deref(), Ok(bytes), "{text}");
        }
    }

    #[test]
    fn errors_name_the_byte_that_go_names() {
        for (text, at) in [
            ("!", 0),
            ("YWJj!", 4),
            ("YWJjY", 4),
            ("YWJjYQ", 4),
            ("YQ=", 3),
            ("YQ=a", 2),
            ("=", 0),
            ("Y=", 1),
            ("aGk=x", 4),
        ] {
            assert_eq!(decode(text), Err(format!("illegal base64 data at input byte {at}")), "{text}");
        }
    }
}
