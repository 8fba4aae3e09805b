//! Quantities of Kubernetes, such as `1.5Gi`.

/// The number of bytes that a quantity says, rounded up; the largest number if it is larger. `None` if it is none.
///
/// The grammar is that of `resource.Quantity`: a decimal number with a binary suffix (`Ki` to `Ei`), a decimal one (`n`,
/// `u`, `m`, none, `k`, `M` to `E`), or an exponent (`e3`).
#[must_use]
pub fn parse_quantity(text: &str) -> Option<i64> {
    let end = text.find(|character: char| !matches!(character, '0'..='9' | '.' | '+' | '-')).unwrap_or(text.len());
    let (number, suffix) = text.split_at_checked(end)?;
    let unsigned = number.strip_prefix(['+', '-']).unwrap_or(number);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = || whole.bytes().chain(fraction.bytes());
    if digits().next().is_none() || !digits().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let (binary, exponent): (i128, i32) = match suffix {
        "" => (1, 0),
        "Ki" => (1 << 10, 0),
        "Mi" => (1 << 20, 0),
        "Gi" => (1 << 30, 0),
        "Ti" => (1 << 40, 0),
        "Pi" => (1 << 50, 0),
        "Ei" => (1 << 60, 0),
        "n" => (1, -9),
        "u" => (1, -6),
        "m" => (1, -3),
        "k" => (1, 3),
        "M" => (1, 6),
        "G" => (1, 9),
        "T" => (1, 12),
        "P" => (1, 15),
        "E" => (1, 18),
        _ => (1, suffix.strip_prefix(['e', 'E'])?.parse().ok()?),
    };
    // Beyond 38 digits there is only the fraction of a byte, or the number is past all sizes.
    let whole = whole.trim_start_matches('0');
    let digits = whole.bytes().chain(fraction.bytes());
    let mantissa =
        digits.take(38).try_fold(0_i128, |sum, digit| sum.checked_mul(10)?.checked_add(i128::from(digit - b'0')));
    let decimals = i32::try_from(fraction.len().min(38_usize.saturating_sub(whole.len()))).ok()?;
    let scale = exponent.saturating_sub(decimals);
    let power = |power: u32| 10_i128.checked_pow(power);
    let value = mantissa.and_then(|mantissa| mantissa.checked_mul(binary)).and_then(|value| match scale {
        0.. => value.checked_mul(power(scale.unsigned_abs())?),
        _ => Some(power(scale.unsigned_abs()).map_or(i128::from(value > 0), |power| divide_up(value, power))),
    });
    let value = value.and_then(|value| i64::try_from(value).ok()).unwrap_or(i64::MAX);
    Some(if number.starts_with('-') { -value } else { value })
}

fn divide_up(value: i128, divisor: i128) -> i128 {
    value / divisor + i128::from(value % divisor > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_those_of_kubernetes() {
        for (text, bytes) in [
            ("0", Some(0)),
            ("500", Some(500)),
            ("1Ki", Some(1024)),
            ("1.5Gi", Some(1_610_612_736)),
            ("100k", Some(100_000)),
            ("1e3", Some(1000)),
            ("1E3", Some(1000)),
            ("12E-1", Some(2)),
            ("1E", Some(1_000_000_000_000_000_000)),
            ("9Ei", Some(i64::MAX)),
            ("100000000000000000000000000000000000000000000", Some(i64::MAX)),
            ("500m", Some(1)),
            ("1n", Some(1)),
            ("0.0001", Some(1)),
            (".5Ki", Some(512)),
            ("5.", Some(5)),
            ("0000000000000000000000000000000000000000000000005", Some(5)),
            ("-5", Some(-5)),
            ("1e-99999999", Some(1)),
            ("1e99999999", Some(i64::MAX)),
            ("", None),
            (".", None),
            ("Mi", None),
            ("1 Mi", None),
            ("1MiB", None),
            ("1e", None),
            ("--1", None),
            ("1.2.3", None),
            ("1é", None),
        ] {
            assert_eq!(parse_quantity(text), bytes, "{text:?}");
        }
    }
}
