//! Packs long hexadecimal numbers in a text as bytes.
//!
//! Half of a manifest is digests, which general compression can't reduce to less than one of sixteen digits per four
//! bits. `FF` stands for `sha256:` and the 32 bytes that follow it, `FE` and a count for that many bytes; both are
//! lower-case digits in the text. Neither byte occurs in UTF-8.

use crate::store::hexadecimal::{self, is_digit};

const SHA256: u8 = 0xff;
const NUMBER: u8 = 0xfe;

const PREFIX: &[u8] = b"sha256:";
/// The number of digits in a SHA-256 digest.
const DIGEST: usize = 64;
/// Shorter numbers are left as text.
const LEAST: usize = 16;
/// The most digits in one packed number.
const MOST: usize = 510;

/// Packs the numbers of a text.
pub(super) fn pack(text: &str) -> Vec<u8> {
    let mut packed = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((before, digits, behind)) = next_number(rest) {
        match before.strip_suffix(PREFIX) {
            Some(before) if digits.len() == DIGEST => {
                packed.extend_from_slice(before);
                packed.push(SHA256);
            }
            _ => {
                packed.extend_from_slice(before);
                packed.extend([NUMBER, u8::try_from(digits.len() / 2).unwrap_or(u8::MAX)]);
            }
        }
        hexadecimal::append_bytes(digits, &mut packed);
        rest = behind;
    }
    packed.extend_from_slice(rest);
    packed
}

/// Restores the text; `None` if `packed` is invalid or the text does not have `length` bytes.
pub(super) fn unpack(packed: &[u8], length: usize) -> Option<String> {
    // Packed numbers expand to twice their bytes, digests to a little more.
    if length > packed.len().saturating_mul(3) {
        return None;
    }
    let mut text = Vec::with_capacity(length);
    let mut rest = packed;
    while let Some(at) = memchr::memchr2(NUMBER, SHA256, rest) {
        let (before, behind) = rest.split_at_checked(at)?;
        text.extend_from_slice(before);
        let (&mark, behind) = behind.split_first()?;
        let (count, behind) = if mark == SHA256 {
            text.extend_from_slice(PREFIX);
            (DIGEST / 2, behind)
        } else {
            let (&count, behind) = behind.split_first()?;
            (count.into(), behind)
        };
        let (bytes, behind) = behind.split_at_checked(count)?;
        hexadecimal::append(&mut text, bytes);
        rest = behind;
    }
    text.extend_from_slice(rest);
    if text.len() == length { String::from_utf8(text).ok() } else { None }
}

/// The first number with an even count of digits: the text before it, its digits, and the text behind it.
fn next_number(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let mut at = 0;
    loop {
        // A number of sufficient length that begins at or after this position includes this digit, or begins after it.
        let probe = at + LEAST - 1;
        if !is_digit(*text.get(probe)?) {
            at += LEAST;
            continue;
        }
        let before = text.get(at..probe)?.iter().rev().take_while(|byte| is_digit(**byte)).count();
        let start = probe - before;
        let found = hexadecimal::count_digits(text.get(start..)?, MOST);
        let even = found & !1;
        if even >= LEAST {
            let (before, rest) = text.split_at_checked(start)?;
            let (digits, behind) = rest.split_at_checked(even)?;
            return Some((before, digits, behind));
        }
        at = start + found;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn digests_and_long_numbers_are_stored_as_bytes() {
        let digest = "ab".repeat(32);
        let text = format!("{{\"digest\":\"sha256:{digest}\",\"id\":\"{digest}\"}}");
        let packed = pack(&text);
        let expected = [&b"{\"digest\":\"\xff"[..], &[0xab; 32], b"\",\"id\":\"\xfe\x20", &[0xab; 32], b"\"}"].concat();
        assert_eq!(packed, expected);
        assert_eq!(unpack(&packed, text.len()), Some(text));
    }

    #[test]
    fn invalid_packed_bytes_are_refused() {
        for packed in [&b"\xff12"[..], b"\xfe", b"\xfe\x09abc", b"\xc3"] {
            assert_eq!(unpack(packed, packed.len()), None);
        }
        assert_eq!(unpack(b"abc", 4), None);
        assert_eq!(unpack(b"abc", usize::MAX), None);
    }

    proptest! {
        #[test]
        fn texts_come_back(text in "([0-9a-f]{0,40}|[0-9a-f]{500,520}|sha256:[0-9a-f]{60,70}|[ -~é]{0,9}){0,8}") {
            prop_assert_eq!(unpack(&pack(&text), text.len()), Some(text));
        }

        #[test]
        fn any_bytes_are_a_text_or_none(packed: Vec<u8>, length in 0..100_usize) {
            let _ = unpack(&packed, length);
        }
    }
}
