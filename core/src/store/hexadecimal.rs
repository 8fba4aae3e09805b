//! Hexadecimal numbers in lower case, of which a push has dozens.

/// Whether a byte is a digit.
pub(super) fn is_digit(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

/// The bytes that pairs of digits stand for. What is no digit stands for nothing in particular.
pub(super) fn bytes(digits: &[u8]) -> impl Iterator<Item = u8> {
    let (pairs, _) = digits.as_chunks();
    pairs.iter().map(|[high, low]| (value(*high) << 4) | value(*low))
}

/// Whether all bytes are digits.
pub(super) fn are_digits(text: &[u8]) -> bool {
    // Without an early end, many at once are compared.
    text.iter().fold(true, |all, byte| all & is_digit(*byte))
}

/// Adds the digits of bytes to a text.
pub(super) fn append(text: &mut Vec<u8>, bytes: &[u8]) {
    let before = text.len();
    text.resize(before + 2 * bytes.len(), 0);
    let (pairs, _) = text.get_mut(before..).unwrap_or_default().as_chunks_mut();
    for (pair, byte) in pairs.iter_mut().zip(bytes) {
        *pair = [digit(byte >> 4), digit(byte & 0x0f)];
    }
}

/// The digit of a value below 16.
fn digit(value: u8) -> u8 {
    value + if value < 10 { b'0' } else { b'a' - 10 }
}

/// Letters have the bit of 64, and their low bits count from 1.
fn value(digit: u8) -> u8 {
    (digit & 0x0f) + (digit >> 6) * 9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_have_their_values() {
        let all = hex::encode((0..=u8::MAX).collect::<Vec<_>>());
        assert!(all.bytes().all(is_digit) && are_digits(all.as_bytes()));
        assert!(!are_digits(b"0123456789abcdef0123456789abcdeF"));
        let mut text = b"sha256:".to_vec();
        append(&mut text, &(0..=u8::MAX).collect::<Vec<_>>());
        assert_eq!(text, format!("sha256:{all}").into_bytes());
        assert!(bytes(all.as_bytes()).eq(0..=u8::MAX));
        assert!((0..=u8::MAX).filter(|byte| is_digit(*byte)).eq(*b"0123456789abcdef"));
    }
}
