//! `imagestream history-limit`: bounded histories.

use std::io::Write;

use clap::{Args, Subcommand};
use imagestream::TagPattern;
use imagestream::rules::{HistoryLimit, HistoryRule};

use crate::failure::{Failure, Result};
use crate::output::{ReportFormat, TableOptions, print_json, print_rows};
use crate::store_file::StoreFile;

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
        /// The tags; `*` stands for any characters, `?` for one. Without a namespace in all namespaces, without a tag all
        /// tags
        #[arg(value_name = "[NAMESPACE/]STREAM[:TAG]")]
        pattern: TagPattern,
        #[command(flatten)]
        store: StoreFile,
        /// The number of entries to keep, or their age (`90d`, `12h`, `30m`). The newest one always stays
        #[arg(long, value_name = "N|AGE")]
        keep_history: HistoryLimit,
    },
    /// Let the histories grow again
    #[command(after_help = REMOVE)]
    Remove {
        /// The pattern of the rule
        #[arg(value_name = "[NAMESPACE/]STREAM[:TAG]")]
        pattern: TagPattern,
        #[command(flatten)]
        store: StoreFile,
    },
    /// List the rules
    #[command(after_help = LIST)]
    List {
        #[command(flatten)]
        store: StoreFile,
        /// The output format
        #[arg(short, long, value_enum, default_value = "text")]
        output: ReportFormat,
    },
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
            What::Set { pattern, store, keep_history } => {
                let opened = store.change(None, false)?;
                opened.add_history_rule(&HistoryRule { pattern: pattern.clone(), keep: *keep_history })?;
                opened.close()?;
                writeln!(out, "{pattern}: histories keep {}", shown(*keep_history))?;
            }
            What::Remove { pattern, store } => {
                let opened = store.change(None, false)?;
                let had = opened.remove_history_rule(pattern)?;
                opened.close()?;
                if !had {
                    return Err(Failure::message(format!(
                        "there is no rule {pattern}; `history-limit list` shows all"
                    )));
                }
                writeln!(out, "{pattern}: histories keep all entries")?;
            }
            What::List { store, output } => {
                let rules = store.read()?.tag_rules()?.histories;
                if *output == ReportFormat::Json {
                    return print_json(out, &rules);
                }
                if rules.is_empty() {
                    writeln!(out, "all histories keep all entries")?;
                    return Ok(());
                }
                let rows = rules.iter().map(|rule| vec![rule.pattern.to_string(), shown(rule.keep)]);
                print_rows(out, ["TAGS", "KEEP"], rows, &TableOptions::default())?;
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
