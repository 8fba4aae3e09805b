//! The storage of the `distribution` registry, which `oc-mirror` and the integrated registry use, and the folders of `oc
//! image mirror --dir`.

use std::collections::BTreeMap;

use super::found::{Archived, ArchivedImage, has_digest};
use super::kept_files::{KeptFiles, within};
use super::manifest::Manifest;
use crate::json::{self, Names};

const REPOSITORIES: &str = "docker/registry/v2/repositories/";

pub(super) fn read(files: &KeptFiles, found: &mut Archived) {
    distribution(files, found);
    mirrored(files, found);
}

/// `docker/registry/v2`: links by repository, and blobs that all repositories share.
fn distribution(files: &KeptFiles, found: &mut Archived) {
    // The names of each image by root, repository and digest.
    let mut images: BTreeMap<(String, String, String), Vec<String>> = BTreeMap::new();
    for (path, content) in &files.files {
        let Some((root, rest)) = path.split_once(REPOSITORIES) else { continue };
        let Some((repository, link)) = rest.split_once("/_manifests/") else { continue };
        let Ok(digest) = std::str::from_utf8(content).map(|text| text.trim().to_owned()) else { continue };
        let names = images.entry((root.to_owned(), repository.to_owned(), digest)).or_default();
        if let Some(tag) = link.strip_prefix("tags/").and_then(|rest| rest.strip_suffix("/current/link")) {
            names.push(format!("{repository}:{tag}"));
        }
    }
    for ((root, repository, digest), names) in images {
        let blob = |digest: &str| {
            let (algorithm, digits) = digest.split_once(':').unwrap_or_default();
            let first = digits.get(..2).unwrap_or_default();
            format!("{root}docker/registry/v2/blobs/{algorithm}/{first}/{digits}/data")
        };
        let at = Place { path: format!("{root}{REPOSITORIES}{repository}"), blob: &blob };
        image(files, &at, &digest, names, found);
    }
}

/// `v2/REPOSITORY/manifests/DIGEST`, and links with the tags.
fn mirrored(files: &KeptFiles, found: &mut Archived) {
    let digest_in = |name: &str| {
        name.starts_with("sha256:")
            .then(|| name.to_owned())
            .or_else(|| name.strip_prefix("sha256-").map(|digits| format!("sha256:{digits}")))
    };
    let mut images: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for path in files.files.keys() {
        if let Some((folder, name)) = path.rsplit_once("/manifests/")
            && folder.contains("v2/")
            && let Some(digest) = digest_in(name)
        {
            images.entry((folder.to_owned(), digest)).or_default();
        }
    }
    for (path, target) in &files.links {
        let Some((folder, tag)) = path.rsplit_once("/manifests/") else { continue };
        let Some(digest) = digest_in(target.rsplit('/').next().unwrap_or_default()) else { continue };
        let repository = folder.rsplit_once("v2/").map_or(folder, |(_, repository)| repository);
        if digest_in(tag).is_none()
            && let Some(names) = images.get_mut(&(folder.to_owned(), digest))
        {
            names.push(format!("{repository}:{tag}"));
        }
    }
    for ((folder, digest), names) in images {
        let blob = |digest: &str| {
            let manifest = within(&folder, &format!("manifests/{digest}"));
            let mangled = within(&folder, &format!("manifests/{}", digest.replace(':', "-")));
            let places = [manifest, mangled, within(&folder, &format!("blobs/{}", digest.replace(':', "-")))];
            let found = places.into_iter().find(|path| files.get(path).is_some());
            found.unwrap_or_else(|| within(&folder, &format!("blobs/{digest}")))
        };
        image(files, &Place { path: folder.clone(), blob: &blob }, &digest, names, found);
    }
}

/// Where an image is.
struct Place<'a> {
    path: String,
    /// The path of a blob.
    blob: &'a dyn Fn(&str) -> String,
}

fn image(files: &KeptFiles, at: &Place<'_>, digest: &str, names: Vec<String>, found: &mut Archived) {
    if found.images.iter().any(|image| image.path == at.path && image.digest == digest) {
        return;
    }
    let path = (at.blob)(digest);
    let Some(manifest) = files.text(&path) else {
        // Increments have only what is new.
        if !names.is_empty() {
            found.faults.push((path, format!("this manifest is not in the storage; {} names it", names.join(", "))));
        }
        return;
    };
    if !has_digest(manifest.as_bytes(), digest) {
        found.faults.push((path, "its content does not have this digest".to_owned()));
        return;
    }
    let parsed = match json::decode::<Manifest>(manifest.as_bytes(), Names::Exact) {
        Ok(parsed) => parsed,
        Err(error) => return found.faults.push((path, error.to_string())),
    };
    let config = files.text(&(at.blob)(&parsed.config.digest)).unwrap_or_default();
    let digest = digest.to_owned();
    found.images.push(ArchivedImage {
        path: at.path.clone(),
        names,
        digest,
        manifest,
        config,
        ..ArchivedImage::default()
    });
    for child in parsed.manifests {
        image(files, at, &child.digest, Vec::new(), found);
    }
}
