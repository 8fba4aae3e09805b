//! JSON values as Go prints them.

use std::fmt;

use serde_json::Value;

/// A JSON value as Go's `%v` prints it after decoding: `map[a:1 b:[x <nil>]]`.
pub struct GoValue<'a>(pub &'a Value);

impl fmt::Display for GoValue<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Null => formatter.write_str("<nil>"),
            Value::Bool(value) => value.fmt(formatter),
            Value::Number(number) => number.fmt(formatter),
            Value::String(text) => formatter.write_str(text),
            Value::Array(items) => {
                formatter.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    let blank = if index == 0 { "" } else { " " };
                    write!(formatter, "{blank}{}", Self(item))?;
                }
                formatter.write_str("]")
            }
            Value::Object(members) => {
                formatter.write_str("map[")?;
                for (index, (name, value)) in members.iter().enumerate() {
                    let blank = if index == 0 { "" } else { " " };
                    write!(formatter, "{blank}{name}:{}", Self(value))?;
                }
                formatter.write_str("]")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::GoValue;

    #[test]
    fn maps_lists_and_nil() {
        let value = json!({"b": [1, "x y", null, []], "a": {"c": true, "d": 1.5}});
        assert_eq!(GoValue(&value).to_string(), "map[a:map[c:true d:1.5] b:[1 x y <nil> []]]");
    }
}
