//! JSON text to [`Node`].

use super::node::Node;
use super::scan::{Scanner, SyntaxError};

/// The most levels that a tree has. Deeper arrays and objects are checked and read as empty ones: no type of the API is that
/// deep, and code that walks a tree (its destructor, for one) may do so by recursion.
const KEPT_DEPTH: usize = 128;

/// Reads one JSON value.
///
/// In strings each byte of invalid UTF-8 becomes U+FFFD, and so does half of a surrogate pair. Arrays and objects that are
/// nested 128 or more levels deep are checked and read as empty ones.
///
/// # Errors
///
/// The first syntax error. More than 10,000 levels are one, too.
pub fn parse(text: &[u8]) -> Result<Node<'_>, SyntaxError> {
    let mut scanner = Scanner::new(text);
    let node = node(&mut scanner)?;
    scanner.end()?;
    Ok(node)
}

/// The texts of values that follow each other, as `jq -c` prints them; white space lies between them, or nothing.
///
/// # Errors
///
/// Where a text is no JSON.
pub(crate) fn values(text: &[u8]) -> Result<Vec<&[u8]>, SyntaxError> {
    let mut scanner = Scanner::new(text);
    let mut values = Vec::new();
    while scanner.has_more() {
        let start = scanner.position();
        let first = scanner.first()?;
        scanner.skip(first)?;
        values.push(scanner.since(start));
    }
    Ok(values)
}

/// Reads the next value.
pub(super) fn node<'t>(scanner: &mut Scanner<'t>) -> Result<Node<'t>, SyntaxError> {
    let first = scanner.first()?;
    Ok(match first {
        b'[' if scanner.depth() >= KEPT_DEPTH => {
            scanner.skip(first)?;
            Node::Array(Vec::new())
        }
        b'{' if scanner.depth() >= KEPT_DEPTH => {
            scanner.skip(first)?;
            Node::Object(Vec::new())
        }
        b'[' => {
            let mut items = Vec::new();
            Scanner::array(scanner, &mut |scanner, _| {
                items.push(node(scanner)?);
                Ok(())
            })?;
            Node::Array(items)
        }
        b'{' => {
            let mut members = Vec::new();
            Scanner::object(scanner, &mut |scanner, name, _| {
                members.push((name, node(scanner)?));
                Ok(())
            })?;
            Node::Object(members)
        }
        b'"' => Node::String(scanner.string()?),
        b't' => {
            scanner.literal_true()?;
            Node::Bool(true)
        }
        b'f' => {
            scanner.literal_false()?;
            Node::Bool(false)
        }
        b'n' => {
            scanner.literal_null()?;
            Node::Null
        }
        other => Node::Number(scanner.number(other)?.into()),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{KEPT_DEPTH, parse, values};
    use crate::json::scan::MAX_DEPTH;
    use crate::json::{Ignored, Names, Node, decode};

    fn error(text: impl AsRef<[u8]>) -> String {
        parse(text.as_ref()).unwrap_err().to_string()
    }

    fn string(text: &[u8]) -> String {
        match parse(text) {
            Ok(Node::String(text)) => text.into_owned(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn order_duplicates_and_the_text_of_numbers_are_kept() {
        let member = |name: &'static str, value| (name.into(), value);
        assert_eq!(
            parse(br#" {"b": [1.50, -0, 1E+3, null, true, false, {}, []], "a": "x", "b": ""} "#),
            Ok(Node::Object(vec![
                member(
                    "b",
                    Node::Array(vec![
                        Node::Number("1.50".into()),
                        Node::Number("-0".into()),
                        Node::Number("1E+3".into()),
                        Node::Null,
                        Node::Bool(true),
                        Node::Bool(false),
                        Node::Object(vec![]),
                        Node::Array(vec![]),
                    ])
                ),
                member("a", Node::String("x".into())),
                member("b", Node::String("".into())),
            ]))
        );
    }

    #[test]
    fn invalid_unicode_becomes_replacement_characters() {
        assert_eq!(string(br#""\u0041\ud83d\ude00\/\b\f\n\r\t\"\\""#), "A\u{1f600}/\u{8}\u{c}\n\r\t\"\\");
        assert_eq!(string(br#""\ud800""#), "\u{fffd}");
        assert_eq!(string(br#""\ud800\u0041""#), "\u{fffd}A");
        assert_eq!(string(br#""\ude00\ud83d\ude00""#), "\u{fffd}\u{1f600}");
        assert_eq!(string(br#""\ud800x""#), "\u{fffd}x");
        assert_eq!(string(b"\"\xff\xfea\""), "\u{fffd}\u{fffd}a");
        // One for each byte, also of a sequence that is only cut off.
        assert_eq!(string(b"\"\xe2\x82\""), "\u{fffd}\u{fffd}");
    }

    #[test]
    fn texts_that_end_early_have_their_own_error() {
        for text in ["", "   ", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "[", "[1", "[1,", "\"abc"] {
            assert_eq!(error(text), "unexpected end of JSON input", "{text}");
        }
    }

    #[test]
    fn errors_have_the_texts_of_go() {
        for (text, expected) in [
            ("{nope", "'n' looking for beginning of object key string"),
            ("{\"a\":1,}", "'}' looking for beginning of object key string"),
            ("[1,]", "']' looking for beginning of value"),
            ("\u{feff}{}", "'\u{ef}' looking for beginning of value"),
            ("/* x */ {}", "'/' looking for beginning of value"),
            ("'a'", r"'\'' looking for beginning of value"),
            ("\u{1}", r"'\x01' looking for beginning of value"),
            ("\u{c}", r"'\f' looking for beginning of value"),
            ("\\", r"'\\' looking for beginning of value"),
            ("{} x", "'x' after top-level value"),
            ("01", "'1' after top-level value"),
            ("{\"a\" 1}", "'1' after object key"),
            ("{\"a\":1 \"b\"", "'\"' after object key:value pair"),
            ("[1 2]", "'2' after array element"),
            ("\"a\nb\"", r"'\n' in string literal"),
            (r#""\x""#, "'x' in string escape code"),
            (r#""\u12g4""#, r"'g' in \u hexadecimal character escape"),
            (r#""\"#, "' ' in string escape code"),
            ("-", "' ' in numeric literal"),
            ("-a", "'a' in numeric literal"),
            ("1.", "' ' after decimal point in numeric literal"),
            ("1.e", "'e' after decimal point in numeric literal"),
            ("1e+", "' ' in exponent of numeric literal"),
            ("1ex", "'x' in exponent of numeric literal"),
            ("trux", "'x' in literal true (expecting 'e')"),
            ("fal", "' ' in literal false (expecting 's')"),
            ("nil", "'i' in literal null (expecting 'u')"),
        ] {
            assert_eq!(error(text), format!("invalid character {expected}"), "{text}");
        }
        assert_eq!(error(b"\x9e"), r"invalid character '\u009e' looking for beginning of value");
    }

    #[test]
    fn depth_is_limited_as_in_go() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(parse(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert_eq!(error(nested(MAX_DEPTH + 1)), "invalid character '[' exceeded max depth");
        let objects = r#"{"a":"#.repeat(MAX_DEPTH + 1);
        assert_eq!(error(objects), "invalid character '{' exceeded max depth");
    }

    #[test]
    fn consecutive_values_are_separated() {
        let texts = |text: &'static str| -> Vec<&str> {
            values(text.as_bytes()).unwrap().into_iter().map(|value| std::str::from_utf8(value).unwrap()).collect()
        };
        assert_eq!(texts(" {\"a\": \"}{\"}\n[1]{}\t\"x\" 1 2"), ["{\"a\": \"}{\"}", "[1]", "{}", "\"x\"", "1", "2"]);
        assert_eq!(texts("\n "), [""; 0]);
        for broken in ["{} {", "{} ]", "{}, {}", "{\"a\": 1}}", "kind: x"] {
            assert!(values(broken.as_bytes()).is_err(), "{broken}");
        }
    }

    #[test]
    fn levels_below_the_limit_are_dropped() {
        fn depth(node: &Node) -> usize {
            match node {
                Node::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
                _ => 0,
            }
        }
        let text = "[".repeat(KEPT_DEPTH + 50) + &"]".repeat(KEPT_DEPTH + 50);
        assert_eq!(depth(&parse(text.as_bytes()).unwrap()), KEPT_DEPTH + 1);
    }

    fn arbitrary_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<u64>().prop_map(Into::into),
            // Fractions that serde_json, which rounds otherwise, reads and prints exactly.
            any::<i32>().prop_map(|eighths| (f64::from(eighths) / 8.0).into()),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(6, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Into::into),
                prop::collection::btree_map(any::<String>(), inner, 0..8)
                    .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_serde_json_prints_is_read_as_it_reads_it(value in arbitrary_json(), pretty: bool) {
            let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
            let node = parse(text.as_bytes()).unwrap();
            prop_assert_eq!(&serde_json::to_value(&node).unwrap(), &value);
            prop_assert_eq!(&serde_json::from_str::<Node>(&text).unwrap(), &node);
            let again = node.to_json();
            prop_assert_eq!(&parse(again.as_bytes()).unwrap(), &node);
            prop_assert_eq!(&decode::<Node>(text.as_bytes(), Names::Exact).unwrap(), &node);
            prop_assert_eq!(&decode::<serde_json::Value>(text.as_bytes(), Names::Exact).unwrap(), &value);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = parse(&bytes);
        }

        #[test]
        fn what_is_skipped_is_checked_as_what_is_read(text in r#"[\[\]{}:,"\\0-9eE+.a-f \n-]{0,24}"#) {
            let skipped = decode::<Ignored>(text.as_bytes(), Names::Exact).map_err(|error| error.to_string());
            prop_assert_eq!(skipped.map(drop), parse(text.as_bytes()).map(drop).map_err(|error| error.to_string()));
        }

        #[test]
        fn text_like_json_is_accepted_as_serde_json_accepts_it(text in r#"[\[\]{}:,"\\0-9eE+.a-f \n-]{0,24}"#) {
            let expected = serde_json::from_str::<serde_json::Value>(&text);
            let found = parse(text.as_bytes());
            // serde_json refuses numbers beyond f64 and lone surrogates, which Go reads.
            let stricter = expected.as_ref().is_err_and(|error| {
                let text = error.to_string();
                text.contains("out of range") || text.contains("surrogate") || text.contains("hex escape")
            });
            prop_assert!(stricter || found.is_ok() == expected.is_ok(), "{:?} and {:?}", found, expected);
        }
    }
}
