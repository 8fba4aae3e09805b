//! Patterns that select tags of streams.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::json::{Decode, Reader, SyntaxError};

/// A pattern of tags: `NAMESPACE/STREAM:TAG`, each part with `*` for any characters and `?` for one.
///
/// Without a slash it is for the streams of all namespaces, without a colon for all tags of a stream. `*` does not reach
/// from one part into the next.
///
/// ```
/// use imagestream::rules::TagPattern;
///
/// let releases: TagPattern = "shop/*:v?.*".parse()?;
/// assert!(releases.matches("shop", "web", "v1.2"));
/// assert!(!releases.matches("shop", "web", "latest"));
/// assert!("web".parse::<TagPattern>()?.matches("any", "web", "latest"));
/// # Ok::<(), imagestream::rules::InvalidTagPattern>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TagPattern {
    namespace: String,
    stream: String,
    tag: String,
}

/// Why a text is no pattern of tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it must be [NAMESPACE/]STREAM[:TAG], each part not empty, with * for any characters and ? for one")]
pub struct InvalidTagPattern;

impl FromStr for TagPattern {
    type Err = InvalidTagPattern;

    fn from_str(text: &str) -> Result<Self, InvalidTagPattern> {
        let (namespace, rest) = text.split_once('/').unwrap_or(("*", text));
        let (stream, tag) = rest.split_once(':').unwrap_or((rest, "*"));
        let is_part = |part: &str| !part.is_empty() && !part.contains(['/', ' ']);
        if !is_part(namespace) || !is_part(stream) || !is_part(tag) {
            return Err(InvalidTagPattern);
        }
        Ok(Self { namespace: namespace.to_owned(), stream: stream.to_owned(), tag: tag.to_owned() })
    }
}

impl fmt::Display for TagPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}:{}", self.namespace, self.stream, self.tag)
    }
}

impl Default for TagPattern {
    /// All tags.
    fn default() -> Self {
        let any = || "*".to_owned();
        Self { namespace: any(), stream: any(), tag: any() }
    }
}

impl Serialize for TagPattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Decode for TagPattern {
    fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), SyntaxError> {
        read_text(self, reader, &Self::go_type)
    }

    fn go_type(name: &mut String, _: &str) {
        name.push_str("TagPattern");
    }
}

/// Reads a value that is written as a text.
pub(super) fn read_text<T: FromStr<Err: fmt::Display>>(
    value: &mut T,
    reader: &mut Reader<'_>,
    go_type: &dyn Fn(&mut String, &str),
) -> Result<(), SyntaxError> {
    match reader.string()? {
        Ok(text) => match text.parse() {
            Ok(read) => *value = read,
            Err(error) => reader.invalid(format!("{text:?}: {error}")),
        },
        Err(first) => reader.misfit(first, go_type)?,
    }
    Ok(())
}

impl TagPattern {
    /// Whether it selects a tag.
    #[must_use]
    pub fn matches(&self, namespace: &str, stream: &str, tag: &str) -> bool {
        self.matches_stream(namespace, stream) && matches(&self.tag, tag)
    }

    /// Whether it may select a tag of this stream.
    #[must_use]
    pub fn matches_stream(&self, namespace: &str, stream: &str) -> bool {
        matches(&self.namespace, namespace) && matches(&self.stream, stream)
    }
}

/// Whether `pattern` matches the whole text. After a mismatch, the last `*` takes one more character, so that the time is
/// bounded by the product of the lengths.
fn matches(pattern: &str, text: &str) -> bool {
    let (mut pattern, mut text) = (pattern.chars(), text.chars());
    let mut last_star = None;
    loop {
        let (mut of_pattern, mut of_text) = (pattern.clone(), text.clone());
        match (of_pattern.next(), of_text.next()) {
            (None, None) => return true,
            (Some('*'), _) => {
                last_star = Some((of_pattern.clone(), text.clone()));
                pattern = of_pattern;
                continue;
            }
            (Some(expected), Some(found)) if expected == '?' || expected == found => {
                (pattern, text) = (of_pattern, of_text);
                continue;
            }
            _ => {}
        }
        let Some((behind, mut taken)) = last_star.take() else { return false };
        if taken.next().is_none() {
            return false;
        }
        pattern = behind.clone();
        text = taken.clone();
        last_star = Some((behind, taken));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks_match_within_a_part() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("*", "", true),
            ("*", "latest", true),
            ("?", "", false),
            ("v?.*", "v1.", true),
            ("v?.*", "v1", false),
            ("*rc*", "v1-rc-2", true),
            ("*rc", "rc-rc", true),
            ("a*b*c", "aXbXbc", true),
            ("a*b*c", "aXbXb", false),
            ("é?", "éü", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
        assert!(!matches(&"*a".repeat(50), &"a".repeat(49)), "in bounded time");
        assert!(!matches(&format!("{}b", "*a".repeat(50)), &"a".repeat(5_000)), "in bounded time");
    }

    #[test]
    fn omitted_parts_select_everything() {
        let pattern = |text: &str| text.parse::<TagPattern>().unwrap();
        assert_eq!(pattern("web").to_string(), "*/web:*");
        assert_eq!(pattern("shop/web").to_string(), "shop/web:*");
        assert_eq!(pattern("web:v*").to_string(), "*/web:v*");
        assert!(pattern("shop/*:v*").matches("shop", "web", "v1"));
        assert!(!pattern("shop/*:v*").matches("shop-2", "web", "v1"));
        for wrong in ["", "/", "shop/", "/web", ":v1", "web:", "a/b/c", "a/b:c/d", "we b"] {
            assert_eq!(wrong.parse::<TagPattern>(), Err(InvalidTagPattern), "{wrong}");
        }
    }
}
