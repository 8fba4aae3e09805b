//! A plan.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::api::Time;
use crate::error::{Error, Result};
use crate::json::{self, Names, members};
use crate::resources::Finding;
use crate::rules::prune::PruneRule;

/// What may go, and what stays: each entry of each history and each image, with the rule that decided.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PrunePlan {
    /// The time from which ages count; `None` if nothing has a time.
    pub as_of: Option<Time>,
    /// The resource version of the store that it is for.
    pub resource_version: String,
    /// Whether it has images. A plan for one namespace or for some streams has none, since others may name the images.
    pub has_images: bool,
    /// The streams, in order.
    pub streams: Vec<PlannedStream>,
    /// The images, in the order of their names.
    pub images: Vec<PlannedImage>,
    /// References of workloads, and files, that can't be read: what they use is not known.
    pub findings: Vec<Finding>,
    /// Whether it may be applied nevertheless.
    pub ignore_invalid_references: bool,
    /// The numbers.
    pub summary: PruneSummary,
}

members!(PrunePlan as "PrunePlan" {
    "asOf" => as_of,
    "resourceVersion" => resource_version,
    "hasImages" => has_images,
    "streams" => streams,
    "images" => images,
    "findings" => findings,
    "ignoreInvalidReferences" => ignore_invalid_references,
    "summary" => summary,
});

/// The histories of a stream.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PlannedStream {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The version that the plan is for.
    pub resource_version: String,
    /// Its tags with a history, in order.
    pub tags: Vec<PlannedTag>,
}

members!(PlannedStream as "PlannedStream" {
    "namespace" => namespace,
    "name" => name,
    "resourceVersion" => resource_version,
    "tags" => tags,
});

/// The history of a tag.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PlannedTag {
    /// The tag.
    pub tag: String,
    /// All entries, newest first. A tag of which no entry stays is removed from the status of its stream.
    pub entries: Vec<PlannedEntry>,
}

members!(PlannedTag as "PlannedTag" { "tag" => tag, "entries" => entries });

/// An entry of a history.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PlannedEntry {
    /// The name of the image; empty if the entry is only a pull spec.
    pub image: String,
    /// The pull spec.
    pub docker_image_reference: String,
    /// When it became the newest entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<Time>,
    /// Whether it goes.
    pub prune: bool,
    /// The rule that decided that.
    pub rule: PruneRule,
    /// Who or what the rule is about, such as the workload that uses the image.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub because: String,
}

members!(PlannedEntry as "PlannedEntry" {
    "image" => image,
    "dockerImageReference" => docker_image_reference,
    "created" => created,
    "prune" => prune,
    "rule" => rule,
    "because" => because,
});

/// An image.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PlannedImage {
    /// Its name, usually a digest.
    pub name: String,
    /// The version that the plan is for.
    pub resource_version: String,
    /// When it was created in the store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<Time>,
    /// Its size in bytes, as its metadata say.
    pub size: i64,
    /// Whether it goes.
    pub prune: bool,
    /// The rule that decided that.
    pub rule: PruneRule,
    /// Who or what the rule is about, such as the tag that has the image.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub because: String,
}

members!(PlannedImage as "PlannedImage" {
    "name" => name,
    "resourceVersion" => resource_version,
    "created" => created,
    "size" => size,
    "prune" => prune,
    "rule" => rule,
    "because" => because,
});

/// The numbers of a plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PruneSummary {
    /// The streams that change.
    pub streams: u64,
    /// The tags that are removed, since none of their entries stays.
    pub tags: u64,
    /// The entries that go.
    pub entries: u64,
    /// The images that go.
    pub images: u64,
    /// The layers that no other image has: a registry can delete them.
    pub layers: u64,
    /// The size of these layers in bytes.
    pub size: i64,
    /// How many entries each rule keeps.
    pub kept_entries: BTreeMap<String, u64>,
    /// How many images each rule keeps.
    pub kept_images: BTreeMap<String, u64>,
}

members!(PruneSummary as "PruneSummary" {
    "streams" => streams,
    "tags" => tags,
    "entries" => entries,
    "images" => images,
    "layers" => layers,
    "size" => size,
});

impl PrunePlan {
    /// Reads a plan that was written as JSON.
    ///
    /// # Errors
    ///
    /// [`BadRequest`](crate::ErrorKind::BadRequest) if it is none.
    pub fn from_json(text: &[u8]) -> Result<Self> {
        let mut plan: Self = json::decode(text, Names::Exact)
            .map_err(|error| Error::bad_request(format!("it is not a plan of what to prune: {error}")))?;
        if plan.resource_version.is_empty() {
            return Err(Error::bad_request("it is not a plan of what to prune: resourceVersion is missing"));
        }
        // Only the layers can't be counted again.
        let PruneSummary { layers, size, .. } = plan.summary;
        plan.count();
        plan.summary = PruneSummary { layers, size, ..plan.summary };
        Ok(plan)
    }

    /// Sets the numbers, but not those of layers.
    pub(super) fn count(&mut self) {
        let mut summary = PruneSummary::default();
        for stream in &self.streams {
            summary.streams += u64::from(stream.changes());
            summary.tags += stream.tags.iter().map(|tag| u64::from(tag.is_removed())).sum::<u64>();
            for entry in stream.tags.iter().flat_map(|tag| &tag.entries) {
                if entry.prune {
                    summary.entries += 1;
                } else {
                    *summary.kept_entries.entry(entry.rule.name().to_owned()).or_default() += 1;
                }
            }
        }
        for image in &self.images {
            if image.prune {
                summary.images += 1;
            } else {
                *summary.kept_images.entry(image.rule.name().to_owned()).or_default() += 1;
            }
        }
        self.summary = summary;
    }

    /// Whether it can't be applied: references can't be read, and that is not to be ignored.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        !self.findings.is_empty() && !self.ignore_invalid_references
    }

    /// Whether nothing goes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.summary.entries == 0 && self.summary.images == 0
    }
}

impl PlannedTag {
    /// Whether the tag is removed.
    #[must_use]
    pub fn is_removed(&self) -> bool {
        !self.entries.is_empty() && self.entries.iter().all(|entry| entry.prune)
    }
}

impl PlannedStream {
    /// Whether some entry goes.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.tags.iter().any(|tag| tag.entries.iter().any(|entry| entry.prune))
    }
}
