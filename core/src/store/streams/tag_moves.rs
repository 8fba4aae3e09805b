//! Writing tag moves. Every change to a tag's head or history goes through [`apply`].

use super::histories::{put_head, put_history};
use super::read::StreamName;
use crate::error::Result;
use crate::rules::tag_move::{TagAfter, TagMove};
use crate::store::Write;

/// Decides whether the tags of a stream may move.
///
/// [`check`](Self::check) is called for each tag that a write moves, before any row of that tag is written, with the
/// newest entry before and after.
/// A mapping calls it for its tag even if the tag stays the same ([`TagAfter::Same`]); other writes only for heads that
/// change. If it refuses one move, nothing of the transaction is kept.
pub(crate) trait MoveGuard {
    /// Returns `Ok` to allow the move.
    ///
    /// # Errors
    ///
    /// The reason for the refusal, which becomes the error of the whole write.
    fn check(&self, at: StreamName<'_>, tag: &TagMove<'_>) -> Result<()>;
}

/// Allows every move.
pub(crate) struct AnyMove;

impl MoveGuard for AnyMove {
    fn check(&self, _: StreamName<'_>, _: &TagMove<'_>) -> Result<()> {
        Ok(())
    }
}

/// Writes the tag moves of one stream, if `guard` allows them all.
///
/// # Errors
///
/// Errors of `guard`, and errors of reading and writing.
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
