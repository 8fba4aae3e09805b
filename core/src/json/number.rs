//! The value of a number's text.

use lexical_parse_float::FromLexical;

/// A number in the narrowest type that holds it.
pub(super) enum Number {
    Signed(i64),
    Unsigned(u64),
    Float(f64),
}

impl Number {
    /// Reads a number's text; nothing if it is beyond the range of `f64`.
    pub(super) fn of(text: &str) -> Option<Self> {
        if let Ok(number) = text.parse() {
            return Some(Self::Signed(number));
        }
        if let Ok(number) = text.parse() {
            return Some(Self::Unsigned(number));
        }
        float(text).filter(|number| number.is_finite()).map(Self::Float)
    }
}

/// Reads a decimal number with or without fraction and exponent, rounded to the nearest `f64`.
///
/// The standard library does the same faster, with a table of 10 KiB that does not compress: two percent of the WebAssembly
/// module, for numbers that hardly occur.
pub(crate) fn float(text: &str) -> Option<f64> {
    f64::from_lexical(text.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_that_are_not_numbers_are_rejected() {
        for text in ["", "-", ".", "e3", "1e", "1e+", "0x10", "1_000", " 1", "1 ", "1.5.2"] {
            assert_eq!(float(text), None, "{text:?}");
        }
    }

    #[test]
    fn limits_and_halfway_values_are_read_as_by_the_standard_library() {
        for text in [
            "0",
            "-0.0",
            "1.",
            ".5",
            "+2.5",
            "1e308",
            "1.7976931348623157e308",
            "1.7976931348623159e308",
            "1e309",
            "-1e999999",
            "5e-324",
            "2.4703282292062327e-324",
            "2.4703282292062328e-324",
            "2.2250738585072011e-308",
            "1e-400",
            "9007199254740993",
            "9007199254740992.99999999999999999999999999",
            "123456789012345678901234567890",
        ] {
            let expected: f64 = text.parse().unwrap();
            assert_eq!(float(text).map(f64::to_bits), Some(expected.to_bits()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn numbers_are_read_as_the_standard_library_reads_them(text in r"-?[0-9]{1,30}(\.[0-9]{1,30})?([eE][-+]?[0-9]{1,3})?") {
            let expected: f64 = text.parse().unwrap();
            prop_assert_eq!(float(&text).map(f64::to_bits), Some(expected.to_bits()));
        }

        #[test]
        fn what_was_written_is_read_again(number in any::<f64>().prop_filter("finite", |number| number.is_finite())) {
            prop_assert_eq!(float(&number.to_string()).map(f64::to_bits), Some(number.to_bits()));
            prop_assert_eq!(float(&format!("{number:e}")).map(f64::to_bits), Some(number.to_bits()));
        }
    }
}
