//! OCI image layouts.

use std::collections::BTreeSet;

use super::found::{Archived, ArchivedImage, has_digest};
use super::kept_files::{KeptFiles, within};
use super::manifest::{Descriptor, Manifest};
use crate::json::{self, Names};

/// Indexes in indexes are followed this far.
const MAX_DEPTH: usize = 8;

/// Reads the layout whose file `oci-layout` is in the folder `root`.
pub(super) fn read(files: &KeptFiles, root: &str, found: &mut Archived) {
    let index = within(root, "index.json");
    let Some(text) = files.get(&index) else {
        found.faults.push((index, "it is missing in the OCI image layout".to_owned()));
        return;
    };
    match json::decode::<Manifest>(text, Names::Exact) {
        Ok(document) => {
            let mut layout = Layout { files, root, found, seen: BTreeSet::new() };
            document.manifests.iter().for_each(|entry| layout.image(entry, 0));
        }
        Err(error) => found.faults.push((index, error.to_string())),
    }
}

struct Layout<'a> {
    files: &'a KeptFiles,
    root: &'a str,
    found: &'a mut Archived,
    seen: BTreeSet<String>,
}

impl Layout<'_> {
    fn image(&mut self, entry: &Descriptor, depth: usize) {
        if entry.is_about_another() || depth > MAX_DEPTH {
            return;
        }
        if !self.seen.insert(entry.digest.clone()) {
            // Several entries may name one image.
            let image =
                self.found.images.iter_mut().find(|image| image.digest == entry.digest && image.path == self.root);
            if let (Some(image), Some(name)) = (image, entry.name())
                && !image.names.iter().any(|known| known == name)
            {
                image.names.push(name.to_owned());
            }
            return;
        }
        let path = within(self.root, &format!("blobs/{}", entry.digest.replace(':', "/")));
        let Some(manifest) = self.files.text(&path) else {
            // The platforms of a list that were not saved are normal.
            if depth == 0 {
                self.found.faults.push((path, "this manifest is not in the layout".to_owned()));
            }
            return;
        };
        if !has_digest(manifest.as_bytes(), &entry.digest) {
            self.found.faults.push((path, "its content does not have this digest".to_owned()));
            return;
        }
        let Ok(document) = json::decode::<Manifest>(manifest.as_bytes(), Names::Exact) else {
            self.found.faults.push((path, format!("it is not a manifest ({})", entry.media_type)));
            return;
        };
        let config = within(self.root, &format!("blobs/{}", document.config.digest.replace(':', "/")));
        self.found.images.push(ArchivedImage {
            path: self.root.to_owned(),
            names: entry.name().map(str::to_owned).into_iter().collect(),
            digest: entry.digest.clone(),
            manifest,
            config: self.files.text(&config).unwrap_or_default(),
            created: entry.created().to_owned(),
            is_made_up: false,
        });
        document.manifests.iter().for_each(|child| self.image(child, depth + 1));
    }
}
