//! Names: validation, and parsing the names of virtual resources.

use crate::quote::Quoted;

/// The tag of a reference without one.
pub const DEFAULT_TAG: &str = "latest";

/// Whether to check a whole name or a `generateName`, to which a suffix is appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameForm {
    /// A name.
    Whole,
    /// The prefix in `generateName`.
    Prefix,
}

/// The naming rule of a kind: returns what is wrong with a name, or nothing if it is valid.
pub type NameRule = fn(&str, NameForm) -> Vec<&'static str>;

/// The rule for images, signatures, mappings and tags: a name must fit in one path segment of a URL. Everything else is
/// allowed, including blanks, colons and any length.
#[must_use]
pub fn path_segment_name(name: &str, form: NameForm) -> Vec<&'static str> {
    if form == NameForm::Whole {
        match name {
            "." => return vec!["may not be '.'"],
            ".." => return vec!["may not be '..'"],
            _ => {}
        }
    }
    let mut messages = Vec::new();
    if name.contains('/') {
        messages.push("may not contain '/'");
    }
    if name.contains('%') {
        messages.push("may not contain '%'");
    }
    messages
}

/// The rule for image streams; upstream's `ValidateImageStreamName`.
///
/// Runs of lower-case letters and digits, joined by a single `.`, `_` or `-`. A prefix must be a valid name too, so
/// `app-` is refused.
#[must_use]
pub fn stream_name(name: &str, form: NameForm) -> Vec<&'static str> {
    let messages = path_segment_name(name, form);
    if !messages.is_empty() {
        return messages;
    }
    let is_run = |run: &str| !run.is_empty() && run.bytes().all(is_lowercase_alphanumeric);
    if name.split(['.', '_', '-']).all(is_run) {
        Vec::new()
    } else {
        vec![r#"must match "[a-z0-9]+(?:[._-][a-z0-9]+)*""#]
    }
}

/// The rule for namespaces: a DNS label of RFC 1123, at most 63 bytes.
#[must_use]
pub fn dns1123_label(text: &str) -> Vec<&'static str> {
    let mut messages = Vec::new();
    if text.len() > 63 {
        messages.push("must be no more than 63 characters");
    }
    if !is_dns_label(text) {
        messages.push(if text.split('.').all(is_dns_label) {
            "must not contain dots"
        } else {
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and \
             end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is \
             '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
        });
    }
    messages
}

/// The rule for prefixes of qualified names: DNS labels joined by dots, at most 253 bytes.
#[must_use]
pub fn dns1123_subdomain(text: &str) -> Vec<&'static str> {
    let mut messages = Vec::new();
    if text.len() > 253 {
        messages.push("must be no more than 253 characters");
    }
    if !text.split('.').all(is_dns_label) {
        messages.push(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must \
             start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is \
             '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
        );
    }
    messages
}

/// The rule for keys of labels and annotations and for finalizers: an optional DNS subdomain and a slash, then 1 to 63
/// letters, digits, `-`, `_` and `.`, a letter or digit first and last.
#[must_use]
pub fn qualified_name(text: &str) -> Vec<String> {
    const FORM: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an \
         alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is \
         '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
    let mut messages = Vec::new();
    let name = match text.split_once('/') {
        None => text,
        Some((_, name)) if name.contains('/') => {
            return vec![format!(
                "a qualified name {FORM} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            )];
        }
        Some((prefix, name)) => {
            if prefix.is_empty() {
                messages.push("prefix part must be non-empty".to_owned());
            } else {
                messages.extend(dns1123_subdomain(prefix).iter().map(|message| format!("prefix part {message}")));
            }
            name
        }
    };
    if name.is_empty() {
        messages.push("name part must be non-empty".to_owned());
    } else if name.len() > 63 {
        messages.push("name part must be no more than 63 characters".to_owned());
    }
    if !is_qualified(name) {
        messages.push(format!("name part {FORM}"));
    }
    messages
}

/// The rule for values of labels: empty, or at most 63 letters, digits, `-`, `_` and `.`, a letter or digit first and
/// last.
#[must_use]
pub fn label_value(text: &str) -> Vec<&'static str> {
    let mut messages = Vec::new();
    if text.len() > 63 {
        messages.push("must be no more than 63 characters");
    }
    if !text.is_empty() && !is_qualified(text) {
        messages.push(
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must \
             start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used \
             for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
        );
    }
    messages
}

/// Lower-cases a text for a rule that allows ASCII only. A character whose Go lower case is ASCII is replaced; others
/// stay, since the rule refuses them anyway.
pub(super) fn lowercase(text: &str) -> String {
    let lower = |character: char| match character {
        // The two non-ASCII letters with ASCII lower case.
        '\u{130}' => 'i',
        '\u{212a}' => 'k',
        _ => character.to_ascii_lowercase(),
    };
    text.chars().map(lower).collect()
}

fn is_lowercase_alphanumeric(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

fn is_dns_label(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text.bytes().all(|byte| is_lowercase_alphanumeric(byte) || byte == b'-')
}

fn is_qualified(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// The name for a `generateName`: at most 58 bytes of it, and a five-character suffix from `random`.
///
/// ```
/// assert_eq!(imagestream::rules::generated_name("app-", [0, 1, 2, 26, 27]), "app-bcd9b");
/// ```
#[must_use]
pub fn generated_name(prefix: &str, random: [u8; 5]) -> String {
    const MAX_PREFIX: usize = 58;
    // No vowels or similar digits, so that no words appear.
    const ALPHABET: [char; 27] = [
        'b', 'c', 'd', 'f', 'g', 'h', 'j', 'k', 'l', 'm', 'n', 'p', 'q', 'r', 's', 't', 'v', 'w', 'x', 'z', '2', '4',
        '5', '6', '7', '8', '9',
    ];
    let prefix =
        prefix.char_indices().take_while(|(at, char)| at + char.len_utf8() <= MAX_PREFIX).map(|(_, char)| char);
    let suffix = random.iter().filter_map(|byte| ALPHABET.get(usize::from(*byte) % ALPHABET.len()));
    prefix.chain(suffix.copied()).collect()
}

/// Why the name of a virtual resource can't be parsed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidName(String);

/// Parses `stream:tag`; upstream's `ParseImageStreamTagName`.
///
/// # Errors
///
/// Unless there is exactly one colon with text on both sides, and no at sign.
pub fn parse_stream_tag(name: &str) -> Result<(&str, &str), InvalidName> {
    let quoted = Quoted(name);
    if name.contains('@') {
        return Err(InvalidName(format!("{quoted} is an image stream image, not an image stream tag")));
    }
    let (stream, tag) = name
        .split_once(':')
        .filter(|(_, tag)| !tag.contains(':'))
        .ok_or_else(|| InvalidName(format!("expected exactly one : delimiter in the istag {quoted}")))?;
    if stream.is_empty() || tag.is_empty() {
        return Err(InvalidName(format!("image stream tag name {quoted} must have a name and a tag")));
    }
    Ok((stream, tag))
}

/// A name split at its first colon; either side may be anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamTagName<'a> {
    /// The part before the colon, or everything if there is none.
    pub stream: &'a str,
    /// The part after the colon; `latest` if empty or absent.
    pub tag: &'a str,
    /// Whether there is a colon.
    pub has_delimiter: bool,
}

/// Splits the name of a tag to be created; upstream's `SplitImageStreamTag`.
///
/// More tolerant than [`parse_stream_tag`]: `app:` is tag `latest`, `app:a:b` is tag `a:b`.
#[must_use]
pub fn split_stream_tag(name: &str) -> StreamTagName<'_> {
    let (stream, tag, has_delimiter) = match name.split_once(':') {
        Some((stream, tag)) => (stream, tag, true),
        None => (name, "", false),
    };
    StreamTagName { stream, tag: if tag.is_empty() { DEFAULT_TAG } else { tag }, has_delimiter }
}

/// Parses `stream@id`, where the id is the name of an image or a prefix of it; upstream's `ParseImageStreamImageName`.
///
/// # Errors
///
/// Unless there is exactly one at sign with text on both sides.
pub fn parse_stream_image(name: &str) -> Result<(&str, &str), InvalidName> {
    let quoted = Quoted(name);
    let (stream, id) = split_at_sign(name)
        .ok_or_else(|| InvalidName(format!("expected exactly one @ in the isimage name {quoted}")))?;
    if stream.is_empty() || id.is_empty() {
        return Err(InvalidName(format!("image stream image name {quoted} must have a name and ID")));
    }
    Ok((stream, id))
}

/// Parses the name of a signature, `image@signature`; upstream's `SplitImageSignatureName`.
///
/// # Errors
///
/// Unless there is exactly one at sign with text on both sides.
pub fn parse_signature_name(name: &str) -> Result<(&str, &str), InvalidName> {
    let quoted = Quoted(name);
    let (image, signature) = split_at_sign(name)
        .ok_or_else(|| InvalidName(format!("expected exactly one @ in the image signature name {quoted}")))?;
    if image.is_empty() || signature.is_empty() {
        return Err(InvalidName(format!("image signature name {quoted} must have an image name and signature name")));
    }
    Ok((image, signature))
}

fn split_at_sign(name: &str) -> Option<(&str, &str)> {
    name.split_once('@').filter(|(_, rest)| !rest.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lower_case_is_ascii_where_unicode_says_so() {
        for character in '\0'..=char::MAX {
            let lowered = lowercase(character.encode_utf8(&mut [0; 4]));
            let expected = character.to_lowercase().next().filter(char::is_ascii).unwrap_or(character);
            assert_eq!(lowered.chars().collect::<Vec<_>>(), [expected], "{character:?}");
        }
    }

    #[test]
    fn path_segments() {
        let whole = |name| path_segment_name(name, NameForm::Whole);
        assert!(whole("Any Thing@:x").is_empty());
        assert_eq!(whole("."), ["may not be '.'"]);
        assert_eq!(whole(".."), ["may not be '..'"]);
        assert_eq!(whole("a%/b"), ["may not contain '/'", "may not contain '%'"]);
        assert!(path_segment_name("..", NameForm::Prefix).is_empty());
        assert_eq!(path_segment_name("a/", NameForm::Prefix), ["may not contain '/'"]);
    }

    #[test]
    fn streams() {
        let rule = r#"must match "[a-z0-9]+(?:[._-][a-z0-9]+)*""#;
        for good in ["1", "a.b", "a_b", "a-b", "a-b_c.d"] {
            assert!(stream_name(good, NameForm::Whole).is_empty(), "{good}");
        }
        for bad in ["App", "a__b", "a--b", "a:b", "a@b", "-a", "a-", "\u{e4}", "a._b", ""] {
            assert_eq!(stream_name(bad, NameForm::Whole), [rule], "{bad}");
        }
        assert_eq!(stream_name("a/b", NameForm::Whole), ["may not contain '/'"]);
        assert_eq!(stream_name(".", NameForm::Whole), ["may not be '.'"]);
        assert_eq!(stream_name("gen-", NameForm::Prefix), [rule]);
        assert_eq!(stream_name(".", NameForm::Prefix), [rule]);
    }

    #[test]
    fn dns_labels() {
        let form = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must \
             start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation \
             is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
        let long = "must be no more than 63 characters";
        assert!(dns1123_label(&"n".repeat(63)).is_empty());
        assert_eq!(dns1123_label(&"n".repeat(64)), [long]);
        assert_eq!(dns1123_label(&"N".repeat(64)), [long, form]);
        for bad in ["Test", "a..b", "", "-a", "a-", "a_b"] {
            assert_eq!(dns1123_label(bad), [form], "{bad}");
        }
        assert_eq!(dns1123_label("a.b"), ["must not contain dots"]);
    }

    #[test]
    fn qualified_names() {
        let form = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an \
             alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is \
             '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
        for good in ["a", "A_b.c-D", "example.com/a", &format!("{}/{}", "p".repeat(253), "n".repeat(63))] {
            assert!(qualified_name(good).is_empty(), "{good}");
        }
        assert_eq!(qualified_name("bad key!"), [format!("name part {form}")]);
        assert_eq!(qualified_name(""), ["name part must be non-empty", &format!("name part {form}")]);
        assert_eq!(qualified_name("/a"), ["prefix part must be non-empty"]);
        assert_eq!(qualified_name(&"a".repeat(64)), ["name part must be no more than 63 characters"]);
        assert_eq!(
            qualified_name("a/b/c"),
            [format!(
                "a qualified name {form} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            )]
        );
        assert_eq!(
            qualified_name("A/b"),
            ["prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or \
              '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for \
              validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"]
        );
        assert_eq!(
            qualified_name(&format!("{}/a", "p".repeat(254))),
            ["prefix part must be no more than 253 characters"]
        );
    }

    #[test]
    fn label_values() {
        assert!(label_value("").is_empty());
        assert!(label_value(&"v".repeat(63)).is_empty());
        assert_eq!(label_value(&"v".repeat(64)), ["must be no more than 63 characters"]);
        assert_eq!(
            label_value("bad value!"),
            ["a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must \
              start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used \
              for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"]
        );
    }

    #[test]
    fn generated_names_have_at_most_63_bytes() {
        assert_eq!(generated_name("", [0; 5]), "bbbbb");
        assert_eq!(generated_name(&"p".repeat(70), [26; 5]), "p".repeat(58) + "99999");
        assert_eq!(generated_name(&"\u{20ac}".repeat(20), [0; 5]), "\u{20ac}".repeat(19) + "bbbbb");
    }
}
