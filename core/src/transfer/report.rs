//! What an import found and did.

use std::collections::BTreeMap;

use serde::Serialize;

use super::limits::MAX_FINDINGS;
use crate::resources::{Finding, Restored};

/// The result of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ImportReport {
    /// Whether nothing was written, on request.
    pub dry_run: bool,
    /// The files that were read, those in archives included.
    pub files: u64,
    /// What became of the images.
    pub images: Outcomes,
    /// What became of the streams.
    pub image_streams: Outcomes,
    /// Objects of other kinds, which are not imported: their number by kind.
    pub other_objects: BTreeMap<String, u64>,
    /// Images that were made of tags, since the image itself was not there. They have no manifest.
    pub images_from_tags: u64,
    /// Tags that got an image of an archive as their newest entry.
    pub pushed_tags: u64,
    /// Rules for tags, which another store had.
    pub tag_rules: u64,
    /// Images of `docker save` archives without a manifest: it was made up as `skopeo` does, and is not that of a registry.
    pub made_up_manifests: u64,
    /// With [`ImportOptions::verify_blobs`](super::ImportOptions::verify_blobs): how many blobs have the content that their
    /// names say. The others are findings.
    pub verified_blobs: u64,
    /// Histories that name images which the store does not have.
    pub missing: Missing,
    /// The cluster that a must-gather is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<Cluster>,
    /// Objects that could not be imported, with the reason; at most 10,000.
    pub findings: Vec<Finding>,
    /// The number of all findings.
    pub finding_count: u64,
}

/// Numbers of objects of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Outcomes {
    /// New ones.
    pub created: u64,
    /// Those that the store had already, with the same content.
    pub unchanged: u64,
    /// Those of which the store had another version, which was kept.
    pub skipped: u64,
    /// Those that replaced the stored one.
    pub replaced: u64,
    /// Those that were merged with the stored one.
    pub merged: u64,
    /// Further copies of one that was imported.
    pub copies: u64,
}

/// What the store does not have, and histories name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Missing {
    /// Images that are not there.
    pub images: u64,
    /// Tags whose newest entry is one of them.
    pub tags: u64,
}

/// What a must-gather says about its cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Cluster {
    /// `spec.clusterID` of its `ClusterVersion`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// The newest completed version in the history of its `ClusterVersion`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// `status.apiServerURL` of its `Infrastructure`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub api_server: String,
    /// The first line of its file `timestamp`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub gathered: String,
}

impl ImportReport {
    pub(super) fn find(&mut self, finding: Finding) {
        self.finding_count += 1;
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(finding);
        }
    }

    /// Whether there is something to look at.
    #[must_use]
    pub fn has_findings(&self) -> bool {
        self.finding_count > 0
    }
}

impl Outcomes {
    pub(super) fn count(&mut self, outcome: Restored) {
        *match outcome {
            Restored::Created => &mut self.created,
            Restored::Unchanged => &mut self.unchanged,
            Restored::Skipped | Restored::OtherUid => &mut self.skipped,
            Restored::Replaced => &mut self.replaced,
            Restored::Merged => &mut self.merged,
        } += 1;
    }
}
