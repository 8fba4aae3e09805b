//! The pull spec of a tag.

use super::names::DEFAULT_TAG;
use super::reference::ImageReference;
use crate::api::{ImageStream, TagEvent, TagReference};

/// The pull spec of one entry of a tag's history; upstream's `ResolveReferenceForTagEvent`.
///
/// It is the entry's own pull spec, unless the tag's policy is `Local`: then it is the image in the stream's
/// repository, `status.dockerImageRepository`, if there is one and the entry has an image. `tag` is the spec tag.
#[must_use]
pub fn event_pull_spec(repository: &str, tag: Option<&TagReference>, event: &TagEvent) -> String {
    if tag.is_some_and(|tag| tag.reference_policy.policy_type == "Local")
        && !event.image.is_empty()
        && let Ok(repository) = repository.parse::<ImageReference>()
    {
        return ImageReference { tag: String::new(), id: event.image.clone(), ..repository }.exact();
    }
    event.docker_image_reference.clone()
}

/// The pull spec of a tag's newest entry, `None` if it has none; upstream's `ResolveLatestTaggedImage`. An empty tag
/// means `latest`.
#[must_use]
pub fn latest_pull_spec(stream: &ImageStream, tag: &str) -> Option<String> {
    let tag = named_or_latest(tag);
    let event = newest_event(stream, tag)?;
    Some(event_pull_spec(&stream.status.docker_image_repository, spec_tag(stream, tag), event))
}

/// A pull spec and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullSpec {
    /// The pull spec.
    pub pull_spec: String,
    /// Where it comes from.
    pub origin: PullSpecOrigin,
}

/// The origin of a pull spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PullSpecOrigin {
    /// The tag's history.
    History {
        /// Whether the spec has changed since, so that an import is pending.
        has_newer: bool,
    },
    /// The image that the tag follows; nothing has been imported yet.
    Source,
    /// The stream's repository: the tag is empty.
    Repository,
}

/// Why a tag has no pull spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoPullSpec {
    /// An import is pending, and its result is unknown.
    #[error("the pull spec cannot be determined yet")]
    NotYet,
    /// The tag is empty and the stream has no repository.
    #[error("no image repository has been set on the image stream status")]
    NoRepository,
}

/// The pull spec that a tag will have once everything is imported; upstream's `ResolveNewestPullSpecForTag`.
///
/// An empty tag means `latest`. For a tag without history the pull spec is built from the stream's repository, or from
/// the public one if `external` is set.
///
/// # Errors
///
/// If a changed tag has not been imported and does not simply follow an image; for an empty tag of a stream without a
/// repository.
pub fn newest_pull_spec(stream: &ImageStream, tag: &str, external: bool) -> Result<PullSpec, NoPullSpec> {
    let tag = named_or_latest(tag);
    let spec = spec_tag(stream, tag);
    let event = match newest_event(stream, tag) {
        Some(event) if is_newer(spec, event) => {
            if direct_source(spec).is_none() {
                return Err(NoPullSpec::NotYet);
            }
            None
        }
        event => event,
    };
    resolve(stream, tag, event, external)
}

/// The current pull spec of a tag, even if an import is pending; upstream's `ResolveRecentPullSpecForTag`.
///
/// The parameters are those of [`newest_pull_spec`].
///
/// # Errors
///
/// For an empty tag of a stream without a repository.
pub fn recent_pull_spec(stream: &ImageStream, tag: &str, external: bool) -> Result<PullSpec, NoPullSpec> {
    let tag = named_or_latest(tag);
    resolve(stream, tag, newest_event(stream, tag), external)
}

fn resolve(stream: &ImageStream, tag: &str, event: Option<&TagEvent>, external: bool) -> Result<PullSpec, NoPullSpec> {
    let spec = spec_tag(stream, tag);
    let status = &stream.status;
    if let Some(event) = event {
        return Ok(PullSpec {
            pull_spec: event_pull_spec(&status.docker_image_repository, spec, event),
            origin: PullSpecOrigin::History { has_newer: is_newer(spec, event) },
        });
    }
    if let Some(source) = direct_source(spec) {
        return Ok(PullSpec { pull_spec: source.to_owned(), origin: PullSpecOrigin::Source });
    }
    let repository = if external && !status.public_docker_image_repository.is_empty() {
        &status.public_docker_image_repository
    } else {
        &status.docker_image_repository
    };
    if repository.is_empty() {
        return Err(NoPullSpec::NoRepository);
    }
    Ok(PullSpec { pull_spec: format!("{repository}:{tag}"), origin: PullSpecOrigin::Repository })
}

/// Whether the tag's spec changed after this entry of its history.
fn is_newer(tag: Option<&TagReference>, event: &TagEvent) -> bool {
    tag.and_then(|tag| tag.generation).is_some_and(|generation| generation > event.generation)
}

/// The image that users of the tag pull directly from its source.
fn direct_source(tag: Option<&TagReference>) -> Option<&str> {
    let tag = tag.filter(|tag| tag.reference_policy.policy_type == "Source")?;
    tag.from.as_ref().filter(|from| from.kind == "DockerImage").map(|from| from.name.as_str())
}

fn named_or_latest(tag: &str) -> &str {
    if tag.is_empty() { DEFAULT_TAG } else { tag }
}

fn spec_tag<'a>(stream: &'a ImageStream, name: &str) -> Option<&'a TagReference> {
    stream.spec.tags.iter().rfind(|tag| tag.name == name)
}

fn newest_event<'a>(stream: &'a ImageStream, tag: &str) -> Option<&'a TagEvent> {
    stream.status.tags.iter().rfind(|list| list.tag == tag)?.items.as_deref()?.first()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const DIGEST: &str = "sha256:e562d946d88664264e459199b1e5513bfd29f34b2157f2af02e8d3e06b2d547b";

    /// A stream whose tag `latest` has the spec, if given, and an image of generation 2 as history, if `imported`.
    fn stream(spec: &Value, imported: bool) -> ImageStream {
        let mut stream: ImageStream = serde_json::from_value(json!({
            "metadata": {"name": "app", "namespace": "test"},
            "status": {"dockerImageRepository": "host:5000/test/app:x"},
        }))
        .unwrap();
        if !spec.is_null() {
            let mut tag: TagReference = serde_json::from_value(spec.clone()).unwrap();
            "latest".clone_into(&mut tag.name);
            stream.spec.tags.push(tag);
        }
        if imported {
            let event = json!({"dockerImageReference": "quay.io/a/b:1", "image": DIGEST, "generation": 2});
            stream.status.tags =
                vec![serde_json::from_value(json!({"tag": "latest", "items": [event, {"image": "old"}]})).unwrap()];
        }
        stream
    }

    fn tag(policy: &str, kind: &str, generation: i64) -> Value {
        json!({
            "from": {"kind": kind, "name": "quay.io/a/b:2"},
            "referencePolicy": {"type": policy},
            "generation": generation,
        })
    }

    fn found(pull_spec: &str, origin: PullSpecOrigin) -> PullSpec {
        PullSpec { pull_spec: pull_spec.to_owned(), origin }
    }

    #[test]
    fn a_local_policy_uses_the_repository_of_the_stream() {
        let local = format!("host:5000/test/app@{DIGEST}");
        let source = "quay.io/a/b:1";
        let latest = |spec: &Value| latest_pull_spec(&stream(spec, true), "");
        assert_eq!(latest(&json!(null)).as_deref(), Some(source));
        assert_eq!(latest(&tag("Source", "DockerImage", 2)).as_deref(), Some(source));
        assert_eq!(latest(&tag("Local", "DockerImage", 2)), Some(local));
        assert_eq!(latest_pull_spec(&stream(&json!(null), false), ""), None);
        assert_eq!(latest_pull_spec(&stream(&json!(null), true), "other"), None);

        let mut stream = stream(&tag("Local", "DockerImage", 2), true);
        for repository in ["", "NOPE NOPE"] {
            repository.clone_into(&mut stream.status.docker_image_repository);
            assert_eq!(latest_pull_spec(&stream, "latest").as_deref(), Some(source));
        }
        let event = TagEvent { docker_image_reference: source.to_owned(), ..TagEvent::default() };
        assert_eq!(event_pull_spec("host:5000/test/app", stream.spec.tags.first(), &event), source);
    }

    #[test]
    fn the_newest_pull_spec_waits_for_an_import() {
        let newest = |spec: &Value| newest_pull_spec(&stream(spec, true), "", false);
        let imported = Ok(found("quay.io/a/b:1", PullSpecOrigin::History { has_newer: false }));
        assert_eq!(newest(&json!(null)), imported);
        assert_eq!(newest(&tag("Source", "DockerImage", 2)), imported);
        assert_eq!(newest(&tag("Source", "DockerImage", 3)), Ok(found("quay.io/a/b:2", PullSpecOrigin::Source)));
        assert_eq!(newest(&tag("Local", "DockerImage", 3)), Err(NoPullSpec::NotYet));
        assert_eq!(newest(&tag("Source", "ImageStreamTag", 3)), Err(NoPullSpec::NotYet));
    }

    #[test]
    fn the_recent_pull_spec_reports_a_pending_import() {
        let recent = |spec: &Value| recent_pull_spec(&stream(spec, true), "latest", false);
        let history = |has_newer| Ok(found("quay.io/a/b:1", PullSpecOrigin::History { has_newer }));
        assert_eq!(recent(&tag("Source", "DockerImage", 2)), history(false));
        assert_eq!(recent(&tag("Source", "DockerImage", 3)), history(true));
        assert_eq!(recent(&tag("Source", "ImageStreamTag", 3)), history(true));
    }

    #[test]
    fn a_tag_without_history_uses_its_source_or_the_repository() {
        let mut stream = stream(&tag("Source", "DockerImage", 1), false);
        for resolve in [newest_pull_spec, recent_pull_spec] {
            assert_eq!(resolve(&stream, "", false), Ok(found("quay.io/a/b:2", PullSpecOrigin::Source)));
        }
        stream.spec.tags.clear();
        "public.example.com/test/app".clone_into(&mut stream.status.public_docker_image_repository);
        "host:5000/test/app".clone_into(&mut stream.status.docker_image_repository);
        for resolve in [newest_pull_spec, recent_pull_spec] {
            let empty = |pull_spec| Ok(found(pull_spec, PullSpecOrigin::Repository));
            assert_eq!(resolve(&stream, "", false), empty("host:5000/test/app:latest"));
            assert_eq!(resolve(&stream, "v1", true), empty("public.example.com/test/app:v1"));
        }
        stream.status.public_docker_image_repository.clear();
        stream.status.docker_image_repository.clear();
        for resolve in [newest_pull_spec, recent_pull_spec] {
            assert_eq!(resolve(&stream, "", true), Err(NoPullSpec::NoRepository));
        }
    }
}
