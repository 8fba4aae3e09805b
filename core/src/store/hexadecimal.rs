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
        assert!(all.bytes().all(is_digit));
        assert!(bytes(all.as_bytes()).eq(0..=u8::MAX));
        assert!((0..=u8::MAX).filter(|byte| is_digit(*byte)).eq(*b"0123456789abcdef"));
    }
}
