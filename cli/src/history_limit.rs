//! `imagestream history-limit`: bounded histories.

use std::io::Write;

use clap::{Args, Subcommand};
use imagestream::rules::{HistoryLimit, HistoryRule};

use crate::failure::Result;
use crate::rule::{Rule, Rules};

/// Bound histories: rules in the store. Without one, a history keeps all entries
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct HistoryLimits {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Bound the histories of tags, in place of the rule with the same pattern
    #[command(after_help = SET)]
    Set {
        #[command(flatten)]
        rule: Rule,
        /// The number of entries to keep, or their age (`90d`, `12h`, `30m`). The newest one always stays
        #[arg(long, value_name = "N|AGE")]
        keep_history: HistoryLimit,
    },
    /// Let the histories grow again
    #[command(after_help = REMOVE)]
    Remove(Rule),
    /// List the rules
    #[command(after_help = LIST)]
    List(Rules),
}

const SET: &str = "\
Examples:
  imagestream history-limit set 'ci/*:latest' --keep-history 20 --db shop.redb
  imagestream history-limit set 'ci/*' --keep-history 90d --db shop.redb";

const REMOVE: &str = "\
Example:
  imagestream history-limit set ci/web --keep-history 1 --db shop.redb
  imagestream history-limit remove ci/web --db shop.redb";

const LIST: &str = "\
Examples:
  imagestream history-limit list --db shop.redb
  imagestream history-limit list --db shop.redb -o json | jq -r '.[].keep'";

const EXAMPLES: &str = "\
Examples:
  # At most 20 entries for each tag of continuous builds, and those of 90 days elsewhere in the namespace
  imagestream history-limit set 'ci/*:latest' --keep-history 20 --db shop.redb
  imagestream history-limit set 'ci/*' --keep-history 90d --db shop.redb
  imagestream history-limit list --db shop.redb

  # Without a bound again
  imagestream history-limit remove 'ci/*' --db shop.redb

Entries beyond the bound are removed when a tag gets a new one; images stay (`imagestream prune` removes what is not used). If
several patterns fit a tag, the first one in the list counts. An import keeps all entries.";

impl HistoryLimits {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result {
        match &self.what {
            What::Set { rule, keep_history } => {
                let pattern = rule.pattern.clone();
                rule.change(|store| store.add_history_rule(&HistoryRule { pattern, keep: *keep_history }))?;
                writeln!(out, "{}: histories keep {}", rule.pattern, shown(*keep_history))?;
            }
            What::Remove(rule) => {
                rule.remove("history-limit", |store| store.remove_history_rule(&rule.pattern))?;
                writeln!(out, "{}: histories keep all entries", rule.pattern)?;
            }
            What::List(rules) => {
                let found = rules.store.read()?.tag_rules()?.histories;
                let row = |rule: &HistoryRule| vec![rule.pattern.to_string(), shown(rule.keep)];
                rules.print(out, &found, ["TAGS", "KEEP"], row, "all histories keep all entries")?;
            }
        }
        Ok(())
    }
}

fn shown(limit: HistoryLimit) -> String {
    match limit {
        HistoryLimit::Entries(1) => "1 entry".to_owned(),
        HistoryLimit::Entries(entries) => format!("{entries} entries"),
        HistoryLimit::Seconds(_) => format!("entries of {limit}"),
    }
}
