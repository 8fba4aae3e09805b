//! The first stage: the entries of a tag's history.

use super::{Decision, Limits, PruneRule};
use crate::api::TagEvent;

/// What an entry is decided by, besides itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct EntryFacts<'a> {
    /// The namespace of the stream.
    pub namespace: &'a str,
    /// How many newer entries the tag has.
    pub newer: usize,
    /// The workload that uses the tag.
    pub tag_user: Option<&'a str>,
    /// The workload that uses the image in this stream.
    pub image_user: Option<&'a str>,
    /// The size of the image in bytes; `None` if there is no such image.
    pub image_size: Option<i64>,
}

/// Decides about an entry, by the first of these rules that applies:
///
/// 1. It is young: kept.
/// 2. It is the newest one, and a workload uses the tag: kept.
/// 3. There is no such image: it goes.
/// 4. It is one of the newest entries, or the image is within the limits: kept.
/// 5. A workload uses the image in this stream: kept.
/// 6. It goes.
///
/// The spec of the tag protects nothing.
#[must_use]
pub fn decide_entry(event: &TagEvent, facts: &EntryFacts<'_>, limits: &Limits) -> Decision {
    if limits.is_young(event.created) {
        return PruneRule::IsYoung.into();
    }
    if let Some(user) = facts.tag_user.filter(|_| facts.newer == 0) {
        return Decision::because(PruneRule::TagIsUsed, user);
    }
    let Some(size) = facts.image_size else { return PruneRule::ImageMissing.into() };
    match limits {
        Limits::Age { revisions, .. } if facts.newer < *revisions => return PruneRule::IsRecent.into(),
        Limits::Size(limits) if limits.allow(facts.namespace, size) => return PruneRule::WithinSizeLimit.into(),
        Limits::Age { .. } | Limits::Size(_) => {}
    }
    match facts.image_user {
        Some(user) => Decision::because(PruneRule::ImageIsUsed, user),
        None => PruneRule::NotUsed.into(),
    }
}
