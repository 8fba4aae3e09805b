//! Writing tag moves. Every change to a tag's head or history goes through [`apply`], so no write evades the rules for tags.

use super::histories::{bound_history, put_head, put_history};
use super::read::StreamName;
use crate::error::{Error, Result};
use crate::rules::tag_move::{TagAfter, TagMove};
use crate::rules::{TagRules, moves_away};
use crate::store::{Write, tag_rules};

/// Writes the tag moves of one stream. If one is refused, nothing of the transaction is kept.
///
/// # Errors
///
/// `Conflict` if a tag must not move; errors of reading and writing.
pub(crate) fn apply(tx: &mut Write, at: StreamName<'_>, moves: &[TagMove<'_>]) -> Result<()> {
    if moves.iter().all(|tag| tag.after == TagAfter::Same) {
        return Ok(());
    }
    let rules = tag_rules::get(tx)?;
    check(&rules, at, moves)?;
    for &TagMove { tag, after, .. } in moves {
        match after {
            TagAfter::Same => {}
            TagAfter::Head(head) => {
                put_head(tx, at, tag, head)?;
                if let Some(limit) = rules.history(at.namespace, at.name, tag).filter(|_| !head.displaced.is_empty()) {
                    bound_history(tx, at, tag, limit)?;
                }
            }
            TagAfter::History(history) => put_history(tx, at, tag, Some(history))?,
            TagAfter::Gone => put_history(tx, at, tag, None)?,
        }
    }
    Ok(())
}

/// Refuses to move a tag that must not move, and names it with the rule.
fn check(rules: &TagRules, at: StreamName<'_>, moves: &[TagMove<'_>]) -> Result<()> {
    for tag in moves.iter().filter(|tag| moves_away(tag)) {
        if let Some(rule) = rules.immutable(at.namespace, at.name, tag.tag) {
            let reason = format!("the tag is immutable by the rule {:?}", rule.pattern.to_string());
            return Err(Error::conflict("imagestreamtags", format!("{}:{}", at.name, tag.tag), reason));
        }
    }
    Ok(())
}
