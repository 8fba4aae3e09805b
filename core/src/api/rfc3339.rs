//! RFC 3339 as Go's `time.Parse` reads it. Clients see its error texts.

use std::fmt::Write as _;

use time::{Date, Month};

const LAYOUT: &str = "2006-01-02T15:04:05Z07:00";

/// Reads a time as seconds since 1970-01-01T00:00:00Z; the error is Go's text.
///
/// Unlike in RFC 3339, hours may have one digit, and the fraction of a second may follow a comma. Fractions are dropped.
pub(super) fn parse(text: &str) -> Result<i64, String> {
    usual(text.as_bytes()).map_or_else(|| any(text), Ok)
}

/// Reads a time in the form that almost all of them have: `2006-01-02T15:04:05Z`, perhaps with a fraction. The config of
/// an image has one for each build step.
fn usual(text: &[u8]) -> Option<i64> {
    let (&[y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b'T', h0, h1, b':', n0, n1, b':', s0, s1], rest) =
        text.split_first_chunk()?
    else {
        return None;
    };
    match rest {
        b"Z" => {}
        [b'.', fraction @ .., b'Z'] if !fraction.is_empty() && fraction.iter().all(u8::is_ascii_digit) => {}
        _ => return None,
    }
    let pair = |tens: u8, ones: u8| {
        let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
        (tens < 10 && ones < 10).then_some(tens * 10 + ones)
    };
    let year = i32::from(pair(y0, y1)?) * 100 + i32::from(pair(y2, y3)?);
    let (hour, minute, second) = (pair(h0, h1)?, pair(n0, n1)?, pair(s0, s1)?);
    let date = Date::from_calendar_date(year, Month::try_from(pair(m0, m1)?).ok()?, pair(d0, d1)?).ok()?;
    let of_the_day = (i64::from(hour) * 60 + i64::from(minute)) * 60 + i64::from(second);
    (hour < 24 && minute < 60 && second < 60).then(|| date.midnight().assume_utc().unix_timestamp() + of_the_day)
}

/// Reads a time in any form.
fn any(text: &str) -> Result<i64, String> {
    let mut reader = Reader { text, rest: text };
    let year = reader.year()?;
    reader.literal('-')?;
    let month = reader.number("01", true)?;
    let month = u8::try_from(month).ok().and_then(|number| Month::try_from(number).ok());
    let month = month.ok_or_else(|| reader.out_of_range("month"))?;
    reader.literal('-')?;
    let day = reader.number("02", true)?;
    reader.literal('T')?;
    let hour = reader.number("15", false)?;
    reader.check(hour < 24, "hour")?;
    reader.literal(':')?;
    let minute = reader.number("04", true)?;
    reader.check(minute < 60, "minute")?;
    reader.literal(':')?;
    let second = reader.number("05", true)?;
    reader.check(second < 60, "second")?;
    reader.skip_fraction();
    let offset = reader.offset()?;
    if !reader.rest.is_empty() {
        return Err(format!("parsing time {}: extra text: {}", quoted(text), quoted(reader.rest)));
    }
    let day = u8::try_from(day).unwrap_or_default();
    let date = Date::from_calendar_date(year, month, day).map_err(|_| reader.out_of_range("day"))?;
    Ok(date.midnight().assume_utc().unix_timestamp() + (hour * 60 + minute) * 60 + second - offset)
}

struct Reader<'a> {
    text: &'a str,
    rest: &'a str,
}

impl Reader<'_> {
    fn year(&mut self) -> Result<i32, String> {
        let year = self.rest.get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        let year = year.and_then(|digits| digits.parse().ok()).ok_or_else(|| self.unreadable("2006"))?;
        self.advance(4);
        Ok(year)
    }

    /// Reads two digits, or one unless `fixed`.
    fn number(&mut self, element: &str, fixed: bool) -> Result<i64, String> {
        let number = two_digits(self.rest).map(|number| (number, 2));
        let number = number.or_else(|| if fixed { None } else { Some((digit(self.rest, 0)?, 1)) });
        let (number, length) = number.ok_or_else(|| self.unreadable(element))?;
        self.advance(length);
        Ok(number)
    }

    fn literal(&mut self, literal: char) -> Result<(), String> {
        self.rest = self.rest.strip_prefix(literal).ok_or_else(|| self.unreadable(literal.encode_utf8(&mut [0; 4])))?;
        Ok(())
    }

    fn skip_fraction(&mut self) {
        if let Some(fraction) = self.rest.strip_prefix(['.', ','])
            && digit(fraction, 0).is_some()
        {
            self.rest = fraction.trim_start_matches(|character: char| character.is_ascii_digit());
        }
    }

    /// Reads the offset from UTC, in seconds.
    fn offset(&mut self) -> Result<i64, String> {
        const ELEMENT: &str = "Z07:00";
        if let Some(rest) = self.rest.strip_prefix('Z') {
            self.rest = rest;
            return Ok(0);
        }
        let parts = || {
            let hours = two_digits(self.rest.get(1..)?)?;
            let minutes = two_digits(self.rest.get(3..)?.strip_prefix(':')?)?;
            Some((hours, minutes))
        };
        let (hours, minutes) = parts().ok_or_else(|| self.unreadable(ELEMENT))?;
        self.check(hours <= 24, "time zone offset hour")?;
        self.check(minutes <= 60, "time zone offset minute")?;
        let offset = (hours * 60 + minutes) * 60;
        let offset = match self.rest.chars().next() {
            Some('+') => offset,
            Some('-') => -offset,
            _ => return Err(self.unreadable(ELEMENT)),
        };
        self.advance(6);
        Ok(offset)
    }

    fn advance(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    fn check(&self, within: bool, what: &str) -> Result<(), String> {
        if within { Ok(()) } else { Err(self.out_of_range(what)) }
    }

    fn out_of_range(&self, what: &str) -> String {
        format!("parsing time {}: {what} out of range", quoted(self.text))
    }

    fn unreadable(&self, element: &str) -> String {
        let (text, rest) = (quoted(self.text), quoted(self.rest));
        format!("parsing time {text} as {}: cannot parse {rest} as {}", quoted(LAYOUT), quoted(element))
    }
}

fn digit(text: &str, index: usize) -> Option<i64> {
    let digit = text.as_bytes().get(index).filter(|byte| byte.is_ascii_digit())?;
    Some(i64::from(digit - b'0'))
}

fn two_digits(text: &str) -> Option<i64> {
    Some(digit(text, 0)? * 10 + digit(text, 1)?)
}

/// A text in quotes, with control characters and everything beyond ASCII as escaped bytes.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => quoted.extend(['\\', char::from(byte)]),
            b' '..=0x7f => quoted.push(char::from(byte)),
            _ => {
                // Writing to a string does not fail.
                let _ = write!(quoted, r"\x{byte:02x}");
            }
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{any, parse, usual};

    proptest! {
        #[test]
        fn the_usual_form_is_read_as_every_other(text in "[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]([.,][0-9]{0,9})?(Z|[+]00:00)?") {
            if let Some(seconds) = usual(text.as_bytes()) {
                prop_assert_eq!(any(&text), Ok(seconds));
            } else if text.ends_with('Z') && !text.contains(',') && !text.contains(".Z") {
                prop_assert!(any(&text).is_err());
            }
        }

        #[test]
        fn any_text_is_a_time_or_an_error(text: String) {
            prop_assert_eq!(parse(&text), any(&text));
        }
    }

    #[test]
    fn times_are_read_with_any_offset_and_without_fractions() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T00:00:01.999999999999Z", 1),
            ("1970-01-01T00:00:01,5Z", 1),
            ("1970-01-01T1:00:00Z", 3600),
            ("1970-01-01T01:00:00+01:00", 0),
            ("1969-12-31T22:30:00-01:30", 0),
            ("1970-01-02T00:00:00+24:00", 0),
            ("2024-02-29T12:00:00Z", 1_709_208_000),
            ("0001-01-01T00:00:00Z", -62_135_596_800),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] {
            assert_eq!(parse(text), Ok(seconds), "{text}");
        }
    }

    #[test]
    fn errors_have_the_texts_of_go() {
        for (text, element, rest) in [
            ("yesterday", "2006", "yesterday"),
            ("", "2006", ""),
            ("20-01-01T00:00:00Z", "2006", "20-01-01T00:00:00Z"),
            ("2020/01/01", "-", "/01/01"),
            ("2020-1-01T00:00:00Z", "01", "1-01T00:00:00Z"),
            ("2020-01-1T00:00:00Z", "02", "1T00:00:00Z"),
            ("2020-01-01", "T", ""),
            ("2020-01-01t00:00:00Z", "T", "t00:00:00Z"),
            ("2020-01-01T00:00Z", ":", "Z"),
            ("2020-01-01T00:00:00", "Z07:00", ""),
            ("2020-01-01T00:00:00z", "Z07:00", "z"),
            ("2020-01-01T00:00:00+0100", "Z07:00", "+0100"),
            ("2020-01-01T00:00:00.Z", "Z07:00", ".Z"),
        ] {
            let expected = format!(
                r#"parsing time "{text}" as "2006-01-02T15:04:05Z07:00": cannot parse "{rest}" as "{element}""#
            );
            assert_eq!(parse(text), Err(expected));
        }
        for (text, what) in [
            ("2020-13-01T00:00:00Z", "month"),
            ("2020-00-01T00:00:00Z", "month"),
            ("2021-02-29T00:00:00Z", "day"),
            ("2021-02-00T00:00:00Z", "day"),
            ("2020-01-01T24:00:00Z", "hour"),
            ("2020-01-01T00:60:00Z", "minute"),
            ("2020-01-01T00:00:60Z", "second"),
            ("2020-01-01T00:00:00+25:00", "time zone offset hour"),
            ("2020-01-01T00:00:00+00:61", "time zone offset minute"),
        ] {
            assert_eq!(parse(text), Err(format!(r#"parsing time "{text}": {what} out of range"#)));
        }
        assert_eq!(
            parse("2020-01-01T00:00:00Z\u{fc}"),
            Err(r#"parsing time "2020-01-01T00:00:00Z\xc3\xbc": extra text: "\xc3\xbc""#.to_owned())
        );
    }
}
