//! Searching by whatever people type or paste.

use serde::Serialize;

use super::ImageStore;
use super::find::FoundImage;
use crate::error::Result;
use crate::rules::StreamState;
use crate::store::names;
use crate::store::streams::{self, StreamName};

/// The most streams of one search.
const MOST: usize = 100;

/// What a search has found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SearchResult {
    /// Streams, in the order of their namespaces and names: a hundred at most.
    pub image_streams: Vec<FoundStream>,
    /// Whether more streams match.
    pub more: bool,
    /// Images, as [`ImageStore::find`] finds them.
    pub images: Vec<FoundImage>,
}

/// A stream that was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FoundStream {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The tags that match, if not the stream as a whole does.
    pub tags: Vec<String>,
    /// The labels that match, as `key=value`, if nothing else does.
    pub labels: Vec<String>,
}

impl ImageStore {
    /// Finds streams and images by a part of a name, `namespace/name:tag`, a label, a digest or the beginning of one, a
    /// pull spec of any registry, or the address of an object in OpenShift's console.
    ///
    /// Names and labels match if they contain the text, in upper or lower case. The names of tags match as a part of
    /// `namespace/name:tag` only if the text has a colon.
    ///
    /// ```
    /// use imagestream::ImageStore;
    ///
    /// let store = ImageStore::in_memory()?;
    /// assert!(store.search("https://console.example.com/k8s/ns/shop/imagestreams/web")?.image_streams.is_empty());
    /// # Ok::<(), imagestream::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Errors of reading.
    pub fn search(&self, text: &str) -> Result<SearchResult> {
        let wanted = text.trim();
        let wanted = in_console(wanted).unwrap_or_else(|| wanted.to_owned());
        if wanted.is_empty() {
            return Ok(SearchResult::default());
        }
        let mut result = SearchResult::default();
        let rows = self.access().read()?;
        let lower = wanted.to_lowercase();
        for name in names::streams(&rows, None, "")? {
            let listed = name?;
            let at = StreamName { namespace: &listed.name.namespace, name: &listed.name.name };
            let Some(state) = streams::state(&rows, at)? else { continue };
            let Some(found) = matching(at, &state, &lower) else { continue };
            if result.image_streams.len() == MOST {
                result.more = true;
                break;
            }
            result.image_streams.push(found);
        }
        // Any word is a pull spec, too; only one with a slash is meant as one.
        let has_digits = wanted.len() >= 6 && wanted.bytes().all(|digit| digit.is_ascii_hexdigit());
        if has_digits || wanted.contains(['/', '@']) || wanted.starts_with("sha") && wanted.contains(':') {
            // Other texts are no pull spec and no digest.
            result.images = self.find(&wanted).unwrap_or_default();
        }
        Ok(result)
    }
}

/// What is found of a stream; `lower` is in lower case.
fn matching(at: StreamName<'_>, state: &StreamState, lower: &str) -> Option<FoundStream> {
    let path = format!("{}/{}", at.namespace, at.name);
    let mut found =
        FoundStream { namespace: at.namespace.to_owned(), name: at.name.to_owned(), ..FoundStream::default() };
    if path.to_lowercase().contains(lower) {
        return Some(found);
    }
    if lower.contains(':') {
        let tags = state.tags.keys().chain(state.spec_tags.keys().filter(|tag| !state.tags.contains_key(*tag)));
        found.tags = tags.filter(|tag| format!("{path}:{tag}").to_lowercase().contains(lower)).cloned().collect();
    }
    let labels = state.metadata.labels.iter().map(|(key, value)| format!("{key}={value}"));
    found.labels = labels.filter(|label| label.to_lowercase().contains(lower)).collect();
    (!found.tags.is_empty() || !found.labels.is_empty()).then_some(found)
}

/// What an address of OpenShift's console shows: `namespace/stream`, `namespace/stream:tag` or a digest.
fn in_console(text: &str) -> Option<String> {
    let (_, path) = text.split_once("/k8s/")?;
    let path = path.split(['?', '#']).next().unwrap_or_default().replace("%3A", ":").replace("%3a", ":");
    let mut parts = path.split('/');
    match (parts.next()?, parts.next()?, parts.next()?, parts.next()) {
        ("ns", namespace, "imagestreams" | "imagestreamtags", Some(name)) => Some(format!("{namespace}/{name}")),
        ("cluster", "images", name, _) => Some(name.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_console_are_understood() {
        for (text, wanted) in [
            ("https://console.example.com/k8s/ns/shop/imagestreams/web", Some("shop/web")),
            ("https://console.example.com/k8s/ns/shop/imagestreams/web/history?page=2", Some("shop/web")),
            ("/k8s/ns/shop/imagestreamtags/web%3Av1/yaml", Some("shop/web:v1")),
            ("#/store/k8s/cluster/images/sha256:12", Some("sha256:12")),
            ("https://console.example.com/k8s/ns/shop/pods/web", None),
            ("web", None),
        ] {
            assert_eq!(in_console(text).as_deref(), wanted, "{text}");
        }
    }
}
