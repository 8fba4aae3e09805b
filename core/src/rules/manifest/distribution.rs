//! Manifests decoded as a registry decodes them: by the media type of the image. A text of another format is refused.

use super::document::read;
use super::registry_document::{Index, OciManifest, Schema2Manifest};
use crate::api::{ImageManifest, media_type};
use crate::media_type::essence;

/// The manifests in a manifest list or image index, with their platforms; `None` if the text is neither.
///
/// The media type decides which of the two the text must be. Case is ignored, and so are parameters if they are
/// well-formed:
///
/// - Manifest list: `mediaType` in the text must be that of a list.
/// - Image index: `mediaType` must be that of an index or absent, and there must be neither `config` nor `layers`.
/// - With any other media type, or a malformed one, the text is not decoded.
///
/// Every member that the real server's types have must be of the right type. A missing platform results in empty
/// strings, which the validation of images then refuses.
#[must_use]
pub fn sub_manifests(manifest: &str, media_type: &str) -> Option<Vec<ImageManifest>> {
    // What nearly every mapping has is not taken apart.
    if matches!(media_type, media_type::SCHEMA2 | media_type::OCI_MANIFEST) {
        return None;
    }
    let index = match essence(media_type)?.as_str() {
        media_type::MANIFEST_LIST => {
            read::<Index>(manifest).ok().filter(|list| list.media_type == media_type::MANIFEST_LIST)
        }
        media_type::OCI_INDEX => read::<Index>(manifest).ok().filter(is_image_index),
        _ => None,
    }?;
    let entries = index.manifests.into_iter();
    Some(
        entries
            .map(|entry| ImageManifest {
                digest: entry.digest,
                media_type: entry.media_type,
                manifest_size: entry.size,
                architecture: entry.platform.architecture,
                os: entry.platform.os,
                variant: entry.platform.variant,
            })
            .collect(),
    )
}

fn is_image_index(index: &Index) -> bool {
    let media_type_fits = matches!(index.media_type.as_str(), "" | media_type::OCI_INDEX);
    media_type_fits && index.config.is_none() && index.layers.is_none()
}

/// The digest of the config in the manifest of a single image. `None` if the text is not a manifest of that media type,
/// or the media type is neither schema 2 nor OCI.
///
/// Schema 2 requires `mediaType`. An OCI manifest may omit it, and must not have `manifests`.
pub(super) fn config_digest(manifest: &str, media_type: &str) -> Option<String> {
    match media_type {
        media_type::SCHEMA2 => {
            let manifest: Schema2Manifest = read(manifest).ok()?;
            (manifest.media_type == media_type).then_some(manifest.config.digest)
        }
        media_type::OCI_MANIFEST => {
            let manifest: OciManifest = read(manifest).ok()?;
            let fits =
                manifest.manifests.is_none() && matches!(manifest.media_type.as_str(), "" | media_type::OCI_MANIFEST);
            fits.then_some(manifest.config.digest)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"{"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.list.v2+json",
        "manifests": [
            {"digest": "sha256:a", "mediaType": "m", "size": 7, "platform": {"architecture": "arm64", "os": "linux", "variant": "v8"}},
            {"digest": "sha256:b", "mediaType": "m", "size": 8}
        ]}"#;

    fn count(manifest: &str, media_type: &str) -> Option<usize> {
        sub_manifests(manifest, media_type).map(|manifests| manifests.len())
    }

    #[test]
    fn entries_keep_their_order_and_platform() {
        let manifests = sub_manifests(LIST, media_type::MANIFEST_LIST).unwrap();
        let first = ImageManifest {
            digest: "sha256:a".to_owned(),
            media_type: "m".to_owned(),
            manifest_size: 7,
            architecture: "arm64".to_owned(),
            os: "linux".to_owned(),
            variant: "v8".to_owned(),
        };
        let second = ImageManifest {
            digest: "sha256:b".to_owned(),
            media_type: "m".to_owned(),
            manifest_size: 8,
            ..ImageManifest::default()
        };
        assert_eq!(manifests, [first, second]);
    }

    #[test]
    fn the_media_type_decides_the_format() {
        let sent = "Application/vnd.docker.distribution.manifest.list.v2+json; charset=utf-8";
        assert_eq!(count(LIST, sent), Some(2));
        for other in [
            "",
            "text/plain",
            media_type::SCHEMA1,
            media_type::SCHEMA2,
            media_type::OCI_MANIFEST,
            media_type::OCI_INDEX,
        ] {
            assert_eq!(count(LIST, other), None, "{other}");
        }
    }

    #[test]
    fn a_list_requires_its_media_type() {
        assert_eq!(count(r#"{"manifests": []}"#, media_type::MANIFEST_LIST), None);
        assert_eq!(count(r#"{"manifests": "#, media_type::MANIFEST_LIST), None);
        assert_eq!(count(r#"{"manifests": 1}"#, media_type::OCI_INDEX), None);
    }

    #[test]
    fn malformed_parameters_make_the_media_type_unknown() {
        for parameters in ["; charset", "; a=b; a=c", "; a=\"b", ";; a=b", "/x"] {
            assert_eq!(count(LIST, &format!("{}{parameters}", media_type::MANIFEST_LIST)), None, "{parameters}");
        }
        for parameters in [";", "; a=\"b c\"", " ; a=b; a=b"] {
            assert_eq!(count(LIST, &format!("{}{parameters}", media_type::MANIFEST_LIST)), Some(2), "{parameters}");
        }
    }

    #[test]
    fn members_of_wrong_types_make_an_index_unreadable() {
        let index = |members: &str| format!(r#"{{"manifests": [{{}}], {members}}}"#);
        let entry = |members: &str| format!(r#"{{"manifests": [{{{members}}}]}}"#);
        let platform = |member: &str| entry(&format!(r#""platform": {{{member}}}"#));
        for unreadable in [
            index(r#""schemaVersion": "2""#),
            index(r#""schemaVersion": 2.5"#),
            index(r#""mediaType": 5"#),
            entry(r#""mediaType": 5"#),
            entry(r#""size": "5""#),
            entry(r#""digest": 5"#),
            entry(r#""urls": "x""#),
            entry(r#""urls": [5]"#),
            entry(r#""annotations": []"#),
            entry(r#""annotations": {"a": 5}"#),
            entry(r#""platform": "linux""#),
            platform(r#""architecture": 5"#),
            platform(r#""os": 5"#),
            platform(r#""os.version": 10"#),
            platform(r#""os.features": "x""#),
            platform(r#""variant": 8"#),
            platform(r#""features": {}"#),
            platform(r#""OS.Features": [5]"#),
        ] {
            assert_eq!(count(&unreadable, media_type::OCI_INDEX), None, "{unreadable}");
        }
        for readable in [
            index(r#""schemaVersion": null, "annotations": 5, "subject": 5"#),
            entry(r#""urls": null, "annotations": {"a": null}, "data": 5, "artifactType": 5"#),
            platform(r#""os.version": "10", "os.features": [null], "features": []"#),
        ] {
            assert_eq!(count(&readable, media_type::OCI_INDEX), Some(1), "{readable}");
        }
    }

    #[test]
    fn members_of_wrong_types_make_a_manifest_unreadable() {
        let fits = |text: &str| config_digest(text, media_type::OCI_MANIFEST).is_some();
        for unreadable in [
            r#"{"schemaVersion": "2"}"#,
            r#"{"config": {"platform": {"os": 5}}}"#,
            r#"{"layers": [{"annotations": {"a": 5}}]}"#,
            r#"{"layers": [{"urls": ["x", 5]}]}"#,
            r#"{"annotations": {"a": 5}}"#,
        ] {
            assert!(!fits(unreadable), "{unreadable}");
        }
        // These are members of a schema 1 manifest only.
        assert!(fits(r#"{"fsLayers": 5, "history": 5, "name": 5}"#));
        let annotated = format!(r#"{{"mediaType": "{}", "annotations": 5}}"#, media_type::SCHEMA2);
        assert!(config_digest(&annotated, media_type::SCHEMA2).is_some(), "schema 2 has no annotations");
    }

    #[test]
    fn an_index_differs_from_a_manifest_by_its_members() {
        let index = format!(r#"{{"MEDIATYPE": "{}", "Manifests": [{{}}], "config": null}}"#, media_type::OCI_INDEX);
        assert_eq!(count(&index, media_type::OCI_INDEX), Some(1));
        assert_eq!(count(r#"{"manifests": [{}]}"#, media_type::OCI_INDEX), Some(1));
        for manifest in [r#"{"config": {}}"#, r#"{"manifests": [{}], "layers": []}"#, r#"{"mediaType": "x"}"#] {
            assert_eq!(count(manifest, media_type::OCI_INDEX), None, "{manifest}");
        }
    }

    #[test]
    fn a_manifest_must_fit_its_media_type() {
        let schema2 = format!(r#"{{"mediaType": "{}"}}"#, media_type::SCHEMA2);
        let oci = format!(r#"{{"mediaType": "{}"}}"#, media_type::OCI_MANIFEST);
        let fits = |text: &str, media_type: &str| config_digest(text, media_type).is_some();
        assert!(fits(&schema2, media_type::SCHEMA2) && fits(&oci, media_type::OCI_MANIFEST));
        assert!(!fits(&schema2, media_type::OCI_MANIFEST) && !fits(&oci, media_type::SCHEMA2));
        assert!(!fits("{}", media_type::SCHEMA2) && fits("{}", media_type::OCI_MANIFEST));
        assert!(!fits(r#"{"manifests": []}"#, media_type::OCI_MANIFEST));
        assert!(!fits("{}", media_type::SCHEMA1) && !fits("{}", ""));
    }
}
