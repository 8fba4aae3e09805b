//! The rules for tags: which must not move, and how long histories may get.

use super::ImageStore;
use crate::error::Result;
use crate::rules::{HistoryRule, ImmutableRule, TagPattern, TagRules};
use crate::store::tag_rules;

impl ImageStore {
    /// The rules for tags.
    ///
    /// # Errors
    ///
    /// Only if the store can't be read.
    pub fn tag_rules(&self) -> Result<TagRules> {
        tag_rules::get(&self.access().read()?)
    }

    /// Forbids that tags move, in place of the rule with the same pattern.
    ///
    /// From then on, a tag that points to an image keeps it: a mapping, a write of the tag or of its stream, a rollback, an
    /// import, the removal of the tag or the stream, and the move of a tag that it follows are refused with
    /// [`Conflict`](crate::ErrorKind::Conflict), which names the rule. Nothing of such a write is kept. A tag without an
    /// image gets its first one as always.
    ///
    /// ```
    /// use imagestream::ImageStore;
    /// use imagestream::rules::ImmutableRule;
    ///
    /// let store = ImageStore::in_memory()?;
    /// let releases = ImmutableRule { pattern: "shop/*:v*".parse()?, except: vec!["*:*-rc*".parse()?] };
    /// store.add_immutable_rule(&releases)?;
    /// assert_eq!(store.tag_rules()?.immutable, [releases]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Errors of writing.
    pub fn add_immutable_rule(&self, rule: &ImmutableRule) -> Result<()> {
        self.change_tag_rules(|rules| rules.add_immutable(rule.clone()))
    }

    /// Allows again that tags move. Returns whether there was a rule with this pattern.
    ///
    /// # Errors
    ///
    /// Errors of writing.
    pub fn remove_immutable_rule(&self, pattern: &TagPattern) -> Result<bool> {
        let had = self.tag_rules()?.immutable.iter().any(|rule| rule.pattern == *pattern);
        self.change_tag_rules(|rules| rules.immutable.retain(|rule| rule.pattern != *pattern))?;
        Ok(had)
    }

    /// Bounds histories, in place of the rule with the same pattern.
    ///
    /// Whenever a tag gets a new entry from then on, what is beyond the bound is removed from its history. Imports keep all
    /// entries.
    ///
    /// # Errors
    ///
    /// Errors of writing.
    pub fn add_history_rule(&self, rule: &HistoryRule) -> Result<()> {
        self.change_tag_rules(|rules| rules.add_history(rule.clone()))
    }

    /// Lets histories grow again. Returns whether there was a rule with this pattern.
    ///
    /// # Errors
    ///
    /// Errors of writing.
    pub fn remove_history_rule(&self, pattern: &TagPattern) -> Result<bool> {
        let had = self.tag_rules()?.histories.iter().any(|rule| rule.pattern == *pattern);
        self.change_tag_rules(|rules| rules.histories.retain(|rule| rule.pattern != *pattern))?;
        Ok(had)
    }

    /// Adds rules that the store does not have: those with other patterns.
    pub(crate) fn restore_tag_rules(&self, new: &TagRules, replace: bool, dry_run: bool) -> Result<()> {
        self.access().write(dry_run, |tx| {
            let mut rules = tag_rules::get(tx)?;
            let (immutable, histories) = (rules.immutable.clone(), rules.histories.clone());
            for rule in &new.immutable {
                if replace || !immutable.iter().any(|known| known.pattern == rule.pattern) {
                    rules.add_immutable(rule.clone());
                }
            }
            for rule in &new.histories {
                if replace || !histories.iter().any(|known| known.pattern == rule.pattern) {
                    rules.add_history(rule.clone());
                }
            }
            tag_rules::put(tx, &rules)
        })
    }

    fn change_tag_rules(&self, change: impl Fn(&mut TagRules)) -> Result<()> {
        self.access().write(false, |tx| {
            let mut rules = tag_rules::get(tx)?;
            change(&mut rules);
            tag_rules::put(tx, &rules)
        })
    }
}
