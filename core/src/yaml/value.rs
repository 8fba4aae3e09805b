//! The values of YAML as Go has them, and their notation in its error texts.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::quote::Quoted;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// No value, a boolean, a number or a text.
    Scalar(Key),
    List(Vec<Value>),
    Map(BTreeMap<Key, Value>),
}

/// A value that can be the key of a map.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Null,
    Bool(bool),
    /// Within `i64` or `u64`.
    Integer(i128),
    Float(Float),
    Text(String),
}

/// A number in floating point that can be compared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Float(pub(super) f64);

impl PartialEq for Float {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Float {}

impl PartialOrd for Float {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Float {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl Value {
    /// The value in the syntax of Go, `%#v`.
    pub(super) fn go_syntax(&self) -> String {
        let mut text = String::new();
        self.write_go_syntax(&mut text);
        text
    }

    fn write_go_syntax(&self, text: &mut String) {
        match self {
            Self::Scalar(Key::Null) => text.push_str("interface {}(nil)"),
            Self::Scalar(key) => text.push_str(&key.go_syntax()),
            Self::List(items) => {
                text.push_str("[]interface {}{");
                for (index, item) in items.iter().enumerate() {
                    text.push_str(if index > 0 { ", " } else { "" });
                    item.write_go_syntax(text);
                }
                text.push('}');
            }
            Self::Map(members) => {
                text.push_str("map[interface {}]interface {}{");
                for (index, (key, value)) in members.iter().enumerate() {
                    text.push_str(if index > 0 { ", " } else { "" });
                    Self::Scalar(key.clone()).write_go_syntax(text);
                    text.push(':');
                    value.write_go_syntax(text);
                }
                text.push('}');
            }
        }
    }
}

impl Key {
    /// The key in the syntax of Go, `%#v`.
    pub(super) fn go_syntax(&self) -> String {
        match self {
            Self::Null => "<nil>".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Integer(number) if i64::try_from(*number).is_err() => format!("{number:#x}"),
            Self::Integer(number) => number.to_string(),
            Self::Float(Float(number)) => go_float(*number, &format!("{:e}", number.abs())),
            Self::Text(text) => Quoted(text).to_string(),
        }
    }
}

/// A number in floating point as Go prints it in the shortest form, `strconv.FormatFloat` with `'g'` and -1. `scientific`
/// is its absolute value with an exponent, as [`std::fmt::LowerExp`] writes it.
pub(super) fn go_float(number: f64, scientific: &str) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let mut text = if number.is_sign_negative() { "-".to_owned() } else { String::new() };
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let digits = mantissa.replace('.', "");
    if !(-4..6).contains(&exponent) {
        text.push_str(mantissa);
        // Writing to a string does not fail.
        let _ = write!(text, "e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs());
        return text;
    }
    let point = usize::try_from(exponent + 1).unwrap_or_default();
    if exponent < 0 {
        text.push_str("0.");
        text.extend(std::iter::repeat_n('0', usize::try_from(-exponent - 1).unwrap_or_default()));
        text.push_str(&digits);
    } else if point >= digits.len() {
        text.push_str(&digits);
        text.extend(std::iter::repeat_n('0', point - digits.len()));
    } else {
        let (whole, fraction) = digits.split_at_checked(point).unwrap_or((&digits, ""));
        text.push_str(whole);
        text.push('.');
        text.push_str(fraction);
    }
    text
}
