//! Streams and their tags.

use std::collections::{BTreeMap, BTreeSet};

use super::super::age::age as age_of;
use super::metadata::{age, pairs};
use super::text::Text;
use crate::api::{ImageStream, NamedTagEventList, TagReference, Time};
use crate::rules::prioritize_tags;

/// The annotations of spec tags that are shown, and how they are called.
const DESCRIPTIONS: [(&str, &str); 4] =
    [("description", ""), ("tags", "Tags: "), ("supports", "Supports: "), ("sampleRepo", "Example Repo: ")];

pub(super) fn describe(text: &mut Text, stream: &ImageStream, now: Time) {
    let or_none = |pairs: Vec<String>| if pairs.is_empty() { vec!["<none>".to_owned()] } else { pairs };
    text.field("Name", &stream.metadata.name);
    text.field("Namespace", &stream.metadata.namespace);
    text.field("Created", age(&stream.metadata, now));
    text.list("Labels", or_none(pairs(&stream.metadata.labels)));
    text.list("Annotations", or_none(pairs(&stream.metadata.annotations)));
    let status = &stream.status;
    let repositories = [&status.public_docker_image_repository, &status.docker_image_repository];
    let repository = repositories.into_iter().find(|repository| !repository.is_empty());
    text.field("Image Repository", repository.cloned().unwrap_or_default());
    text.field("Image Lookup", format!("local={}", stream.spec.lookup_policy.local));

    let histories: BTreeMap<_, _> = status.tags.iter().map(|history| (history.tag.as_str(), history)).collect();
    let specs: BTreeMap<_, _> = stream.spec.tags.iter().map(|tag| (tag.name.as_str(), tag)).collect();
    let images: BTreeSet<_> = status.tags.iter().flat_map(|tag| tag.items.iter().flatten()).map(|e| &e.image).collect();
    let mut names: Vec<_> = histories.keys().chain(specs.keys()).map(|name| (*name).to_owned()).collect();
    names.sort_unstable();
    names.dedup();
    text.field("Unique Images", images.len().to_string());
    text.field("Tags", names.len().to_string());
    prioritize_tags(&mut names);
    for name in &names {
        text.line("");
        describe_tag(text, name, specs.get(&**name).copied(), histories.get(&**name).copied(), now);
    }
}

/// A tag with its source and its history.
pub(super) fn describe_tag(
    text: &mut Text,
    name: &str,
    spec: Option<&TagReference>,
    history: Option<&NamedTagEventList>,
    now: Time,
) {
    text.line(name);
    source(text, spec);
    text.line("");
    if let Some(annotations) = spec.and_then(|spec| spec.annotations.as_ref()) {
        let known = DESCRIPTIONS.into_iter().filter_map(|(key, label)| Some((label, annotations.get(key)?)));
        let lines: Vec<_> = known.filter(|(_, value)| !value.is_empty()).collect();
        for (label, value) in &lines {
            let value = if *label == "Tags: " { value.replace(',', ", ") } else { (*value).clone() };
            text.line(format!("  {label}{value}"));
        }
        if !lines.is_empty() {
            text.line("");
        }
    }
    let conditions = history.map(|history| history.conditions.as_slice()).unwrap_or_default();
    let failures: Vec<_> = conditions.iter().filter(|condition| condition.status == "False").collect();
    for failure in &failures {
        text.line(format!("  ! error: Import failed ({}): {}", failure.reason, failure.message));
        if let Some(time) = failure.last_transition_time {
            text.line(format!("      {}", age_of(time, now)));
        }
    }
    let entries = history.and_then(|history| history.items.as_deref()).unwrap_or_default();
    let generation = spec.and_then(|spec| spec.generation).unwrap_or_default();
    let newest = entries.first().map_or(0, |entry| entry.generation);
    let is_source = spec.is_some_and(|spec| spec.from.is_some() && !spec.reference);
    if is_source && failures.is_empty() && generation > newest {
        text.line("  ~ importing latest image ...");
    }
    for (place, entry) in entries.iter().enumerate() {
        let mark = if place == 0 { '*' } else { ' ' };
        text.line(format!("  {mark} {}", entry.docker_image_reference));
        if let Some(created) = entry.created {
            text.line(format!("      {}", age_of(created, now)));
        }
    }
}

/// What a tag is made from.
fn source(text: &mut Text, spec: Option<&TagReference>) {
    let Some(spec) = spec else { return text.line("  no spec tag") };
    let Some(from) = &spec.from else { return text.line("  pushed image") };
    let name = if from.namespace.is_empty() { from.name.clone() } else { format!("{}/{}", from.namespace, from.name) };
    let place = if from.kind == "DockerImage" { "registry " } else { "" };
    text.line(if spec.reference {
        format!("  reference to {place}{name}")
    } else if spec.import_policy.scheduled {
        format!("  updates automatically from {place}{name}")
    } else {
        format!("  tagged from {name}")
    });
    if spec.reference_policy.policy_type == "Local" {
        text.line("    prefer registry pullthrough when referencing this tag");
    }
    if spec.import_policy.insecure {
        text.line("    will use insecure HTTPS or HTTP connections");
    }
}
