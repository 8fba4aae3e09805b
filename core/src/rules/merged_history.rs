//! Two copies of one stream, merged: both are from the same cluster, taken at different times.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::api::{ImageStream, NamedTagEventList, TagEvent, Time};

/// Adds the entries of the histories of `other` to those of `stream`, which has the newer metadata, spec and conditions.
///
/// Entries are the same if time, image and reference are. The newest come first; those of the same time keep their
/// order, those of `stream` first. Returns whether anything was added.
pub fn merge_histories(stream: &mut ImageStream, other: &ImageStream) -> bool {
    let mut tags: BTreeMap<String, NamedTagEventList> =
        std::mem::take(&mut stream.status.tags).into_iter().map(|tag| (tag.tag.clone(), tag)).collect();
    let mut added = false;
    for theirs in &other.status.tags {
        if let Some(ours) = tags.get_mut(&theirs.tag) {
            added |= add_entries(ours, theirs.items.as_deref().unwrap_or_default());
        } else {
            tags.insert(theirs.tag.clone(), theirs.clone());
            added = true;
        }
    }
    stream.status.tags = tags.into_values().collect();
    added
}

fn add_entries(history: &mut NamedTagEventList, entries: &[TagEvent]) -> bool {
    let mut items = history.items.take().unwrap_or_default();
    let before = items.len();
    let missing: Vec<_> = {
        let known: BTreeSet<_> = items.iter().map(identity).collect();
        entries.iter().filter(|entry| !known.contains(&identity(entry))).cloned().collect()
    };
    items.extend(missing);
    let added = items.len() > before;
    if added {
        items.sort_by_key(|entry| Reverse(entry.created));
    }
    history.items = (!items.is_empty()).then_some(items);
    added
}

fn identity(entry: &TagEvent) -> (Option<Time>, &str, &str) {
    (entry.created, &entry.image, &entry.docker_image_reference)
}

/// Whether one copy of a stream is newer than another one of the same cluster: by resource version if both have one,
/// otherwise by generation and the time of the newest entry.
#[must_use]
pub fn is_newer(stream: &ImageStream, other: &ImageStream) -> bool {
    let version = |stream: &ImageStream| stream.metadata.resource_version.parse::<u64>().ok();
    if let (Some(ours), Some(theirs)) = (version(stream), version(other)) {
        return ours > theirs;
    }
    let age = |stream: &ImageStream| {
        let entries = stream.status.tags.iter().flat_map(|tag| tag.items.iter().flatten());
        (stream.metadata.generation, entries.filter_map(|entry| entry.created).max())
    };
    age(stream) > age(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(version: &str, tags: &[(&str, &[(&str, &str)])]) -> ImageStream {
        let tags: Vec<_> = tags
            .iter()
            .map(|(tag, items)| {
                let items: Vec<_> = items
                    .iter()
                    .map(|(created, image)| serde_json::json!({"created": created, "image": image}))
                    .collect();
                serde_json::json!({"tag": tag, "items": items})
            })
            .collect();
        let stream = serde_json::json!({"metadata": {"resourceVersion": version}, "status": {"tags": tags}});
        serde_json::from_value(stream).unwrap()
    }

    fn images(stream: &ImageStream, tag: &str) -> Vec<String> {
        let found = stream.status.tags.iter().find(|found| found.tag == tag).unwrap();
        found.items.iter().flatten().map(|entry| entry.image.clone()).collect()
    }

    const ONE: &str = "2026-01-01T00:00:00Z";
    const TWO: &str = "2026-01-02T00:00:00Z";
    const THREE: &str = "2026-01-03T00:00:00Z";

    #[test]
    fn entries_are_merged_newest_first_and_each_is_there_once() {
        let mut newer = stream("7", &[("a", &[(THREE, "c"), (ONE, "a")])]);
        let older = stream("5", &[("a", &[(TWO, "b"), (ONE, "a")]), ("b", &[(ONE, "x")])]);
        assert!(is_newer(&newer, &older) && !is_newer(&older, &newer));
        assert!(merge_histories(&mut newer, &older));
        assert_eq!(images(&newer, "a"), ["c", "b", "a"]);
        assert_eq!(images(&newer, "b"), ["x"]);
        let merged = newer.clone();
        assert!(!merge_histories(&mut newer, &older), "once is enough");
        assert_eq!(newer, merged);
    }

    #[test]
    fn without_versions_the_newest_entry_decides() {
        let (old, new) = (stream("", &[("a", &[(ONE, "a")])]), stream("", &[("a", &[(TWO, "b")])]));
        assert!(is_newer(&new, &old) && !is_newer(&old, &new) && !is_newer(&old, &old));
    }
}
