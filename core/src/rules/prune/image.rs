//! The second stage: the images.

use super::{Decision, Limits, PruneRule};
use crate::api::Time;

/// What an image is decided by.
#[derive(Debug, Clone, Copy, Default)]
pub struct ImageFacts<'a> {
    /// A tag whose remaining history names it, as `namespace/stream:tag`.
    pub history: Option<&'a str>,
    /// A list of images that remains, and has it.
    pub list: Option<&'a str>,
    /// When it was created.
    pub created: Option<Time>,
    /// Whether the integrated registry has it (annotation `openshift.io/image.managed`).
    pub is_managed: bool,
    /// Whether only images of the integrated registry may go.
    pub only_managed: bool,
}

/// Decides about an image, by the first of these rules that applies:
///
/// 1. A remaining entry of a history names it: kept.
/// 2. A list of images that remains has it: kept.
/// 3. It is not of the integrated registry, and only those may go: kept.
/// 4. It is young: kept.
/// 5. It goes.
#[must_use]
pub fn decide_image(facts: &ImageFacts<'_>, limits: &Limits) -> Decision {
    if let Some(tag) = facts.history {
        Decision::because(PruneRule::InHistory, tag)
    } else if let Some(list) = facts.list {
        Decision::because(PruneRule::InList, list)
    } else if facts.only_managed && !facts.is_managed {
        PruneRule::NotManaged.into()
    } else if limits.is_young(facts.created) {
        PruneRule::IsYoung.into()
    } else {
        PruneRule::NotUsed.into()
    }
}
