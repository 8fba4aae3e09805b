//! Writing what the tags of a stream do. Every change of a tag's head or history goes through [`apply`].

use super::histories::{put_head, put_history};
use super::read::StreamName;
use crate::error::Result;
use crate::rules::tag_move::{TagAfter, TagMove};
use crate::store::Write;

/// Decides whether the tags of a stream may move.
///
/// It is asked about each tag that a write moves, before anything of that tag is written, with its newest entry before
/// and after: so it can require a tag to be at an image or absent, and it can refuse a move. A mapping asks about its tag
/// even where the tag stays as it is ([`TagAfter::Same`]); other writes ask only about heads that change. Whatever it
/// refuses, nothing of the transaction is kept.
pub(crate) trait MoveGuard {
    /// Allows the move with `Ok`.
    ///
    /// # Errors
    ///
    /// Why the tag may not move: the error of the whole write.
    fn check(&self, at: StreamName<'_>, tag: &TagMove<'_>) -> Result<()>;
}

/// Allows every move.
pub(crate) struct AnyMove;

impl MoveGuard for AnyMove {
    fn check(&self, _: StreamName<'_>, _: &TagMove<'_>) -> Result<()> {
        Ok(())
    }
}

/// Writes the moves of the tags of one stream, if `guard` allows them all.
///
/// # Errors
///
/// Those of `guard`, and those of reading and writing.
pub(crate) fn apply(tx: &mut Write, at: StreamName<'_>, moves: &[TagMove<'_>], guard: &dyn MoveGuard) -> Result<()> {
    moves.iter().try_for_each(|tag| guard.check(at, tag))?;
    for &TagMove { tag, after, .. } in moves {
        match after {
            TagAfter::Same => {}
            TagAfter::Head(head) => put_head(tx, at, tag, head)?,
            TagAfter::History(history) => put_history(tx, at, tag, Some(history))?,
            TagAfter::Gone => put_history(tx, at, tag, None)?,
        }
    }
    Ok(())
}
