//! Which tags the import of a cluster's controller would import.

use crate::api::{ImageStream, TagReference};

/// Whether a tag is to be imported: it is scheduled, or its spec is newer than its newest entry and its conditions.
///
/// That is what the controller of image streams in a cluster imports: tags of images in registries (`DockerImage`) that are no mere
/// pull specs (`reference`), whose generation is greater than those of the newest entry and of the condition `ImportSuccess`.
#[must_use]
pub fn waits_for_import(stream: &ImageStream, tag: &TagReference) -> bool {
    if tag.reference || tag.from.as_ref().is_none_or(|from| from.kind != "DockerImage") {
        return false;
    }
    let known = stream.status.tags.iter().find(|known| known.tag == tag.name);
    let entry = known.and_then(|known| known.items.as_ref()?.first()).map_or(0, |entry| entry.generation);
    let conditions = known.into_iter().flat_map(|known| &known.conditions).map(|condition| condition.generation);
    tag.import_policy.scheduled || tag.generation.unwrap_or_default() > conditions.fold(entry, i64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_wait_until_they_are_imported_or_have_failed() {
        let waits = |spec: &str, status: &str| {
            let text = format!(r#"{{"spec": {{"tags": [{spec}]}}, "status": {{"tags": [{status}]}}}}"#);
            let stream: ImageStream = crate::json::decode(text.as_bytes(), crate::json::Names::Exact).unwrap();
            waits_for_import(&stream, &stream.spec.tags[0])
        };
        let from = r#""name": "v1", "from": {"kind": "DockerImage", "name": "quay.io/shop/web:1"}"#;
        let entry =
            |generation: i64| format!(r#"{{"tag": "v1", "items": [{{"image": "a", "generation": {generation}}}]}}"#);
        let failure = r#"{"tag": "v1", "conditions": [{"type": "ImportSuccess", "status": "False", "generation": 2}]}"#;
        let spec = |more: &str| format!("{{{from}, {more}}}");
        assert!(waits(&spec(r#""generation": 2"#), ""));
        assert!(waits(&spec(r#""generation": 2"#), &entry(1)));
        assert!(!waits(&spec(r#""generation": 2"#), &entry(2)));
        assert!(!waits(&spec(r#""generation": 2"#), failure));
        assert!(waits(&spec(r#""generation": 3"#), failure));
        assert!(waits(&spec(r#""generation": 2, "importPolicy": {"scheduled": true}"#), &entry(2)));
        assert!(!waits(&spec(r#""generation": 2, "reference": true"#), ""));
        let other = r#"{"name": "v1", "generation": 2, "from": {"kind": "ImageStreamTag", "name": "v2"}}"#;
        assert!(!waits(other, ""));
    }
}
