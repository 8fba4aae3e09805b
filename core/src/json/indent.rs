//! JSON for people.

/// Gives each member and each element of JSON a line of its own, and each level one more `indent`.
///
/// `compact` is JSON without spaces between its parts, as [`to_vec`](super::to_vec) writes it. The server indents by two
/// spaces where `pretty=true` is asked for, `kubectl` by four.
///
/// ```
/// assert_eq!(imagestream::json::indent(br#"{"a":[1],"b":{}}"#, "  "), b"{\n  \"a\": [\n    1\n  ],\n  \"b\": {}\n}");
/// ```
#[must_use]
pub fn indent(compact: &[u8], indent: &str) -> Vec<u8> {
    let mut text = Vec::with_capacity(compact.len() * 2);
    let mut depth: usize = 0;
    let (mut quoted, mut escaped) = (false, false);
    let mut before = 0;
    for &byte in compact {
        if quoted {
            text.push(byte);
            quoted = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
        } else {
            // What is empty stays on its line.
            let opened = matches!(before, b'{' | b'[');
            match byte {
                b'}' | b']' => {
                    depth = depth.saturating_sub(1);
                    if !opened {
                        start_line(&mut text, indent, depth);
                    }
                    text.push(byte);
                }
                _ => {
                    if opened {
                        start_line(&mut text, indent, depth);
                    }
                    text.push(byte);
                    match byte {
                        b'"' => quoted = true,
                        b'{' | b'[' => depth += 1,
                        b',' => start_line(&mut text, indent, depth),
                        b':' => text.push(b' '),
                        _ => {}
                    }
                }
            }
        }
        before = if quoted { b'"' } else { byte };
    }
    text
}

fn start_line(text: &mut Vec<u8>, indent: &str, depth: usize) {
    text.push(b'\n');
    text.extend(indent.repeat(depth).bytes());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            r#"[a{}\[\],:"\\ \n]{0,6}"#.prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(r#"[a{":\\]{0,3}"#, inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    #[test]
    fn each_member_has_a_line() {
        let compact = json!({"a": [1, {}], "b": "x,\"{\\"}).to_string();
        let expected = "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": \"x,\\\"{\\\\\"\n}";
        assert_eq!(String::from_utf8(indent(compact.as_bytes(), "  ")).unwrap(), expected);
    }

    proptest! {
        #[test]
        fn it_is_what_serde_prints(value in any_json()) {
            let printed = indent(&serde_json::to_vec(&value).unwrap(), "  ");
            prop_assert_eq!(String::from_utf8(printed).unwrap(), serde_json::to_string_pretty(&value).unwrap());
        }
    }
}
