//! Checks the digests of manifests and configs.

use super::distribution::config_digest;
use super::signed::signed_payload;
use crate::api::media_type;
use crate::rules::Digest;

/// Whether the digest of a manifest is the name of its image; upstream `ManifestMatchesImage`.
///
/// The digest of a schema 2 or OCI manifest is that of its text, which must be of that format. The digest of a schema 1
/// manifest (or one without a media type) is that of its [`signed_payload`], so an unsigned one never matches. Lists
/// and indexes never match, nor do images whose name is not a digest.
#[must_use]
pub fn manifest_matches_name(manifest: &str, media_type: &str, name: &str) -> bool {
    match media_type {
        media_type::SCHEMA2 | media_type::OCI_MANIFEST => {
            config_digest(manifest, media_type).is_some() && has_digest(manifest.as_bytes(), name)
        }
        media_type::SCHEMA1 | media_type::SCHEMA1_SIGNED | "" => {
            signed_payload(manifest).is_some_and(|payload| has_digest(&payload, name))
        }
        _ => false,
    }
}

/// Whether the digest of a config is the one in the manifest; upstream `ImageConfigMatchesImage`.
///
/// The manifest must be of schema 2 or OCI, both by its media type and by its text.
#[must_use]
pub fn config_matches_manifest(config: &str, manifest: &str, media_type: &str) -> bool {
    config_digest(manifest, media_type).is_some_and(|digest| has_digest(config.as_bytes(), &digest))
}

fn has_digest(content: &[u8], digest: &str) -> bool {
    digest.parse().is_ok_and(|digest: Digest| digest.matches(content))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use sha2::{Digest as _, Sha512};

    use super::*;

    fn sha256(text: &str) -> String {
        Digest::of(text.as_bytes()).to_string()
    }

    #[test]
    fn the_digest_is_that_of_the_exact_text() {
        let manifest = format!(r#"{{ "mediaType":"{}" }}"#, media_type::SCHEMA2);
        assert!(manifest_matches_name(&manifest, media_type::SCHEMA2, &sha256(&manifest)));
        let long = format!("sha512:{}", hex::encode(Sha512::digest(&manifest)));
        assert!(manifest_matches_name(&manifest, media_type::SCHEMA2, &long));
        assert!(!manifest_matches_name(&manifest, media_type::OCI_MANIFEST, &sha256(&manifest)));
        let spaced = format!("{manifest} ");
        assert!(!manifest_matches_name(&spaced, media_type::SCHEMA2, &sha256(&manifest)));
        for name in ["", "anyname", "md5:00", "sha256:", "sha256"] {
            assert!(!manifest_matches_name(&manifest, media_type::SCHEMA2, name), "{name}");
        }
    }

    #[test]
    fn lists_never_match() {
        for media_type in [media_type::MANIFEST_LIST, media_type::OCI_INDEX, "text/plain"] {
            let manifest = format!(r#"{{"mediaType":"{media_type}","manifests":[]}}"#);
            assert!(!manifest_matches_name(&manifest, media_type, &sha256(&manifest)), "{media_type}");
        }
    }

    #[test]
    fn schema1_is_compared_without_its_signatures() {
        let unsigned = r#"{"schemaVersion":1}"#;
        let protected = URL_SAFE_NO_PAD.encode(r#"{"formatLength":18,"formatTail":"fQ"}"#);
        let signed = format!(r#"{{"schemaVersion":1,"signatures":[{{"protected":"{protected}"}}]}}"#);
        for media_type in [media_type::SCHEMA1, media_type::SCHEMA1_SIGNED, ""] {
            assert!(manifest_matches_name(&signed, media_type, &sha256(unsigned)), "{media_type}");
            assert!(!manifest_matches_name(&signed, media_type, &sha256(&signed)), "{media_type}");
            assert!(!manifest_matches_name(unsigned, media_type, &sha256(unsigned)), "{media_type}");
        }
    }

    #[test]
    fn a_config_is_compared_with_the_manifest() {
        let manifest = format!(r#"{{"config":{{"digest":"{}"}}}}"#, sha256("{}"));
        assert!(config_matches_manifest("{}", &manifest, media_type::OCI_MANIFEST));
        assert!(!config_matches_manifest("{ }", &manifest, media_type::OCI_MANIFEST));
        assert!(!config_matches_manifest("{}", "", media_type::OCI_MANIFEST));
        assert!(!config_matches_manifest("{}", &manifest, ""));
    }
}
