//! Doing what a plan says.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::planned::{PlannedImage, PlannedStream, PlannedTag, PrunePlan};
use crate::api::{Image, ImageStream, NamedTagEventList};
use crate::error::{Error, Result};
use crate::resources::{DeleteParams, Finding, ImageStore};
use crate::store::object_key::Key;
use crate::store::streams::{self, StreamName};
use crate::store::{Write, images, tag_rules};

/// A transaction has at most this many objects.
const CHUNK: usize = 500;

/// What was pruned.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PruneOutcome {
    /// The streams that were changed.
    pub streams: u64,
    /// The entries that were removed from histories.
    pub entries: u64,
    /// The images that were deleted.
    pub images: u64,
    /// What was left as it is, since it has changed since the plan was made. A new plan may find something else.
    pub skipped: Vec<Finding>,
}

/// What became of one object.
enum Done {
    Stream {
        entries: u64,
    },
    Image,
    /// It has gone already.
    Gone,
    Skipped(Finding),
}

impl ImageStore {
    /// Does what a plan says: first removes entries from histories, then images.
    ///
    /// Nothing that has changed since the plan was made is touched: no stream with another resource version, no image that
    /// a history or a list of images has got since. Each transaction has at most 500 objects; if it is interrupted, a new
    /// plan has the rest. On the change feed, a stream is modified once, whatever goes from it.
    ///
    /// # Errors
    ///
    /// [`BadRequest`](crate::ErrorKind::BadRequest) if references of workloads could not be read and the plan does not say
    /// to ignore that; errors of writing.
    pub fn apply_prune(&self, plan: &PrunePlan) -> Result<PruneOutcome> {
        if plan.is_blocked() {
            let findings: Vec<_> = plan.findings.iter().map(|finding| format!("{}: {finding}", finding.file)).collect();
            return Err(Error::bad_request(format!(
                "what workloads use is not known, since not all of their references can be read: {}",
                findings.join("; ")
            )));
        }
        let mut outcome = PruneOutcome::default();
        let changing: Vec<_> = plan.streams.iter().filter(|stream| stream.changes()).collect();
        for chunk in changing.chunks(CHUNK) {
            outcome.count(self.access().write(false, |tx| chunk.iter().map(|stream| cut(tx, stream)).collect())?);
        }
        let going: Vec<_> = plan.images.iter().filter(|image| image.prune).collect();
        let kept = RefCell::new(Kept::default());
        for chunk in going.chunks(CHUNK) {
            outcome.count(self.access().write(false, |tx| {
                let mut kept = kept.borrow_mut();
                kept.refresh(tx, &going)?;
                let done = chunk.iter().map(|image| self.delete_planned(tx, image, &kept)).collect();
                kept.version = tx.version();
                done
            })?);
        }
        Ok(outcome)
    }

    fn delete_planned(&self, tx: &mut Write, planned: &PlannedImage, kept: &Kept) -> Result<Done> {
        if let Some(reason) = kept.reasons.get(&planned.name) {
            return Ok(Done::Skipped(finding("Image", planned.name.clone(), reason.clone())));
        }
        let Some(stored) = images::get(tx, &planned.name)? else { return Ok(Done::Gone) };
        let _ = self.images().delete_stored(tx, stored, &DeleteParams::default())?;
        Ok(Done::Image)
    }
}

/// The images of a plan that must not go any more.
#[derive(Default)]
struct Kept {
    /// The resource version of the store for which this is known; 0 if for none.
    version: u64,
    reasons: BTreeMap<String, String>,
}

impl Kept {
    /// Finds out, unless the store is as it was.
    fn refresh(&mut self, tx: &Write, planned: &[&PlannedImage]) -> Result<()> {
        if self.version == tx.version() {
            return Ok(());
        }
        self.reasons.clear();
        let mut going = BTreeSet::<String>::new();
        for &PlannedImage { name, resource_version, .. } in planned {
            let Some(stored) = images::get_without_texts(tx, name)? else { continue };
            let version = &stored.image.metadata.resource_version;
            if version != resource_version {
                self.reasons.insert(name.clone(), changed(version, resource_version));
            } else if let Some(user) = images::users(tx, name)?.first() {
                let reason = format!("the history of {}/{}:{} has it", user.namespace, user.stream, user.tag);
                self.reasons.insert(name.clone(), reason);
            } else {
                going.insert(name.clone());
            }
        }
        // A list of images that stays keeps its members, which may be lists, too.
        let mut lists = BTreeMap::new();
        images::each_without_texts(tx, &mut |image: &Image| {
            let members = image.docker_image_manifests.iter().map(|member| member.digest.clone());
            lists.insert(image.metadata.name.clone(), members.collect::<Vec<_>>());
        })?;
        let mut waiting: Vec<&str> = lists.keys().map(String::as_str).filter(|list| !going.contains(*list)).collect();
        while let Some(list) = waiting.pop() {
            for member in lists.get(list).into_iter().flatten().filter(|member| going.remove(*member)) {
                self.reasons.insert(member.clone(), format!("the list of images {list} has it"));
                waiting.push(member);
            }
        }
        Ok(())
    }
}

/// Removes entries from the histories of a stream.
fn cut(tx: &mut Write, planned: &PlannedStream) -> Result<Done> {
    let at = StreamName { namespace: &planned.namespace, name: &planned.name };
    let Some(stored) = streams::get(tx, at)? else { return Ok(Done::Gone) };
    let version = &stored.metadata.resource_version;
    if *version != planned.resource_version {
        let name = format!("{}/{}", at.namespace, at.name);
        return Ok(Done::Skipped(finding("ImageStream", name, changed(version, &planned.resource_version))));
    }
    let rules = tag_rules::get(tx)?;
    let goes = |tag: &&PlannedTag| tag.entries.iter().any(|entry| entry.prune);
    let immutable = |tag: &PlannedTag| rules.immutable(at.namespace, at.name, &tag.tag).is_some();
    if let Some(tag) = planned.tags.iter().filter(goes).find(|tag| immutable(tag)) {
        let reason = format!("the tag {:?} has become immutable since the plan was made", tag.tag);
        return Ok(Done::Skipped(finding("ImageStream", format!("{}/{}", at.namespace, at.name), reason)));
    }
    let mut new = stored.clone();
    let mut entries = 0;
    for tag in &planned.tags {
        let Some(history) = new.status.tags.iter_mut().find(|history| history.tag == tag.tag) else { continue };
        entries += remove_entries(history, tag);
    }
    remove_tags(&mut new, planned);
    tx.change(Key::stream(at.namespace, at.name).as_bytes(), |tx, version| {
        streams::put_whole(tx, at, Some(&stored), &new, version)
    })?;
    Ok(Done::Stream { entries })
}

/// Keeps the order. The entries are those of the plan, since the stream has its version.
fn remove_entries(history: &mut NamedTagEventList, planned: &PlannedTag) -> u64 {
    let Some(items) = &mut history.items else { return 0 };
    let before = items.len();
    let mut goes = planned.entries.iter().map(|entry| entry.prune);
    items.retain(|_| !goes.next().unwrap_or_default());
    (before - items.len()) as u64
}

fn remove_tags(stream: &mut ImageStream, planned: &PlannedStream) {
    let is_removed = |tag: &str| planned.tags.iter().any(|planned| planned.tag == tag && planned.is_removed());
    stream.status.tags.retain(|history| !is_removed(&history.tag));
}

fn finding(kind: &str, name: String, reason: String) -> Finding {
    Finding { kind: kind.to_owned(), name, reason, ..Finding::default() }
}

fn changed(now: &str, planned: &str) -> String {
    format!("it was changed since the plan was made (resource version {now}, not {planned})")
}

impl PruneOutcome {
    fn count(&mut self, done: Vec<Done>) {
        for done in done {
            match done {
                Done::Stream { entries } => {
                    self.streams += 1;
                    self.entries += entries;
                }
                Done::Image => self.images += 1,
                Done::Gone => {}
                Done::Skipped(finding) => self.skipped.push(finding),
            }
        }
    }
}
