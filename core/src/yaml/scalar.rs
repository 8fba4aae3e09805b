//! The values of plain scalars: the types of YAML 1.1 as go-yaml v2 has them.

use crate::json;

/// The value of a plain scalar.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scalar {
    Null,
    Bool(bool),
    /// An integer within `i64` or `u64`.
    Integer(i128),
    /// Any other number, infinities and NaN included.
    Float(f64),
    /// A point in time. It is read as a text, but printed with quotes.
    Timestamp,
    /// `<<`, the key whose value is merged into its map.
    Merge,
    Text,
}

impl Scalar {
    pub(super) fn of(text: &str) -> Self {
        match text {
            "" | "~" | "null" | "Null" | "NULL" => Self::Null,
            "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Self::Bool(true),
            "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Self::Bool(false),
            ".nan" | ".NaN" | ".NAN" => Self::Float(f64::NAN),
            ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Self::Float(f64::INFINITY),
            "-.inf" | "-.Inf" | "-.INF" => Self::Float(f64::NEG_INFINITY),
            "<<" => Self::Merge,
            _ => Self::number(text),
        }
    }

    fn number(text: &str) -> Self {
        if !text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.')) {
            return Self::Text;
        }
        if is_timestamp(text) {
            return Self::Timestamp;
        }
        let plain = text.replace('_', "");
        if let Some(number) = integer(&plain) {
            return Self::Integer(number);
        }
        match json::float(&plain) {
            Some(number) if is_decimal(&plain) && number.is_finite() => Self::Float(number),
            _ => Self::Text,
        }
    }
}

/// An integer: decimal, or with `0x`, `0o`, `0b`, or octal with a leading zero.
fn integer(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let prefixed = |prefixes: [&str; 2]| prefixes.iter().find_map(|prefix| digits.strip_prefix(*prefix));
    let (digits, radix) = if let Some(digits) = prefixed(["0x", "0X"]) {
        (digits, 16)
    } else if let Some(digits) = prefixed(["0b", "0B"]) {
        (digits, 2)
    } else if let Some(digits) = prefixed(["0o", "0O"]) {
        (digits, 8)
    } else if digits.len() > 1 && digits.starts_with('0') {
        (digits, 8)
    } else {
        (digits, 10)
    };
    if !digits.starts_with(|first: char| first.is_digit(radix)) {
        return None;
    }
    let number = i128::from(u64::from_str_radix(digits, radix).ok()?);
    let number = if negative { -number } else { number };
    (number >= i128::from(i64::MIN)).then_some(number)
}

/// Whether the text is a decimal number: digits, perhaps a point, perhaps an exponent.
fn is_decimal(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = exponent.map(|exponent| exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
    digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|exponent| !exponent.is_empty() && digits(exponent))
}

/// Whether the text is a number in base 60, as in YAML 1.1. It is read as a text, but printed with quotes.
pub(super) fn is_sexagesimal(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut parts = whole.split(':');
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let first = parts.next().is_some_and(|part| part.starts_with(|first: char| first.is_ascii_digit()) && digits(part));
    let sixtieth = |part: &str| part.parse::<u8>().is_ok_and(|number| number < 60) && part.len() <= 2 && digits(part);
    let rest: Vec<_> = parts.collect();
    first && !rest.is_empty() && rest.into_iter().all(sixtieth) && digits(fraction)
}

/// Whether the text is a date, or a date and a time in one of the notations of YAML 1.1.
fn is_timestamp(text: &str) -> bool {
    let (date, time) = match text.find(['T', 't', ' ']) {
        Some(end) => (text.get(..end).unwrap_or_default(), text.get(end..)),
        None => (text, None),
    };
    let mut numbers = date.splitn(3, '-');
    let mut next = |lengths: std::ops::RangeInclusive<usize>| numbers.next().and_then(|part| number(part, lengths));
    let (Some(year), Some(month), Some(day)) = (next(4..=4), next(1..=2), next(1..=2)) else { return false };
    let date =
        i32::try_from(year).ok().zip(u8::try_from(month).ok().and_then(|month| time::Month::try_from(month).ok()));
    let is_date = date
        .zip(u8::try_from(day).ok())
        .is_some_and(|((year, month), day)| time::Date::from_calendar_date(year, month, day).is_ok());
    is_date && time.is_none_or(is_time)
}

/// Whether the text is the time after a date, with the letter or space between them.
fn is_time(text: &str) -> bool {
    let (zoned, text) = match text.strip_prefix(' ') {
        Some(text) => (false, text),
        None => (true, text.get(1..).unwrap_or_default()),
    };
    let text = if zoned {
        let zone = text.find(['Z', '+', '-']).unwrap_or(text.len());
        let (time, zone) = text.split_at(zone);
        let offset = zone.strip_prefix(['+', '-']).and_then(|offset| offset.split_once(':'));
        let is_offset =
            offset.is_some_and(|(hours, minutes)| number(hours, 2..=2).is_some() && number(minutes, 2..=2).is_some());
        if zone != "Z" && !is_offset {
            return false;
        }
        time
    } else {
        text
    };
    let mut parts = text.splitn(3, ':');
    let mut below = |limit: u32| {
        let part = parts.next().unwrap_or_default();
        let (whole, fraction) = part.split_once('.').unwrap_or((part, "0"));
        let has_fraction = whole.len() < part.len();
        number(whole, 1..=2).is_some_and(|number| number < limit)
            && (!has_fraction || limit == 60 && fraction.bytes().all(|byte| byte.is_ascii_digit()))
    };
    below(24) && below(60) && below(60)
}

fn number(text: &str, lengths: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let digits = lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::{Scalar, is_sexagesimal};

    #[test]
    fn plain_scalars_have_the_types_that_go_gives_them() {
        for (text, meaning) in [
            ("", Scalar::Null),
            ("~", Scalar::Null),
            ("y", Scalar::Bool(true)),
            ("Off", Scalar::Bool(false)),
            ("yEs", Scalar::Text),
            ("0", Scalar::Integer(0)),
            ("-12", Scalar::Integer(-12)),
            ("+1_000", Scalar::Integer(1000)),
            ("010", Scalar::Integer(8)),
            ("0o17", Scalar::Integer(15)),
            ("0xfF", Scalar::Integer(255)),
            ("-0b11", Scalar::Integer(-3)),
            ("18446744073709551615", Scalar::Integer(u64::MAX.into())),
            ("-9223372036854775808", Scalar::Integer(i64::MIN.into())),
            ("-9223372036854775809", Scalar::Float(-9_223_372_036_854_775_809.0)),
            ("08", Scalar::Float(8.0)),
            ("1.50", Scalar::Float(1.5)),
            (".5", Scalar::Float(0.5)),
            ("1e3", Scalar::Float(1000.0)),
            ("-.inf", Scalar::Float(f64::NEG_INFINITY)),
            ("1e999", Scalar::Text),
            ("1.2.3", Scalar::Text),
            ("--1", Scalar::Text),
            ("+-1", Scalar::Text),
            ("0x", Scalar::Text),
            ("-", Scalar::Text),
            (".", Scalar::Text),
            ("infinity", Scalar::Text),
            ("1e", Scalar::Text),
            ("2024-03-05", Scalar::Timestamp),
            ("2024-3-5T1:2:3Z", Scalar::Timestamp),
            ("2024-03-05T10:20:30.123456789+01:00", Scalar::Timestamp),
            ("2024-03-05 10:20:30", Scalar::Timestamp),
            ("2024-03-05T10:20:30", Scalar::Text),
            ("2024-13-05", Scalar::Text),
            ("2024-02-30", Scalar::Text),
            ("2024-03", Scalar::Text),
            ("<<", Scalar::Merge),
            ("quay.io/a/b:1", Scalar::Text),
        ] {
            assert_eq!(Scalar::of(text), meaning, "{text}");
        }
    }

    #[test]
    fn numbers_to_base_60_are_recognised() {
        for text in ["1:20", "-190:20:30.15", "1_0:05"] {
            assert!(is_sexagesimal(text), "{text}");
        }
        for text in ["1", "1:60", "a:1", "1:", ":1", "1:001", "1:+1"] {
            assert!(!is_sexagesimal(text), "{text}");
        }
    }
}
