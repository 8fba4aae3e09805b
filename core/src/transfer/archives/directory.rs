//! Folders of `skopeo copy ... dir:`.

use super::found::{Archived, ArchivedImage, digest_of};
use super::kept_files::{KeptFiles, within};
use super::manifest::Manifest;
use crate::json::{self, Names};

/// Reads the folder `root`, if it is one: it has a file `version`, and a `manifest.json` that is an object.
pub(super) fn read(files: &KeptFiles, root: &str, found: &mut Archived) {
    if files.get(&within(root, "version")).is_none() {
        return;
    }
    // Nothing in it is a name but that of the folder: `image:tag` if `skopeo sync` made it.
    let folder = root.rsplit('/').next().unwrap_or_default();
    let name = if folder.contains(':') { folder.to_owned() } else { format!("{folder}:latest") };
    let names = if folder.is_empty() { Vec::new() } else { vec![name] };
    image(files, root, "manifest.json", names, found);
}

fn image(files: &KeptFiles, root: &str, name: &str, names: Vec<String>, found: &mut Archived) {
    let Some(manifest) = files.text(&within(root, name)) else { return };
    let parsed = match json::decode::<Manifest>(manifest.as_bytes(), Names::Exact) {
        Ok(parsed) => parsed,
        Err(error) => return found.faults.push((within(root, name), error.to_string())),
    };
    let digits = |digest: &str| digest.strip_prefix("sha256:").map_or_else(|| digest.replace(':', "-"), str::to_owned);
    let config = files.text(&within(root, &digits(&parsed.config.digest))).unwrap_or_default();
    let digest = digest_of(manifest.as_bytes());
    found.images.push(ArchivedImage {
        path: root.to_owned(),
        names,
        digest,
        manifest,
        config,
        ..ArchivedImage::default()
    });
    for child in parsed.manifests {
        image(files, root, &format!("{}.manifest.json", digits(&child.digest)), Vec::new(), found);
    }
}
