//! The rows of streams: version, spec, tag heads, events.
//!
//! The newest entry of a history is only in the tag's head; each older one has its own row, with an ascending sequence
//! number. So a push writes the head and one event, however long the history is.

mod histories;
mod push;
mod read;
mod salvaged;
mod tag_moves;
#[cfg(test)]
mod tests;
mod write;

pub(crate) use push::push;
pub(crate) use read::{
    StreamName, all_followers, count_events, each, get, head, head_with_counts, history, history_page, newest,
    spec_tag, state, tag_head, unset_generations,
};
pub(crate) use salvaged::{salvaged, salvaged_heads};
pub(crate) use write::{delete, put, put_whole};
