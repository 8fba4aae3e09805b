//! What a mapping did, in the form in which JavaScript gets it.

use imagestream::{ImageOutcome, MappingOutcome, TagChange};
use serde::Serialize;

/// `{image, tags: [{tag, change}], resourceVersion}`; the mapping's own tag is the first.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Outcome {
    /// `created` or `existing`
    image: &'static str,
    tags: Vec<Tag>,
    resource_version: String,
}

#[derive(Serialize)]
struct Tag {
    tag: String,
    /// `unchanged`, `folded` (into the newest entry) or `pushed` (a new entry)
    change: &'static str,
}

impl From<MappingOutcome> for Outcome {
    fn from(outcome: MappingOutcome) -> Self {
        let image = match outcome.image {
            ImageOutcome::Created => "created",
            ImageOutcome::Existing => "existing",
        };
        let tag = |(tag, change)| Tag {
            tag,
            change: match change {
                TagChange::Unchanged => "unchanged",
                TagChange::Folded => "folded",
                TagChange::Pushed => "pushed",
            },
        };
        let tags = outcome.tags.into_iter().map(tag).collect();
        Self { image, tags, resource_version: outcome.resource_version.to_string() }
    }
}
