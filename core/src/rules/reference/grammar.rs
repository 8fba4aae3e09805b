//! The grammar of image references.
//!
//! ```text
//! reference := name [ ":" tag ] [ "@" digest ]
//! name      := [ host "/" ] component { "/" component }
//! host      := label { "." label } [ ":" digit+ ]
//! label     := letters, digits and "-", the latter neither first nor last
//! component := lower-case letters and digits, joined by ".", "_", "__" or any number of "-"
//! tag       := a letter, digit or "_", then at most 127 of these, "." and "-"
//! digest    := algorithm ":" at least 32 hexadecimal digits
//! algorithm := words of letters and digits that begin with a letter, joined by "-", "_", "+" or "."
//! ```
//!
//! Upstream matches one regular expression against the whole text. No part may contain the character that ends it (a
//! tag has no `/` or `@`, a component no `:`), so splitting at these characters finds the only possible match, in one
//! pass.

/// The parts of a reference.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    /// Host and components.
    pub(super) name: &'a str,
    /// Empty if there is none.
    pub(super) tag: &'a str,
    /// Empty if there is none.
    pub(super) digest: &'a str,
}

/// Splits a reference into its parts; `None` if it does not follow the grammar.
pub(super) fn split(text: &str) -> Option<Parts<'_>> {
    let (tagged, digest) = match text.split_once('@') {
        Some((tagged, digest)) if is_digest(digest) => (tagged, digest),
        Some(_) => return None,
        None => (text, ""),
    };
    let last = tagged.rfind('/').map_or(0, |slash| slash + 1);
    let (name, tag) = match tagged.get(last..).and_then(|segment| segment.find(':')) {
        Some(colon) => {
            let (name, tag) = (tagged.get(..last + colon)?, tagged.get(last + colon + 1..)?);
            if !is_tag(tag) {
                return None;
            }
            (name, tag)
        }
        None => (tagged, ""),
    };
    is_name(name).then_some(Parts { name, tag, digest })
}

fn is_name(text: &str) -> bool {
    match text.split_once('/') {
        Some((first, rest)) => (is_host(first) || is_component(first)) && rest.split('/').all(is_component),
        None => is_component(text),
    }
}

fn is_host(text: &str) -> bool {
    let labels = match text.split_once(':') {
        Some((_, port)) if port.is_empty() || !port.bytes().all(|byte| byte.is_ascii_digit()) => return false,
        Some((labels, _)) => labels,
        None => text,
    };
    labels.split('.').all(|label| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    })
}

fn is_component(text: &str) -> bool {
    let is_alphanumeric = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = text.as_bytes();
    bytes.first().is_some_and(is_alphanumeric)
        && bytes.last().is_some_and(is_alphanumeric)
        && bytes.split(is_alphanumeric).all(|separator| {
            matches!(separator, b"" | b"." | b"_" | b"__") || separator.iter().all(|byte| *byte == b'-')
        })
}

fn is_tag(text: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.len() <= 128
        && text.bytes().next().is_some_and(is_word)
        && text.bytes().all(|byte| is_word(byte) || byte == b'.' || byte == b'-')
}

fn is_digest(text: &str) -> bool {
    text.split_once(':').is_some_and(|(algorithm, hex)| {
        hex.len() >= 32
            && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
            && algorithm.split(['-', '_', '+', '.']).all(|word| {
                word.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic())
                    && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colon_before_the_last_slash_belongs_to_the_host() {
        assert_eq!(split("a:1/b"), Some(Parts { name: "a:1/b", tag: "", digest: "" }));
        assert_eq!(split("a:1/b:2"), Some(Parts { name: "a:1/b", tag: "2", digest: "" }));
        assert_eq!(split("a:1"), Some(Parts { name: "a", tag: "1", digest: "" }));
        assert_eq!(split("a:b/c"), None, "a port has digits only");
        assert_eq!(split("a:/c"), None);
        assert_eq!(split("a/b:1/c"), None, "only the first segment can be a host");
        assert_eq!(split("a:1:2/c"), None);
        assert_eq!(split("a/b:1:2"), None);
    }

    #[test]
    fn components_are_joined_by_one_dot_one_or_two_underscores_or_dashes() {
        for good in ["a", "0", "a.b", "a_b", "a__b", "a-b", "a-----b", "a.b_c__d-e", "a0b"] {
            assert!(is_component(good), "{good}");
        }
        for bad in ["", ".", "a.", ".a", "a..b", "a___b", "a._b", "a-.b", "a_-b", "A", "\u{e4}", "a b"] {
            assert!(!is_component(bad), "{bad}");
        }
    }

    #[test]
    fn hosts_may_be_upper_case_and_have_a_port() {
        for good in ["A", "a-b", "A.b-C.9", "a:0", "a.b:65536"] {
            assert!(is_host(good), "{good}");
        }
        for bad in ["", "-", "-a", "a-", "a..b", ".a", "a.", "a_b", "a:", "a:x", "a:1:2", "[::1]:5000"] {
            assert!(!is_host(bad), "{bad}");
        }
    }

    #[test]
    fn tags_have_one_to_128_characters() {
        assert!(is_tag(&"t".repeat(128)));
        assert!(!is_tag(&"t".repeat(129)));
        assert!(!is_tag(""));
        assert!(is_tag("_.-"));
        assert!(!is_tag(".a"));
    }

    #[test]
    fn algorithms_are_words() {
        let hex = "0".repeat(32);
        for good in ["a", "A1", "a+b", "a.b-c_d+e"] {
            assert!(is_digest(&format!("{good}:{hex}")), "{good}");
        }
        for bad in ["", "1", "a+", "+a", "a++b", "a+1"] {
            assert!(!is_digest(&format!("{bad}:{hex}")), "{bad}");
        }
        assert!(!is_digest(&format!("a:{}", "0".repeat(31))));
        assert!(!is_digest(&format!("a:b:{hex}")));
        assert!(split(&format!("a@b:{hex}@c:{hex}")).is_none());
    }

    #[test]
    fn hostile_input_takes_one_pass() {
        const SIZE: usize = 3 << 20;
        for unit in ["a", "a/", "a-", "-", "a.", "a:", "@", "a@", "/", "A", "a_", "0"] {
            let text = unit.repeat(SIZE / unit.len());
            let _ = split(&text);
            let _ = split(&format!("a@b:{text}"));
            let _ = split(&format!("{text}/:"));
        }
    }
}
