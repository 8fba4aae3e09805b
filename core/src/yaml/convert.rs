//! Values of YAML to JSON, as the library between the real server and its YAML library does it.

use std::collections::BTreeMap;

use super::error::YamlError;
use super::value::{Float, Key, Value, go_float};
use crate::json::Node;

/// A value as JSON. The members of objects are sorted.
///
/// An error of a key comes before one of a number: keys are converted first.
pub(super) fn to_node(value: Value) -> Result<Node<'static>, YamlError> {
    let mut unsupported = None;
    let node = convert(value, &mut unsupported)?;
    unsupported.map_or(Ok(node), Err)
}

fn convert(value: Value, unsupported: &mut Option<YamlError>) -> Result<Node<'static>, YamlError> {
    Ok(match value {
        Value::Scalar(Key::Null) => Node::Null,
        Value::Scalar(Key::Bool(value)) => Node::Bool(value),
        Value::Scalar(Key::Integer(number)) => Node::Number(number.to_string().into()),
        Value::Scalar(Key::Float(Float(number))) => {
            if !number.is_finite() {
                let name = go_float(number, "");
                unsupported.get_or_insert_with(|| YamlError::conversion(format!("json: unsupported value: {name}")));
            }
            Node::Number(decimal(number).into())
        }
        Value::Scalar(Key::Text(text)) => Node::String(text.into()),
        Value::List(items) => {
            let items = items.into_iter().map(|item| convert(item, unsupported));
            Node::Array(items.collect::<Result<_, _>>()?)
        }
        Value::Map(map) => {
            let mut members = BTreeMap::new();
            for (key, value) in map {
                let name = member_name(key, &value)?;
                members.insert(name, convert(value, unsupported)?);
            }
            Node::Object(members.into_iter().map(|(name, value)| (name.into(), value)).collect())
        }
    })
}

/// The name of a member with that key.
fn member_name(key: Key, value: &Value) -> Result<String, YamlError> {
    let go_type = match &key {
        Key::Null => "%!s(<nil>)",
        Key::Integer(number) if i64::try_from(*number).is_err() => "uint64",
        _ => {
            return Ok(match key {
                Key::Text(text) => text,
                Key::Float(Float(number)) => float_name(number),
                other => other.go_syntax(),
            });
        }
    };
    let value = if let Value::Scalar(value) = value { value.go_syntax() } else { value.go_syntax() };
    let key = key.go_syntax();
    Err(YamlError::conversion(format!("unsupported map key of type: {go_type}, key: {key}, value: {value}")))
}

/// The name of a member whose key is a number in floating point: of that in 32 bits.
#[expect(clippy::cast_possible_truncation, reason = "that is what the real server does")]
fn float_name(number: f64) -> String {
    let short = number as f32;
    let name = go_float(number, &format!("{:e}", short.abs()));
    match name.as_str() {
        "NaN" => ".nan".to_owned(),
        "+Inf" => ".inf".to_owned(),
        "-Inf" => "-.inf".to_owned(),
        _ => name,
    }
}

/// A number in JSON: as Go writes it, a whole one has no exponent below 10^21, and never a fraction.
#[expect(clippy::cast_possible_truncation, reason = "what is not whole, or too large, is not cast")]
fn decimal(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e21 {
        (number as i128).to_string()
    } else {
        serde_json::Value::from(number).to_string()
    }
}
