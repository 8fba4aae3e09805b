//! The order in which tags are listed.

use std::cmp::Reverse;

use semver::{BuildMetadata, Version};

use super::names::DEFAULT_TAG;

/// Sorts tags by relevance; upstream's `PrioritizeTags`.
///
/// `latest` comes first, then minor versions (`5.1`, `v5.1`, `5.1-rc1`), then semantic versions, both newest first,
/// then everything else by name. Of equal versions, those without `v` come first.
///
/// ```
/// let mut tags = ["other", "1.2.3", "v1.3", "1.3", "1.10", "latest"].map(str::to_owned);
/// imagestream::rules::prioritize_tags(&mut tags);
/// assert_eq!(tags, ["latest", "1.10", "1.3", "v1.3", "1.2.3", "other"]);
/// ```
pub fn prioritize_tags(tags: &mut [String]) {
    tags.sort_by_cached_key(|tag| {
        let unprefixed = tag.strip_prefix('v').unwrap_or(tag);
        let (class, version) = if tag == DEFAULT_TAG {
            (Class::Latest, None)
        } else if let Some(version) = minor_version(unprefixed) {
            (Class::Minor, Some(version))
        } else if let Some(version) = version(unprefixed) {
            (Class::Full, Some(version))
        } else {
            (Class::Other, None)
        };
        let prefixed = version.is_some() && unprefixed.len() < tag.len();
        (class, Reverse(version), prefixed, tag.clone())
    });
}

/// The classes by which tags are sorted.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Latest,
    Minor,
    Full,
    Other,
}

/// A version without its build metadata, which does not affect the order.
fn version(text: &str) -> Option<Version> {
    Version::parse(text).ok().map(|version| Version { build: BuildMetadata::EMPTY, ..version })
}

/// `major.minor`, optionally with one word after a dash.
fn minor_version(text: &str) -> Option<Version> {
    let (number, suffix) = match text.split_once('-') {
        Some((number, suffix)) if suffix.bytes().all(|byte| byte.is_ascii_alphanumeric()) => (number, Some(suffix)),
        Some(_) => return None,
        None => (text, None),
    };
    let (major, minor) = number.split_once('.')?;
    if minor.contains('.') {
        return None;
    }
    version(&match suffix {
        Some(suffix) => format!("{major}.{minor}.0-{suffix}"),
        None => format!("{major}.{minor}.0"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_sorted_newest_first() {
        let expected = [
            "latest",
            "v5.10",
            "5.2",
            "5.1",
            "v5.1",
            "5.1-rc1",
            "5.0-alpha",
            "10.0.0",
            "5.1.1",
            "v5.1.1",
            "5.1.0-rc.2",
            "5.1.0-rc.1",
            "01.2",
            "5",
            "5.1-a_b",
            "5.1-rc.1",
            "Latest",
            "v",
            "vnext",
        ];
        let mut tags = expected.map(str::to_owned);
        tags.reverse();
        prioritize_tags(&mut tags);
        assert_eq!(tags, expected);
    }
}
