//! Archives of `docker save`, of all generations that have a `manifest.json`.

use std::fmt::Write as _;

use super::found::{Archived, ArchivedImage, digest_of};
use super::kept_files::{KeptFiles, within};
use crate::json::{self, Names, members};

/// An entry of `manifest.json`.
#[derive(Default)]
struct Saved {
    config: String,
    repo_tags: Vec<String>,
    layers: Vec<String>,
}

members!(Saved as "ManifestItem" { "Config" => config, "RepoTags" => repo_tags, "Layers" => layers });

#[derive(Default)]
struct Config {
    rootfs: RootFs,
}

members!(Config as "Image" { "rootfs" => rootfs });

#[derive(Default)]
struct RootFs {
    diff_ids: Vec<String>,
}

members!(RootFs as "RootFS" { "diff_ids" => diff_ids });

/// Reads the archive whose `manifest.json` is in the folder `root`. Images that the archive also has as an OCI image
/// layout are there already: they only get the names that only this file has.
pub(super) fn read(files: &KeptFiles, root: &str, found: &mut Archived) {
    let path = within(root, "manifest.json");
    let Some(text) = files.get(&path) else { return };
    // The file of a folder of skopeo has the same name.
    if text.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'[') {
        return;
    }
    match json::decode::<Vec<Saved>>(text, Names::Exact) {
        Ok(saved) => saved.into_iter().for_each(|saved| image(files, root, saved, found)),
        Err(error) => found.faults.push((path, error.to_string())),
    }
}

fn image(files: &KeptFiles, root: &str, saved: Saved, found: &mut Archived) {
    let path = within(root, &saved.config);
    let Some(config) = files.text(&path) else {
        found.faults.push((path, "this config, which manifest.json names, is not in the archive".to_owned()));
        return;
    };
    let config_digest = digest_of(config.as_bytes());
    let known = found.images.iter_mut().find(|image| image.path == root && image.manifest.contains(&config_digest));
    if let Some(known) = known {
        for name in saved.repo_tags {
            // An OCI layout may have the tag alone.
            let tag = name.rsplit_once(':').map_or("", |(_, tag)| tag);
            if let Some(short) = known.names.iter_mut().find(|known| *known == tag) {
                *short = name;
            } else if !known.names.iter().any(|known| *known == name || known.ends_with(&format!("/{name}"))) {
                known.names.push(name);
            }
        }
        return;
    }
    match made_up(files, root, &saved, &config, &config_digest) {
        Ok(manifest) => found.images.push(ArchivedImage {
            path: root.to_owned(),
            names: saved.repo_tags,
            digest: digest_of(manifest.as_bytes()),
            manifest,
            config,
            is_made_up: true,
            ..ArchivedImage::default()
        }),
        Err(reason) => found.faults.push((path, reason)),
    }
}

/// The manifest that `skopeo inspect docker-archive:` makes up: schema 2, with the uncompressed layers, which it
/// nevertheless calls compressed.
fn made_up(files: &KeptFiles, root: &str, saved: &Saved, config: &str, digest: &str) -> Result<String, String> {
    let parsed = json::decode::<Config>(config.as_bytes(), Names::Exact).map_err(|error| error.to_string())?;
    let diff_ids = parsed.rootfs.diff_ids;
    if diff_ids.len() != saved.layers.len() {
        return Err(format!("it has {} diff_ids, and manifest.json {} layers", diff_ids.len(), saved.layers.len()));
    }
    let mut manifest = format!(
        r#"{{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":{{"mediaType":"application/vnd.docker.container.image.v1+json","size":{},"digest":"{digest}"}},"layers":["#,
        config.len()
    );
    for (place, (layer, diff_id)) in saved.layers.iter().zip(&diff_ids).enumerate() {
        let size =
            files.size(&within(root, layer)).ok_or_else(|| format!("the layer {layer} is not in the archive"))?;
        if place > 0 {
            manifest.push(',');
        }
        let _ = write!(
            manifest,
            r#"{{"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip","size":{size},"digest":"{diff_id}"}}"#
        );
    }
    manifest.push_str("]}");
    Ok(manifest)
}
