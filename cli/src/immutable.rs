//! `imagestream immutable`: tags that must not move.

use std::io::Write;

use clap::{Args, Subcommand};
use imagestream::TagPattern;
use imagestream::rules::ImmutableRule;

use crate::failure::{Failure, Result};
use crate::output::{ReportFormat, TableOptions, print_json, print_rows};
use crate::store_file::StoreFile;

/// Forbid that tags move: rules in the store, which every write obeys
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Immutable {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Forbid that tags move, in place of the rule with the same pattern
    #[command(after_help = ADD)]
    Add {
        /// The tags; `*` stands for any characters, `?` for one. Without a namespace in all namespaces, without a tag all
        /// tags
        #[arg(value_name = "[NAMESPACE/]STREAM[:TAG]")]
        pattern: TagPattern,
        #[command(flatten)]
        store: StoreFile,
        /// Tags that may move nevertheless. May be given several times
        #[arg(long, value_name = "[NAMESPACE/]STREAM[:TAG]")]
        except: Vec<TagPattern>,
    },
    /// Allow again that tags move
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

const ADD: &str = "\
Examples:
  imagestream immutable add 'shop/*:v*' --db shop.redb
  imagestream immutable add 'shop/*:v*' --except '*:*-rc*' --db shop.redb";

const REMOVE: &str = "\
Example:
  imagestream immutable add shop/web --db shop.redb
  imagestream immutable remove shop/web --db shop.redb";

const LIST: &str = "\
Examples:
  imagestream immutable list --db shop.redb
  imagestream immutable list --db shop.redb -o json | jq -r '.[].pattern'";

const EXAMPLES: &str = "\
Examples:
  # Releases stay what they are, but release candidates may move
  imagestream immutable add 'shop/*:v*' --except '*:*-rc*' --db shop.redb
  imagestream immutable list --db shop.redb

  # Allow it again
  imagestream immutable remove 'shop/*:v*' --db shop.redb

Once such a tag points to an image, every write that would move or remove it is refused, and says which rule forbids it: also
over HTTP (409), by a tag that it follows, and by an import. Its history may not be pruned either.";

impl Immutable {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result {
        match &self.what {
            What::Add { pattern, store, except } => {
                let opened = store.change(None, false)?;
                opened.add_immutable_rule(&ImmutableRule { pattern: pattern.clone(), except: except.clone() })?;
                opened.close()?;
                writeln!(out, "{pattern}: must not move{}", but(except))?;
            }
            What::Remove { pattern, store } => {
                let opened = store.change(None, false)?;
                let had = opened.remove_immutable_rule(pattern)?;
                opened.close()?;
                if !had {
                    return Err(Failure::message(format!("there is no rule {pattern}; `immutable list` shows all")));
                }
                writeln!(out, "{pattern}: may move")?;
            }
            What::List { store, output } => {
                let rules = store.read()?.tag_rules()?.immutable;
                if *output == ReportFormat::Json {
                    return print_json(out, &rules);
                }
                if rules.is_empty() {
                    writeln!(out, "all tags may move")?;
                    return Ok(());
                }
                let rows = rules.iter().map(|rule| vec![rule.pattern.to_string(), texts(&rule.except)]);
                print_rows(out, ["TAGS", "EXCEPT"], rows, &TableOptions::default())?;
            }
        }
        Ok(())
    }
}

fn texts(patterns: &[TagPattern]) -> String {
    let texts: Vec<_> = patterns.iter().map(ToString::to_string).collect();
    if texts.is_empty() { "<none>".to_owned() } else { texts.join(", ") }
}

fn but(except: &[TagPattern]) -> String {
    if except.is_empty() { String::new() } else { format!(", except {}", texts(except)) }
}
