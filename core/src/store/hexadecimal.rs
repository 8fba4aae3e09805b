//! Hexadecimal numbers in lower case, of which a push has dozens.
//!
//! Eight digits are looked at together, as the bytes of one word.

const ONES: u64 = u64::MAX / 255;
const HIGH: u64 = ONES << 7;

/// How many digits a text begins with, up to a limit.
pub(super) fn count_digits(text: &[u8], limit: usize) -> usize {
    let text = text.get(..limit).unwrap_or(text);
    let (words, _) = text.as_chunks::<8>();
    let whole = words.iter().take_while(|word| are_digits(u64::from_le_bytes(**word))).count() * 8;
    let rest = text.get(whole..).unwrap_or_default();
    whole + rest.iter().take_while(|byte| is_digit(**byte)).count()
}

/// Adds the bytes that pairs of digits stand for. What is no digit stands for nothing in particular.
pub(super) fn append_bytes(digits: &[u8], bytes: &mut Vec<u8>) {
    let (words, rest) = digits.as_chunks::<8>();
    for word in words {
        bytes.extend_from_slice(&values(u64::from_le_bytes(*word)).to_le_bytes());
    }
    let (pairs, _) = rest.as_chunks();
    bytes.extend(pairs.iter().map(|[high, low]| (value(*high) << 4) | value(*low)));
}

/// Whether a byte is a digit.
pub(super) fn is_digit(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

fn are_digits(word: u64) -> bool {
    // In bytes below 128 the high bit tells the result of a comparison, and nothing is borrowed from the next byte.
    let at_least = |least: u8| (word | HIGH).wrapping_sub(ONES * u64::from(least));
    let at_most = |most: u8| ((ONES * u64::from(most)) | HIGH).wrapping_sub(word & !HIGH);
    let decimal = at_least(b'0') & at_most(b'9');
    let letters = at_least(b'a') & at_most(b'f');
    (decimal | letters) & !word & HIGH == HIGH
}

/// The four bytes of eight digits.
fn values(word: u64) -> u32 {
    // Letters have the bit of 64, and their low bits count from 1.
    let values = (word & (ONES * 0x0f)) + ((word >> 6) & ONES) * 9;
    let pairs = ((values << 4) | (values >> 8)) & 0x00ff_00ff_00ff_00ff;
    let halves = (pairs | (pairs >> 8)) & 0x0000_ffff_0000_ffff;
    let [low, high] = [halves, halves >> 16].map(|half| u32::try_from(half & 0xffff_ffff).unwrap_or_default());
    low | (high & 0xffff_0000)
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
    use proptest::prelude::*;

    fn bytes(digits: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        append_bytes(digits, &mut bytes);
        bytes
    }

    #[test]
    fn digits_have_their_values() {
        let all: Vec<u8> = (0..=u8::MAX).collect();
        assert_eq!(bytes(hex::encode(&all).as_bytes()), all);
        let mut text = b"sha256:".to_vec();
        append(&mut text, &all);
        assert_eq!(text, format!("sha256:{}", hex::encode(&all)).into_bytes());
        assert!((0..=u8::MAX).filter(|byte| is_digit(*byte)).eq(*b"0123456789abcdef"));
    }

    #[test]
    fn every_byte_is_told_from_a_digit_at_every_place() {
        for place in 0..8 {
            for byte in 0..=u8::MAX {
                let mut word = *b"09afbe58";
                word[place] = byte;
                assert_eq!(are_digits(u64::from_le_bytes(word)), is_digit(byte), "{byte} at {place}");
            }
        }
    }

    proptest! {
        #[test]
        fn numbers_have_their_bytes(expected: Vec<u8>) {
            prop_assert_eq!(bytes(hex::encode(&expected).as_bytes()), expected);
        }

        #[test]
        fn digits_are_counted(text in "[0-9a-f]{0,40}[f-h]{0,3}[0-9]{0,9}", limit in 0..60_usize) {
            let expected = text.bytes().take(limit).take_while(|byte| is_digit(*byte)).count();
            prop_assert_eq!(count_digits(text.as_bytes(), limit), expected);
        }
    }
}
