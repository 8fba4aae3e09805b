//! The parameter `timeout`: how long a request may take.

use http::Method;

use super::options::Query;
use super::path::{ObjectPath, Target};
use super::read_options;
use crate::api::{ImageStreamImport, Resource as _};
use crate::error::{Error, Result};

/// The units that a duration may have, with their nanoseconds.
const UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// The length of a duration in nanoseconds must be below this.
const LIMIT: u64 = 1 << 63;

/// Checks the parameter `timeout`, which every request may have except watches and imports.
///
/// The value has no effect, because no response waits for anything.
///
/// # Errors
///
/// 400 if the value is not a duration in Go's format.
pub(super) fn check(query: &Query, method: &Method, target: Option<&Target>) -> Result<()> {
    let text = query.get("timeout").unwrap_or_default();
    if text.is_empty() || matches!(target, Some(Target::Object(path)) if is_long(path, method, query)) {
        return Ok(());
    }
    check_duration(text)
        .map_err(|error| Error::bad_request(format!("invalid timeout specified in the request URL - {error}")))
}

fn is_long(path: &ObjectPath, method: &Method, query: &Query) -> bool {
    let is_read = matches!(*method, Method::GET | Method::HEAD);
    let is_watch = path.watch || (is_read && path.name.is_empty() && read_options::is_watch(query));
    is_watch || path.resource.plural == ImageStreamImport::PLURAL
}

/// Whether a text is a duration: numbers with a fraction and a unit, one after the other; `time.ParseDuration`.
fn check_duration(text: &str) -> Result<(), String> {
    let invalid = || format!("time: invalid duration {}", quoted(text));
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(unsigned) => (true, unsigned),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if unsigned == "0" {
        return Ok(());
    }
    let mut rest = unsigned;
    let mut sum: u64 = 0;
    while sum == 0 || !rest.is_empty() {
        let (whole, behind) = digits(rest);
        let (fraction, behind) = behind.strip_prefix('.').map_or(("", behind), digits);
        if whole.is_empty() && fraction.is_empty() {
            return Err(invalid());
        }
        let (unit, behind) =
            behind.split_at(behind.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(behind.len()));
        if unit.is_empty() {
            return Err(format!("time: missing unit in duration {}", quoted(text)));
        }
        let Some((_, nanoseconds)) = UNITS.iter().find(|(known, _)| *known == unit) else {
            return Err(format!("time: unknown unit {} in duration {}", quoted(unit), quoted(text)));
        };
        let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| invalid())? };
        let part =
            whole.checked_mul(*nanoseconds).and_then(|whole| whole.checked_add(fraction_of(fraction, *nanoseconds)));
        sum = part.and_then(|part| sum.checked_add(part)).filter(|sum| *sum <= LIMIT).ok_or_else(invalid)?;
        rest = behind;
        if rest.is_empty() {
            break;
        }
    }
    if sum == LIMIT && !negative { Err(invalid()) } else { Ok(()) }
}

fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

/// The nanoseconds of a decimal fraction of a unit.
fn fraction_of(digits: &str, nanoseconds: u64) -> u64 {
    let (mut sum, mut unit) = (0, nanoseconds);
    for digit in digits.chars().filter_map(|digit| digit.to_digit(10)) {
        // Digits below a nanosecond are ignored.
        if unit == 0 {
            break;
        }
        sum += unit * u64::from(digit) / 10;
        unit /= 10;
    }
    sum
}

/// A text in quotes, in the format of Go's package `time`.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => quoted.extend(['\\', char::from(byte)]),
            b' '..=0x7f => quoted.push(char::from(byte)),
            _ => quoted.extend(["\\x".to_owned(), hex::encode([byte])]),
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_numbers_with_units() {
        for text in [
            "0",
            "-0",
            "+0",
            "1s",
            "-5s",
            "+1.5h",
            "1h2m3.5s",
            ".5s",
            "5.s",
            "300ms",
            "1us",
            "1\u{b5}s",
            "1\u{3bc}s",
            "0s",
            "0h0m",
            "9223372036854775807ns",
            "-9223372036854775808ns",
            "2562047h47m16.854775807s",
            "0.0000000000000000001s",
        ] {
            assert_eq!(check_duration(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_told_in_the_words_of_go() {
        let invalid = |text: &str| (text.to_owned(), format!("time: invalid duration \"{text}\""));
        let missing = |text: &str| (text.to_owned(), format!("time: missing unit in duration \"{text}\""));
        let unknown =
            |text: &str, unit: &str| (text.to_owned(), format!("time: unknown unit \"{unit}\" in duration \"{text}\""));
        for (text, error) in [
            invalid("soon"),
            invalid("-"),
            invalid("+"),
            invalid("."),
            invalid("-.s"),
            invalid(" 1s"),
            invalid("9223372036854775808ns"),
            invalid("2562048h"),
            invalid("99999999999999999999s"),
            missing("30"),
            missing("1h30"),
            unknown("1d", "d"),
            unknown("1h 2m", "h "),
            unknown("1S", "S"),
        ] {
            assert_eq!(check_duration(&text), Err(error));
        }
        assert_eq!(check_duration("\u{e4}\"\n"), Err(r#"time: invalid duration "\xc3\xa4\"\x0a""#.to_owned()));
    }
}
