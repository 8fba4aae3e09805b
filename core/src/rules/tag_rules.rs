//! What tags may do: which must not move, and how long histories may get.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::TagPattern;
use super::tag_move::{TagAfter, TagMove};
use crate::api::TagEvent;
use crate::json::members;

/// The rules of a store for its tags. Without any, every tag may move, and histories are not bounded, as on a cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TagRules {
    /// Which tags must not move, in the order of their patterns.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub immutable: Vec<ImmutableRule>,
    /// How long histories may get, in the order of their patterns.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub histories: Vec<HistoryRule>,
}

members!(TagRules as "TagRules" { "immutable" => immutable, "histories" => histories });

/// Tags that must not move: once a tag points to an image, nothing changes that.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImmutableRule {
    /// Which tags. A store has at most one rule with a pattern.
    pub pattern: TagPattern,
    /// Which of them may move nevertheless.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<TagPattern>,
}

members!(ImmutableRule as "ImmutableRule" { "pattern" => pattern, "except" => except });

/// Histories that are bounded: what is beyond the bound is removed when the tag gets a new entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HistoryRule {
    /// Which tags. A store has at most one rule with a pattern; if several fit a tag, the first one counts.
    pub pattern: TagPattern,
    /// The bound.
    pub keep: HistoryLimit,
}

members!(HistoryRule as "HistoryRule" { "pattern" => pattern, "keep" => keep });

/// How long a history may get. The newest entry always stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryLimit {
    /// So many entries.
    Entries(u64),
    /// Entries that are younger than so many seconds when the tag gets a new one.
    Seconds(u64),
}

/// Why a text is no bound of a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it must be a number of entries from 1, or an age such as 90d, 12h or 30m")]
pub struct InvalidHistoryLimit;

/// The units of ages in seconds, the largest first.
const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

impl Default for HistoryLimit {
    fn default() -> Self {
        Self::Entries(1)
    }
}

impl FromStr for HistoryLimit {
    type Err = InvalidHistoryLimit;

    fn from_str(text: &str) -> Result<Self, InvalidHistoryLimit> {
        let number = |digits: &str| {
            let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
            digits.parse::<u64>().ok().filter(|number| is_number && *number > 0).ok_or(InvalidHistoryLimit)
        };
        for (unit, seconds) in UNITS {
            if let Some(digits) = text.strip_suffix(unit) {
                return number(digits)?.checked_mul(seconds).map(Self::Seconds).ok_or(InvalidHistoryLimit);
            }
        }
        number(text).map(Self::Entries)
    }
}

impl fmt::Display for HistoryLimit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entries(entries) => write!(formatter, "{entries}"),
            Self::Seconds(seconds) => {
                let fits = |(_, of_unit): &&(char, u64)| seconds.is_multiple_of(*of_unit);
                let (unit, of_unit) = UNITS.iter().find(fits).unwrap_or(&('s', 1));
                write!(formatter, "{}{unit}", seconds / of_unit)
            }
        }
    }
}

impl Serialize for HistoryLimit {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl crate::json::Decode for HistoryLimit {
    fn read(&mut self, reader: &mut crate::json::Reader<'_>) -> Result<(), crate::json::SyntaxError> {
        super::tag_pattern::read_text(self, reader, &Self::go_type)
    }

    fn go_type(name: &mut String, _: &str) {
        name.push_str("HistoryLimit");
    }
}

impl TagRules {
    /// Whether there is no rule.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.immutable.is_empty() && self.histories.is_empty()
    }

    /// The rule by which a tag must not move.
    #[must_use]
    pub fn immutable(&self, namespace: &str, stream: &str, tag: &str) -> Option<&ImmutableRule> {
        let fits = |pattern: &TagPattern| pattern.matches(namespace, stream, tag);
        self.immutable.iter().find(|rule| fits(&rule.pattern) && !rule.except.iter().any(fits))
    }

    /// How long the history of a tag may get.
    #[must_use]
    pub fn history(&self, namespace: &str, stream: &str, tag: &str) -> Option<HistoryLimit> {
        let rule = self.histories.iter().find(|rule| rule.pattern.matches(namespace, stream, tag));
        rule.map(|rule| rule.keep)
    }

    /// Adds a rule, in place of the one with the same pattern.
    pub fn add_immutable(&mut self, rule: ImmutableRule) {
        self.immutable.retain(|other| other.pattern != rule.pattern);
        self.immutable.push(rule);
        self.immutable.sort_by(|one, other| one.pattern.cmp(&other.pattern));
    }

    /// Adds a rule, in place of the one with the same pattern.
    pub fn add_history(&mut self, rule: HistoryRule) {
        self.histories.retain(|other| other.pattern != rule.pattern);
        self.histories.push(rule);
        self.histories.sort_by(|one, other| one.pattern.cmp(&other.pattern));
    }
}

/// Whether a write changes what a tag points to, which it did before: another image, another pull spec, or nothing. Conditions
/// and generations do not matter.
#[must_use]
pub fn moves_away(tag: &TagMove<'_>) -> bool {
    let target = |event: &TagEvent| (event.image.clone(), event.docker_image_reference.clone());
    tag.after != TagAfter::Same && tag.before.is_some() && tag.before.map(target) != tag.newest_after().map(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_numbers_or_ages() {
        for (text, limit, shown) in [
            ("1", HistoryLimit::Entries(1), "1"),
            ("500", HistoryLimit::Entries(500), "500"),
            ("90d", HistoryLimit::Seconds(7_776_000), "90d"),
            ("24h", HistoryLimit::Seconds(86_400), "1d"),
            ("90m", HistoryLimit::Seconds(5_400), "90m"),
            ("61s", HistoryLimit::Seconds(61), "61s"),
        ] {
            assert_eq!(text.parse(), Ok(limit));
            assert_eq!(limit.to_string(), shown);
        }
        for wrong in ["", "0", "0d", "-1", "+1", "d", "1w", "1.5h", "99999999999999999999", "300000000000000d"] {
            assert_eq!(wrong.parse::<HistoryLimit>(), Err(InvalidHistoryLimit), "{wrong}");
        }
    }

    #[test]
    fn exceptions_and_the_first_fitting_rule_count() {
        let pattern = |text: &str| text.parse::<TagPattern>().unwrap();
        let mut rules = TagRules::default();
        rules.add_immutable(ImmutableRule { pattern: pattern("shop/*:v*"), except: vec![pattern("*:*-rc")] });
        rules.add_history(HistoryRule { pattern: pattern("shop/web"), keep: HistoryLimit::Entries(5) });
        rules.add_history(HistoryRule { pattern: pattern("*/*"), keep: HistoryLimit::Entries(9) });
        assert!(rules.immutable("shop", "web", "v1").is_some());
        assert!(rules.immutable("shop", "web", "v1-rc").is_none());
        assert!(rules.immutable("shop", "web", "latest").is_none());
        assert_eq!(rules.history("shop", "web", "v1"), Some(HistoryLimit::Entries(9)), "`*` comes before `shop`");
        rules.add_immutable(ImmutableRule { pattern: pattern("shop/*:v*"), except: Vec::new() });
        assert_eq!(rules.immutable.len(), 1);
        assert!(rules.immutable("shop", "web", "v1-rc").is_some());
    }
}
