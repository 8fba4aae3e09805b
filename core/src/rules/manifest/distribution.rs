//! Manifests as a registry reads them: by the media type that they are sent with, refusing what does not fit it.

use super::document::{Index, IndexMark, Manifest, read};
use crate::api::{ImageManifest, media_type};

/// The manifests that a manifest list or image index names, with their platforms; `None` when the text is none.
///
/// What the text must be follows from the media type, whose parameters and upper case don't matter:
///
/// - Manifest list: `mediaType` in the text must be that of a list.
/// - Image index: `mediaType` must be that of an index or absent, and there is neither `config` nor `layers`.
/// - Anything else, and no media type at all, is no list.
///
/// A missing platform gives empty strings, which the validation of images then refuses.
#[must_use]
pub fn sub_manifests(manifest: &str, media_type: &str) -> Option<Vec<ImageManifest>> {
    let index = match base_media_type(media_type).as_str() {
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

/// The manifest of a single image; `None` when the text is none of that media type, or the media type is neither schema
/// 2 nor OCI.
///
/// Schema 2 must say its `mediaType`. An OCI manifest may leave it out, and has no `manifests`.
pub(super) fn image_manifest(manifest: &str, media_type: &str) -> Option<Manifest> {
    match media_type {
        media_type::SCHEMA2 => read::<Manifest>(manifest).ok().filter(|read| read.media_type == media_type),
        media_type::OCI_MANIFEST => {
            let mark: IndexMark = read(manifest).ok()?;
            if mark.manifests.is_some() {
                return None;
            }
            let read: Manifest = read(manifest).ok()?;
            (read.media_type.is_empty() || read.media_type == media_type).then_some(read)
        }
        _ => None,
    }
}

/// `type/subtype` in lower case, without parameters.
fn base_media_type(media_type: &str) -> String {
    let (base, _parameters) = media_type.split_once(';').unwrap_or((media_type, ""));
    base.trim().to_ascii_lowercase()
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
    fn the_media_type_chooses_the_reader() {
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
    fn a_list_must_say_that_it_is_one() {
        assert_eq!(count(r#"{"manifests": []}"#, media_type::MANIFEST_LIST), None);
        assert_eq!(count(r#"{"manifests": "#, media_type::MANIFEST_LIST), None);
        assert_eq!(count(r#"{"manifests": 1}"#, media_type::OCI_INDEX), None);
    }

    #[test]
    fn an_index_is_told_from_a_manifest_by_its_members() {
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
        let fits = |text: &str, media_type: &str| image_manifest(text, media_type).is_some();
        assert!(fits(&schema2, media_type::SCHEMA2) && fits(&oci, media_type::OCI_MANIFEST));
        assert!(!fits(&schema2, media_type::OCI_MANIFEST) && !fits(&oci, media_type::SCHEMA2));
        assert!(!fits("{}", media_type::SCHEMA2) && fits("{}", media_type::OCI_MANIFEST));
        assert!(!fits(r#"{"manifests": []}"#, media_type::OCI_MANIFEST));
        assert!(!fits("{}", media_type::SCHEMA1) && !fits("{}", ""));
    }
}
