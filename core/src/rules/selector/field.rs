//! Field selectors.

use std::fmt::{self, Write as _};

use super::InvalidSelector;
use crate::quote::Quoted;

/// A field selector: `field=value`, `field==value` and `field!=value`, separated by commas; all terms must match.
///
/// In a value, a comma, an equals sign and `\` are escaped with `\`.
///
/// ```
/// use imagestream::rules::FieldSelector;
///
/// let selector: FieldSelector = "metadata.name=web,metadata.namespace!=test".parse()?;
/// assert!(selector.matches(|field| if field == "metadata.name" { "web" } else { "shop" }));
/// # Ok::<(), imagestream::rules::InvalidSelector>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldSelector(Vec<Term>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    field: String,
    value: String,
    equal: bool,
}

impl FieldSelector {
    /// Selects the object with this name.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self(vec![Term { field: "metadata.name".to_owned(), value: name.to_owned(), equal: true }])
    }

    /// Whether it selects all objects.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it selects an object whose field values `value` returns.
    #[must_use]
    pub fn matches<'a>(&self, value: impl Fn(&str) -> &'a str) -> bool {
        self.0.iter().all(|term| (value(&term.field) == term.value) == term.equal)
    }

    /// The value that a field must have, if the selector requires one. Of several required values, the first: then
    /// nothing can match.
    #[must_use]
    pub fn exact(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|term| term.equal && term.field == field).map(|term| &*term.value)
    }

    /// Checks that all its fields are supported.
    ///
    /// # Errors
    ///
    /// The first field that is not `metadata.name`, `metadata.namespace` or one of `others`.
    pub fn check_fields(&self, others: &[&str]) -> Result<(), InvalidSelector> {
        const METADATA: [&str; 2] = ["metadata.name", "metadata.namespace"];
        let known = |field: &str| METADATA.contains(&field) || others.contains(&field);
        match self.0.iter().find(|term| !known(&term.field)) {
            None => Ok(()),
            // Parity: the supported fields are never listed.
            Some(term) => Err(InvalidSelector(format!(
                "{} is not a known field selector: only \"metadata.name\", \"metadata.namespace\"",
                Quoted(&term.field)
            ))),
        }
    }
}

/// The selector in its syntax.
impl fmt::Display for FieldSelector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Term { field, value, equal }) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "," };
            let operator = if *equal { "=" } else { "!=" };
            write!(formatter, "{separator}{field}{operator}")?;
            for character in value.chars() {
                if matches!(character, '\\' | ',' | '=') {
                    formatter.write_char('\\')?;
                }
                formatter.write_char(character)?;
            }
        }
        Ok(())
    }
}

impl std::str::FromStr for FieldSelector {
    type Err = InvalidSelector;

    fn from_str(text: &str) -> Result<Self, InvalidSelector> {
        let mut parts = split(text);
        // Of several errors, the first in this order is reported.
        parts.sort_unstable();
        let mut terms = Vec::new();
        for part in parts.into_iter().filter(|part| !part.is_empty()) {
            let (field, operator, value) = operator(part)
                .ok_or_else(|| InvalidSelector(format!("invalid selector: '{text}'; can't understand '{part}'")))?;
            terms.push(Term { field: field.to_owned(), value: unescape(value)?, equal: operator != "!=" });
        }
        // Parity: without a field and a value a term means every object.
        terms.retain(|term| !(term.field.is_empty() && term.value.is_empty()));
        Ok(Self(terms))
    }
}

/// Splits at every comma that is not escaped.
fn split(text: &str) -> Vec<&str> {
    let mut escaped = false;
    text.split(|character| {
        let separates = character == ',' && !escaped;
        escaped = character == '\\' && !escaped;
        separates
    })
    .collect()
}

/// Splits at the first operator.
fn operator(term: &str) -> Option<(&str, &str, &str)> {
    term.char_indices().find_map(|(at, _)| {
        let (field, rest) = term.split_at_checked(at)?;
        ["!=", "==", "="].into_iter().find_map(|operator| Some((field, operator, rest.strip_prefix(operator)?)))
    })
}

fn unescape(value: &str) -> Result<String, InvalidSelector> {
    let mut plain = String::with_capacity(value.len());
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some(escaped @ ('\\' | ',' | '=')) => plain.push(escaped),
                other => {
                    let sequence: String = std::iter::once('\\').chain(other).collect();
                    return Err(InvalidSelector(format!(
                        "invalid field selector: invalid escape sequence: {sequence}"
                    )));
                }
            },
            ',' | '=' => {
                // Parity: the message has the character's code.
                let code = u32::from(character);
                return Err(InvalidSelector(format!("invalid field selector: unescaped character in value: {code}")));
            }
            other => plain.push(other),
        }
    }
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_without_field_and_value_means_every_object() {
        for text in ["=", "==", "!=", "=,==", ",="] {
            assert!(text.parse::<FieldSelector>().unwrap().is_empty(), "{text}");
        }
        assert_eq!("=,a=b".parse::<FieldSelector>().unwrap().to_string(), "a=b");
        for text in ["=x", "a=", "!=x"] {
            assert!(!text.parse::<FieldSelector>().unwrap().is_empty(), "{text}");
        }
    }
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<FieldSelector, String> {
        text.parse().map_err(|error: InvalidSelector| error.to_string())
    }

    fn matches(text: &str) -> bool {
        parse(text).unwrap().matches(|field| match field {
            "metadata.name" => "web",
            "spec.dockerImageRepository" => "a=b,c\\d",
            _ => "",
        })
    }

    #[test]
    fn all_terms_must_hold() {
        for selector in [
            "",
            ",",
            "metadata.name=web",
            "metadata.name==web,",
            "metadata.name!=shop",
            "metadata.namespace=",
            "metadata.name=web,metadata.name!=x",
            "spec.dockerImageRepository=a\\=b\\,c\\\\d",
        ] {
            assert!(matches(selector), "{selector}");
        }
        for selector in ["metadata.name=we", "metadata.name=web,metadata.name=shop", " metadata.name=web"] {
            assert!(!matches(selector), "{selector}");
        }
        assert_eq!(parse("metadata.name=web").unwrap().exact("metadata.name"), Some("web"));
        assert_eq!(parse("metadata.name!=web").unwrap().exact("metadata.name"), None);
    }

    #[test]
    fn errors_have_the_texts_of_the_real_server() {
        for (selector, error) in [
            ("nonsense", "invalid selector: 'nonsense'; can't understand 'nonsense'"),
            ("b=1,a", "invalid selector: 'b=1,a'; can't understand 'a'"),
            ("a=b=c", "invalid field selector: unescaped character in value: 61"),
            ("a===b", "invalid field selector: unescaped character in value: 61"),
            ("a=\\b", "invalid field selector: invalid escape sequence: \\b"),
            ("a=\\", "invalid field selector: invalid escape sequence: \\"),
        ] {
            assert_eq!(parse(selector), Err(error.to_owned()), "{selector}");
        }
    }

    #[test]
    fn unknown_fields_are_refused() {
        let selector = parse("status.dockerImageRepository=x,spec.nope=y").unwrap();
        let error = "\"spec.nope\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"";
        let others = ["status.dockerImageRepository"];
        assert_eq!(selector.check_fields(&others).unwrap_err().to_string(), error);
        assert!(parse("status.dockerImageRepository=x").unwrap().check_fields(&others).is_ok());
        assert!(parse("status.dockerImageRepository=x").unwrap().check_fields(&[]).is_err());
    }

    proptest! {
        #[test]
        fn a_selector_is_parsed_back_from_its_text(name in "[a-c=,\\\\!]{0,8}") {
            let selector = FieldSelector::named(&name);
            prop_assert_eq!(parse(&selector.to_string()), Ok(selector));
        }

        #[test]
        fn any_text_is_a_selector_or_an_error(text in "[a!=,\\\\]{0,10}|\\PC{0,10}") {
            if let Ok(selector) = parse(&text) {
                let _ = selector.matches(|_| "a");
            }
        }
    }
}
