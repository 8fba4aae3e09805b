//! Images in files: OCI layouts, archives of `docker save`, folders of `skopeo`, and the storage of registries.
//!
//! While files are read one after the other, those that describe images are kept, if they are small, and of all others
//! their sizes. Then each form is looked for by the files that only it has.

mod directory;
mod docker;
mod found;
mod kept_files;
mod manifest;
mod oci;
mod storage;

use found::Archived;
pub(super) use found::ArchivedImage;
pub(super) use kept_files::{KeptFiles, MAX_KEPT};

/// The images in all files that were kept.
pub(super) fn images(files: &KeptFiles) -> Archived {
    let mut found = Archived::default();
    let roots = |name: &str| {
        let end = format!("/{name}");
        let at = |path: &String| path.strip_suffix(&end).or((path == name).then_some("")).map(str::to_owned);
        files.files.keys().filter_map(at).collect::<Vec<_>>()
    };
    for root in roots("oci-layout") {
        oci::read(files, &root, &mut found);
    }
    for root in roots("manifest.json") {
        docker::read(files, &root, &mut found);
        directory::read(files, &root, &mut found);
    }
    storage::read(files, &mut found);
    found
}
