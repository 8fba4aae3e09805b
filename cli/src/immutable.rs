//! `imagestream immutable`: tags that must not move.

use std::io::Write;

use clap::{Args, Subcommand};
use imagestream::TagPattern;
use imagestream::rules::ImmutableRule;

use crate::failure::Result;
use crate::rule::{Rule, Rules};

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
        #[command(flatten)]
        rule: Rule,
        /// Tags that may move nevertheless. May be given several times
        #[arg(long, value_name = "[NAMESPACE/]STREAM[:TAG]")]
        except: Vec<TagPattern>,
    },
    /// Allow again that tags move
    #[command(after_help = REMOVE)]
    Remove(Rule),
    /// List the rules
    #[command(after_help = LIST)]
    List(Rules),
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
            What::Add { rule, except } => {
                let pattern = rule.pattern.clone();
                rule.change(|store| store.add_immutable_rule(&ImmutableRule { pattern, except: except.clone() }))?;
                writeln!(out, "{}: must not move{}", rule.pattern, but(except))?;
            }
            What::Remove(rule) => {
                rule.remove("immutable", |store| store.remove_immutable_rule(&rule.pattern))?;
                writeln!(out, "{}: may move", rule.pattern)?;
            }
            What::List(rules) => {
                let found = rules.store.read()?.tag_rules()?.immutable;
                let row = |rule: &ImmutableRule| vec![rule.pattern.to_string(), texts(&rule.except)];
                rules.print(out, &found, ["TAGS", "EXCEPT"], row, "all tags may move")?;
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
