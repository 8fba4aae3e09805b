//! Making a plan.

use std::collections::BTreeMap;
use std::time::Duration;

use super::planned::{PlannedEntry, PlannedImage, PlannedStream, PlannedTag, PrunePlan, PruneSummary};
use crate::api::{Image, ImageStream, NamedTagEventList, Time, annotation};
use crate::collected;
use crate::error::Result;
use crate::resources::selection::Selection;
use crate::resources::{Finding, ImageStore, Workloads};
use crate::rules::prune::{
    Decision, EntryFacts, ImageFacts, Limits, PruneRule, SizeLimits, UsedImages, decide_entry, decide_image, runs,
};
use crate::rules::{TagPattern, TagRules};
use crate::store::streams;
use crate::store::{Read, Rows as _, images, tag_rules};

/// What a plan is made by. The default is that of `oc adm prune images`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PruneParams {
    /// By age and place in the history, or by size.
    pub mode: PruneMode,
    /// Only the histories of this namespace, and no images; empty for all namespaces.
    pub namespace: String,
    /// Only the histories of the streams with these labels, and no images; empty for all streams.
    pub label_selector: String,
    /// Whether to let only images of the integrated registry go, those with the annotation `openshift.io/image.managed`.
    pub only_managed: bool,
    /// Tags whose histories stay as they are.
    pub keep: Vec<TagPattern>,
    /// Whether the plan may be applied although some references of workloads can't be read.
    pub ignore_invalid_references: bool,
    /// The time from which ages count; without it, the newest time in the store and in the workloads. The current time
    /// would be wrong for a dump that is some days old.
    pub as_of: Option<Time>,
}

/// What is kept in any case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PruneMode {
    /// What is young, and the newest entries of each history.
    Age {
        /// Default: 60 minutes.
        keep_younger_than: Duration,
        /// The number of entries. Default: 3.
        keep_tag_revisions: usize,
    },
    /// Images that are within the limit ranges of the namespace (`openshift.io/Image`, `max.storage`), which come with the
    /// workloads. Age and place in the history do not matter.
    Size {
        /// A limit for all namespaces, in bytes. Default: none.
        limit: Option<i64>,
    },
}

impl Default for PruneMode {
    fn default() -> Self {
        Self::Age { keep_younger_than: Duration::from_secs(60 * 60), keep_tag_revisions: 3 }
    }
}

/// What matters of a stored image.
struct KnownImage {
    name: String,
    version: String,
    created: Option<Time>,
    is_managed: bool,
    size: i64,
    members: Vec<String>,
}

impl ImageStore {
    /// Plans what to prune, and writes nothing. `workloads` are those that use the images.
    ///
    /// It reads all images and streams. What a plan says is done by [`apply_prune`](Self::apply_prune).
    ///
    /// ```
    /// use imagestream::{ImageStore, PruneParams, Workloads};
    ///
    /// let store = ImageStore::in_memory()?;
    /// let plan = store.plan_prune(&Workloads::default(), &PruneParams::default())?;
    /// assert!(plan.is_empty());
    /// # Ok::<(), imagestream::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`BadRequest`](crate::ErrorKind::BadRequest) for an invalid selector, and errors of reading. References that can't be
    /// read are findings of the plan.
    pub fn plan_prune(&self, workloads: &Workloads, params: &PruneParams) -> Result<PrunePlan> {
        let selection = Selection::parse(&params.label_selector, "", &[])?;
        let rows = self.access().read()?;
        let known = known_images(&rows)?;
        let as_of = match params.as_of {
            Some(time) => Some(time),
            None => newest_time(&rows, &known, workloads)?,
        };
        let mut findings = workloads.findings().to_vec();
        let limits = limits(&params.mode, as_of, workloads, &mut findings);
        let used = used_images(workloads, &limits, &mut findings);
        let planning = Planning { params, limits, used, known, rules: tag_rules::get(&rows)? };
        let mut plan = PrunePlan {
            as_of,
            resource_version: rows.state()?.version.to_string(),
            has_images: params.namespace.is_empty() && params.label_selector.is_empty(),
            findings,
            ignore_invalid_references: params.ignore_invalid_references,
            ..PrunePlan::default()
        };
        let namespace = (!params.namespace.is_empty()).then_some(&*params.namespace);
        streams::each(&rows, namespace, &mut |stream| {
            if selection.matches_labels(&stream.metadata.labels) {
                plan.streams.push(planning.stream(stream));
            }
        })?;
        if plan.has_images {
            plan.images = planning.images(&plan.streams);
        }
        plan.count();
        count_layers(&rows, &plan.images, &mut plan.summary)?;
        Ok(plan)
    }
}

/// The images in the order of their names.
fn known_images(rows: &Read) -> Result<Vec<KnownImage>> {
    let mut known = Vec::new();
    images::each_without_texts(rows, &mut |image| {
        let metadata = &image.metadata;
        let members = image.docker_image_manifests.iter().map(|member| member.digest.clone());
        known.push(KnownImage {
            name: metadata.name.clone(),
            version: metadata.resource_version.clone(),
            created: metadata.creation_timestamp,
            is_managed: metadata.annotations.get(annotation::MANAGED).is_some_and(|value| value == "true"),
            size: image.docker_image_metadata.as_ref().map_or(0, |metadata| metadata.size),
            members: members.collect(),
        });
    })?;
    Ok(known)
}

fn newest_time(rows: &Read, known: &[KnownImage], workloads: &Workloads) -> Result<Option<Time>> {
    let images = known.iter().map(|image| image.created);
    let of_workloads = workloads.items().iter().map(|item| item.workload.metadata.creation_timestamp);
    let mut newest = images.chain(of_workloads).flatten().max();
    streams::each(rows, None, &mut |stream| {
        let entries = stream.status.tags.iter().flat_map(|tag| tag.items.iter().flatten());
        let of_stream = entries.map(|entry| entry.created).chain([stream.metadata.creation_timestamp]).flatten().max();
        newest = newest.max(of_stream);
    })?;
    Ok(newest)
}

fn limits(mode: &PruneMode, as_of: Option<Time>, workloads: &Workloads, findings: &mut Vec<Finding>) -> Limits {
    match mode {
        PruneMode::Age { keep_younger_than, keep_tag_revisions } => {
            let seconds = i64::try_from(keep_younger_than.as_secs()).unwrap_or(i64::MAX);
            let young_after = as_of.map_or(i64::MAX, |as_of| as_of.unix().saturating_sub(seconds));
            Limits::Age { young_after: Time::from_unix(young_after), revisions: *keep_tag_revisions }
        }
        PruneMode::Size { limit } => {
            let mut limits = SizeLimits::of_all(*limit);
            for item in workloads.items().iter().filter(|item| item.workload.kind == "LimitRange") {
                for wrong in limits.add(&item.workload).err().into_iter().flatten() {
                    let reason = format!("spec.limits: max.storage {wrong:?} is not a quantity");
                    findings.push(Finding { reason, ..item.place.clone() });
                }
            }
            Limits::Size(limits)
        }
    }
}

fn used_images(workloads: &Workloads, limits: &Limits, findings: &mut Vec<Finding>) -> UsedImages {
    let mut used = UsedImages::default();
    for item in workloads.items().iter().filter(|item| runs(&item.workload, limits)) {
        for bad in used.add(&item.workload) {
            let reason = format!("{}: {:?}: {}", bad.field, bad.value, bad.reason);
            findings.push(Finding { reason, ..item.place.clone() });
        }
    }
    used
}

struct Planning<'a> {
    params: &'a PruneParams,
    limits: Limits,
    used: UsedImages,
    known: Vec<KnownImage>,
    rules: TagRules,
}

impl Planning<'_> {
    /// The first stage for one stream.
    fn stream(&self, stream: &ImageStream) -> PlannedStream {
        let metadata = &stream.metadata;
        let is_young = self.limits.is_young(metadata.creation_timestamp);
        let tags = stream.status.tags.iter().filter(|tag| tag.items.as_ref().is_some_and(|items| !items.is_empty()));
        PlannedStream {
            namespace: metadata.namespace.clone(),
            name: metadata.name.clone(),
            resource_version: metadata.resource_version.clone(),
            tags: tags.map(|tag| self.tag(stream, tag, is_young)).collect(),
        }
    }

    fn tag(&self, stream: &ImageStream, tag: &NamedTagEventList, stream_is_young: bool) -> PlannedTag {
        let (namespace, name) = (&*stream.metadata.namespace, &*stream.metadata.name);
        let immutable = self.rules.immutable(namespace, name, &tag.tag);
        let pattern = self.params.keep.iter().find(|pattern| pattern.matches(namespace, name, &tag.tag));
        let entries = tag.items.iter().flatten().enumerate().map(|(newer, entry)| {
            let Decision { rule, because } = if let Some(pattern) = pattern {
                Decision::because(PruneRule::KeepPattern, pattern.to_string())
            } else if let Some(rule) = immutable {
                Decision::because(PruneRule::Immutable, rule.pattern.to_string())
            } else if stream_is_young {
                PruneRule::StreamIsYoung.into()
            } else {
                let facts = EntryFacts {
                    namespace,
                    newer,
                    tag_user: self.used.of_tag(namespace, name, &tag.tag),
                    image_user: self.used.of_image(namespace, name, &entry.image),
                    image_size: self.known(&entry.image).map(|image| image.size),
                };
                decide_entry(entry, &facts, &self.limits)
            };
            PlannedEntry {
                image: entry.image.clone(),
                docker_image_reference: entry.docker_image_reference.clone(),
                created: entry.created,
                prune: rule.prunes(),
                rule,
                because,
            }
        });
        PlannedTag { tag: tag.tag.clone(), entries: entries.collect() }
    }

    fn known(&self, name: &str) -> Option<&KnownImage> {
        let at = self.known.binary_search_by(|image| image.name.as_str().cmp(name)).ok()?;
        self.known.get(at)
    }

    /// The second stage.
    fn images(&self, streams: &[PlannedStream]) -> Vec<PlannedImage> {
        let mut histories: BTreeMap<String, String> = BTreeMap::new();
        for (stream, tag) in streams.iter().flat_map(|stream| stream.tags.iter().map(move |tag| (stream, tag))) {
            for entry in tag.entries.iter().filter(|entry| !entry.prune) {
                let name = || format!("{}/{}:{}", stream.namespace, stream.name, tag.tag);
                histories.entry(entry.image.clone()).or_insert_with(name);
            }
        }
        // The images of lists that stay, also of lists in such lists.
        let mut lists: BTreeMap<String, String> = BTreeMap::new();
        let stays = |image: &&KnownImage| !self.image(image, &histories, None).rule.prunes();
        let mut waiting: Vec<_> = self.known.iter().filter(stays).collect();
        while let Some(list) = waiting.pop() {
            for member in &list.members {
                let Some(known) = self.known(member).filter(|_| !lists.contains_key(member)) else { continue };
                lists.insert(member.clone(), list.name.clone());
                waiting.push(known);
            }
        }
        let planned = self.known.iter().map(|image| {
            let Decision { rule, because } = self.image(image, &histories, lists.get(&image.name));
            PlannedImage {
                name: image.name.clone(),
                resource_version: image.version.clone(),
                created: image.created,
                size: image.size,
                prune: rule.prunes(),
                rule,
                because,
            }
        });
        planned.collect()
    }

    fn image(&self, image: &KnownImage, histories: &BTreeMap<String, String>, list: Option<&String>) -> Decision {
        let facts = ImageFacts {
            history: histories.get(&image.name).map(String::as_str),
            list: list.map(String::as_str),
            created: image.created,
            is_managed: image.is_managed,
            only_managed: self.params.only_managed,
        };
        decide_image(&facts, &self.limits)
    }
}

/// Counts the layers that only images have which go.
fn count_layers(rows: &Read, planned: &[PlannedImage], summary: &mut PruneSummary) -> Result<()> {
    if summary.images == 0 {
        return Ok(());
    }
    let goes = |name: &str| {
        let at = planned.binary_search_by(|image| image.name.as_str().cmp(name));
        at.ok().and_then(|at| planned.get(at)).is_some_and(|image| image.prune)
    };
    let (mut freed, mut kept) = (BTreeMap::new(), collected::set([]));
    images::each_without_texts(rows, &mut |image: &Image| {
        for layer in &image.docker_image_layers {
            if goes(&image.metadata.name) {
                let size = freed.entry(layer.name.clone()).or_insert(layer.layer_size);
                *size = layer.layer_size.max(*size);
            } else {
                kept.insert(layer.name.clone());
            }
        }
    })?;
    freed.retain(|layer, _| !kept.contains(layer));
    summary.layers = freed.len() as u64;
    summary.size = freed.values().fold(0_i64, |sum, size| sum.saturating_add(*size));
    Ok(())
}
