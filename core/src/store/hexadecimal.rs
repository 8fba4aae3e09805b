//! Lower-case hexadecimal, for digests: a push has dozens of them.

/// The number of hexadecimal digits at the beginning of `text`, up to a limit.
///
/// Tests eight digits at once, as the bytes of one word: a loop over bytes takes four times the instructions, and no
/// library finds the end of a run of digits.
pub(super) fn count_digits(text: &[u8], limit: usize) -> usize {
    let text = text.get(..limit).unwrap_or(text);
    let (words, _) = text.as_chunks::<8>();
    let whole = words.iter().take_while(|word| are_digits(u64::from_le_bytes(**word))).count() * 8;
    let rest = text.get(whole..).unwrap_or_default();
    whole + rest.iter().take_while(|byte| is_digit(**byte)).count()
}

/// Appends the bytes of an even number of digits; zeros if they are not all digits.
pub(super) fn append_bytes(digits: &[u8], bytes: &mut Vec<u8>) {
    let before = bytes.len();
    bytes.resize(before + digits.len() / 2, 0);
    let added = bytes.get_mut(before..).unwrap_or_default();
    if hex::decode_to_slice(digits, added).is_err() {
        added.fill(0);
    }
}

/// Whether a byte is a digit.
pub(super) fn is_digit(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

fn are_digits(word: u64) -> bool {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES << 7;
    // In bytes below 128 the high bit becomes the result of the comparison, and nothing is borrowed from the next byte.
    let at_least = |least: u8| (word | HIGH).wrapping_sub(ONES * u64::from(least));
    let at_most = |most: u8| ((ONES * u64::from(most)) | HIGH).wrapping_sub(word & !HIGH);
    let decimal = at_least(b'0') & at_most(b'9');
    let letters = at_least(b'a') & at_most(b'f');
    (decimal | letters) & !word & HIGH == HIGH
}

/// Appends the digits of `bytes`.
pub(super) fn append(text: &mut Vec<u8>, bytes: &[u8]) {
    let before = text.len();
    text.resize(before + 2 * bytes.len(), 0);
    let added = text.get_mut(before..).unwrap_or_default();
    // Fails only if the buffer is not twice as long as `bytes`.
    let _ = hex::encode_to_slice(bytes, added);
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
        let digits = all.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        assert_eq!(bytes(digits.as_bytes()), all);
        let mut text = b"sha256:".to_vec();
        append(&mut text, &all);
        assert_eq!(text, format!("sha256:{digits}").into_bytes());
        assert!((0..=u8::MAX).filter(|byte| is_digit(*byte)).eq(*b"0123456789abcdef"));
        assert_eq!(bytes(b"0x12"), [0, 0], "`0x` is not accepted");
        assert_eq!(bytes(b"12zz"), [0, 0]);
    }

    #[test]
    fn every_byte_is_classified_at_every_position() {
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
