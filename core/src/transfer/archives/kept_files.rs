//! The files that are kept until all were seen.

use std::collections::BTreeMap;

use super::super::containers::is_blob;

/// The most bytes of one file that is kept: a manifest or a config.
pub(in crate::transfer) const MAX_KEPT: usize = 4 << 20;
/// The most bytes of all files that are kept.
const MAX_ALL: usize = 256 << 20;

/// The files that may describe images.
#[derive(Debug, Default)]
pub(in crate::transfer) struct KeptFiles {
    pub(super) files: BTreeMap<String, Vec<u8>>,
    sizes: BTreeMap<String, u64>,
    pub(super) links: BTreeMap<String, String>,
    bytes: usize,
}

impl KeptFiles {
    /// Whether a file may describe an image, by its path and first bytes.
    pub(in crate::transfer) fn is_wanted(path: &str, beginning: &[u8]) -> bool {
        let name = path.rsplit('/').next().unwrap_or_default();
        let is_json = matches!(beginning.iter().find(|byte| !byte.is_ascii_whitespace()), Some(b'{' | b'['));
        match name {
            "oci-layout" | "index.json" | "manifest.json" | "repositories" => is_json,
            "version" => beginning.starts_with(b"Directory Transport Version"),
            "link" => path.contains("/_manifests/"),
            _ => is_json && (is_blob(path) || path.contains("/manifests/")),
        }
    }

    /// Keeps a file. Returns `false` if there are too many.
    pub(in crate::transfer) fn keep(&mut self, path: &str, content: Vec<u8>) -> bool {
        self.bytes += content.len();
        self.sizes.insert(normal(path), content.len() as u64);
        self.files.insert(normal(path), content);
        self.bytes <= MAX_ALL
    }

    /// Notes the size of a file that is not kept.
    pub(in crate::transfer) fn note_size(&mut self, path: &str, size: u64) {
        self.sizes.insert(normal(path), size);
    }

    pub(in crate::transfer) fn note_link(&mut self, path: &str, target: &str) {
        self.links.insert(normal(path), target.to_owned());
    }

    pub(super) fn get(&self, path: &str) -> Option<&[u8]> {
        let content = self.files.get(path).or_else(|| self.files.get(&self.target(path)?));
        content.map(Vec::as_slice)
    }

    pub(super) fn text(&self, path: &str) -> Option<String> {
        String::from_utf8(self.get(path)?.to_vec()).ok()
    }

    pub(super) fn size(&self, path: &str) -> Option<u64> {
        self.sizes.get(path).or_else(|| self.sizes.get(&self.target(path)?)).copied()
    }

    /// Where a link leads, within the same folder or archive; one hop.
    fn target(&self, path: &str) -> Option<String> {
        let target = self.links.get(path)?;
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        (!target.starts_with('/')).then(|| normal(&format!("{folder}/{target}")))
    }
}

/// A path without `.` and `..`.
fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" if !parts.is_empty() => {}
            "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The path of a file in a folder, which may be the empty path.
pub(super) fn within(root: &str, path: &str) -> String {
    normal(&if root.is_empty() { path.to_owned() } else { format!("{root}/{path}") })
}
