//! YAML text to [`Node`].

use super::convert::to_node;
use super::decode::Decoder;
use super::error::YamlError;
use super::parse::Parser;
use crate::json::Node;

/// One document of a YAML text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YamlDocument {
    /// The value. The members of objects are sorted, each once with its last value, as in the JSON that the real
    /// server makes of YAML.
    pub node: Node<'static>,
    /// The keys that came more than once, as `line 7: key "tag" already set in map`.
    pub duplicates: Vec<String>,
}

/// Reads the documents of a text one after the other.
///
/// An empty text has no documents. After an error there are no more. What follows the root node of a document is not
/// looked at before the next document is read.
#[must_use]
pub fn documents(text: &str) -> Documents<'_> {
    Documents { parser: Some(Parser::new(text)) }
}

/// The documents of a YAML text, see [`documents`].
#[derive(Debug)]
pub struct Documents<'t> {
    parser: Option<Parser<'t>>,
}

impl Iterator for Documents<'_> {
    type Item = Result<YamlDocument, YamlError>;

    fn next(&mut self) -> Option<Self::Item> {
        let document = read(self.parser.as_mut()?).transpose();
        if !matches!(document, Some(Ok(_))) {
            self.parser = None;
        }
        document
    }
}

fn read(parser: &mut Parser<'_>) -> Result<Option<YamlDocument>, YamlError> {
    let Some((tree, root)) = parser.document()? else { return Ok(None) };
    let mut decoder = Decoder::new(&tree);
    let value = decoder.value(root)?;
    Ok(Some(YamlDocument { node: to_node(value)?, duplicates: decoder.duplicates }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::documents;
    use crate::json::{Node, parse};

    fn read(text: &str) -> Result<Node<'static>, String> {
        let document = documents(text).next().transpose().map_err(|error| error.to_string())?;
        Ok(document.map_or(Node::Null, |document| document.node))
    }

    fn json(text: &'static str) -> Node<'static> {
        parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn yaml_is_another_way_to_write_json() {
        let yaml = "\u{feff}kind: ImageStream\nmetadata:\n  name: app\n  labels: {y: aml, 1: 'yes'}\nspec:\n  tags:\n  - name: \"1.0\"\n    \
                    generation: 0x10\n  - reference: on\n    from: ~\n  text: |\n    a\n    b\n";
        let expected = r#"{"kind": "ImageStream", "metadata": {"labels": {"1": "yes", "true": "aml"}, "name": "app"},
            "spec": {"tags": [{"generation": 16, "name": "1.0"}, {"from": null, "reference": true}], "text": "a\nb\n"}}"#;
        assert_eq!(read(yaml), Ok(json(expected)));
        assert_eq!(
            read("size: 1e3\nage: 1.5\nmade: 2024-01-01\n"),
            Ok(json(r#"{"age": 1.5, "made": "2024-01-01", "size": 1000}"#))
        );
        assert_eq!(read("!!str 5"), Ok(json(r#""5""#)));
        assert_eq!(read("!!binary aGk="), Ok(json(r#""hi""#)));
        assert_eq!(read("{\"a\": [1, \"\\u00e9\"]}"), Ok(json(r#"{"a": [1, "\u00e9"]}"#)));
        assert_eq!(read(""), Ok(Node::Null));
    }

    #[test]
    fn documents_are_read_one_by_one() {
        let all: Vec<_> = documents("a: 1\n---\n- b\n...\n---\n").map(|document| document.unwrap().node).collect();
        assert_eq!(all, [json(r#"{"a": 1}"#), json(r#"["b"]"#), Node::Null]);
        let mut broken = documents("a: 1\n---\n'");
        assert!(broken.next().unwrap().is_ok());
        assert!(broken.next().unwrap().is_err());
        assert_eq!(broken.next(), None);
    }

    #[test]
    fn the_last_duplicate_wins_and_each_is_reported() {
        let document = documents("kind: a\nmetadata:\n  x: 1\n  x: 2\ntag: old\n\ntag: new\n1: a\n1: b\n")
            .next()
            .unwrap()
            .unwrap();
        assert_eq!(document.node, json(r#"{"1": "b", "kind": "a", "metadata": {"x": 2}, "tag": "new"}"#));
        assert_eq!(
            document.duplicates,
            [
                r#"line 4: key "x" already set in map"#,
                r#"line 7: key "tag" already set in map"#,
                "line 9: key 1 already set in map"
            ]
        );
    }

    #[test]
    fn aliases_and_merge_keys_are_replaced() {
        let yaml = "base: &b {a: 1, b: 2}\nuse: *b\nmore:\n  b: 3\n  <<: [*b, {c: 4}]\n&k key: v\nother: *k\n";
        let expected = r#"{"base": {"a": 1, "b": 2}, "key": "v", "more": {"a": 1, "b": 2, "c": 4}, "other": "key", "use": {"a": 1, "b": 2}}"#;
        assert_eq!(read(yaml), Ok(json(expected)));
        assert_eq!(read("- &k a\n- *k : 1\n"), Ok(json(r#"["a", {"a": 1}]"#)));
    }

    #[test]
    fn documents_that_would_exhaust_stack_or_memory_are_refused() {
        let error = |text: &str| read(text).unwrap_err();
        assert_eq!(error(&"[".repeat(200)), "yaml: exceeded depth limit of 128");
        let nested = |inner: &str| format!("{}{inner}{}", "[".repeat(100), "]".repeat(100));
        let mut bomb = vec!["a0: &a0 [xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx]".to_owned()];
        let mut chain = vec![format!("a0: &a0 {}", nested(""))];
        for number in 1..20 {
            let previous = format!("*a{}", number - 1);
            bomb.push(format!("a{number}: &a{number} [{}]", [previous.as_str(); 10].join(", ")));
            chain.push(format!("a{number}: &a{number} {}", nested(&previous)));
        }
        let (bomb, chain) = (bomb.join("\n"), chain.join("\n"));
        assert_eq!(error(&bomb), "yaml: document contains excessive aliasing");
        assert_eq!(error(&chain), "yaml: exceeded depth limit of 128");
        assert_eq!(error("&a [*a]"), "yaml: anchor 'a' value contains itself");
    }

    #[test]
    fn values_that_json_can_not_express_are_refused() {
        for (text, expected) in [
            ("{[a, 1, ~]: b}", "yaml: invalid map key: []interface {}{\"a\", 1, interface {}(nil)}"),
            ("{{a: 1.5}: c}", "yaml: invalid map key: map[interface {}]interface {}{\"a\":1.5}"),
            (
                "? ~\n: [a, ~]",
                "unsupported map key of type: %!s(<nil>), key: <nil>, value: []interface {}{\"a\", interface {}(nil)}",
            ),
            ("18446744073709551615: ~", "unsupported map key of type: uint64, key: 0xffffffffffffffff, value: <nil>"),
            (".nan", "json: unsupported value: NaN"),
            ("[-.inf]", "json: unsupported value: -Inf"),
            ("!!binary '!'", "yaml: !!binary value contains invalid base64 data"),
            ("*unknown", "yaml: unknown anchor 'unknown' referenced"),
            ("!!null x", "yaml: cannot decode !!str `x` as a !!null"),
            ("!!bool 5", "yaml: cannot decode !!int `5` as a !!bool"),
            ("<<: a", "yaml: map merge requires map or sequence of maps as the value"),
            ("<<: [{a: b}, c]", "yaml: map merge requires map or sequence of maps as the value"),
        ] {
            assert_eq!(read(text), Err(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn errors_of_the_syntax_come_before_those_of_values() {
        assert_eq!(read("[a]: b\nc: '").unwrap_err(), "yaml: line 2: found unexpected end of stream");
        assert_eq!(
            read("a: .nan\n~: b").unwrap_err(),
            r#"unsupported map key of type: %!s(<nil>), key: <nil>, value: "b""#
        );
        // A character that is not allowed is found with the 512 bytes around it.
        assert_eq!(
            read(&format!("a: b: c{}\u{1}", " ".repeat(500))).unwrap_err(),
            "yaml: control characters are not allowed"
        );
        let later = format!("a: b: c\n{}\u{1}", "#".repeat(600));
        assert_eq!(read(&later).unwrap_err(), "yaml: mapping values are not allowed in this context");
    }

    #[test]
    fn tags_decide_the_type_of_a_scalar() {
        for (text, expected) in [
            ("!!float 5", "5"),
            ("!!int '5'", "5"),
            ("!!str ~", r#""~""#),
            ("!!str", r#""""#),
            ("!own 5", r#""5""#),
            ("! 5", r#""5""#),
            ("!<tag:yaml.org,2002:bool> yes", "true"),
            ("%TAG !y! tag:yaml.org,2002:\n---\n!y!int 0x10", "16"),
            ("!!timestamp 2024-01-01", r#""2024-01-01""#),
            ("&a !!str 5", r#""5""#),
            ("!!set {a: b}", r#"{"a": "b"}"#),
        ] {
            assert_eq!(read(text), Ok(json(expected)), "{text}");
        }
    }

    #[test]
    fn keys_are_converted_as_by_the_real_server() {
        let yaml = "1.5: a\n1e6: b\n.inf: c\n-.inf: d\n.nan: e\n0.00001: f\n0.1: g\n16777217.0: h\n100000.0: i\ntrue: j\n-7: k\n";
        let expected = r#"{"-.inf": "d", "-7": "k", ".inf": "c", ".nan": "e", "0.1": "g", "1.5": "a", "1.6777216e+07": "h",
            "100000": "i", "1e+06": "b", "1e-05": "f", "true": "j"}"#;
        assert_eq!(read(yaml), Ok(json(expected)));
    }

    #[test]
    fn keys_of_different_types_are_no_duplicates() {
        let document = documents("1: a\n'1': b\n1: c\n").next().unwrap().unwrap();
        assert_eq!(document.duplicates, ["line 3: key 1 already set in map"]);
    }

    #[test]
    fn a_merge_key_replaces_earlier_members() {
        let document = documents("base: &b {a: 1}\nuse:\n  a: 2\n  <<: *b\n  a: 3\n").next().unwrap().unwrap();
        assert_eq!(document.node, json(r#"{"base": {"a": 1}, "use": {"a": 3}}"#));
        assert_eq!(
            document.duplicates,
            [r#"line 1: key "a" already set in map"#, r#"line 5: key "a" already set in map"#]
        );
    }

    #[test]
    fn scalars_are_folded_and_unescaped() {
        for (text, expected) in [
            ("a: b\n  c\n\n  d", r#"{"a": "b c\nd"}"#),
            ("\"a\\\n   b\\x41\\u00e9\\U0001F600\\e\\_\"", r#""abA\u00e9\ud83d\ude00\u001b\u00a0""#),
            ("'a''b\n\n c'", r#""a'b\nc""#),
            ("\"a \n b\\n\"", r#""a b\n""#),
            ("|\n a\n  b\n\n c\n\n", r#""a\n b\n\nc\n""#),
            (">\n a\n b\n\n c\n  d\n e\n", r#""a b\nc\n d\ne\n""#),
            ("|+\n a\n\n", r#""a\n\n""#),
            ("|-\n a\n\n", r#""a""#),
            ("|2-\n   a", r#"" a""#),
            ("a: |\r\n  x\r\n  y\r\n", r#"{"a": "x\ny\n"}"#),
            ("[a: b, ? c : d, e]", r#"[{"a": "b"}, {"c": "d"}, "e"]"#),
            ("{a, b: , ? c}", r#"{"a": null, "b": null, "c": null}"#),
            ("{u: http://a:80/b, v: [c:d]}", r#"{"u": "http://a:80/b", "v": ["c:d"]}"#),
            ("a:\n- b\n-\n- - c\n  - d\n? e\n: f\n? g\n", r#"{"a": ["b", null, ["c", "d"]], "e": "f", "g": null}"#),
            ("a: # x\n  b #c\nd: e#f", r#"{"a": "b", "d": "e#f"}"#),
        ] {
            assert_eq!(read(text), Ok(json(expected)), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[-a?:,\\[\\]{}&*!|>'\"%@` #\n\t<~0-9]{0,40}|.{0,40}") {
            let _: Vec<_> = documents(&text).take(50).collect();
        }
    }
}
