//! Bytes to the text that is read as YAML.

use super::error::YamlError;

/// The text that some bytes are in UTF-8.
///
/// # Errors
///
/// What is wrong with the first bytes that are not UTF-8, with the text of the real server.
pub fn text(bytes: &[u8]) -> Result<&str, YamlError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let invalid = bytes.get(error.valid_up_to()..).unwrap_or_default();
        YamlError::value(problem(invalid))
    })
}

/// What is wrong with bytes that do not begin with a character in UTF-8.
fn problem(invalid: &[u8]) -> &'static str {
    let Some((first, rest)) = invalid.split_first() else { return "incomplete UTF-8 octet sequence" };
    let (length, bits) = match first.leading_ones() {
        2 => (1, first & 0x1f),
        3 => (2, first & 0x0f),
        4 => (3, first & 0x07),
        _ => return "invalid leading UTF-8 octet",
    };
    let Some(trailing) = rest.get(..length) else { return "incomplete UTF-8 octet sequence" };
    if trailing.iter().any(|octet| octet.leading_ones() != 1) {
        return "invalid trailing UTF-8 octet";
    }
    let code = trailing.iter().fold(u32::from(bits), |code, octet| (code << 6) | u32::from(octet & 0x3f));
    // The least code that needs so many bytes.
    let least = match length {
        1 => 0x80,
        2 => 0x800,
        _ => 0x1_0000,
    };
    if code < least { "invalid length of a UTF-8 sequence" } else { "invalid Unicode character" }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn what_is_not_utf8_is_reported_as_libyaml_does() {
        assert_eq!(text("a: \u{e9}\u{1f600}".as_bytes()), Ok("a: \u{e9}\u{1f600}"));
        for (bytes, problem) in [
            (&b"a: \xff"[..], "invalid leading UTF-8 octet"),
            (b"a: \x80", "invalid leading UTF-8 octet"),
            (b"a: \xc3", "incomplete UTF-8 octet sequence"),
            (b"a: \xe2\x82", "incomplete UTF-8 octet sequence"),
            (b"a: \xc3(", "invalid trailing UTF-8 octet"),
            (b"a: \xe2\x28\xa1", "invalid trailing UTF-8 octet"),
            (b"a: \xc0\x80", "invalid length of a UTF-8 sequence"),
            (b"a: \xe0\x80\x80", "invalid length of a UTF-8 sequence"),
            (b"a: \xf0\x80\x80\x80", "invalid length of a UTF-8 sequence"),
            (b"a: \xed\xa0\x80", "invalid Unicode character"),
            (b"a: \xf4\x90\x80\x80", "invalid Unicode character"),
        ] {
            assert_eq!(text(bytes).unwrap_err().to_string(), format!("yaml: {problem}"), "{bytes:x?}");
        }
    }
}
