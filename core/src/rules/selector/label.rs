//! Label selectors.

use std::collections::{BTreeMap, BTreeSet};

use super::InvalidSelector;
use super::lexer::{Lexer, Token};
use crate::collected;
use crate::rules::FieldError;
use crate::rules::{BadValue, Path, label_value, qualified_name};

/// The operators as listed in an error.
const OPERATORS: &str = "in, notin, =, ==, !=, gt, lt";

/// A label selector: requirements separated by commas; all of them must match.
///
/// | requirement | the label |
/// |---|---|
/// | `key`, `!key` | exists, does not exist |
/// | `key=value`, `key==value`, `key in (a,b)` | exists and has one of the values |
/// | `key!=value`, `key notin (a,b)` | has none of the values, or does not exist |
/// | `key>1`, `key<1` | exists, and is a greater or smaller number |
///
/// ```
/// use imagestream::rules::LabelSelector;
///
/// let selector: LabelSelector = "app in (web, shop), !legacy".parse()?;
/// assert!(selector.matches(&[("app".to_owned(), "web".to_owned())].into()));
/// assert!(!selector.matches(&[].into()));
/// # Ok::<(), imagestream::rules::InvalidSelector>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LabelSelector(Vec<Requirement>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Requirement {
    key: String,
    condition: Condition,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Condition {
    Exists,
    Missing,
    In(BTreeSet<String>),
    NotIn(BTreeSet<String>),
    Greater(i64),
    Less(i64),
}

impl LabelSelector {
    /// Whether it selects all objects.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it selects an object with these labels.
    #[must_use]
    pub fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        self.0.iter().all(|requirement| {
            let value = labels.get(&requirement.key);
            let number = || value.and_then(|value| value.parse::<i64>().ok());
            match &requirement.condition {
                Condition::Exists => value.is_some(),
                Condition::Missing => value.is_none(),
                Condition::In(values) => value.is_some_and(|value| values.contains(value)),
                Condition::NotIn(values) => value.is_none_or(|value| !values.contains(value)),
                Condition::Greater(bound) => number().is_some_and(|number| number > *bound),
                Condition::Less(bound) => number().is_some_and(|number| number < *bound),
            }
        })
    }
}

impl std::str::FromStr for LabelSelector {
    type Err = InvalidSelector;

    fn from_str(text: &str) -> Result<Self, InvalidSelector> {
        let mut words = Lexer::new(text);
        let mut requirements = Vec::new();
        loop {
            match words.peek() {
                (Token::End, _) => return Ok(Self(requirements)),
                (token, _) if begins_requirement(token) => {}
                (_, text) => return Err(unexpected(text, "!, identifier, or 'end of string'")),
            }
            let requirement = Requirement::parse(&mut words)
                .map_err(|error| InvalidSelector(format!("unable to parse requirement: {error}")))?;
            requirements.push(requirement);
            match words.take() {
                (Token::End, _) => return Ok(Self(requirements)),
                (Token::Comma, _) => match words.peek() {
                    (token, _) if begins_requirement(token) => {}
                    (_, text) => return Err(unexpected(text, "identifier after ','")),
                },
                (_, text) => return Err(unexpected(text, "',' or 'end of string'")),
            }
        }
    }
}

impl Requirement {
    fn parse(words: &mut Lexer) -> Result<Self, InvalidSelector> {
        let (mut token, mut key) = words.take();
        let missing = token == Token::Not;
        if missing {
            (token, key) = words.take();
        }
        if token.as_value() != Token::Identifier {
            return Err(unexpected(key, "identifier"));
        }
        if let Some(error) = wrong_key(key) {
            // Parity: the path of the key is nil, as Go prints it.
            return Err(InvalidSelector(format!("<nil>: {}", error.message)));
        }
        let condition = if missing {
            Condition::Missing
        } else if matches!(words.peek().0, Token::End | Token::Comma) {
            Condition::Exists
        } else {
            Condition::parse(key, words)?
        };
        Ok(Self { key: key.to_owned(), condition })
    }
}

impl Condition {
    fn parse(key: &str, words: &mut Lexer) -> Result<Self, InvalidSelector> {
        let (operator, text) = words.take();
        let values = match operator {
            Token::In | Token::NotIn => parse_values(words)?,
            Token::Equals | Token::DoubleEquals | Token::NotEquals | Token::Greater | Token::Less => {
                collected::set([parse_value(words)?])
            }
            _ => return Err(unexpected(text, OPERATORS)),
        };
        let mut errors = Vec::new();
        let path = Path::ROOT.child("values");
        if values.is_empty() {
            let none: [&str; 0] = [];
            errors.push(path.invalid(BadValue::json(&none), "for 'in', 'notin' operators, values set can't be empty"));
        }
        let mut bound = 0;
        if matches!(operator, Token::Greater | Token::Less) {
            for (index, value) in values.iter().enumerate() {
                match value.parse() {
                    Ok(number) => bound = number,
                    Err(_) => errors.push(
                        path.index(index).invalid(value, "for 'Gt', 'Lt' operators, the value must be an integer"),
                    ),
                }
            }
        }
        for (index, value) in values.iter().enumerate() {
            let messages = label_value(value);
            if !messages.is_empty() {
                errors.push(path.index(index).key(key).invalid(value, messages.join("; ")));
            }
        }
        if let Some(error) = InvalidSelector::of(&errors) {
            return Err(error);
        }
        Ok(match operator {
            Token::Greater => Self::Greater(bound),
            Token::Less => Self::Less(bound),
            Token::NotIn | Token::NotEquals => Self::NotIn(values),
            _ => Self::In(values),
        })
    }
}

impl InvalidSelector {
    /// Several errors as one, in brackets.
    fn of(errors: &[FieldError]) -> Option<Self> {
        match errors {
            [] => None,
            [one] => Some(Self(one.to_string())),
            several => {
                let texts: Vec<_> = several.iter().map(ToString::to_string).collect();
                Some(Self(format!("[{}]", texts.join(", "))))
            }
        }
    }
}

/// One value, which may be empty.
fn parse_value(words: &mut Lexer) -> Result<String, InvalidSelector> {
    if matches!(words.peek().0, Token::End | Token::Comma) {
        return Ok(String::new());
    }
    match words.take() {
        (token, text) if token.as_value() == Token::Identifier => Ok(text.to_owned()),
        (_, text) => Err(unexpected(text, "identifier")),
    }
}

/// Values in parentheses. A missing value beside a comma is the empty value.
fn parse_values(words: &mut Lexer) -> Result<BTreeSet<String>, InvalidSelector> {
    match words.take() {
        (Token::Open, _) => {}
        (_, text) => return Err(InvalidSelector(format!("found '{text}' expected: '('"))),
    }
    let mut values = BTreeSet::new();
    match words.peek() {
        (Token::Close, _) => {
            words.take();
            return Ok(values);
        }
        (token, _) if matches!(token.as_value(), Token::Identifier | Token::Comma) => {}
        (_, text) => return Err(unexpected(text, "',', ')' or identifier")),
    }
    loop {
        match words.take() {
            (Token::Comma, _) => {
                if values.is_empty() {
                    values.insert(String::new());
                }
                match words.peek().0 {
                    Token::Close => {
                        values.insert(String::new());
                    }
                    Token::Comma => {
                        words.take();
                        values.insert(String::new());
                    }
                    _ => {}
                }
            }
            (token, text) if token.as_value() == Token::Identifier => {
                values.insert(text.to_owned());
                match words.peek() {
                    (Token::Comma | Token::Close, _) => {}
                    (_, text) => return Err(unexpected(text, "',' or ')'")),
                }
            }
            (Token::Close, _) if !values.is_empty() => return Ok(values),
            (_, text) => return Err(unexpected(text, "',', or identifier")),
        }
    }
}

fn begins_requirement(token: Token) -> bool {
    matches!(token.as_value(), Token::Identifier | Token::Not)
}

fn wrong_key(key: &str) -> Option<FieldError> {
    let messages = qualified_name(key);
    (!messages.is_empty()).then(|| Path::ROOT.invalid(key, messages.join("; ")))
}

fn unexpected(found: &str, expected: &str) -> InvalidSelector {
    InvalidSelector(format!("found '{found}', expected: {expected}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<LabelSelector, String> {
        text.parse().map_err(|error: InvalidSelector| error.to_string())
    }

    fn matches(text: &str, labels: &[(&str, &str)]) -> bool {
        let labels = labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        parse(text).unwrap().matches(&labels)
    }

    #[test]
    fn every_operator_has_its_meaning() {
        let labels = [("app", "web"), ("n", "3"), ("empty", "")];
        for selector in [
            "",
            "  ",
            "app",
            "!nope",
            "app=web",
            "app==web",
            "app = web , n",
            "nope!=x",
            "app!=shop",
            "app in (shop,web)",
            "app in(web)",
            "nope notin (x)",
            "app notin (x,y)",
            "n>2",
            "n<4",
            "empty=",
            "empty in (,x)",
            "empty in (x,)",
            "empty in (x,,y)",
            "!in",
            "notin notin (in)",
        ] {
            assert!(matches(selector, &labels), "{selector}");
        }
        for selector in [
            "nope",
            "!app",
            "app=shop",
            "app!=web",
            "nope in (x)",
            "app notin (web)",
            "n>3",
            "n<3",
            "app>1",
            "nope<1",
            "app=",
            "app,!n",
        ] {
            assert!(!matches(selector, &labels), "{selector}");
        }
        assert!(parse("").unwrap().is_empty());
        assert!(!parse("a").unwrap().is_empty());
    }

    #[test]
    fn errors_have_the_texts_of_the_real_server() {
        let requirement = |text: &str| Err(format!("unable to parse requirement: {text}"));
        for (selector, error) in [
            ("a b c", "found 'b', expected: in, notin, =, ==, !=, gt, lt"),
            ("n=!!", "found '!', expected: identifier"),
            ("!", "found '', expected: identifier"),
            ("!!a", "found '!', expected: identifier"),
            ("a in b", "found 'b' expected: '('"),
            ("a in (b", "found '', expected: ',' or ')'"),
            ("a in (b c)", "found 'c', expected: ',' or ')'"),
            ("a in (", "found '', expected: ',', ')' or identifier"),
            ("a in (,", "found '', expected: ',', or identifier"),
            ("a in ()", "values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty"),
            ("a>b", "values[0]: Invalid value: \"b\": for 'Gt', 'Lt' operators, the value must be an integer"),
        ] {
            assert_eq!(parse(selector), requirement(error), "{selector}");
        }
        for (selector, error) in [
            ("=a", "found '=', expected: !, identifier, or 'end of string'"),
            (",", "found ',', expected: !, identifier, or 'end of string'"),
            ("a,", "found '', expected: identifier after ','"),
            ("a,=", "found '=', expected: identifier after ','"),
            ("!a b", "found 'b', expected: ',' or 'end of string'"),
            ("a=b c", "found 'c', expected: ',' or 'end of string'"),
        ] {
            assert_eq!(parse(selector), Err(error.to_owned()), "{selector}");
        }
        let error = parse("a/b/c").unwrap_err();
        assert!(error.starts_with("unable to parse requirement: <nil>: Invalid value: \"a/b/c\": "), "{error}");
        let error = parse("app=-x").unwrap_err();
        let start = "unable to parse requirement: values[0][app]: Invalid value: \"-x\": a valid label must be";
        assert!(error.starts_with(start), "{error}");
        let error = parse("a>-x").unwrap_err();
        assert!(error.starts_with("unable to parse requirement: [values[0]: "), "{error}");
    }

    proptest! {
        #[test]
        fn any_text_is_a_selector_or_an_error(text in "[a-b!=<>(), in]{0,12}|\\PC{0,12}") {
            if let Ok(selector) = parse(&text) {
                let _ = selector.matches(&BTreeMap::new());
            }
        }
    }
}
