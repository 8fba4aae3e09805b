//! The rules for tags, which are one row: every push reads it.

use std::str::FromStr;

use super::object_key::{self, Key};
use super::record::{Record as _, TagRulesRecord};
use super::{Rows, Write, rows};
use crate::error::Result;
use crate::rules::{HistoryRule, ImmutableRule, TagRules};

/// The rules; none if there is no row.
pub(crate) fn get(rows: &dyn Rows) -> Result<TagRules> {
    let key = Key::tag_rules();
    let Some(record) = rows::get::<TagRulesRecord>(rows, &key)? else { return Ok(TagRules::default()) };
    rules_of(&record).map_err(|()| object_key::damaged(TagRulesRecord::TABLE, &key, &"it has a text that is no rule"))
}

/// Writes all rules. No object changes, so the resource version stays.
pub(crate) fn put(tx: &mut Write, rules: &TagRules) -> Result<()> {
    let key = Key::tag_rules();
    if rules.is_empty() {
        return tx.delete(key.into_bytes());
    }
    let texts = |rule: &ImmutableRule| {
        (rule.pattern.to_string(), rule.except.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    let record = TagRulesRecord {
        immutable: rules.immutable.iter().map(texts).collect(),
        histories: rules.histories.iter().map(|rule| (rule.pattern.to_string(), rule.keep.to_string())).collect(),
    };
    rows::put(tx, key, &record)
}

fn rules_of(record: &TagRulesRecord) -> Result<TagRules, ()> {
    fn parsed<T: FromStr>(text: &str) -> Result<T, ()> {
        text.parse().map_err(drop)
    }
    let immutable = record.immutable.iter().map(|(pattern, except)| {
        let except = except.iter().map(|text| parsed(text)).collect::<Result<_, ()>>()?;
        Ok(ImmutableRule { pattern: parsed(pattern)?, except })
    });
    let histories = record
        .histories
        .iter()
        .map(|(pattern, keep)| Ok(HistoryRule { pattern: parsed(pattern)?, keep: parsed(keep)? }));
    Ok(TagRules { immutable: immutable.collect::<Result<_, ()>>()?, histories: histories.collect::<Result<_, ()>>()? })
}
